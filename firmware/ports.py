"""The ports of the daemon: sources of frames, sinks of ticks, outputs for light and sound."""

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from firmware.frames import Frames
from firmware.view import Output, Tick

READ_TIMEOUT_S: Final = 0.5


class Source(Protocol):
    """Where frames come from: chips, a recording, the simulator."""

    def read(self, timeout_s: float) -> Frames | None:
        """Return the next block; None when none came in time.

        Raises:
            EOFError: there will be no more.
            DriverError: the chips can no longer be reached.
        """
        ...

    def close(self) -> None:
        """Release everything that was opened."""
        ...


class Sink(Protocol):
    """Receives every tick. offer never blocks: a slow sink has its own bounded queue."""

    def offer(self, tick: Tick) -> None:
        """Take a tick."""
        ...

    def close(self) -> None:
        """Finish within a second or two."""
        ...


class Rendering(Protocol):
    """Light, sound and touch from a moment on. It never changes, so any thread may render it."""

    @property
    def made_ns(self) -> int:
        """The moment, in ns of CLOCK_BOOTTIME."""
        ...

    def at(self, t_ns: int) -> Output:
        """Return the output at a time."""
        ...


class Outputs(Protocol):
    """Light, buzzer and vibration motor of the pod."""

    def show(self, rendering: Rendering) -> None:
        """Show this from now on; never blocks."""
        ...

    def close(self) -> None:
        """Everything off."""
        ...


def blocks_of(source: Source, stop: Callable[[], bool]) -> Iterator[Frames]:
    """Yield the blocks of a source that are not empty, until it ends or stop() is true."""
    while not stop():
        try:
            frames = source.read(READ_TIMEOUT_S)
        except EOFError:
            return
        if frames is not None and len(frames):
            yield frames
