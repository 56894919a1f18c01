"""From frame time to the wall clock, for labels on the page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firmware.clock import Clock


class WallTime:
    """The wall time of frames, unknown while the clock is not set. Frame time runs as the boot clock does."""

    def __init__(self, clock: "Clock", is_set: Callable[[], bool]) -> None:
        self._clock, self._is_set = clock, is_set
        self._base_s: float | None = None

    def see(self, t_s: float) -> None:
        """Note the first frame time; it is seen as it comes."""
        if self._base_s is None:
            self._base_s = self._clock.boottime_ns() / 1e9 - t_s

    def at(self, t_s: float) -> float | None:
        """Return seconds since 1970 of a frame time."""
        if self._base_s is None or not self._is_set():
            return None
        return self._clock.wall_s() - self._clock.boottime_ns() / 1e9 + self._base_s + t_s
