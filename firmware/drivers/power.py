"""Supply faults of a Raspberry Pi: the flags of its firmware, or the alarm of its voltage monitor."""

from pathlib import Path
from typing import Final

THROTTLED: Final = "sys/devices/platform/soc*/soc*firmware/get_throttled"
MONITORS: Final = "sys/class/hwmon/hwmon*"
SINCE: Final = 16  # the same flags, this many bits higher, stay until power-off

# Bits of `vcgencmd get_throttled`, Raspberry Pi documentation.
FLAGS: Final = ((0, "undervoltage"), (1, "slowed down"), (2, "throttled"), (3, "too warm"))


def power_faults(root: Path) -> tuple[list[str] | None, list[str]]:
    """Return the present faults and those since power-on; None when the computer does not report them."""
    for path in sorted(root.glob(THROTTLED)):
        bits = _number(path, 16)
        if bits is not None:
            return _named(bits), _named(bits >> SINCE)
    for folder in sorted(root.glob(MONITORS)):
        name = folder / "name"
        if name.is_file() and name.read_text().strip() == "rpi_volt":
            alarm = _number(folder / "in0_lcrit_alarm", 10)
            if alarm is not None:
                return [FLAGS[0][1]] if alarm else [], []
    return None, []


def _named(bits: int) -> list[str]:
    return [name for bit, name in FLAGS if bits >> bit & 1]


def _number(path: Path, base: int) -> int | None:
    try:
        return int(path.read_text(), base)
    except (OSError, ValueError):
        return None
