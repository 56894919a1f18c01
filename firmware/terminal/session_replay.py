"""A stored session at one moment of it, and played from the beginning: stage, what happened last, curves and map."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Group
from rich.live import Live
from rich.text import Text

from firmware import words
from firmware.terminal.screen import (
    BAR_STYLE,
    TITLE_STYLE,
    beside,
    labelled_fact,
    long_time_text,
    screen_header,
)
from firmware.terminal.session_screen import FACT_LABEL, LEFT_WIDTH, MAP_COLUMN, map_lines, mark_sentence
from firmware.terminal.time_line import MARK_OF_EVENT
from firmware.words.quantities import clock_text, kilograms

if TYPE_CHECKING:
    from rich.console import Console

    from firmware.clock import Clock
    from firmware.storage.history import Detail
    from hardware.board import Board

STEP_S: Final = 5.0  # of the stored curves
LINE_S: Final = 60.0  # a line each minute where there is no terminal
BAR: Final = 60
LAST: Final = 3  # events that are shown


def moment_screen(detail: "Detail", board: "Board", at_s: float) -> list[Text]:
    """Return the screen of a session at so many seconds after its start."""
    more = f"More: acumat session {detail.session.id}   --replay   acumat sessions"
    return [*moment_lines(detail, board, at_s), Text(), Text(more)]


def moment_lines(detail: "Detail", board: "Board", at_s: float) -> list[Text]:
    """Return what was at a moment, in at most 23 lines, so that a replay fits into a terminal of 24."""
    one = detail.session
    at_s = min(max(at_s, 0.0), one.length_s)
    lines = screen_header(
        f"acumat session {one.id} at {clock_text(at_s)}",
        simulated=one.simulated,
        line=f"{long_time_text(one.start_s)}.",
    )
    done = round(BAR * at_s / max(one.length_s, 1.0))
    bar = Text()
    bar.append("━" * done, BAR_STYLE)
    bar.append("─" * (BAR - done))
    bar.append(f" {clock_text(at_s)} of {clock_text(one.length_s)}")
    left = [Text(_stage(detail, at_s), TITLE_STYLE), Text()]
    for name, text in _curves(detail, at_s):
        left += labelled_fact(name, text, FACT_LABEL, LEFT_WIDTH)
    happened = [mark for mark in detail.markers if mark.at_s <= at_s and mark.kind in MARK_OF_EVENT][-LAST:]
    left += [
        Text(),
        *(Text(f"{clock_text(one.at_s):>6} {MARK_OF_EVENT[one.kind]} {mark_sentence(one.kind)}") for one in happened),
    ]
    newtons = _map(detail, at_s)
    right = [] if newtons is None else map_lines(newtons, board, words.MAP_THEN)
    return [*lines, bar, *beside(left, right, MAP_COLUMN)]


def moment_line(detail: "Detail", at_s: float) -> str:
    """Return the moment as one line."""
    facts = "  ".join(f"{name.lower()} {text}" for name, text in _curves(detail, at_s))
    return f"{clock_text(at_s):>6}  {_stage(detail, at_s):<10}  {facts}"


def replay(
    detail: "Detail", board: "Board", console: "Console", *, clock: "Clock", speed: float, stop: Callable[[], bool]
) -> None:
    """Play a session speed times as fast as it was; the last picture stays. A line each minute in a pipe."""
    if not console.is_terminal or console.is_dumb_terminal:
        for at_s in _steps(detail.session.length_s, LINE_S):
            console.print(moment_line(detail, at_s), markup=False, highlight=False, soft_wrap=True)
        return
    with Live(console=console, auto_refresh=False) as live:
        for at_s in _steps(detail.session.length_s, STEP_S):
            live.update(Group(*moment_lines(detail, board, at_s)), refresh=True)
            clock.sleep_s(STEP_S / speed)
            if stop():
                return


def _steps(length_s: float, step_s: float) -> Iterator[float]:
    yield from np.arange(0.0, length_s, step_s).tolist()
    yield length_s


def _stage(detail: "Detail", at_s: float) -> str:
    known = [mark.kind for mark in detail.stages if mark.at_s <= at_s]
    return words.STAGE.get(known[-1], "") if known else ""


def _curves(detail: "Detail", at_s: float) -> list[tuple[str, str]]:
    """Return load, movement and breaths at a moment; none before the first sample and where they were not kept."""
    t_s, values = detail.curves.t_s, detail.curves.curves
    place = int(np.searchsorted(t_s, at_s, side="right")) - 1
    if place < 0:
        return []
    load, motion, breaths = values[place].tolist()
    known = (
        ("Load", f"{kilograms(load):.1f} kg", load),
        ("Movement", f"{motion:.1f} %", motion),
        ("Breaths", f"about {breaths:.0f} a minute", breaths),
    )
    return [(name, text if value == value else "not known") for name, text, value in known]  # noqa: PLR0124 - nan


def _map(detail: "Detail", at_s: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]] | None":
    place = int(np.searchsorted(detail.curves.map_t_s, at_s, side="right")) - 1
    if place < 0:
        return None
    row: np.ndarray[tuple[int], np.dtype[np.float64]] = detail.curves.maps[place]
    return row
