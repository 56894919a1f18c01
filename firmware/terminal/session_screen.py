"""The screen of `acumat session N`: a time line of stages, marks and curves; events, facts and notes."""

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from rich.text import Text

from firmware import words
from firmware.session.machine import SessionSettings
from firmware.storage.history import UsualCalm
from firmware.terminal.screen import BAR_STYLE, TITLE_STYLE, screen_header, sparkline, time_text
from firmware.words import journal as journal_words
from firmware.words.quantities import clock_text, duration_text, kilograms, times_text

if TYPE_CHECKING:
    from firmware.storage.history import Detail, Mark
    from hardware.board import Board

Floats = npt.NDArray[np.float64]

AXIS_WIDTH: Final = 60  # characters of the time line
CHART_STEP: Final = 10  # of them share one number of breaths
LABEL_WIDTH: Final = 11
MARK_OF_EVENT: Final = {"discomfort": "▲", "eased": "∩", "wiggle": "◆", "repositioned": "○"}
GOT_UP: Final = {"rolled": "rolled to your side: the gentle way", "sat_up": "sat up straight", "abrupt": "quickly"}
EVENTS_SHOWN_MAX: Final = 16
MOVED_OFTEN: Final = 3
DEEPER: Final = 1.3  # times the usual depth: what changes with a posture or another cover alone is not mentioned


def session_screen(detail: "Detail", board: "Board", usual: UsualCalm | None = None) -> list[Text]:
    """Return the lines of the screen. usual is how calm the person's own sessions are, None while unknown."""
    one = detail.session
    level = f" Level {one.level}." if one.level is not None else ""
    who = f" {one.person}." if one.person else ""
    lines = screen_header(
        f"acumat session {one.id}", simulated=one.simulated, line=f"{time_text(one.start_s)}.{level}{who}"
    )
    lines += _time_line(detail)
    lines.append(Text())
    happened = sorted((*_stage_lines(detail), *_mark_lines(detail)))
    lines += [Text(f"{clock_text(at_s):>6} {mark} {sentence}") for at_s, mark, sentence in happened[:EVENTS_SHOWN_MAX]]
    if len(happened) > EVENTS_SHOWN_MAX:
        lines.append(Text(f"       and {len(happened) - EVENTS_SHOWN_MAX} more: --json has all"))
    lines += [Text(), *(_fact(name, text) for name, text in _facts(detail, usual or UsualCalm()))]
    if detail.said:
        lines += [Text(), Text(journal_words.TRENDS_SHORT)]
    if detail.map_n is not None:
        lines += [Text(), *map_lines(detail.map_n, board, "Average load in kg, seen from above")]
    return [*lines, Text(), Text(f"More: acumat session {one.id} --at 5   --replay   --json   acumat journal")]


def _time_line(detail: "Detail") -> list[Text]:
    length_s = max(detail.session.length_s, 1.0)
    lines = [_labelled("Stages", _stages(detail, length_s)), _labelled("Marks", _marks(detail.markers, length_s))]
    curves = detail.curves
    if len(curves.t_s):
        load, motion, breaths = (_resampled(curves.t_s, curves.curves[:, column], length_s) for column in range(3))
        top = max((value for value in load if value is not None), default=0.0)
        lines.append(_labelled("Load", sparkline(load, top), f"to {kilograms(top):.0f} kg"))
        lines.append(_labelled("Breaths", _numbers(breaths), "a minute"))
        lines.append(_labelled("Movement", sparkline(motion, max(5.0, *(value or 0.0 for value in motion)))))
    axis = Text()
    minutes = length_s / 60
    for part in (0, 1, 2, 3):
        axis.append(f"{minutes * part / 3:.0f} min".ljust(AXIS_WIDTH // 3))
    lines.append(_labelled("", axis))
    return lines


def _labelled(name: str, content: Text, unit: str = "") -> Text:
    line = Text(f"{name:<{LABEL_WIDTH}}")
    line.append_text(content)
    line.append(f" {unit}" if unit else "")
    line.rstrip()
    return line


def _stages(detail: "Detail", length_s: float) -> Text:
    line = Text()
    known = [mark for mark in detail.stages if mark.at_s < length_s]
    ends = [*(mark.at_s for mark in known), length_s]
    for mark, (start_s, end_s) in zip(known, pairwise(ends), strict=True):
        width = round(AXIS_WIDTH * end_s / length_s) - round(AXIS_WIDTH * max(start_s, 0.0) / length_s)
        name = mark.kind.capitalize()
        text = f" {name}" if width > len(name) + 1 else ""
        line.append(text.ljust(max(width - 1, 0)), f"bold black on {BAR_STYLE}")
        line.append(" " if width > 0 else "")
    return line


def _marks(markers: "tuple[Mark, ...]", length_s: float) -> Text:
    places = [" "] * AXIS_WIDTH
    for mark in markers:
        places[min(max(int(AXIS_WIDTH * mark.at_s / length_s), 0), AXIS_WIDTH - 1)] = MARK_OF_EVENT.get(mark.kind, "·")
    return Text("".join(places))


def _resampled(t_s: Floats, values: Floats, length_s: float) -> list[float | None]:
    """Return the mean of each of AXIS parts of the session; None where nothing is known."""
    places = np.minimum((AXIS_WIDTH * (t_s - 1.0) / length_s).astype(int), AXIS_WIDTH - 1)
    found: list[float | None] = []
    last: float | None = None
    for place in range(AXIS_WIDTH):
        here = values[(places == place) & ~np.isnan(values)]
        last = float(here.mean()) if len(here) else (last if length_s / AXIS_WIDTH < 5.0 else None)  # noqa: PLR2004 - a sample
        found.append(last)
    return found


def _numbers(values: list[float | None]) -> Text:
    """Return a number each GROUP characters, – where not known."""
    line = Text()
    for start in range(0, AXIS_WIDTH, CHART_STEP):
        known = [value for value in values[start : start + CHART_STEP] if value is not None]
        line.append((f"{sum(known) / len(known):.0f}" if known else "–").ljust(CHART_STEP))
    return line


def _stage_lines(detail: "Detail") -> list[tuple[float, str, str]]:
    values = {
        "goal_min": detail.session.goal_s / 60,
        "lying_min": detail.session.lying_s / 60,
        "resume_s": SessionSettings().resume_s,
    }
    known = [one for one in detail.stages if one.kind in words.STAGE_BEGINS]
    return [(one.at_s, "·", words.STAGE_BEGINS[one.kind].format(**values)) for one in known]


def _mark_lines(detail: "Detail") -> list[tuple[float, str, str]]:
    return [
        (one.at_s, MARK_OF_EVENT[one.kind], mark_sentence(one.kind))
        for one in detail.markers
        if one.kind in MARK_OF_EVENT
    ]


def mark_sentence(kind: str) -> str:
    """Return the sentence of a mark."""
    return words.MOVED["clear"] if kind == "wiggle" else words.EVENT[kind]


def _fact(name: str, text: str) -> Text:
    line = Text(f"{name:<14}", TITLE_STYLE)
    line.append(text, "not bold")
    return line


def _calm(settled_s: float, usual_s: float | None) -> str:
    """Return how long it took to lie still, beside the person's own middle; there is no target."""
    if usual_s is None:
        return f"after {duration_text(settled_s)}"
    return journal_words.CALM.format(time=duration_text(settled_s), usual=duration_text(usual_s))


def _still(still_share: float | None, depth_n: float | None, usual: UsualCalm) -> str:
    """Return the share of still time and the depth of the breath against the person's own; empty without evidence."""
    parts = []
    if still_share is not None and usual.still_share is not None:
        parts.append(journal_words.STILL_USUAL.format(share=still_share, usual=usual.still_share))
    elif still_share is not None:
        parts.append(journal_words.STILL.format(share=still_share))
    if depth_n is not None and usual.breath_depth_n is not None:
        times = depth_n / usual.breath_depth_n
        depth = "deeper" if times > DEEPER else "shallower" if times < 1 / DEEPER else "usual"
        parts.append(journal_words.DEPTH[depth])
    return "; ".join(parts)


def _facts(detail: "Detail", usual: UsualCalm) -> list[tuple[str, str]]:
    one = detail.session
    facts = [("On the mat", f"{duration_text(one.lying_s)}, {duration_text(one.goal_s)} planned")]
    if one.reason in words.ENDED:
        facts.append(("How it ended", words.ENDED[one.reason]))
    if one.eased_s is not None:
        facts.append(("Felt easier", f"after {duration_text(one.eased_s)}"))
    if one.settled_s is not None:
        facts.append(("Lay still", _calm(one.settled_s, usual.settled_s)))
    if calm := _still(one.still_share, one.breath_depth_n, usual):
        facts.append(("Stillness", calm))
    facts.append(("Moved", times_text(one.wiggles)))
    if one.wiggles >= MOVED_OFTEN:
        facts.append(("", words.WIGGLE))
    if one.exit in GOT_UP:
        facts.append(("Got up", GOT_UP[one.exit]))
    if one.breaths_end is not None:
        text = f"about {one.breaths_start:.0f} a minute at the start, {one.breaths_end:.0f} at the end"
        facts.append(("Breaths", text))
    for phase, said in detail.said.items():
        named = [(name, getattr(said, name)) for name in said.__struct_fields__ if getattr(said, name) is not None]
        text = ", ".join(f"{name.replace('_', ' ')} {str(value).replace('_', ' ')}" for name, value in named)
        facts.append((f"Notes {phase}"[:13], text))
    return facts


def map_lines(newtons: Floats, board: "Board", title: str) -> list[Text]:
    """Return loads in kilograms, head on top, the left hand on the right as seen from above."""
    lines = [Text(title, TITLE_STYLE), Text("             Head")]
    for row in reversed(range(board.rows)):
        cells = [newtons[row * board.cols + col] for col in reversed(range(board.cols))]
        lines.append(Text("      " + "".join(f"{kilograms(cell):7.1f}" for cell in cells)))
    return [*lines, Text("Your right   Hips   Your left")]
