"""Profiles of the day: by night the pod is dimmer and all but silent, without a set clock it is cautious."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DAY_MIN: Final = 24 * 60
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class NightProfile(StrEnum):
    """How light and sound are limited by the time of day."""

    DAY = "day"
    UNKNOWN = "unknown"  # the clock is not set: it may be night
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class NightHours:
    """From one time of day to another, as HH:MM; over midnight when the first is the later. The same time twice: never.

    Raises ValueError unless both are times of day.
    """

    start: str = "22:00"
    end: str = "07:00"

    def __post_init__(self) -> None:
        """Check both times."""
        for name in ("start", "end"):
            if not _TIME.fullmatch(getattr(self, name)):
                raise ValueError(f'{name} is "{getattr(self, name)}": give a time of day from 00:00 to 23:59')

    def at(self, minute: int) -> bool:
        """Return whether a minute of the local day (0 is midnight) lies in the window."""
        since_start = (minute - _minutes(self.start)) % DAY_MIN
        return since_start < (_minutes(self.end) - _minutes(self.start)) % DAY_MIN


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
