"""THE loop: source -> core -> light, sound and sinks. The only owner of real time, signals and shutdown."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from firmware import ports
from firmware.drivers.notify import Notifier, Watchdog

if TYPE_CHECKING:
    from types import FrameType

    from firmware.core import MatCore
    from firmware.ports import Outputs, Sink, Source
    from firmware.view import Fault, Tick

STATUS: Final = "reading the cells"


def run_loop(
    source: "Source",
    core: "MatCore",
    *,
    sinks: "Sequence[Sink]" = (),
    outputs: "Outputs | None" = None,
    attend: Callable[[], None] = lambda: None,
    notifier: Notifier | None = None,
    stop: Callable[[], bool] = lambda: False,
    resumable: bool = False,
    status: str = STATUS,
    faults: "Callable[[], tuple[Fault, ...]]" = tuple,
) -> None:
    """Run until the source has no more frames or stop() is true; all arguments are closed at the end.

    READY is sent to the service manager with the first frame, and the watchdog is fed only while frames advance: a
    daemon without frames is not alive. The loop never waits for a sink. attend is called before each block: a
    dispatcher processes its requests there, and is the first of the sinks. resumable: stop() closes no open session.
    Every tick carries the present faults of the program.
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

        def deliver(tick: "Tick") -> None:
            current = faults()
            shown = tick._replace(faults=current) if current else tick
            for sink in sinks:
                sink.offer(shown)

        ready = False
        for frames in ports.blocks_of(source, stop):
            attend()
            for tick in core.push(frames):
                deliver(tick)
            newest_ns = int(frames.t_ns[-1])
            if outputs is not None:
                outputs.show(core.rendering(newest_ns))
            if not ready:
                notifier.ready(status)
                ready = True
            watchdog.feed(newest_ns)
        # A session that is open when a resumable run is stopped stays open: the next start continues it.
        for tick in () if resumable and stop() else core.finish():
            deliver(tick)


@contextmanager
def stop_on_signals() -> Iterator[Callable[[], bool]]:
    """Yield a stop() for run that is true after SIGTERM or SIGINT; the old handlers are restored afterwards."""
    requested = threading.Event()

    def request(number: int, frame: "FrameType | None") -> None:  # noqa: ARG001 - the signature of a handler
        requested.set()

    before = {number: signal.signal(number, request) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield requested.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
