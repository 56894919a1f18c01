"""Temperature and memory of this computer, read from the kernel's files."""

import os
from pathlib import Path
from typing import Final

THERMAL: Final = Path("/sys/class/thermal/thermal_zone0/temp")
STATM: Final = Path("/proc/self/statm")
MB: Final = 1e6


def temperature_c(path: Path = THERMAL) -> float | None:
    """Return the temperature of the processor, None where the kernel does not report it."""
    try:
        return round(int(path.read_text()) / 1000, 1)
    except (OSError, ValueError):
        return None


def memory_mb(path: Path = STATM) -> float:
    """Return the resident memory of this process."""
    pages = int(path.read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / MB, 1)
