"""Real time, or a multiple of it: a block is returned no sooner than its time stamps say."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.frames import Frames
    from firmware.ports import Source


class PacedSource:
    """A firmware.ports.Source around another one. The first block is returned at once and sets the time."""

    def __init__(self, source: "Source", speed: float, clock: "Clock") -> None:
        if not speed > 0:
            raise ValueError(f"speed is {speed}; it is a factor above 0")
        self._source, self._speed, self._clock = source, speed, clock
        self._held: Frames | None = None
        self._start: tuple[int, int] | None = None

    @property
    def speed(self) -> float:
        """How fast time passes; it may be changed from any thread."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed, self._start = speed, None

    def read(self, timeout_s: float) -> "Frames | None":
        """Return the next block; None when it is due later than in timeout_s. Raises EOFError as the source does."""
        if self._held is None:
            self._held = self._source.read(timeout_s)
        if self._held is None:
            return None
        now_ns, newest_ns = self._clock.boottime_ns(), int(self._held.t_ns[-1])
        if self._start is None:
            self._start = now_ns, newest_ns
        ahead_s = ((newest_ns - self._start[1]) / self._speed - (now_ns - self._start[0])) / 1e9
        if ahead_s > 0:
            self._clock.sleep_s(min(ahead_s, timeout_s))
        if ahead_s > timeout_s:
            return None
        frames, self._held = self._held, None
        return frames

    def close(self) -> None:
        """Close the source."""
        self._source.close()
