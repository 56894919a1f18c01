"""The twenty-two stories that the mat has to get right, by frames and bit by bit through chips and driver.

By frames at 80 samples/s and in the product's own times; bit by bit on the 10-samples board with stages, caps and
grace a fifth to a tenth as long, so that an hour of the story takes two minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from firmware.core import CoreSettings, MatCore
from firmware.cues.night import NightProfile
from firmware.enums import Exit, HintKind, Reason, State, StopReason
from firmware.events import (
    Confirmed,
    Discomfort,
    Eased,
    EndRequested,
    Hint,
    LieDown,
    LyingSuspected,
    OverlongSession,
    Repositioned,
    SensorLost,
    SessionSummary,
    StandingEnded,
    StopAdvised,
    Wiggle,
    Zeroed,
)
from firmware.frames import Frames
from firmware.programme.levels import shipped_programme
from firmware.programme.plan import Plan, Today
from firmware.session.machine import SessionSettings
from firmware.session.stages import StageSettings
from hardware import board as boards
from sim.chips.virtual_mat import ChipSource
from sim.frames import Bench, FrameSource, blocks_from
from sim.people.acts import AnyAct, Fall, Leave, Lie, Lower, Readjust, Roll, RollBack, Shake, Sit, SitUp, Wait
from sim.people.body import Body
from sim.people.household import Visit
from sim.people.story import Story
from sim.people.vitals import Vitals
from sim.sensors.faults import FaultKind
from sim.sensors.mishaps import CellBreaks
from tests.doubles.commands import apply
from tests.doubles.played import Played, play

if TYPE_CHECKING:
    from firmware.view import Tick

BOARD = boards.load_board()
COME: tuple[AnyAct, ...] = (Wait(seconds=4), Sit(seconds=8), Lower(seconds=5))
LIES_S = 17.0  # when COME is over
GO: tuple[AnyAct, ...] = (Roll(seconds=2), Leave(seconds=1.6))
START_WITHIN_S, STAGE_WITHIN_S = 1.0, 0.2
QUIET = Vitals(wiggles_per_min=0.0)


@dataclass(frozen=True)
class Level:
    """A way to play a story: through which door, and how long its stages last. Seconds of lying."""

    door: Callable[[Bench], FrameSource | ChipSource]
    rate_hz: float | None
    settle_s: float
    ease_s: float
    goal_s: float
    close_s: float
    cap_s: float
    overlong_s: float
    after_goal_s: float
    least_s: float

    def settings(self, goal_s: float | None = None) -> CoreSettings:
        """Return the product's settings with these times."""
        stages = StageSettings(
            goal_s=goal_s or self.goal_s,
            settle_s=self.settle_s,
            ease_s=self.ease_s,
            close_s=self.close_s,
            short_close_s=self.close_s / 2,
            short_goal_s=self.goal_s * 0.6,
            cap_s=self.cap_s,
            after_goal_s=self.after_goal_s,
        )
        return CoreSettings(
            machine=SessionSettings(stages=stages, overlong_s=self.overlong_s, min_session_s=self.least_s)
        )

    def play(
        self,
        *acts: AnyAct,
        goal_s: float | None = None,
        presses: tuple[tuple[float, float], ...] = (),
        settings: CoreSettings | None = None,
        zeroed: bool = True,
        seed: int = 1,
        **more: object,
    ) -> Played:
        """Play a story of these acts."""
        story = Story("a story", acts=acts, **({"vitals": QUIET} | more))  # type: ignore[arg-type]
        return play(
            story,
            seed,
            rate_hz=self.rate_hz,
            door=self.door,
            settings=settings or self.settings(goal_s),
            presses=presses,
            zeroed=zeroed,
        )


FRAMES = Level(FrameSource, None, 60, 300, 600, 60, 2400, 3600, 120, 60)
BITS = Level(ChipSource, 10.0, 20, 36, 66, 12, 90, 120, 15, 20)
by_both = pytest.mark.parametrize("level", [FRAMES, BITS], ids=["frames", "bits"])


def times(played: Played) -> dict[str, float]:
    """Return when each state was entered for the first time, in seconds of the story."""
    found: dict[str, float] = {}
    for name, t_s in played.stages:
        found.setdefault(name, t_s + played.origin_s)
    return found


def the_session(played: Played) -> SessionSummary:
    """Return the one session there is."""
    [summary] = played.sessions
    return summary


def chimes(played: Played) -> list[tuple[float, State]]:
    """Return when something began to sound after two seconds without, and in which state."""
    heard: list[tuple[float, State]] = []
    last_s = float("-inf")
    for tick in played.ticks:
        if tick.output.tone_hz is not None:
            if tick.t_s - last_s > 2.0:
                heard.append((tick.t_s, tick.view.state))
            last_s = tick.t_s
    return heard


def names(played: Played) -> list[str]:
    """Return the states entered, in order."""
    return [name for name, _ in played.stages]


@by_both
@pytest.mark.requirement("D05", "D10", "D17", "D33")
def test_story_01_a_whole_session(level: Level) -> None:
    """Sits 8 s, lowers 5 s, lies to the goal, rolls off: every event, and the stages to 0.2 s of the true start."""
    played = level.play(*COME, Lie(seconds=level.goal_s + 15), *GO, Wait(seconds=10))
    [lying] = played.truth.lyings
    session = the_session(played)
    assert session.start_s + played.origin_s == pytest.approx(lying.start_s, abs=START_WITHIN_S)
    assert names(played) == [
        "seated", "lowering", "settling", "easing", "resting", "closing", "done", "rolling", "leaving", "aftercare",
    ]  # fmt: skip
    due_s = {"easing": level.settle_s, "resting": level.ease_s, "closing": level.goal_s - level.close_s}
    for name, after_s in (due_s | {"done": level.goal_s}).items():
        reported_s = next(tick.t_s for tick in played.ticks if tick.view.state.value == name)
        assert reported_s == pytest.approx(session.start_s + after_s, abs=STAGE_WITHIN_S)
    assert (session.reason, session.exit, session.counted) == (Reason.GOAL_REACHED, Exit.ROLLED, True)


@by_both
@pytest.mark.requirement("D11")
def test_story_02_falls_down(level: Level) -> None:
    """Straight down in 0.8 s: said after the session, by no light and no sound while they lie."""
    fallen = level.play(
        Wait(seconds=4), Sit(seconds=8), Fall(seconds=0.8), Lie(seconds=level.least_s + 10), *GO, Wait(seconds=60)
    )
    [hint] = [event for event in fallen.events if isinstance(event, Hint) and event.kind is HintKind.LOWERED_FAST]
    assert hint.t_s + fallen.origin_s > times(fallen)["aftercare"] - 0.2
    slow = level.play(*COME, Lie(seconds=level.least_s + 10), *GO, Wait(seconds=60))
    assert not [event for event in slow.events if isinstance(event, Hint) and event.kind is HintKind.LOWERED_FAST]


LIGHT = {
    "hips off, head on": Body(mass_kg=45.0, hips_on=False, head_on=True),
    "hips on": Body(mass_kg=45.0),
    "hips off, head beside it": Body(mass_kg=45.0, hips_on=False),  # next to nothing reaches the upper half
}


@by_both
@pytest.mark.parametrize("how", LIGHT)
def test_story_03_a_light_person(level: Level, how: str) -> None:
    """45 kg, with the hips off the mat too: found, timed, and counted as a person."""
    played = level.play(*COME, Lie(seconds=level.least_s + 15), *GO, Wait(seconds=60), body=LIGHT[how])
    session = the_session(played)
    [lying] = played.truth.lyings
    assert session.start_s + played.origin_s == pytest.approx(lying.start_s, abs=START_WITHIN_S)
    assert session.counted


@by_both
def test_story_04_a_heavy_person(level: Level) -> None:
    """120 kg: the same, and no cell is taken for a broken one."""
    played = level.play(*COME, Lie(seconds=level.least_s + 15), *GO, Wait(seconds=60), body=Body(mass_kg=120.0))
    session = the_session(played)
    [lying] = played.truth.lyings
    assert session.start_s + played.origin_s == pytest.approx(lying.start_s, abs=START_WITHIN_S)
    assert session.counted
    assert {tick.view.lost for tick in played.ticks if tick.t_s > 5.0} == {0}


THINGS = {
    "a 6 kg object": Visit(what="box", start_s=8, seconds=50, mass_kg=6.0),
    "a 9 kg towel pile": Visit(what="laundry", start_s=8, seconds=60),
    "a cat": Visit(what="cat", start_s=8, seconds=60),
}


@by_both
@pytest.mark.parametrize("thing", THINGS)
def test_story_05_things_and_animals(level: Level, thing: str) -> None:
    """No session, not even a provisional one."""
    played = level.play(visits=(THINGS[thing],), seconds=85)
    assert played.sessions == []
    assert not played.of(LieDown, Confirmed)


@by_both
@pytest.mark.requirement("D14")
def test_story_06_a_wiggle_and_deep_breath(level: Level) -> None:
    """Two seconds of wiggling are one wiggle; a deep breath of 3 % of the load six times a minute is none."""
    deep = Vitals(breaths_per_min=6.0, breath_n=12.0, wiggles_per_min=0.0)
    before_s = level.settle_s + 20
    shaken = level.play(
        *COME,
        Lie(seconds=before_s),
        Shake(seconds=2, moved_n=60.0, rate_hz=2.0),
        Lie(seconds=20),
        *GO,
        Wait(seconds=60),
    )
    assert len(shaken.of(Wiggle)) == the_session(shaken).wiggles == 1
    [wiggle] = shaken.of(Wiggle)
    assert wiggle.t_s + shaken.origin_s == pytest.approx(LIES_S + before_s + 1.0, abs=1.6)
    breathing = level.play(*COME, Lie(seconds=60), *GO, Wait(seconds=60), vitals=deep)
    assert breathing.of(Wiggle) == []


@by_both
def test_story_07_lifting_and_putting_down(level: Level) -> None:
    """The hips up and down again, the kind way to move: no getting up, the same session."""
    played = level.play(*COME, Lie(seconds=40), Readjust(seconds=3), Lie(seconds=25), *GO, Wait(seconds=60))
    assert the_session(played).counted
    assert the_session(played).paused_s == 0.0
    assert "paused" not in names(played)[: names(played).index("rolling")]


@by_both
@pytest.mark.requirement("D14")
def test_story_07_lifting_is_no_wiggle(level: Level) -> None:
    """Who lifts instead of sliding is not corrected: it is reported for what it is."""
    played = level.play(*COME, Lie(seconds=40), Readjust(seconds=3), Lie(seconds=25), *GO, Wait(seconds=60))
    assert played.of(Wiggle) == []
    [lifted] = played.of(Repositioned)
    assert lifted.t_s + played.origin_s == pytest.approx(LIES_S + 40, abs=1.0)


@by_both
def test_story_08_rolls_to_the_side_and_back(level: Level) -> None:
    """Rolling is shown and is no end: one session, and its clock ran on."""
    played = level.play(
        *COME, Lie(seconds=30), Roll(seconds=2, rest_s=4.0), RollBack(seconds=2), Lie(seconds=30), *GO, Wait(seconds=60)
    )
    session = the_session(played)
    [lying] = played.truth.lyings
    assert names(played).count("rolling") == 2  # this one, and the last
    assert names(played)[names(played).index("rolling") + 1] in {"settling", "easing", "resting"}
    assert session.lying_s == pytest.approx(lying.end_s - lying.start_s, abs=1.0)
    assert session.paused_s == 0.0


@by_both
def test_story_09_sits_up_and_lies_again(level: Level) -> None:
    """Up for twenty seconds: one session, paused for that long, and the points are felt again: the pacer says so."""
    played = level.play(
        *COME, Lie(seconds=30), SitUp(seconds=20), Lower(seconds=3), Lie(seconds=30), *GO, Wait(seconds=60)
    )
    session = the_session(played)
    first, second = played.truth.lyings
    assert session.paused_s == pytest.approx(second.start_s - first.end_s, abs=1.0)
    assert session.lying_s == pytest.approx(first.end_s - first.start_s + second.end_s - second.start_s, abs=1.5)
    assert names(played)[names(played).index("paused") + 1] in {"settling", "easing", "resting"}


@by_both
def test_story_10_an_attempt(level: Level) -> None:
    """Leaves before a session is one: reported, not counted."""
    played = level.play(*COME, Lie(seconds=level.least_s / 2), *GO, Wait(seconds=60))
    session = the_session(played)
    assert (session.reason, session.counted, session.exit) == (Reason.TOO_SHORT, False, Exit.ROLLED)


@by_both
@pytest.mark.requirement("D25", "D29")
def test_story_11_sleeps_past_the_goal(level: Level) -> None:
    """Chimes within their limits, overtime at the cap, overlong once at the absolute one, and they are let sleep."""
    played = level.play(*COME, Lie(seconds=level.overlong_s + 60), *GO, Wait(seconds=10))
    session = the_session(played)
    at_s = times(played)
    start_s = session.start_s + played.origin_s
    assert at_s["overtime"] == pytest.approx(start_s + level.cap_s, abs=STAGE_WITHIN_S)
    [attention] = [event for event in played.events if isinstance(event, OverlongSession)]
    assert attention.t_s == pytest.approx(session.start_s + level.overlong_s, abs=STAGE_WITHIN_S)
    assert any(tick.view.overlong for tick in played.ticks)
    heard = chimes(played)
    done = [t_s for t_s, state in heard if state is State.DONE]
    overtime = [t_s for t_s, state in heard if state is State.OVERTIME]
    assert len(done) <= 1 + (level.cap_s - level.goal_s) / 120
    assert 1 <= len(overtime) <= 5
    assert {state for _, state in heard} <= {State.DONE, State.OVERTIME}
    assert session.reason is Reason.GOAL_REACHED


@by_both
def test_story_12_power_comes_back_while_a_person_lies_there(level: Level) -> None:
    """No zero is taken from a person, known or not; with the kept one they are found lying."""
    played = level.play(Lie(seconds=level.least_s + 20), *GO, Wait(seconds=20))
    left_s = played.truth.lyings[0].end_s
    assert not [event for event in played.of(Zeroed) if event.t_s + played.origin_s < left_s]
    assert the_session(played).exit is Exit.ROLLED
    unknown = level.play(Lie(seconds=30), zeroed=False)
    assert unknown.events == []
    assert {tick.signals for tick in unknown.ticks} == {None}


@by_both
@pytest.mark.requirement("D08")
def test_story_13_the_mat_and_a_towel_are_laid_on(level: Level) -> None:
    """2.4 kg of mat and towel, two thirds of it on the cells: the new zero, with an event that says by how much."""
    played = level.play(visits=(Visit(what="mat_and_towel", start_s=10, seconds=60, mass_kg=2.4),), seconds=50)
    placed = [event for event in played.events if isinstance(event, Zeroed) and event.reason == "placed"]
    shown_n = max(tick.signals.load_n for tick in played.ticks[150:190] if tick.signals is not None)
    assert shown_n > 5.0
    assert [event.offset_n for event in placed] == [pytest.approx(shown_n, abs=1.0)]
    last = played.ticks[-2].signals
    assert last is not None
    assert abs(last.load_n) < 2.0
    assert played.sessions == []


@by_both
@pytest.mark.parametrize("kind", [FaultKind.UNPLUGGED, FaultKind.FROZEN, FaultKind.SATURATED_HIGH, FaultKind.FLOATING])
def test_story_14_a_cell_fails(level: Level, kind: FaultKind) -> None:
    """Cell 7 breaks in the middle of a session: it goes on to its end, and the times are right."""
    played = level.play(
        *COME, Lie(seconds=level.least_s + 20), *GO, Wait(seconds=60),
        mishaps=(CellBreaks(cell=7, t_s=LIES_S + 15, kind=kind),),
    )  # fmt: skip
    session = the_session(played)
    [lying] = played.truth.lyings
    assert session.lying_s == pytest.approx(lying.end_s - lying.start_s, abs=1.5)
    assert session.counted
    assert not played.of(SensorLost)
    if kind is not FaultKind.FROZEN:
        assert any(tick.view.lost == 1 << 7 for tick in played.ticks)


@by_both
@pytest.mark.requirement("D43")
def test_story_15_stands_on_it(level: Level) -> None:
    """Two feet in the middle: reported as that, with the sway, and no session, not even a provisional one."""
    played = level.play(visits=(Visit(what="standing", start_s=8, seconds=60),), seconds=120)
    assert names(played) == ["standing", "idle"]
    [stood] = [event for event in played.of(StandingEnded) if isinstance(event, StandingEnded)]
    assert 50.0 < stood.standing_s < 60.0
    assert 0.001 < stood.speed_m_s < 0.05
    assert 1e-5 < stood.ellipse_m2 < 1e-3
    assert not played.of(LyingSuspected, LieDown, Confirmed)
    assert played.sessions == []


SHORT, LONG = 0.2, 2.5


@by_both
@pytest.mark.requirement("D21", "D22", "D40")
def test_story_16_the_key(level: Level) -> None:
    """Twice eases; one press hurts; three at shrinking gaps advise to stop; long ends, with the reason noted."""
    at_s = LIES_S + 4
    presses = (
        (at_s + 3, SHORT), (at_s + 3.4, SHORT),  # double
        (at_s + 10, SHORT), (at_s + 15, SHORT), (at_s + 18, SHORT),  # growing
        (at_s + 30, LONG),
    )  # fmt: skip
    played = level.play(*COME, Lie(seconds=50), *GO, Wait(seconds=20), presses=presses)
    assert [event.t_s + played.origin_s for event in played.of(Eased)] == [pytest.approx(at_s + 3, abs=0.01)]
    hurt = [event.t_s + played.origin_s for event in played.of(Discomfort)]
    assert hurt == [pytest.approx(at_s + after_s, abs=0.01) for after_s in (10, 15, 18)]
    assert [event.reason for event in played.of(StopAdvised) if isinstance(event, StopAdvised)] == [StopReason.GROWING]
    [asked] = [event for event in played.events if isinstance(event, EndRequested)]
    session = the_session(played)
    assert (session.reason, session.exit, session.discomforts) == (Reason.DISCOMFORT, Exit.ROLLED, 3)
    assert session.end_s == pytest.approx(asked.t_s)
    assert session.end_s + played.origin_s == pytest.approx(at_s + 30, abs=0.01)
    assert [state for _, state in chimes(played)] == [session_state_at(played, at_s + 18)]


def session_state_at(played: Played, at_s: float) -> State:
    """Return the state at a second of the story."""
    return next(tick.view.state for tick in played.ticks if tick.t_s + played.origin_s >= at_s)


@by_both
@pytest.mark.requirement("D40")
def test_story_16_pain_that_stays(level: Level) -> None:
    """Two presses half a minute apart after five minutes: stopping is advised, nothing ends."""
    settings = level.settings()
    late_s = level.ease_s
    at_s = LIES_S + late_s + 2
    played = level.play(
        *COME,
        Lie(seconds=late_s + 50),
        *GO,
        Wait(seconds=60),
        settings=settings,
        presses=((at_s, SHORT), (at_s + 31, SHORT)),
    )
    assert [event.reason for event in played.of(StopAdvised) if isinstance(event, StopAdvised)] == [
        StopReason.PERSISTENT
    ]
    assert the_session(played).stop_advised
    assert not played.of(EndRequested)


@by_both
@pytest.mark.requirement("D24")
def test_story_17_the_quick_session(level: Level) -> None:
    """Five minutes wanted: resting is left out where it would come after closing, and the order stays legal."""
    goal_s = level.goal_s / 2 if level is FRAMES else 60.0
    settings = level.settings(goal_s)
    if level is BITS:
        settings = replace(
            settings, machine=replace(settings.machine, stages=replace(settings.machine.stages, ease_s=58))
        )
    played = level.play(*COME, Lie(seconds=goal_s + 10), *GO, Wait(seconds=10), settings=settings)
    assert names(played) == [
        "seated", "lowering", "settling", "easing", "closing", "done", "rolling", "leaving", "aftercare",
    ]  # fmt: skip
    assert the_session(played).goal_s == goal_s


@by_both
@pytest.mark.requirement("D12")
def test_story_18_leans_to_one_side(level: Level) -> None:
    """70 to 30: one hint in settling, two at most, none later."""
    leaning = level.play(*COME, Lie(seconds=level.settle_s + 30), *GO, Wait(seconds=60), body=Body(offset_m=0.05))
    uneven = [event for event in leaning.events if isinstance(event, Hint) and event.kind is HintKind.UNEVEN]
    assert 1 <= len(uneven) <= 2
    at_s = times(leaning)
    assert all(at_s["settling"] <= hint.t_s + leaning.origin_s <= at_s["easing"] for hint in uneven)
    even = level.play(*COME, Lie(seconds=level.settle_s + 30), *GO, Wait(seconds=60))
    assert not [event for event in even.events if isinstance(event, Hint) and event.kind is HintKind.UNEVEN]


@by_both
@pytest.mark.requirement("D16")
def test_story_19_a_towel_under_the_small_of_the_back(level: Level) -> None:
    """A third of the trunk on the lumbar rows is no unevenness."""
    played = level.play(*COME, Lie(seconds=level.settle_s + 30), *GO, Wait(seconds=60), body=Body(lumbar_share=0.35))
    assert the_session(played).counted
    kinds = {event.kind for event in played.events if isinstance(event, Hint)}
    assert kinds <= {HintKind.UP_SLOWLY, HintKind.ROLLED, HintKind.WATER}


@by_both
def test_story_20_the_clock_on_the_wall_jumps(level: Level) -> None:
    """Durations come from frame time alone: a month of uptime changes none, and no wall clock enters the core."""
    played = level.play(*COME, Lie(seconds=level.least_s + 10), *GO, Wait(seconds=60))
    month_s = 31 * 86_400
    moved = play(
        Story("a month up", acts=(*COME, Lie(seconds=level.least_s + 10), *GO, Wait(seconds=60)), vitals=QUIET),
        1, rate_hz=level.rate_hz, door=lambda bench: Later(level.door(bench), month_s), settings=level.settings(),
    )  # fmt: skip
    assert the_session(moved) == the_session(played)
    assert moved.stages == played.stages


class Later:
    """A source whose frames carry the stamps of so many seconds later."""

    def __init__(self, source: FrameSource | ChipSource, later_s: int) -> None:
        self._source, self._later_ns = source, later_s * 1_000_000_000

    def read(self, timeout_s: float) -> Frames | None:
        """Return the next frames, later."""
        frames = self._source.read(timeout_s)
        return None if frames is None else replace(frames, t_ns=frames.t_ns + self._later_ns)

    def close(self) -> None:
        """Close the source."""
        self._source.close()


@by_both
@pytest.mark.requirement("D26")
def test_story_21_at_night(level: Level) -> None:
    """No sound before the cap, the quietest in overtime, and no light brighter than a twentieth."""
    settings = level.settings()
    story = Story("night", acts=(*COME, Lie(seconds=level.cap_s + 30), *GO, Wait(seconds=5)), vitals=QUIET)
    bench = Bench(story, BOARD, 1, rate_hz=level.rate_hz)

    core = MatCore(bench.board, bench.calibration, settings)
    core.set_profile(NightProfile.NIGHT)
    ticks: list[Tick] = []

    for frames in blocks_from(level.door(bench)):
        ticks += core.push(frames)
    sounding = [tick for tick in ticks if tick.output.tone_hz is not None]
    assert sounding
    assert {tick.view.state for tick in sounding} == {State.OVERTIME}
    assert max(tick.output.volume for tick in sounding) <= 0.25
    assert max(max(tick.output.red, tick.output.green, tick.output.blue) for tick in ticks) <= 0.05


@by_both
@pytest.mark.requirement("D42")
def test_story_22_two_people_and_a_guest(level: Level) -> None:
    """Three sessions: Ana's, Ben's and a guest's. Each has their own count, and the guest changes nothing."""
    played = level.play(*COME, Lie(seconds=level.least_s + 10), *GO, Wait(seconds=60))
    summary = the_session(played)
    plan = Plan(shipped_programme())
    today = Today(1_800_000_000.0, 20_833, "2027-01-15")
    for name in ("Ana", "Ben"):
        apply(plan, "add_person", name, today)
    for name in ("Ana", "guest", "Ben", "Ana"):
        apply(plan, "person", name, today)
        plan.session_started()
        plan.session_ended(summary, today)
    assert [len(plan.past(name)) for name in ("Ana", "Ben", "guest")] == [2, 1, 0]
    apply(plan, "person", "guest", today)
    with pytest.raises(ValueError, match="guest's turn"):
        apply(plan, "healed", None, today)
    assert plan.goal_s == 600.0
    assert [person.level for person in plan.people.persons] == [1, 1]
