"""Real time for those who watch: blocks are handed out no sooner than their story says, at so many times the speed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.frames import Frames
    from firmware.ports import Source


class Paced:
    """A firmware.ports.Source around another one. The first block comes at once and sets the time."""

    def __init__(self, source: "Source", speed: float, clock: "Clock") -> None:
        if not speed > 0:
            raise ValueError(f"speed is {speed}; it is a factor above 0")
        self._source, self._speed, self._clock = source, speed, clock
        self._held: Frames | None = None
        self._began: tuple[int, int] | None = None

    def read(self, timeout_s: float) -> "Frames | None":
        """Give the next block; None when it is due later than in timeout_s. Raises EOFError as the source does."""
        if self._held is None:
            self._held = self._source.read(timeout_s)
        if self._held is None:
            return None
        now_ns, newest_ns = self._clock.boottime_ns(), int(self._held.t_ns[-1])
        if self._began is None:
            self._began = now_ns, newest_ns
        ahead_s = ((newest_ns - self._began[1]) / self._speed - (now_ns - self._began[0])) / 1e9
        if ahead_s > 0:
            self._clock.sleep_s(min(ahead_s, timeout_s))
        if ahead_s > timeout_s:
            return None
        frames, self._held = self._held, None
        return frames

    def close(self) -> None:
        """Close the source."""
        self._source.close()
