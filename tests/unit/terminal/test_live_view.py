"""The live view as a sink: a picture in a terminal, lines in a pipe, and a summary at the end."""

import io
from typing import Literal

import pytest
from rich.console import Console

from firmware import events as t
from firmware.enums import Exit, Reason, State
from firmware.terminal import follower
from firmware.terminal.live_view import PICTURE_INTERVAL_NS, LiveView
from firmware.terminal.origin import FrameOrigin
from firmware.terminal.theme import Palette, palette_of
from tests.doubles.clock import ManualClock
from tests.doubles.scenes import BOARD, START_S, empty, ended, session, stories, tick

ESCAPE = "\x1b"
WHOLE = ended(636.0, Reason.GOAL_REACHED, Exit.ROLLED)


def console(*, terminal: bool, width: int = 80, height: int = 24) -> tuple[Console, io.StringIO]:
    """Return a terminal, or a pipe, and what was written to it."""
    text = io.StringIO()
    colours: Literal["auto", "truecolor"] = "truecolor" if terminal else "auto"
    made = Console(
        file=text, force_terminal=terminal, width=width, height=height, color_system=colours,
        _environ={"TERM": "xterm"},
    )  # fmt: skip
    return made, text


def view(made: Console, clock: ManualClock | None = None) -> LiveView:
    return LiveView(BOARD, clock or ManualClock(), console=made, origin=FrameOrigin(simulated=True, speed=30))


def test_a_pipe_gets_one_line_an_event() -> None:
    """Into a file: no control codes, first what this is, then time, type, sentence and values of each event."""
    made, text = console(terminal=False)
    shown = view(made)
    for one in session(300):
        shown.offer(one)
    shown.close()
    lines = text.getvalue().splitlines()
    assert ESCAPE not in text.getvalue()
    assert lines == [
        "acumat times relaxation sessions on an acupressure mat. SIMULATED: nobody lies here.",
        "00:00:01  zeroed           Set to zero. offset=+0.0kg",
        "00:00:07  seated           You sit down at the hips end.",
        "00:00:14  lowering         You lower yourself.",
        "00:00:16  lying_suspected  Looks like lying down; making sure.",
        "00:00:16  lie_down         You lie down; the timer runs. load=40.0kg goal=10min",
        "00:00:16  lowered          You came down slowly, in 5 s. peak=+12%",
        "00:00:16  stage_changed    Settling: the first minute.",
        "00:00:35  confirmed        The mat is sure now: this counts. why=breathing",
        "00:01:16  stage_changed    Easing begins.",
        "00:01:18  settled          You lie still. after=62s",
        "00:04:28  wiggle           You moved a lot. Lift, do not slide. moved=9.4kg cells=A1,A2,C3",
        "00:05:16  stage_changed    Resting begins.",
    ]


def test_no_line_has_an_earlier_time_than_the_one_before() -> None:
    """Lying down is back-dated; its line comes after the suspicion and has that time."""
    made, text = console(terminal=False)
    shown = view(made)
    shown.offer(tick(None, State.LOWERING, t.LyingSuspected(18.5)))
    shown.offer(tick(2.0, State.SETTLING, t.LieDown(START_S, 20.6, 385.0)))
    assert [line[:8] for line in text.getvalue().splitlines()[1:]] == ["00:00:18", "00:00:18"]


@pytest.mark.parametrize(("environment", "height"), [({"TERM": "dumb"}, 24), ({"TERM": "xterm"}, 19)])
def test_a_terminal_without_a_cursor_or_room_gets_lines(environment: dict[str, str], height: int) -> None:
    """TERM=dumb, or less than 20 rows."""
    text = io.StringIO()
    made = Console(file=text, force_terminal=True, width=80, height=height, _environ=environment)
    shown = view(made)
    shown.offer(empty(t.MatEmptied(12.0)))
    shown.close()
    assert "The mat is empty." in text.getvalue()
    assert f"{ESCAPE}[2K" not in text.getvalue()


def test_at_most_five_pictures_a_second() -> None:
    """A thousand ticks in one second of real time draw five times, and what happened in between is not lost."""
    made, text = console(terminal=True)
    clock = ManualClock()
    shown = view(made, clock)
    for number, one in enumerate(session(600)[:600]):
        clock.now_s = number / 600
        shown.offer(one)
    drawn = text.getvalue().count("left of") + text.getvalue().count("goal for today")
    assert drawn == 1e9 / PICTURE_INTERVAL_NS == 5
    shown.close()
    assert "You moved a lot. Lift, do not slide." in text.getvalue()


def test_a_picture_that_would_be_the_same_is_not_drawn() -> None:
    """An hour of an empty mat is one picture."""
    made, text = console(terminal=True)
    clock = ManualClock()
    shown = view(made, clock)
    for minute in range(60):
        clock.now_s = minute * 60.0
        shown.offer(empty())
    assert text.getvalue().count("goal for today") == 1


def test_the_last_picture_is_a_summary_and_the_cursor_is_back() -> None:
    """However soon the end comes after the last picture, it stays on the screen; never zeros."""
    made, text = console(terminal=True)
    shown = view(made)
    for one in session(624, tick(636.0, State.AFTERCARE, WHOLE), empty(t.MatEmptied(660.0))):
        shown.offer(one)
    shown.offer(empty()._replace(signals=None))  # the end of a source has no signals
    shown.close()
    last = text.getvalue().rsplit("acumat", 1)[1]
    assert "Your session has ended." in last
    assert "rolled to your side: the gentle way" in last
    assert text.getvalue().count(f"{ESCAPE}[?25l") == text.getvalue().count(f"{ESCAPE}[?25h") == 1
    assert f"{ESCAPE}[?1049h" not in text.getvalue()  # never the alternate screen


def test_an_end_in_the_middle_is_summed_up_too() -> None:
    """Ctrl-C after five minutes: the core closes the session, the picture says what was timed."""
    made, text = console(terminal=True)
    shown = view(made)
    cut = ended(300.0, Reason.END_OF_RECORDING, Exit.UNKNOWN)
    for one in session(300, tick(300.0, State.RESTING, cut)._replace(signals=None)):
        shown.offer(one)
    shown.close()
    last = text.getvalue().rsplit("acumat", 1)[1]
    assert "The program ended here; what was timed counts." in last
    assert "on the mat, 10 min planned" in last


def test_without_a_session_the_last_picture_says_so() -> None:
    """An evening of cats and laundry."""
    made, text = console(terminal=True)
    shown = view(made)
    shown.offer(empty())
    shown.close()
    assert "No session this time." in text.getvalue()


def test_nothing_to_show_is_nothing_printed() -> None:
    """A source that ended before its first frame."""
    made, text = console(terminal=True)
    view(made).close()
    assert text.getvalue() == ""


def test_the_next_person_scrolls_the_summary_away() -> None:
    """It becomes one line above the picture, and the view goes on."""
    made, text = console(terminal=True)
    clock = ManualClock()
    shown = view(made, clock)
    for one in session(624, tick(636.0, State.AFTERCARE, WHOLE)):
        clock.now_s += 1.0
        shown.offer(one)
    assert "Session 1: 10 min 36 s on the mat." not in text.getvalue()
    clock.now_s += 1.0
    shown.offer(tick(None, State.SEATED, t.Seated(700.0), t.StageChanged(700.0, State.SEATED)))
    assert "Session 1: 10 min 36 s on the mat." in text.getvalue()
    assert "Sitting" in text.getvalue().rsplit("acumat", 1)[1]


def test_a_new_session_in_the_very_hop_in_which_the_old_one_closes() -> None:
    """The picture is that of the new session, not a summary that stays for all of it."""
    known = follower.LiveViewMemory(BOARD)
    for one in session(300):
        known.offer(one)
    known.offer(tick(1.0, State.SETTLING, WHOLE, t.StageChanged(START_S + 301, State.SETTLING)))
    assert known.ended is None
    assert known.counted == 1


def test_a_resize_draws_the_other_layout() -> None:
    """A window that is made narrower, then too small: the last whole picture stays."""
    made, text = console(terminal=True, width=100, height=35)
    clock = ManualClock()
    shown = view(made, clock)
    shown.offer(tick(409.0, State.RESTING))
    for size in ((80, 24), (60, 20), (30, 10)):
        made.width, made.height = size
        clock.now_s += 1.0
        shown.offer(tick(409.0, State.RESTING))
    assert text.getvalue().count("Head") == 3


def test_memory_is_bounded() -> None:
    """A month of presses, wiggles and events keeps the newest ones only."""
    known = follower.LiveViewMemory(BOARD)
    for _ in range(50):
        for one in session(300):
            known.offer(one)
        for number in range(100):
            known.offer(tick(200.0, State.EASING, t.Discomfort(START_S + 200, State.EASING, 200.0 + number)))
    assert len(known.lines) <= follower.LINES_KEPT
    assert len(known.session.hurt_s) <= follower.EVENT_TIMES_MAX
    assert len(known.session.moved_s) <= follower.EVENT_TIMES_MAX
    assert len(known.movement) == follower.MOVEMENT_BUCKETS
    assert len(known.marks) <= follower.MOVEMENT_BUCKETS


def test_times_of_a_session_never_run_backwards() -> None:
    """In every state of the view the list of events has rising times, blank ones first."""
    for name, ticks in stories():
        known = follower.LiveViewMemory(BOARD)
        for one in ticks:
            known.offer(one)
        seconds = [[0, *map(int, line.at.split(":"))] if line.at else [-1] for line in known.lines]
        totals = [sum(part * 60**place for place, part in enumerate(reversed(one))) for one in seconds]
        assert totals == sorted(totals), name


@pytest.mark.parametrize(
    ("environment", "encoding", "palette"),
    [
        ({"COLORTERM": "truecolor"}, "utf-8", Palette.DARK),
        ({"COLORTERM": "truecolor", "COLORFGBG": "0;15"}, "utf-8", Palette.LIGHT),
        ({"COLORTERM": "truecolor", "COLORFGBG": "0;15", "ACUMAT_THEME": "dark"}, "utf-8", Palette.DARK),
        ({"TERM": "xterm-256color"}, "utf-8", Palette.DARK_256),
        ({"TERM": "xterm-256color", "ACUMAT_THEME": "light"}, "utf-8", Palette.LIGHT_256),
        ({"TERM": "xterm"}, "utf-8", Palette.PLAIN),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "utf-8", Palette.PLAIN),
        ({"TERM": "linux"}, "utf-8", Palette.ASCII),
        ({"COLORTERM": "truecolor"}, "ascii", Palette.ASCII),
    ],
)
def test_the_palette_follows_from_the_terminal(environment: dict[str, str], encoding: str, palette: Palette) -> None:
    """Colours, encoding, NO_COLOR, and the ground by COLORFGBG or ACUMAT_THEME."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    made = Console(file=stream, force_terminal=True, _environ={"TERM": "xterm"} | environment)
    assert palette_of(made, {"TERM": "xterm"} | environment) is palette
