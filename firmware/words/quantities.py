"""Quantities as people write them: lengths of time, kilograms, lists of names."""

from collections.abc import Sequence
from typing import Final

from hardware.board import STANDARD_GRAVITY

HOUR_S: Final = 3600
MINUTE_S: Final = 60
NAMES_MAX: Final = 3


def kilograms(newtons: float) -> float:
    """Return the mass in kg that weighs so many newtons."""
    return newtons / STANDARD_GRAVITY


def clock_text(seconds: float) -> str:
    """Return 3:11 or, from one hour on, 1:02:11."""
    whole = int(seconds)
    hours, minutes, rest = whole // HOUR_S, whole // MINUTE_S % MINUTE_S, whole % MINUTE_S
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def duration_text(seconds: float, *, short: bool = False) -> str:
    """Return 15 min 6 s, 15 min or 45 s; short leaves the seconds out from one minute on."""
    minutes, rest = divmod(round(seconds), MINUTE_S)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min" if short or not rest else f"{minutes} min {rest} s"


def joined_names(items: Sequence[str], many: str = "cells") -> str:
    """Return "B2", "B2 and C1" or "B2, C1 and D3"; a longer list is only counted."""
    if len(items) > NAMES_MAX:
        return f"{len(items)} {many}"
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def times_text(number: int) -> str:
    """Return "not at all", "once", "twice" or "3 times"."""
    return {0: "not at all", 1: "once", 2: "twice"}.get(number, f"{number} times")
