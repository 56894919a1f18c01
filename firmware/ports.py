"""The doors of the daemon: where frames come from, where ticks go, what shows light and sound."""

from typing import Protocol

from firmware.frames import Frames
from firmware.view import Output, Tick


class Source(Protocol):
    """Where frames come from: chips, a recording, the simulator."""

    def read(self, timeout_s: float) -> Frames | None:
        """Give the next block; None when none came in time.

        Raises:
            EOFError: there will be no more.
            DriverError: there is no way to the chips any more.
        """
        ...

    def close(self) -> None:
        """Let go of whatever was opened."""
        ...


class Sink(Protocol):
    """Who hears of every tick. offer never blocks: a sink that is slow has its own bounded queue."""

    def offer(self, tick: Tick) -> None:
        """Take a tick."""
        ...

    def close(self) -> None:
        """Finish within a second or two."""
        ...


class Outputs(Protocol):
    """The light and the buzzer of the pod."""

    def show(self, output: Output) -> None:
        """Make it so; a repeated output costs nothing."""
        ...

    def close(self) -> None:
        """Light and buzzer off."""
        ...
