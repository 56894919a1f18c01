"""THE loop: source -> core -> light, sound and sinks. The only owner of real time, signals and shutdown."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from firmware.drivers.notify import Notifier, Watchdog

if TYPE_CHECKING:
    from types import FrameType

    from firmware.core import MatCore
    from firmware.frames import Frames
    from firmware.ports import Outputs, Sink, Source
    from firmware.view import Tick

READ_TIMEOUT_S = 0.5


def run(
    source: "Source",
    core: "MatCore",
    *,
    sinks: "Sequence[Sink]" = (),
    outputs: "Outputs | None" = None,
    attend: Callable[[], None] = lambda: None,
    notifier: Notifier | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Run until the source has no more frames or stop() says so; everything given is closed at the end.

    The service manager hears READY with the first frame, and the watchdog is fed only while frames advance: a
    daemon that reads nothing is not alive. Nothing here waits for a sink. attend is called before
    each block; a dispatcher that brings requests does so there, and is the first of the sinks.
    """
    notifier = notifier or Notifier(None)
    watchdog = Watchdog.from_environment(notifier)
    with ExitStack() as closing:
        closing.callback(notifier.close)
        closing.callback(source.close)
        for sink in sinks:
            closing.callback(sink.close)
        if outputs is not None:
            closing.callback(outputs.close)
        closing.callback(notifier.stopping)  # the last to be set up is the first to be called

        def tell(tick: "Tick") -> None:
            for sink in sinks:
                sink.offer(tick)

        ready = False
        for frames in blocks_of(source, stop):
            attend()
            for tick in core.push(frames):
                tell(tick)
            newest_ns = int(frames.t_ns[-1])
            if outputs is not None:
                outputs.show(core.output_at(newest_ns))
            if not ready:
                notifier.ready("reading the cells")
                ready = True
            watchdog.feed(newest_ns)
        for tick in core.finish():
            tell(tick)


def blocks_of(source: "Source", stop: Callable[[], bool]) -> "Iterator[Frames]":
    """Blocks that are not empty, until the source ends or stop() says so."""
    while not stop():
        try:
            frames = source.read(READ_TIMEOUT_S)
        except EOFError:
            return
        if frames is not None and len(frames):
            yield frames


@contextmanager
def stop_on_signals() -> Iterator[Callable[[], bool]]:
    """Give a stop() for run that turns true at SIGTERM or SIGINT; the handlers are put back afterwards."""
    asked = threading.Event()

    def ask(number: int, frame: "FrameType | None") -> None:  # noqa: ARG001 - the signature of a handler
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
