"""The live view: what a person sees of a session, in a terminal and in a pipe."""

import io
import re
from dataclasses import replace
from enum import EnumType
from itertools import product
from typing import Literal, get_type_hints

import pytest
from rich.console import Console

from firmware import events as types
from firmware import words
from firmware.enums import Exit, Reason, State
from firmware.events import (
    ButtonHeld,
    Event,
    GetUp,
    LieDown,
    MatEmptied,
    SessionEnded,
    SessionSummary,
    StageChanged,
    Wiggle,
)
from firmware.frames import Signals
from firmware.signal.pressure import PressureMap
from firmware.signal.zero_tracker import ZeroReason
from firmware.terminal.body_map import CELL_HEIGHT, CELL_WIDTH, between_map, heat_map
from firmware.terminal.live_view import LINES_KEPT, MAP_FROM_WIDTH, SESSIONS_KEPT, LiveView, minutes
from firmware.view import DARK, Output, SessionView, Tick
from firmware.words.event_lines import describe_event
from hardware import board as boards
from tests.doubles.clock import ManualClock

BOARD = boards.load()
ESCAPE = "\x1b"
SUMMARY = SessionSummary(
    number=3,
    start_s=16.8,
    end_s=652.9,
    lying_s=636.1,
    goal_s=600.0,
    reason=Reason.GOAL_REACHED,
    exit=Exit.ROLLED,
    wiggles=2,
    counted=True,
)
VIEW = SessionView(state=State.RESTING, occupied=True, number=3, start_s=16.8, elapsed_s=373.2, goal_s=600.0, wiggles=2)
SIGNALS = Signals(
    t_s=390.0,
    cells_n=tuple(float(10 * cell) for cell in range(12)),
    lost=0,
    load_n=660.0,
    cop_m=(0.2, 0.3),
    row_shares=(0.1, 0.2, 0.3, 0.4),
    evenness=0.93,
    motion=0.4,
)


def tick(*events: Event, signals: Signals | None = SIGNALS, view: SessionView = VIEW, output: Output = DARK) -> Tick:
    """Give a tick of a person who rests."""
    return Tick(390.0, signals, events, view, output)


def console(*, terminal: bool, width: int = 100) -> tuple[Console, io.StringIO]:
    """Give a terminal, or a pipe, and what was written to it."""
    text = io.StringIO()
    colours: Literal["auto", "truecolor"] = "truecolor" if terminal else "auto"
    made = Console(file=text, force_terminal=terminal, width=width, color_system=colours, _environ={"TERM": "xterm"})
    return made, text


def picture(shown: Tick, *, simulated: bool = False, width: int = 100) -> str:
    """Give the picture of a tick as plain characters."""
    made, text = console(terminal=False, width=width)
    view = LiveView(BOARD, ManualClock(), console=made, simulated=simulated)
    made.print(view.picture(shown))
    return text.getvalue()


def test_a_pipe_gets_one_line_an_event() -> None:
    """Into a file: no control codes, a line for each event with its time, the word SIMULATED, the table at the end."""
    made, text = console(terminal=False)
    view = LiveView(BOARD, ManualClock(), console=made, simulated=True)
    view.offer(tick(LieDown(16.8, 20.6, 385.0), StageChanged(16.8, State.SETTLING)))
    view.offer(tick())
    view.offer(tick(SessionEnded(654.5, SUMMARY)))
    view.close()
    written = text.getvalue()
    assert ESCAPE not in written
    assert written.splitlines()[:4] == [
        "SIMULATED",
        "    00:16  lies down, 385 N",
        "    00:16  stage: settling",
        "    10:54  session 3 closed: goal reached",
    ]
    assert "Sessions (simulated)" in written
    assert "goal reached" in written


def test_a_dumb_terminal_gets_lines_too() -> None:
    """TERM=dumb cannot move its cursor."""
    text = io.StringIO()
    dumb = Console(file=text, force_terminal=True, width=100, _environ={"TERM": "dumb"})
    view = LiveView(BOARD, ManualClock(), console=dumb)
    view.offer(tick(MatEmptied(12.0)))
    view.close()
    assert "nobody on the mat" in text.getvalue()
    assert f"{ESCAPE}[2K" not in text.getvalue()


def test_at_most_ten_pictures_a_second() -> None:
    """A thousand ticks in one second of real time draw ten times, and what happened in between is not lost."""
    made, text = console(terminal=True)
    clock = ManualClock()
    view = LiveView(BOARD, clock, console=made)
    for number in range(1000):
        clock.now_s = number / 1000
        view.offer(tick(*([Wiggle(391.0, 27.0)] if number == 555 else [])))
    drawn = text.getvalue().count("resting")
    view.close()
    assert drawn == 10
    assert "wiggle (clear), 27 N there and back" in text.getvalue()


def test_the_last_tick_is_seen() -> None:
    """However soon it comes after the one before, the end of the story is on the screen."""
    made, text = console(terminal=True)
    view = LiveView(BOARD, ManualClock(), console=made)
    view.offer(tick())
    view.offer(tick(view=VIEW._replace(state=State.CLOSING)))
    assert "closing" not in text.getvalue()
    view.close()
    assert "closing" in text.getvalue()
    assert text.getvalue().count(f"{ESCAPE}[?25l") == text.getvalue().count(f"{ESCAPE}[?25h")  # the cursor is back


def test_what_the_picture_tells() -> None:
    """Stage, clock, load in both units, and that it is not real."""
    shown = picture(tick(output=Output(blue=0.2, tone_hz=440.0, volume=0.1)), simulated=True)
    for word in ("SIMULATED", "resting", "06:13 of 10:00", "67.3 kg", "660 N", "0.93", "sound 440 Hz"):
        assert word in shown
    assert "SIMULATED" not in picture(tick())


def test_unknown_is_said_not_guessed() -> None:
    """Before the zero is known there is no load to show, and a breath that is not known is no number."""
    assert "not known" in picture(tick(signals=SIGNALS._replace(breaths_per_min=None)))
    assert "7.5 a minute" in picture(tick(signals=SIGNALS._replace(breaths_per_min=7.5)))
    shown = picture(tick(signals=None))
    assert "not known yet" in shown
    assert " kg  " not in shown


def test_your_left_is_on_the_right() -> None:
    """Seen from above with the head at the top, a person on the back has column 0, the left hand, on the right."""
    lines = heat_map(BOARD, SIGNALS).plain.splitlines()
    assert lines[0].strip() == "head"
    base = lines[1 + 3 * CELL_HEIGHT + CELL_HEIGHT // 2].split()
    head = lines[1 + CELL_HEIGHT // 2].split()
    assert base == ["2.0", "1.0", "0.0"]
    assert head == ["11.2", "10.2", "9.2"]
    assert lines[-2].startswith("your right")
    assert lines[-2].endswith("your left")


def test_heavier_is_brighter() -> None:
    """The heaviest cell has the brightest colour, an empty one the darkest."""

    def brightness(cell: int) -> int:
        style = str(heat_map(BOARD, SIGNALS).spans[_first_span(cell)].style)
        return sum(int(part) for part in style.split("rgb(")[1].rstrip(")").split(","))

    assert brightness(0) < brightness(5) < brightness(11)


def _first_span(cell: int) -> int:
    """Give the place of a cell's first piece among the spans of the map: the title, then line by line from the head."""
    row, col = divmod(cell, BOARD.cols)
    return 1 + (BOARD.rows - 1 - row) * CELL_HEIGHT * BOARD.cols + (BOARD.cols - 1 - col)


def test_the_cross_is_where_the_load_is() -> None:
    """Near the left hand at the head end: top right; out of the mat: at its edge."""
    left_top = heat_map(BOARD, SIGNALS._replace(cop_m=(0.01, BOARD.length_m - 0.01))).plain.splitlines()
    assert left_top[1][BOARD.cols * CELL_WIDTH - 1] == "+"
    outside = heat_map(BOARD, SIGNALS._replace(cop_m=(9.0, -9.0))).plain.splitlines()
    assert outside[BOARD.rows * CELL_HEIGHT][0] == "+"
    assert "+" not in heat_map(BOARD, SIGNALS._replace(cop_m=None)).plain


def test_a_lost_cell_is_named_not_shown_as_empty() -> None:
    """Cell 0 does not answer: the corner says so."""
    lines = heat_map(BOARD, SIGNALS._replace(lost=1)).plain.splitlines()
    assert "no data" in lines[1 + 3 * CELL_HEIGHT + CELL_HEIGHT // 2]
    assert sum("no data" in line for line in lines) == 1


def test_between_the_cells_is_shown_where_there_is_room_and_called_interpolated() -> None:
    """A wide terminal has both pictures; the truth comes first, and a narrow one has only that."""
    assert "interpolated" in picture(tick(), width=180)
    assert "interpolated" not in picture(tick(), width=MAP_FROM_WIDTH - 1)


def test_the_map_between_the_cells_lies_the_same_way_round() -> None:
    """100 N on the last cell, at the head and the right hand: the brightest pixel is at the top on the left."""
    pressure = PressureMap(BOARD)
    corner = SIGNALS._replace(cells_n=(0.0,) * 11 + (100.0,))
    drawn = between_map(pressure, corner)
    assert drawn.plain.count("\N{UPPER HALF BLOCK}") == pressure.cols * pressure.rows // 2
    brightest = "rgb(253,231,37)"
    [place] = {span.start for span in drawn.spans if brightest in str(span.style)}
    line, character = divmod(place - drawn.plain.index("\n") - 1, pressure.cols + 1)
    assert line < pressure.rows // 2 // BOARD.rows
    assert character < pressure.cols // BOARD.cols


def test_nothing_known_is_an_even_dark_map() -> None:
    """Before the zero, and on an empty mat."""
    pressure = PressureMap(BOARD)
    for nothing in (None, SIGNALS._replace(cop_m=None)):
        styles = {str(span.style) for span in between_map(pressure, nothing).spans if "on" in str(span.style).split()}
        assert styles == {"rgb(26,22,48) on rgb(26,22,48)"}


@pytest.mark.parametrize("width", [40, 60, 80, 129, 130, 140, 200])
def test_every_width_fits(width: int) -> None:
    """No line is wider than the terminal."""
    assert max(len(line) for line in picture(tick(), width=width).splitlines()) <= width


def test_memory_is_bounded() -> None:
    """A month of sessions keeps the last ones only."""
    made, text = console(terminal=True)
    view = LiveView(BOARD, ManualClock(), console=made)
    for number in range(5 * SESSIONS_KEPT):
        view.offer(tick(SessionEnded(1.0, replace(SUMMARY, number=1000 + number)), *[MatEmptied(1.0)] * LINES_KEPT))
    view.close()
    table = text.getvalue().split("Sessions", 1)[1]
    assert str(1000 + 5 * SESSIONS_KEPT - 1) in table
    assert str(1000 + 4 * SESSIONS_KEPT - 1) not in table


def test_nothing_happened() -> None:
    """An evening without a session says so."""
    made, text = console(terminal=False)
    LiveView(BOARD, ManualClock(), console=made).close()
    assert text.getvalue().strip() == "no session"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (GetUp(1.0, 1.5, Exit.SAT_UP, "the load fell"), "gets up (sat up): the load fell"),
        (ButtonHeld(1.0, 2.0), "the key is down for 2 s"),
        (types.Lowered(1.0, 4.9, 0.031), "came down within 5 s, the upper half with a peak of 3% above rest"),
        (types.Lowered(1.0, None, None), "came down"),
        (types.Zeroed(1.0, -9.80665, "lifted"), "new zero, -1.0 kg: something was taken off it"),
        (types.SensorLost(1.0, 0b10110), "too few cells to know what happens, 3 do not answer"),
        (types.ButtonStuck(1.0, stuck=False), "the key came free again"),
        (SessionEnded(1.0, SUMMARY), "session 3 closed: goal reached"),
    ],
)
def test_events_in_words(event: Event, words: str) -> None:
    """What a person would say."""
    assert describe_event(event) == words


def test_no_event_shows_the_name_of_a_field() -> None:
    """Every class there is, with each value of its enums: no snake_case, and no field that stands there by its name."""
    for kind in Event.__args__:
        hints = get_type_hints(kind)
        choices: list[list[object]] = [VALUES.get((kind, name)) or of_type(hint) for name, hint in hints.items()]
        for values in product(*choices):
            line = describe_event(kind(*values))
            assert "_" not in line, line
            units = [name for name in hints if "_" in name or name in ("kind", "reason", "offset", "stuck")]
            assert not [name for name in units if re.search(rf"\b{name}\b", line)], line


def of_type(hint: object) -> list[object]:
    """Give values to try a field with."""
    if isinstance(hint, EnumType):
        return list(hint)
    known: dict[object, list[object]] = {
        float: [61.0], float | None: [None, 61.0], int: [0, 3], str: ["because"], bool: [False, True],
        tuple[int, ...]: [(1, 2)],
    }  # fmt: skip
    return known[hint]


VALUES: dict[tuple[type, str], list[object]] = {
    (types.Zeroed, "reason"): list(words.ZEROED),
    (SessionEnded, "summary"): [replace(SUMMARY, reason=reason) for reason in Reason],
}


def test_every_reason_for_a_zero_has_words() -> None:
    """The table and the keeper of the zero cannot drift apart."""
    assert set(words.ZEROED) == {why.value for why in ZeroReason}


def test_a_long_line_stays_one_line_in_a_pipe() -> None:
    """A program may read it, or grep: as long as it is, it is not broken at column 80."""
    made, text = console(terminal=False)
    LiveView(BOARD, ManualClock(), console=made).offer(tick(GetUp(1.0, 1.5, Exit.ROLLED, "so " * 60 + "it is")))
    assert [line for line in text.getvalue().splitlines() if line.endswith("it is")]
    assert len(text.getvalue().splitlines()) == 1


@pytest.mark.parametrize(("seconds", "words"), [(0, "00:00"), (61.9, "01:01"), (3600, "1:00:00"), (93784, "26:03:04")])
def test_clock(seconds: float, words: str) -> None:
    """Minutes and seconds, with hours when there are any."""
    assert minutes(seconds) == words
