"""A person comes, lies and leaves: stories of simulated people, reported by frames, against what truly happened."""

from itertools import pairwise

import pytest

from firmware.enums import Exit, Reason, State
from firmware.events import GetUp, LieDown, Lowering, MatEmptied, Seated, SensorBack, SensorLost, Wiggle
from sim.people import story as stories
from sim.people.acts import (
    AnyAct,
    Fall,
    Leave,
    Lie,
    Lower,
    Readjust,
    Roll,
    RollBack,
    Shake,
    Shift,
    Sit,
    SitUp,
    Wait,
)
from sim.people.body import Body
from sim.people.household import Visit
from sim.people.story import Story
from sim.sensors.faults import FaultKind
from sim.sensors.mishaps import CellBreaks, FrameGap, ZeroKnock
from tests.doubles.played import Played, play

COME = (Wait(seconds=4), Sit(seconds=7), Lower(seconds=4))
GO = (Roll(seconds=2), Leave(seconds=1.6), Wait(seconds=60))
TOLERANCE_S = 0.5


def story(*acts: AnyAct, **more: object) -> Story:
    """Return a story of these acts."""
    return Story("a test", acts=acts, **more)  # type: ignore[arg-type]


def is_true(played: Played, *, exits: bool = True) -> None:
    """Check start, end and exit of every lying time against the truth."""
    began = [event for event in played.events if isinstance(event, LieDown)]
    ended = [event for event in played.events if isinstance(event, GetUp)]
    lyings = played.truth.lyings
    assert len(began) == len(lyings)
    for reported, lying in zip(began, lyings, strict=True):
        assert reported.t_s + played.origin_s == pytest.approx(lying.start_s, abs=TOLERANCE_S)
        assert reported.load_n == pytest.approx(lying.load_n, rel=0.1)
    for up, lying in zip(ended, lyings, strict=True):
        assert up.t_s + played.origin_s == pytest.approx(lying.end_s, abs=TOLERANCE_S)
        assert not exits or up.exit.value == lying.exit


def truly_lain(played: Played) -> float:
    """Return the seconds of lying by the truth."""
    return sum(lying.end_s - lying.start_s for lying in played.truth.lyings)


def test_a_whole_session() -> None:
    """Five minutes wanted: every stage at its time from the back-dated start, the session closed by the empty mat."""
    played = play(stories.load_story("quick"))
    is_true(played)
    [session] = played.sessions
    start_s = session.start_s
    stages = dict(played.stages)
    assert list(stages) == [
        "seated", "lowering", "settling", "easing", "closing", "done", "rolling", "leaving", "aftercare",
    ]  # fmt: skip
    for name, after_s in (("settling", 0.0), ("easing", 60.0), ("closing", 270.0), ("done", 300.0)):
        assert stages[name] == pytest.approx(start_s + after_s, abs=1e-6)
        reported_s = next(tick.t_s for tick in played.ticks if tick.view.state.value == name)
        assert name == "settling" or abs(reported_s - stages[name]) <= 0.05 + 1e-9
    assert (session.reason, session.exit, session.counted) == (Reason.GOAL_REACHED, Exit.ROLLED, True)
    assert session.lying_s == pytest.approx(session.end_s - session.start_s)
    order = [type(event) for event in played.of(Seated, Lowering, LieDown, GetUp, MatEmptied)]
    assert order == [Seated, Lowering, LieDown, GetUp, MatEmptied]


def test_the_clock_runs_while_a_person_lies_and_stands_otherwise() -> None:
    """What the dashboard shows: nothing before, seconds of lying during, nothing after."""
    played = play(story(*COME, Lie(seconds=70), *GO))
    [session] = played.sessions
    lying = [tick for tick in played.ticks if tick.view.state in {State.SETTLING, State.EASING}]
    assert lying[0].view.elapsed_s == pytest.approx(lying[0].t_s - session.start_s)
    assert all(after.view.elapsed_s - before.view.elapsed_s == pytest.approx(0.1) for before, after in pairwise(lying))
    others = [tick for tick in played.ticks if tick.view.state in {State.IDLE, State.SEATED, State.AFTERCARE}]
    assert {tick.view.elapsed_s for tick in others if tick.view.start_s is None} == {0.0}
    assert {tick.view.elapsed_s for tick in others if tick.view.start_s is not None} == {session.lying_s}
    assert {tick.view.occupied for tick in lying} == {True}
    assert {tick.view.occupied for tick in others if tick.view.state is State.AFTERCARE} == {False}
    idle = [tick for tick in others if tick.view.state is State.IDLE]
    assert sum(tick.view.occupied for tick in idle) < 15  # the first second of sitting


WAYS_DOWN: dict[str, tuple[AnyAct, ...]] = {
    "slowly": (Wait(seconds=4), Sit(seconds=8), Lower(seconds=8)),
    "quickly": (Wait(seconds=4), Sit(seconds=3), Lower(seconds=2)),
    "fallen": (Wait(seconds=4), Sit(seconds=6), Fall(seconds=0.8)),
    "from nothing": (Wait(seconds=6),),
    "there already": (),
}
WAYS_UP: dict[str, tuple[AnyAct, ...]] = {
    "rolled": (Roll(seconds=2), Leave(seconds=1.6)),
    "rolled to the left": (Roll(seconds=2, side="left"), Leave(seconds=1.6)),
    "sat up": (SitUp(seconds=4.5), Leave(seconds=1.2)),
    "abrupt": (Leave(seconds=0.7),),
}


@pytest.mark.parametrize("down", WAYS_DOWN)
def test_every_way_of_lying_down(down: str) -> None:
    """The start is found to half a second, and found at most five seconds later."""
    played = play(story(*WAYS_DOWN[down], Lie(seconds=70), *GO))
    is_true(played)
    [began] = played.of(LieDown)
    assert isinstance(began, LieDown)
    assert began.detected_s - began.t_s < 5.0
    assert [session.counted for session in played.sessions] == [True]


@pytest.mark.parametrize("up", WAYS_UP)
def test_every_way_of_getting_up(up: str) -> None:
    """The end to half a second, reported within a second, and how."""
    played = play(story(*COME, Lie(seconds=70), *WAYS_UP[up], Wait(seconds=60)))
    is_true(played)
    [rose] = played.of(GetUp)
    assert isinstance(rose, GetUp)
    assert rose.detected_s - rose.t_s < 1.0
    assert [session.exit.value for session in played.sessions] == [played.truth.lyings[0].exit]


BODIES = {
    "45 kg, hips off the mat": Body(mass_kg=45, hips_on=False, head_on=True),
    "45 kg": Body(mass_kg=45),
    "120 kg": Body(mass_kg=120),
    "120 kg on a bed": Body(mass_kg=120, surface="bed", cover="thick_towel"),
    "knees up": Body(knees_up=True),
    "5 cm off the middle": Body(offset_m=0.05),
}


@pytest.mark.parametrize("who", BODIES)
@pytest.mark.parametrize("rate_hz", [80.0, 11.7])
def test_every_body_at_either_rate(who: str, rate_hz: float) -> None:
    """Weight is in no threshold: 15 kg of load or 60."""
    played = play(story(*COME, Lie(seconds=70), *GO, body=BODIES[who]), 2, rate_hz=rate_hz)
    is_true(played)
    assert [session.reason for session in played.sessions] == [Reason.LEFT_EARLY]


def test_a_side_lyer_is_one_session() -> None:
    """Rolls over at once and stays on the side for a minute and a half; the exit may be unknown."""
    played = play(story(*COME, Lie(seconds=15), Roll(seconds=2, rest_s=90), Leave(seconds=1.6), Wait(seconds=60)))
    is_true(played, exits=False)
    [session] = played.sessions
    assert session.counted


def test_rolled_aside_and_back_is_the_same_time_on_the_mat() -> None:
    """Four seconds on the side in the middle."""
    acts = (*COME, Lie(seconds=40), Roll(seconds=2, rest_s=4), RollBack(seconds=2), Lie(seconds=40), *GO)
    played = play(story(*acts))
    is_true(played)
    assert len(played.sessions) == 1


def test_sat_up_for_the_telephone() -> None:
    """Twenty seconds upright: one session, the pause is no lying time."""
    acts = (*COME, Lie(seconds=50), SitUp(seconds=20), Lower(seconds=4), Lie(seconds=50), *GO)
    played = play(story(*acts))
    is_true(played)
    [session] = played.sessions
    assert session.lying_s == pytest.approx(truly_lain(played), abs=1.0)
    assert [name for name, _ in played.stages][2:5] == ["settling", "paused", "settling"]


@pytest.mark.parametrize(("away_s", "sessions"), [(5.0, 1), (25.0, 1), (60.0, 2)])
def test_away_and_back(away_s: float, sessions: int) -> None:
    """Back within the grace of 45 s is the same session, after it is another."""
    acts = (*COME, Lie(seconds=70), Leave(seconds=1.2), Wait(seconds=away_s), Lie(seconds=70), *GO)
    played = play(story(*acts))
    is_true(played)
    assert len(played.sessions) == sessions
    assert sum(session.lying_s for session in played.sessions) == pytest.approx(truly_lain(played), abs=1.0)


def test_gave_up_after_half_a_minute() -> None:
    """An attempt: reported, not counted."""
    played = play(stories.load_story("attempt"))
    is_true(played)
    assert [(one.reason, one.counted) for one in played.sessions] == [(Reason.TOO_SHORT, False)]


def test_moving_on_the_mat_ends_nothing() -> None:
    """A shift, a wiggle, the hips lifted and laid down again, another shift."""
    moves = (Shift(x_m=0.02), Lie(seconds=15), Shake(seconds=2, moved_n=60), Lie(seconds=15), Readjust(seconds=3))
    played = play(story(*COME, Lie(seconds=30), *moves, Lie(seconds=15), Shift(y_m=-0.02), Lie(seconds=20), *GO))
    is_true(played)
    [session] = played.sessions
    assert session.wiggles == len(played.of(Wiggle)) >= 1


def test_lying_still_is_no_wiggle() -> None:
    """Three minutes of ordinary breathing."""
    assert play(story(*COME, Lie(seconds=180), *GO), 5).of(Wiggle) == []


# --- other things on the mat ------------------------------------------------------------------------------------
def test_an_object_left_on_the_mat_holds_no_session_open() -> None:
    """A box of 5 kg lay there before, stays there while a person lies, and stays when they have gone."""
    played = play(story(Wait(seconds=25), *COME, Lie(seconds=70), *GO, visits=(Visit("box", 5, 220, mass_kg=5),)))
    is_true(played, exits=False)
    assert len(played.sessions) == 1
    assert len(played.of(MatEmptied)) == 1


@pytest.mark.parametrize("what", ["walking_across", "cat", "box", "laundry", "mat_and_towel", "cleaning", "footfalls"])
def test_what_is_nobody_opens_no_session(what: str) -> None:
    """A minute of each; the one who walks across is a child of 22 kg."""
    mass_kg = 22.0 if what == "walking_across" else 0.0
    played = play(story(seconds=100, visits=(Visit(what, 10, 60, mass_kg=mass_kg),)))  # type: ignore[arg-type]
    assert played.sessions == []
    assert played.of(LieDown) == []


# --- cells and frames that fail ---------------------------------------------------------------------------------
def test_three_dead_cells_change_nothing() -> None:
    """Unplugged one after the other in the middle of a session, and never plugged in again.

    Where they are missing at the side a person rolls to, the end may be found as early as the roll.
    """
    for cells, early_s in (((0, 5, 7), TOLERANCE_S), ((3, 7, 11), TOLERANCE_S), ((1, 5, 6), 5.0)):
        broken = tuple(CellBreaks(cell, 40.0 + cell, FaultKind.UNPLUGGED) for cell in cells)
        played = play(story(*COME, Lie(seconds=60), *GO, mishaps=broken))
        [lying], [session] = played.truth.lyings, played.sessions
        assert session.start_s == pytest.approx(lying.start_s, abs=TOLERANCE_S)
        assert -early_s < session.end_s - lying.end_s < TOLERANCE_S
        assert played.of(SensorLost) == []
        assert played.ticks[-1].view.lost == sum(1 << cell for cell in cells)


def test_too_many_dead_cells_and_back() -> None:
    """Four away for twenty seconds: said, waited for, and the session goes on where it would have been."""
    cells = (1, 3, 5, 9)
    away = tuple(CellBreaks(cell, 40.0, FaultKind.UNPLUGGED) for cell in cells)
    back = tuple(CellBreaks(cell, 60.0, FaultKind.OK) for cell in cells)
    played = play(story(*COME, Lie(seconds=100), *GO, mishaps=away + back))
    [lost], [again] = played.of(SensorLost), played.of(SensorBack)
    assert 40.0 < lost.t_s < 44.0
    assert 60.0 <= again.t_s < 62.0
    [session] = played.sessions
    [lying] = played.truth.lyings
    assert session.start_s == pytest.approx(lying.start_s, abs=TOLERANCE_S)
    assert session.end_s == pytest.approx(lying.end_s, abs=TOLERANCE_S)
    assert session.lying_s == pytest.approx(lying.end_s - lying.start_s, abs=1.0)
    assert [name for name, _ in played.stages if name in {"settling", "uncertain", "easing"}] == [
        "settling", "uncertain", "settling", "easing",
    ]  # fmt: skip


def test_all_cells_gone_for_good() -> None:
    """The cable was pulled: a minute later the session is closed, with the last certain moment as its end."""
    played = play(
        story(*COME, Lie(seconds=200), mishaps=tuple(CellBreaks(n, 60.0, FaultKind.UNPLUGGED) for n in range(12)))
    )
    [session] = played.sessions
    assert session.reason is Reason.SENSOR_LOST
    assert 59.0 < session.end_s < 64.0


def test_a_gap_without_frames_is_time_all_the_same() -> None:
    """The reader stood still for ten seconds: stages come when they would have come, start and end stay true."""
    played = play(story(*COME, Lie(seconds=100), *GO, mishaps=(FrameGap(40.0, 10.0),)))
    [lying], [session] = played.truth.lyings, played.sessions
    assert session.start_s == pytest.approx(lying.start_s, abs=TOLERANCE_S)
    assert session.end_s == pytest.approx(lying.end_s, abs=TOLERANCE_S)
    assert (len(played.of(SensorLost)), len(played.of(SensorBack))) == (1, 1)
    assert dict(played.stages)["easing"] == pytest.approx(session.start_s + 60)


def test_a_knock_before_a_person_comes() -> None:
    """A screw gives way: one cell shows 3 kg more from then on. Nobody is there, and who comes is found as ever."""
    played = play(story(Wait(seconds=25), *COME, Lie(seconds=70), *GO, mishaps=(ZeroKnock(5, 5.0, 30.0),)))
    is_true(played, exits=False)
    assert len(played.sessions) == 1
