"""The only access to time. Frames carry their own time; a clock is for sources of frames and for labels."""

import ctypes
import time
from functools import cache
from pathlib import Path
from typing import Final, Protocol

TIME_SYNCED: Final = Path("/run/systemd/timesync/synchronized")  # made by systemd-timesyncd, gone after a reboot

TIME_ERROR: Final = 5  # of adjtimex: no service keeps the clock
TIMEX_BYTES: Final = 512  # struct timex has 208; all zero reads only


class Clock(Protocol):
    """The time of this machine."""

    def boottime_ns(self) -> int:
        """Nanoseconds since power-on, suspended time included; never steps."""
        ...

    def wall_s(self) -> float:
        """Seconds since 1970 by the wall clock; may step, so only for labels."""
        ...

    def sleep_s(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The clock of this machine."""

    def boottime_ns(self) -> int:
        """Read CLOCK_BOOTTIME."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def wall_s(self) -> float:
        """Read CLOCK_REALTIME."""
        return time.clock_gettime(time.CLOCK_REALTIME)

    def sleep_s(self, seconds: float) -> None:
        """Wait by the system's timer."""
        time.sleep(seconds)


def wall_clock_is_set() -> bool:
    """Whether a time service has set the wall clock. A Pi has no battery: before that it may be years off.

    adjtimex(2) covers chrony and others, where the service manager allows the call; systemd-timesyncd leaves a file.
    """
    return TIME_SYNCED.exists() or 0 <= _adjtimex() < TIME_ERROR


@cache
def _library() -> ctypes.CDLL:
    """Return the C library; loading it takes 0.2 ms, too much for a loop that asks with every event."""
    return ctypes.CDLL(None)


def _adjtimex() -> int:
    """Return the state of the kernel's clock, -1 where it may not be read; it is not changed."""
    try:
        return int(_library().adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)))
    except (AttributeError, OSError):
        return -1
