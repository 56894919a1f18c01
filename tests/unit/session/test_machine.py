"""The session machine: the main path, pauses, lost cells, and the whole table walked."""

from collections.abc import Callable
from itertools import product

import pytest

from firmware.enums import Exit, Reason, State
from firmware.errors import TransitionError
from firmware.events import (
    Confirmed,
    EndRequested,
    Event,
    GetUp,
    LieDown,
    Lowering,
    LyingSuspected,
    MatEmptied,
    RolledAside,
    RolledBack,
    Seated,
    SensorBack,
    SensorLost,
    SessionEnded,
    SessionSummary,
    StageChanged,
    StandingEnded,
    StandingStarted,
    StartCorrected,
    Wiggle,
)
from firmware.session.machine import SessionMachine, SessionSettings, with_goal
from firmware.session.transitions import TABLE, MachineInput


class Player:
    """Plays posture events at their times, hop by hop, and keeps what the machine says."""

    def __init__(self, settings: SessionSettings | None = None) -> None:
        self.machine = SessionMachine(settings)
        self.said: list[Event] = []
        self.t_s = 0.0

    def until(self, t_s: float, *happened: Event) -> "Player":
        """Let time pass; at t_s these things happen."""
        while self.t_s < t_s - 0.05:
            self.t_s = round(self.t_s + 0.1, 1)
            self.said += self.machine.step(self.t_s, happened if self.t_s >= t_s - 0.05 else ())
        return self

    def lies(self, t_s: float) -> "Player":
        """Lies down at t_s, detected 3.5 s later."""
        return self.until(t_s + 3.5, LieDown(t_s, t_s + 3.5, 400.0), Confirmed(t_s + 3.5, "breathes"))

    def rises(self, t_s: float, style: Exit = Exit.ROLLED) -> "Player":
        """Gets up at t_s, detected half a second later."""
        return self.until(t_s + 0.5, GetUp(t_s, t_s + 0.5, style, "half"))

    @property
    def stages(self) -> list[tuple[str, float]]:
        """States entered, with their times."""
        return [(event.state.value, round(event.t_s, 3)) for event in self.said if isinstance(event, StageChanged)]

    @property
    def ended(self) -> list[SessionSummary]:
        """Sessions closed."""
        return [event.summary for event in self.said if isinstance(event, SessionEnded)]


def test_an_ordinary_session_goes_through_its_stages_on_time() -> None:
    """Sits, lowers, lies ten minutes and some, rolls off: stages count from the back-dated start."""
    player = Player().until(10, Seated(10)).until(18, Lowering(18)).lies(21.0)
    player.rises(650.0).until(653, MatEmptied(653)).until(800)
    assert player.stages == [
        ("seated", 10),
        ("lowering", 18),
        ("settling", 21),
        ("easing", 81),
        ("resting", 321),
        ("closing", 561),
        ("done", 621),
        ("leaving", 650),
        ("aftercare", 653),
        ("idle", 773),
    ]
    [summary] = player.ended
    assert summary == SessionSummary(1, 21.0, 650.0, 629.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 0, counted=True)


def test_a_stage_is_reported_within_half_a_hop_of_its_time() -> None:
    """Starts that fall between hops: the tick that reports a stage is the nearest one."""
    for start_s in (20.01, 20.04, 20.06, 20.09):
        machine = SessionMachine()
        list(machine.step(23.5, [LieDown(start_s, 23.5, 400.0)]))
        reported = next(hop / 10 for hop in range(236, 1000) if list(machine.step(hop / 10, ())))
        assert abs(reported - (start_s + 60)) <= 0.05 + 1e-9


def test_a_pause_moves_no_stage_and_is_not_lying() -> None:
    """Sits up at two minutes for twenty seconds: one session, and resting comes twenty seconds later."""
    player = Player().lies(10.0).rises(130.0, Exit.SAT_UP).until(135, Seated(135)).until(148, Lowering(148)).lies(150.0)
    player.until(500).rises(700.0).until(703, MatEmptied(703))
    assert ("paused", 130) in player.stages
    assert ("easing", 150) in player.stages
    assert ("resting", 330) in player.stages
    [summary] = player.ended
    assert summary.lying_s == pytest.approx(670.0)
    assert (summary.start_s, summary.end_s, summary.reason) == (10.0, 700.0, Reason.GOAL_REACHED)


def test_all_pauses_are_summed() -> None:
    """Up for 20 s and for 10 s: half a minute of pause, and lying goes on from where it stopped at once."""
    player = Player().lies(10.0).rises(100.0).lies(120.0)
    assert player.machine.view(120.4).elapsed_s == pytest.approx(90.4)
    player.rises(200.0).lies(210.0).rises(300.0).until(400)
    [session] = player.ended
    assert session.paused_s == pytest.approx(30.0)
    assert session.lying_s == pytest.approx(90.0 + 80.0 + 90.0)


def test_a_minute_to_the_second_is_no_attempt() -> None:
    """60 s of lying count."""
    [session] = Player().lies(10.0).rises(70.0).until(200).ended
    assert (session.lying_s, session.counted) == (60.0, True)


def test_who_does_not_come_back_has_left_early() -> None:
    """The session ends when they got up, though that is known only after the grace."""
    player = Player().lies(10.0).rises(130.0, Exit.ABRUPT).until(132, MatEmptied(132)).until(174.8)
    assert player.ended == []
    view = player.machine.view(174.8)
    assert (view.state, view.occupied, view.elapsed_s) == (State.AFTERCARE, False, 120.0)
    player.until(176)
    [summary] = player.ended
    assert (summary.end_s, summary.lying_s, summary.reason) == (130.0, 120.0, Reason.LEFT_EARLY)
    assert (summary.exit, summary.counted) == (Exit.ABRUPT, True)


def test_less_than_a_minute_is_an_attempt() -> None:
    """Reported, but not counted."""
    [summary] = Player().lies(10.0).rises(40.0).until(90).ended
    assert (summary.reason, summary.counted, summary.lying_s) == (Reason.TOO_SHORT, False, 30.0)


def test_without_evidence_of_a_person_nothing_counts() -> None:
    """A suitcase may lie there for an hour."""
    player = Player().until(5, LyingSuspected(5)).until(9, LieDown(5.0, 9, 200.0)).until(3600)
    [summary] = player.rises(3600.0).until(3700).ended
    assert (summary.reason, summary.counted, summary.confirmed) == (Reason.NOT_CONFIRMED, False, False)
    assert Player().until(5, Confirmed(5, "late")).machine.view(5).start_s is None


def test_lying_again_after_the_goal_is_still_the_same_session() -> None:
    """Rolls up at the goal, thinks better of it: done goes on."""
    player = Player().lies(10.0).rises(615.0).lies(620.0).until(700).rises(710.0).until(712, MatEmptied(712))
    [summary] = player.ended
    assert summary.end_s == 710.0
    assert summary.lying_s == pytest.approx(605.0 + 90.0)
    assert [name for name, _ in player.stages].count("done") == 2


def test_who_stays_seated_after_the_goal_ends_the_session_too() -> None:
    """Sitting on the mat for a while after getting up closes it without an empty mat."""
    player = Player().lies(10.0).rises(620.0).until(622, Seated(622)).until(640, Lowering(640)).until(666)
    assert [summary.reason for summary in player.ended] == [Reason.GOAL_REACHED]


def test_lost_cells_stop_no_timer_when_they_come_back() -> None:
    """Twenty seconds without cells, then the person lies as before: the stages are where they would have been."""
    player = Player().lies(10.0).until(50, SensorLost(50, 0xFFF)).until(70, SensorBack(70, 0))
    player.until(74, LieDown(60.0, 74, 400.0)).until(80)
    assert player.stages == [("settling", 10), ("uncertain", 50), ("settling", 60), ("easing", 70)]


def test_who_is_found_again_did_not_lie_down_then() -> None:
    """A start that is corrected after the cells came back is of finding the person again; so after a restart."""
    player = Player().lies(10.0).until(50, SensorLost(50, 0xFFF)).until(70, SensorBack(70, 0))
    player.until(74, LieDown(60.0, 74, 400.0)).until(76, StartCorrected(76, 62.0)).until(200).rises(630.0)
    player.until(760, MatEmptied(760))
    assert [(summary.start_s, summary.lying_s) for summary in player.ended] == [(10.0, 620.0)]


def test_a_start_is_corrected_again_after_a_pause() -> None:
    """A part of lying that follows a pause has its own start, also after cells were away in the part before."""
    player = Player().lies(10.0).until(50, SensorLost(50, 0xFFF)).until(70, SensorBack(70, 0))
    player.until(74, LieDown(60.0, 74, 400.0)).rises(100.0).lies(120.0).until(128, StartCorrected(128, 122.0))
    player.rises(640.0).until(760, MatEmptied(760))
    assert [(summary.start_s, summary.lying_s) for summary in player.ended] == [(10.0, 90.0 + 518.0)]


def test_cells_that_stay_away_end_the_session_at_the_last_certain_time() -> None:
    """After a minute of not knowing."""
    player = Player().lies(10.0).until(100, SensorLost(100, 0xFFF)).until(120, SensorBack(120, 0))
    player.until(130, SensorLost(130, 0xFFF)).until(162)
    [summary] = player.ended
    assert (summary.end_s, summary.lying_s, summary.reason) == (100.0, 90.0, Reason.SENSOR_LOST)


def test_lost_cells_and_an_empty_mat_afterwards_close_it() -> None:
    """The person left unseen."""
    player = (
        Player()
        .lies(10.0)
        .until(100, SensorLost(100, 0xFFF))
        .until(120, SensorBack(120, 0))
        .until(122, MatEmptied(122))
    )
    assert [(summary.end_s, summary.reason) for summary in player.ended] == [(100.0, Reason.SENSOR_LOST)]


def test_lost_cells_while_arriving_start_over() -> None:
    """No session is opened by them, nor while nobody is there."""
    player = Player().until(5, SensorLost(5, 0xFFF)).until(9, SensorBack(9, 0)).until(10, Seated(10))
    player.until(12, SensorLost(12, 0xFFF)).until(14)
    assert player.machine.state is State.IDLE
    assert player.ended == []


def test_wiggles_are_counted_while_lying() -> None:
    """And shown at once."""
    player = Player().lies(10.0).until(20, Wiggle(20, 30.0)).until(30, Wiggle(30, 30.0))
    assert player.machine.view(30.0).wiggles == 2
    assert player.rises(100.0).until(105, Wiggle(105, 30.0)).machine.view(105.0).wiggles == 2
    assert Player().until(3, Wiggle(3, 9.0)).machine.view(3).wiggles == 0


def test_the_end_of_a_recording_closes_what_is_open() -> None:
    """While lying the end is the last frame; while paused it is when they got up; while nobody is there nothing."""
    lying = Player().lies(10.0).until(100)
    [event] = lying.machine.finish(100.0)
    assert isinstance(event, SessionEnded)
    assert (event.summary.end_s, event.summary.lying_s) == (100.0, 90.0)
    assert (event.summary.reason, event.summary.exit) == (Reason.END_OF_RECORDING, Exit.UNKNOWN)
    [event] = Player().lies(10.0).rises(100.0).until(120).machine.finish(120.0)
    assert isinstance(event, SessionEnded)
    assert (event.summary.end_s, event.summary.exit) == (100.0, Exit.ROLLED)
    [event] = Player().lies(10.0).until(100, SensorLost(100, 0xFFF)).machine.finish(130.0)
    assert isinstance(event, SessionEnded)
    assert (event.summary.end_s, event.summary.lying_s) == (100.0, 90.0)
    assert list(Player().machine.finish(50.0)) == []


def test_two_sessions_have_two_numbers() -> None:
    """And the second begins from aftercare without waiting for its end."""
    player = Player(with_goal(120.0)).lies(10.0).rises(140.0).until(142, MatEmptied(142)).lies(160.0).rises(300.0)
    player.until(302, MatEmptied(302))
    assert [summary.number for summary in player.ended] == [1, 2]
    assert [summary.goal_s for summary in player.ended] == [120.0, 120.0]


EVENTS: dict[MachineInput, Callable[[float], Event]] = {
    MachineInput.SEATED: Seated,
    MachineInput.LOWERING: Lowering,
    MachineInput.LIE_DOWN: lambda t_s: LieDown(t_s, t_s, 400.0),
    MachineInput.GET_UP: lambda t_s: GetUp(t_s, t_s, Exit.ROLLED, "half"),
    MachineInput.MAT_EMPTIED: MatEmptied,
    MachineInput.LOST: lambda t_s: SensorLost(t_s, 0xFFF),
    MachineInput.BACK: lambda t_s: SensorBack(t_s, 0),
    MachineInput.ROLLED_ASIDE: RolledAside,
    MachineInput.ROLLED_BACK: RolledBack,
    MachineInput.STANDING_STARTED: StandingStarted,
    MachineInput.STANDING_ENDED: lambda t_s: StandingEnded(t_s, 5.0, 0.1, 0.02, 1e-4),
    MachineInput.END: lambda t_s: EndRequested(t_s, Reason.USER),
}


def way_to(state: State) -> Player:
    """A machine that has come to a state by a legal way."""
    lying = Player(with_goal(120.0)).lies(10.0)
    ways: dict[State, Callable[[], Player]] = {
        State.IDLE: Player,
        State.SEATED: lambda: Player().until(10, Seated(10)),
        State.LOWERING: lambda: Player().until(10, Seated(10)).until(12, Lowering(12)),
        State.STANDING: lambda: Player().until(10, StandingStarted(10)),
        State.SETTLING: lambda: lying,
        State.EASING: lambda: lying.until(75),
        State.RESTING: lambda: Player().lies(10.0).until(320),
        State.CLOSING: lambda: lying.until(105),
        State.DONE: lambda: lying.until(135),
        State.OVERTIME: lambda: lying.until(2415),
        State.ROLLING: lambda: lying.until(40, RolledAside(40)),
        State.PAUSED: lambda: lying.rises(60.0),
        State.LEAVING: lambda: lying.rises(140.0),
        State.UNCERTAIN: lambda: lying.until(60, SensorLost(60, 0xFFF)),
        State.AFTERCARE: lambda: lying.rises(140.0).until(142, MatEmptied(142)),
    }
    player = ways[state]()
    assert player.machine.state is state
    return player


REACHABLE = sorted({state for state, _ in TABLE})


@pytest.mark.parametrize(("state", "on"), list(product(REACHABLE, EVENTS)))
def test_every_state_takes_or_refuses_every_event(state: State, on: MachineInput) -> None:
    """What the table has, happens; what it has not, is a named error that says both."""
    player = way_to(state)
    t_s = round(player.t_s + 0.1, 1)
    if (state, on) in TABLE:
        list(player.machine.step(t_s, [EVENTS[on](t_s)]))
        to = TABLE[state, on]
        assert not isinstance(to, State) or player.machine.state is to
    else:
        with pytest.raises(TransitionError, match=f"{on.value} cannot happen while {state.value}"):
            list(player.machine.step(t_s, [EVENTS[on](t_s)]))


def test_every_state_of_the_table_can_be_reached_and_left() -> None:
    """No row speaks of a state that nothing leads to."""
    for state in REACHABLE:
        way_to(state)
