"""A clock that moves only when a test moves it, or when the code under test sleeps."""

from dataclasses import dataclass, field


@dataclass
class ManualClock:
    """A firmware.clock.Clock. slept_s keeps the length of every sleep, in order."""

    now_s: float = 1000.0
    wall_offset_s: float = 1.8e9
    slept_s: list[float] = field(default_factory=list)

    def boottime_ns(self) -> int:
        """Nanoseconds since an invented power-on."""
        return round(self.now_s * 1e9)

    def wall_s(self) -> float:
        """Seconds since 1970, as invented."""
        return self.now_s + self.wall_offset_s

    def sleep_s(self, seconds: float) -> None:
        """Advance at once."""
        self.slept_s.append(seconds)
        self.now_s += seconds
