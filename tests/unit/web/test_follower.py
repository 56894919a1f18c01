"""From ticks to frames: what the page says in each state, and that nothing grows."""

import pytest

from firmware import words
from firmware.enums import Exit, HintKind, Reason, State, StopReason
from firmware.events import (
    Discomfort,
    Hint,
    LieDown,
    Repositioned,
    SensorBack,
    SensorLost,
    SessionEnded,
    SessionSummary,
    StageChanged,
    Wiggle,
)
from firmware.view import Tick
from firmware.web.follower import LiveFollower
from firmware.web.live import Frame
from hardware import board as boards
from tests.doubles.ticks import tick

BOARD = boards.load_board()
KG = 9.80665


def after(*ticks: Tick, calibrated: bool = True) -> Frame:
    follower = LiveFollower(BOARD, wall_at=lambda t_s: 1e9 + t_s, calibrated=calibrated)
    for one in ticks:
        follower.offer(one, 3.0)
    made = follower.frame()
    assert made is not None
    return made


def test_no_tick_no_frame() -> None:
    """The page waits."""
    assert LiveFollower(BOARD).frame() is None


def test_an_empty_mat_is_ready() -> None:
    """Goal, stages as long as they are, no pacer."""
    frame = after(tick(0.1, goal_s=900.0))
    assert (frame.stage, frame.in_session, frame.pacer_s) == ("Ready when you are", False, None)
    assert [(stage.word, stage.start_s, stage.end_s) for stage in frame.stages] == [
        ("Settling", 0, 60), ("Easing", 60, 300), ("Resting", 300, 840), ("Closing", 840, 900)
    ]  # fmt: skip
    assert frame.begun_s is None


def test_a_resting_person() -> None:
    """Kilograms of each cell, the sentence, the pacer, when it began."""
    frame = after(tick(400.0, State.RESTING, load_n=12 * 3 * KG, elapsed_s=400.0))
    assert frame.cells_kg == (3.0,) * 12
    assert frame.load_kg == 36.0
    assert frame.sentence == words.STATE["resting"]
    assert frame.reason == words.WHY["resting"]
    assert frame.pacer_s == 3.0
    assert frame.begun_s == 1e9
    assert frame.breaths_text == words.BREATHS_WAIT


def test_a_cell_that_does_not_answer_stays_a_gap() -> None:
    """It is named, the load is a lower bound, centre and sides are not known."""
    one = tick(400.0, State.RESTING, load_n=300.0, elapsed_s=400.0, lost=0b10)
    frame = after(one._replace(view=one.view._replace(lost=0b10)))
    assert frame.cells_kg is not None
    assert frame.cells_kg[1] is None
    assert (frame.at_least, frame.centre, frame.right_share) == (True, None, None)
    assert frame.lost == ("A2",)
    assert frame.note is not None
    assert (frame.note.kind, frame.note.title) == ("cells", "A2 does not answer.")


def test_too_few_cells() -> None:
    """Said above everything, until enough answer again."""
    lost = tick(1.0, events=(SensorLost(1.0, 0b1111),))
    frame = after(lost)
    assert frame.note is not None
    assert frame.note.kind == "too_few"
    assert frame.sentence == words.TOO_FEW_PAGE
    assert after(lost, tick(2.0, events=(SensorBack(2.0, 0),))).note is None


def test_no_kilograms_without_a_calibration() -> None:
    """Timing works; the map has no numbers."""
    frame = after(tick(400.0, State.RESTING, load_n=300.0, elapsed_s=400.0), calibrated=False)
    assert (frame.cells_kg, frame.load_kg) == (None, None)
    assert frame.note is not None
    assert frame.note.kind == "not_calibrated"


def test_before_the_zero() -> None:
    """A note, and no loads."""
    frame = after(tick(1.0, load_n=None))
    assert frame.note is not None
    assert frame.note.kind == "no_zero"
    assert frame.cells_kg is None


def test_a_pause_counts_down() -> None:
    """45 s to lie back; the reason says how long ago."""
    up = tick(100.0, State.PAUSED, events=(StageChanged(100.0, State.PAUSED),), elapsed_s=90.0)
    frame = after(up, tick(114.0, State.PAUSED, elapsed_s=90.0))
    assert frame.pause_left_s == pytest.approx(31.0)
    assert frame.reason == "The mat felt you sit up 14 seconds ago."
    back = tick(120.0, State.RESTING, events=(StageChanged(120.0, State.RESTING),), elapsed_s=90.0)
    assert after(up, back).pause_left_s is None


def test_overtime_is_counted_from_the_goal() -> None:
    """In whole minutes, with the person's own goal."""
    frame = after(tick(1500.0, State.OVERTIME, elapsed_s=1440.0, goal_s=1200.0))
    assert frame.reason.startswith("You are 4 minutes past your 20-minute goal.")


def test_advice_to_stop_stills_the_pacer() -> None:
    """Title and text; no praise."""
    one = tick(400.0, State.RESTING, elapsed_s=400.0)
    frame = after(one._replace(view=one.view._replace(advice=StopReason.GROWING, stop_advised=True)))
    assert frame.advice is not None
    assert frame.advice.title == "Please stop for today."
    assert frame.advice.text.startswith(f"{words.STOP['growing'].partition('. ')[2]} Roll to your side")
    assert frame.pacer_s is None


def test_a_hint_stands_for_twenty_seconds() -> None:
    """Then the sentence of the stage is back."""
    hint = tick(400.0, State.RESTING, events=(Hint(400.0, HintKind.UNEVEN),), elapsed_s=400.0)
    assert after(hint).sentence == words.HINT["uneven"]
    assert after(hint, tick(420.0, State.RESTING, elapsed_s=420.0)).sentence == words.STATE["resting"]


def test_movements_are_counted_and_marked() -> None:
    """A new session starts at nothing; the cells that moved are outlined for two seconds."""
    events = (Wiggle(400.0, 30.0, cells=(0, 4)), Repositioned(400.0), Discomfort(400.0, State.RESTING, 400.0))
    moved = tick(400.0, State.RESTING, events=events, elapsed_s=400.0)
    frame = after(moved)
    assert (frame.moves, frame.lifts, frame.moved) == (1, 1, ("A1", "B2"))
    assert [mark.kind for mark in frame.marks] == ["wiggle", "repositioned", "discomfort"]
    later = after(moved, tick(403.0, State.RESTING, elapsed_s=403.0))
    assert later.moved == ()
    assert later.marks[0].ago_s == 3.0
    assert after(moved, tick(701.0, State.RESTING, elapsed_s=700.0)).marks == ()
    again = tick(800.0, State.SETTLING, events=(LieDown(800.0, 800.0, 300.0),), elapsed_s=0.1)
    assert (after(moved, again).moves, after(moved, again).lifts) == (0, 0)


def test_the_end_stays_until_the_next_person_comes() -> None:
    """And an ended session that was no person leaves nothing."""

    def ended(*, confirmed: bool) -> Tick:
        summary = SessionSummary(
            1, 0.0, 600.0, 600.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 0, counted=True, confirmed=confirmed
        )
        return tick(610.0, events=(SessionEnded(610.0, summary),))

    frame = after(ended(confirmed=True))
    assert frame.ended is not None
    assert frame.ended.text == words.ENDED["goal_reached"]
    assert after(ended(confirmed=False)).ended is None
    comes = tick(700.0, State.SEATED, events=(StageChanged(700.0, State.SEATED),))
    assert after(ended(confirmed=True), comes).ended is None


def test_memory_is_bounded() -> None:
    """A day of ticks with an event each keeps sixty marks and sixty values."""
    follower = LiveFollower(BOARD)
    for number in range(3000):
        t_s = 0.05 * number
        follower.offer(tick(t_s, State.RESTING, events=(Repositioned(t_s),), elapsed_s=t_s))
    frame = follower.frame()
    assert frame is not None
    assert (len(frame.marks), len(frame.movement)) == (60, 60)
