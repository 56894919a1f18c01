"""The screen of `acumat session N`: a time line of stages, marks and curves; events, facts and notes; the map."""

import os
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from rich.text import Text

from firmware import words
from firmware.session.machine import SessionSettings
from firmware.storage.history import UsualCalm
from firmware.storage.journal import said_texts
from firmware.terminal.body_map import BodyMap, CharacterArea
from firmware.terminal.canvas import Canvas
from firmware.terminal.console import Terminal
from firmware.terminal.legend import LegendKind, body_with_legend
from firmware.terminal.screen import beside, labelled_fact, long_time_text, screen_header, wrapped
from firmware.terminal.theme import ColourRole, Theme, palette_of
from firmware.terminal.time_line import MARK_OF_EVENT, time_line
from firmware.words import journal as journal_words
from firmware.words.event_lines import QUICK_S
from firmware.words.quantities import clock_text, duration_text, times_text

if TYPE_CHECKING:
    from firmware.storage.history import Detail
    from hardware.board import Board

Floats = npt.NDArray[np.float64]

FACT_LABEL: Final = 13
LEFT_WIDTH: Final = 50
MAP_COLUMN: Final = 53
MAP: Final = CharacterArea(0, 0, 18, 14)
BELOW_MAP: Final = "Your right Hips Your left"
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
        f"acumat session {one.id}", simulated=one.simulated, line=f"{long_time_text(one.start_s)}.{level}{who}"
    )
    happened = [*_lowered(detail), *sorted((*_stage_lines(detail), *_mark_lines(detail))), *_got_up(detail)]
    left = [Text(f"{clock_text(at_s):>6} {mark} {sentence}") for at_s, mark, sentence in happened[:EVENTS_SHOWN_MAX]]
    if len(happened) > EVENTS_SHOWN_MAX:
        left.append(Text(f"       and {len(happened) - EVENTS_SHOWN_MAX} more: --json has all"))
    left.append(Text())
    for label, text in _facts(detail, usual or UsualCalm()):
        left += labelled_fact(label, text, FACT_LABEL, LEFT_WIDTH)
    if detail.said:
        left += [Text(line) for line in wrapped(journal_words.TRENDS_SHORT, LEFT_WIDTH)]
    right = [] if detail.map_n is None else map_lines(detail.map_n, board, words.AVERAGE_MAP)
    lines += [*time_line(detail), Text(), *beside(left, right, MAP_COLUMN), Text()]
    return [*lines, Text(f"More: acumat session {one.id} --at 5   --replay   --json   acumat journal")]


def _stage_lines(detail: "Detail") -> list[tuple[float, str, str]]:
    values = {
        "goal_min": detail.session.goal_s / 60,
        "lying_min": detail.session.lying_s / 60,
        "resume_s": SessionSettings().resume_s,
    }
    known = [one for one in detail.stages if one.kind in words.STAGE_BEGINS]
    return [(one.at_s, "·", words.STAGE_BEGINS[one.kind].format(**values)) for one in known]


def _lowered(detail: "Detail") -> list[tuple[float, str, str]]:
    seconds = detail.session.lowering_s
    if seconds is None:
        return []
    return [(0.0, "·", words.EVENT["lowered"].format(how=words.LOWERED[seconds < QUICK_S].format(seconds)))]


def _got_up(detail: "Detail") -> list[tuple[float, str, str]]:
    one = detail.session
    return [(one.length_s, "·", words.GOT_UP[one.exit])] if one.exit in GOT_UP else []


def _mark_lines(detail: "Detail") -> list[tuple[float, str, str]]:
    return [
        (one.at_s, MARK_OF_EVENT[one.kind], mark_sentence(one.kind))
        for one in detail.markers
        if one.kind in MARK_OF_EVENT
    ]


def mark_sentence(kind: str) -> str:
    """Return the sentence of a mark."""
    return words.MOVED["clear"] if kind == "wiggle" else words.EVENT[kind]


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
    facts = [("On the mat", f"{duration_text(int(one.lying_s))}, {duration_text(one.goal_s)} planned")]
    if one.reason in words.ENDED and one.reason != "goal_reached":
        facts.append(("How it ended", words.ENDED[one.reason]))
    if one.discomforts:
        facts.append(("It hurt", times_text(one.discomforts)))
    if one.eased_s is not None:
        facts.append(("Felt easier", f"after {duration_text(one.eased_s)}"))
    if one.settled_s is not None:
        facts.append(("Lay still", _calm(one.settled_s, usual.settled_s)))
    if calm := _still(one.still_share, one.breath_depth_n, usual):
        facts.append(("Stillness", calm))
    lifted = sum(mark.kind == "repositioned" for mark in detail.markers)
    facts.append(("Moved", times_text(one.wiggles) + (f"; lifted {times_text(lifted)}" if lifted else "")))
    if one.wiggles >= MOVED_OFTEN:
        facts.append(("", words.WIGGLE))
    if one.exit in GOT_UP:
        facts.append(("Got up", GOT_UP[one.exit]))
    if one.breaths_start is not None and one.breaths_end is not None:
        text = f"about {one.breaths_start:.0f} a minute at the start, {one.breaths_end:.0f} at the end"
        facts.append(("Breaths", text))
    return facts + _notes(detail)


def _notes(detail: "Detail") -> list[tuple[str, str]]:
    """Return what the person noted, with the phase before it."""
    label, found = "Your notes", []
    for phase, said in detail.said.items():
        when = {"before": "before: ", "after": "after: ", "morning": "next day: "}[phase]
        found.append((label, when + ", ".join(said_texts(said))))
        label = ""
    return found


def map_lines(newtons: Floats, board: "Board", title: str) -> list[Text]:
    """Return the load seen from above: head on top, the left hand on the right, as on the page and in the live view."""
    theme = Theme(palette_of(Terminal(), os.environ))
    canvas = Canvas(MAP.height, MAP.width, theme.style(ColourRole.INK))
    body = body_with_legend(board, newtons.tolist(), kind=LegendKind.RESTED)
    BodyMap(board, MAP, theme).draw(canvas, body)
    indent = (len(BELOW_MAP) - MAP.width) // 2
    lines = [Text("Head".center(len(BELOW_MAP)).rstrip())]
    for row in canvas.lines():
        line = Text(" " * indent)
        for segment in row:
            line.append(segment.text, segment.style)
        lines.append(line)
    legend = (title, "Numbers measured, in kg;", "colour between: a guess.")
    return [*lines, Text(BELOW_MAP), *(Text(text) for text in legend)]
