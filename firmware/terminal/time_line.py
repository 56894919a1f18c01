"""The time line of a stored session: stages as blocks, marks, load, breaths, movement, and minutes below."""

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from rich.text import Text

from firmware.terminal.screen import BADGE_STYLE, BAR_STYLE, sparkline, tall_sparkline
from firmware.words.quantities import kilograms

if TYPE_CHECKING:
    from firmware.storage.history import Detail, Mark

Floats = npt.NDArray[np.float64]

WIDTH_MAX: Final = 60  # characters
COLUMNS_A_MINUTE: Final = 4  # a session of more than 15 minutes has less
LABEL_WIDTH: Final = 11
BREATHS_STEP: Final = 10  # characters that share one number of breaths
TICKS_MIN: Final = (1, 5, 10, 20, 60)  # minutes between two numbers of the axis
TICK_WIDTH: Final = 8
MOTION_LEAST: Final = 5.0  # percent: the top of the movement of a calm session
SAMPLE_S: Final = 5.0
MARK_OF_EVENT: Final = {"discomfort": "▲", "eased": "∩", "wiggle": "◆", "repositioned": "○"}


def time_line(detail: "Detail") -> list[Text]:
    """Return the lines, each with its name at the left."""
    length_s = max(detail.session.length_s, 1.0)
    width = min(max(ceil(COLUMNS_A_MINUTE * length_s / 60), COLUMNS_A_MINUTE), WIDTH_MAX)
    lines = [_labelled("Stages", _stages(detail, length_s, width))]
    lines.append(_labelled("Marks", _marks(detail.markers, length_s, width)))
    curves = detail.curves
    if len(curves.t_s):
        load, motion, breaths = (
            _resampled(curves.t_s, curves.curves[:, column], length_s, width) for column in range(3)
        )
        top = max((value for value in load if value is not None), default=0.0)
        upper, lower = tall_sparkline(load, top)
        lines.append(_labelled("Load, kg", upper, f"{kilograms(top):.0f}"))
        lines.append(_labelled("", lower, "0"))
        lines.append(_labelled("Breaths", _numbers(breaths), "a minute"))
        largest = max(MOTION_LEAST, *(value or 0.0 for value in motion))
        lines.append(_labelled("Movement", sparkline(motion, largest)))
    return [*lines, _labelled("", _axis(length_s, width))]


def _labelled(name: str, content: Text, unit: str = "") -> Text:
    line = Text(f"{name:<{LABEL_WIDTH}}")
    line.append_text(content)
    line.append(f" {unit}" if unit else "")
    return line


def _stages(detail: "Detail", length_s: float, width: int) -> Text:
    """Return a block for each stage; full characters, so that it is seen without colours too."""
    line = Text()
    known = [mark for mark in detail.stages if mark.at_s < length_s]
    ends = [*(mark.at_s for mark in known), length_s]
    for mark, (start_s, end_s) in zip(known, pairwise(ends), strict=True):
        room = round(width * end_s / length_s) - round(width * max(start_s, 0.0) / length_s)
        if room <= 0:
            continue
        name = f" {mark.kind.capitalize()} " if room > len(mark.kind) + 3 else ""
        block = room if end_s == length_s else max(room - 1, 1)  # a gap of one between two
        line.append("█" if name else "", BAR_STYLE)
        line.append(name, BADGE_STYLE)
        line.append("█" * (block - len(name) - bool(name)), BAR_STYLE)
        line.append(" " * (room - block))
    return line


def _marks(markers: "tuple[Mark, ...]", length_s: float, width: int) -> Text:
    places = [" "] * width
    for mark in markers:
        places[min(max(int(width * mark.at_s / length_s), 0), width - 1)] = MARK_OF_EVENT.get(mark.kind, "·")
    return Text("".join(places))


def _resampled(t_s: Floats, values: Floats, length_s: float, width: int) -> list[float | None]:
    """Return the mean of each of width parts of the session; None where nothing is known."""
    places = np.minimum((width * (t_s - 1.0) / length_s).astype(int), width - 1)
    found: list[float | None] = []
    last: float | None = None
    for place in range(width):
        here = values[(places == place) & ~np.isnan(values)]
        last = float(here.mean()) if len(here) else (last if length_s / width < SAMPLE_S else None)
        found.append(last)
    return found


def _numbers(values: list[float | None]) -> Text:
    """Return a number in the middle of each step, – where not known."""
    line = ""
    for start in range(0, len(values), BREATHS_STEP):
        part = values[start : start + BREATHS_STEP]
        known = [value for value in part if value is not None]
        line += (f"{sum(known) / len(known):.0f}" if known else "–").center(len(part))
    return Text(line)


def _axis(length_s: float, width: int) -> Text:
    """Return minutes below their places, as close as there is room for."""
    minutes = length_s / 60
    step = next((one for one in TICKS_MIN if width * one / minutes >= TICK_WIDTH), TICKS_MIN[-1])
    line = ""
    for minute in range(0, int(minutes) + 1, step):
        line = line.ljust(round(width * minute / minutes)) + f"{minute} min"
    return Text(line)
