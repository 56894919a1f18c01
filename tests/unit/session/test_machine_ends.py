"""The session machine where a session does not go its plain way: rolling, overtime, an end by the key, goals."""

import pytest

from firmware.enums import Command, Exit, Reason, State, StopReason
from firmware.errors import TransitionError
from firmware.events import (
    CommandAccepted,
    Confirmed,
    Discomfort,
    Eased,
    EndRequested,
    Event,
    GetUp,
    LieDown,
    MatEmptied,
    OverlongSession,
    RolledAside,
    RolledBack,
    Seated,
    SensorBack,
    SensorLost,
    SessionEnded,
    SessionSummary,
    StageChanged,
    StopAdvised,
)
from firmware.session.machine import SessionMachine, SessionSettings, with_goal


class Night:
    """Plays events at their times, hop by hop, and keeps what the machine says."""

    def __init__(self, settings: SessionSettings | None = None) -> None:
        self.machine = SessionMachine(settings)
        self.said: list[Event] = []
        self.t_s = 0.0

    def until(self, t_s: float, *happened: Event) -> "Night":
        """Let time pass; at t_s these things happen."""
        while self.t_s < t_s - 0.05:
            self.t_s = round(self.t_s + 0.1, 1)
            self.said += self.machine.step(self.t_s, happened if self.t_s >= t_s - 0.05 else ())
        return self

    def lies(self, t_s: float) -> "Night":
        """Lies down at t_s, detected 3.5 s later."""
        return self.until(t_s + 3.5, LieDown(t_s, t_s + 3.5, 400.0), Confirmed(t_s + 3.5, "breathes"))

    def rises(self, t_s: float) -> "Night":
        """Rolls off at t_s, detected half a second later."""
        return self.until(t_s + 0.5, GetUp(t_s, t_s + 0.5, Exit.ROLLED, "half"))

    @property
    def stages(self) -> list[tuple[str, float]]:
        """States entered, with their times."""
        return [(event.state.value, round(event.t_s, 3)) for event in self.said if isinstance(event, StageChanged)]

    @property
    def ended(self) -> list[SessionSummary]:
        """Sessions closed."""
        return [event.summary for event in self.said if isinstance(event, SessionEnded)]


def test_rolling_aside_and_back_moves_no_stage() -> None:
    """On the side over the border of a stage: time runs on, and back on the back it is the stage of that time."""
    night = Night().lies(10.0).until(65, RolledAside(65)).until(75, RolledBack(75)).until(80)
    assert night.stages == [("settling", 10), ("rolling", 65), ("easing", 75)]
    view = night.machine.view(80.0)
    assert view.elapsed_s == 70.0


def test_who_rests_on_the_side_lies_there() -> None:
    """After half a minute rolling is over, and coming back later is nothing new."""
    night = Night().lies(10.0).until(100, RolledAside(100)).until(140)
    assert night.stages[-1] == ("easing", 130)
    night.until(150, RolledBack(150)).until(160)
    assert night.stages[-1] == ("easing", 130)


@pytest.mark.parametrize(
    ("aside_s", "state", "reason"), [(50, "paused", "left_early"), (129, "leaving", "goal_reached")]
)
def test_rolling_off_before_and_after_the_goal(aside_s: float, state: str, reason: str) -> None:
    """Two minutes wanted: rolling off early pauses; with the goal passed while rolling it leaves with the goal."""
    night = Night(with_goal(120.0)).lies(10.0).until(aside_s, RolledAside(aside_s)).rises(aside_s + 25)
    assert night.stages[-2:] == [("rolling", aside_s), (state, aside_s + 25)]
    [summary] = night.until(aside_s + 28, MatEmptied(aside_s + 28)).until(aside_s + 80).ended
    assert (summary.reason.value, summary.exit, summary.lying_s) == (reason, Exit.ROLLED, aside_s + 15)


def test_cells_lost_while_rolling_are_lost_while_lying() -> None:
    """Nobody knows what follows; the last certain time is that of the loss."""
    night = Night().lies(10.0).until(100, RolledAside(100)).until(105, SensorLost(105, 0xFFF)).until(166)
    assert [name for name, _ in night.stages] == ["settling", "easing", "rolling", "uncertain", "aftercare"]
    assert [(one.end_s, one.reason) for one in night.ended] == [(105.0, Reason.SENSOR_LOST)]


@pytest.mark.requirement("D29")
def test_overtime_comes_at_the_cap_and_attention_once_an_hour_in() -> None:
    """Falls asleep: done, overtime at forty minutes, one word to the others at sixty, and nothing ends by itself."""
    night = Night().lies(10.0).until(7000)
    assert night.stages[-2:] == [("done", 610), ("overtime", 2410)]
    assert [event for event in night.said if isinstance(event, OverlongSession)] == [OverlongSession(3610.0, 3600.0)]
    assert night.machine.view(3600.0).overlong is True  # the view speaks of the machine as it is now
    assert night.ended == []
    night.rises(7000.0)
    assert night.machine.view(7001.0).overlong is False
    [summary] = night.until(7003, MatEmptied(7003)).ended
    assert (summary.lying_s, summary.reason) == (6990.0, Reason.GOAL_REACHED)


def test_no_attention_before_the_hour() -> None:
    """Nor to others while there is still time."""
    night = Night().lies(10.0).until(3609.8)
    assert not [event for event in night.said if isinstance(event, OverlongSession)]
    assert night.machine.view(3609.8).overlong is False


def test_overtime_is_left_and_found_again() -> None:
    """Sits up in overtime and lies back: overtime goes on, and time up was no lying."""
    night = Night().lies(10.0).until(2500).rises(2500).until(2504, Seated(2504)).lies(2520.0).until(2530)
    assert night.stages[-3:] == [("overtime", 2410), ("leaving", 2500), ("overtime", 2520)]
    assert night.machine.view(2530.0).elapsed_s == pytest.approx(2490 + 10)


@pytest.mark.requirement("D40")
@pytest.mark.parametrize("reason", [Reason.USER, Reason.DISCOMFORT])
def test_asking_for_the_end_ends_it_there_and_the_exit_is_reported_later(reason: Reason) -> None:
    """Long press at two minutes, another half a minute of lying, then rolls off."""
    night = Night().lies(10.0).until(130, EndRequested(130, reason)).until(150)
    view = night.machine.view(150.0)
    assert (view.state, view.elapsed_s) == (State.LEAVING, 120.0)
    night.until(155, RolledAside(155)).rises(160.0).until(163, MatEmptied(163))
    assert night.stages[-2:] == [("leaving", 130), ("aftercare", 163)]
    [summary] = night.ended
    assert (summary.end_s, summary.lying_s, summary.reason, summary.exit) == (130.0, 120.0, reason, Exit.ROLLED)
    assert summary.counted


def test_an_end_after_the_goal_is_no_lesser_one() -> None:
    """Presses to be left alone by the chime: the goal was reached. Hurt is hurt all the same."""
    for reason, reported in ((Reason.USER, Reason.GOAL_REACHED), (Reason.DISCOMFORT, Reason.DISCOMFORT)):
        night = Night().lies(10.0).until(640, EndRequested(640, reason)).rises(650.0).until(652, MatEmptied(652))
        assert [one.reason for one in night.ended] == [reported]


def test_an_end_while_rolling_past_the_goal_has_reached_it() -> None:
    """The goal came while they were on the side."""
    night = Night().lies(10.0).until(605, RolledAside(605)).until(612, EndRequested(612, Reason.USER)).until(613)
    assert [one.reason for one in night.rises(614.0).until(616, MatEmptied(616)).ended] == [Reason.GOAL_REACHED]


def test_who_lies_on_after_the_end_is_forgotten_after_five_minutes() -> None:
    """The session is closed with an unknown exit; getting up later is no surprise, and then a new session may begin."""
    night = Night().lies(10.0).until(130, EndRequested(130, Reason.USER)).until(431)
    [summary] = night.ended
    assert (summary.exit, summary.end_s) == (Exit.UNKNOWN, 130.0)
    night.until(500, RolledAside(500)).until(520, RolledBack(520)).rises(600.0).until(602, MatEmptied(602)).lies(700.0)
    assert night.stages[-3:] == [("aftercare", 430), ("idle", 550), ("settling", 700)]
    assert len(night.ended) == 1


def test_lying_down_again_after_the_end_is_a_new_session() -> None:
    """The old one is closed first, with its own end."""
    night = Night().lies(10.0).until(130, EndRequested(130, Reason.USER)).rises(140.0).lies(150.0).until(160)
    [summary] = night.ended
    assert (summary.number, summary.end_s, summary.exit) == (1, 130.0, Exit.ROLLED)
    assert [event.t_s for event in night.said if isinstance(event, SessionEnded)] == [150.0]
    assert (night.machine.view(160.0).number, night.machine.view(160.0).elapsed_s) == (2, 10.0)


def test_cells_away_after_the_end_do_not_begin_a_session() -> None:
    """Lies on after the long press; the cells go and come back, and the detector finds the same person again."""
    night = Night().lies(10.0).until(130, EndRequested(130, Reason.USER)).until(140, SensorLost(140, 0xFFF))
    night.until(150, SensorBack(150, 0)).until(154, LieDown(150.0, 154, 400.0)).until(160)
    assert night.machine.state is State.LEAVING
    night.rises(170.0).until(172, MatEmptied(172))
    assert [(one.number, one.end_s, one.exit) for one in night.ended] == [(1, 130.0, Exit.ROLLED)]


def test_an_end_while_up_closes_at_once() -> None:
    """Paused: the end is when they got up. Not knowing: the last certain time. The reason is theirs."""
    night = Night().lies(10.0).rises(130.0).until(140, EndRequested(140, Reason.USER)).until(141)
    [summary] = night.ended
    assert (summary.end_s, summary.lying_s, summary.reason) == (130.0, 120.0, Reason.USER)
    night = Night().lies(10.0).until(100, SensorLost(100, 0xFFF)).until(110, EndRequested(110, Reason.DISCOMFORT))
    assert [(one.end_s, one.lying_s, one.reason) for one in night.ended] == [(100.0, 90.0, Reason.DISCOMFORT)]


def test_asking_twice_is_asking_once() -> None:
    """The first answer counts."""
    night = Night().lies(10.0).until(130, EndRequested(130, Reason.USER), EndRequested(130, Reason.DISCOMFORT))
    night.until(140, EndRequested(140, Reason.DISCOMFORT)).rises(150.0).until(152, MatEmptied(152))
    assert [(one.end_s, one.reason) for one in night.ended] == [(130.0, Reason.USER)]
    night.until(155, EndRequested(155, Reason.USER))
    assert len(night.ended) == 1


def test_leaving_after_the_goal_the_end_is_as_it_was() -> None:
    """Up after the goal, sits on the mat and presses long: closed for the goal, at the time of getting up."""
    night = Night().lies(10.0).rises(640.0).until(645, Seated(645)).until(650, EndRequested(650, Reason.USER))
    [summary] = night.until(655, MatEmptied(655)).ended
    assert (summary.end_s, summary.lying_s, summary.reason) == (640.0, 630.0, Reason.GOAL_REACHED)


def test_a_goal_holds_from_the_next_session_on() -> None:
    """Quick chosen in the middle of ten minutes: these stay ten, the next are five."""
    night = Night().lies(10.0).until(100)
    night.machine.set_goal(300.0)
    night.until(400)
    assert night.machine.view(400.0).goal_s == 600.0
    assert night.stages[-1] == ("resting", 310)
    night.rises(620.0).until(622, MatEmptied(622)).until(630)
    assert night.machine.view(630.0).goal_s == 300.0
    night.lies(700.0).until(1001)
    assert night.stages[-4:] == [("settling", 700), ("easing", 760), ("closing", 970), ("done", 1000)]
    assert [one.goal_s for one in night.ended] == [600.0]


def test_an_illegal_goal_changes_nothing() -> None:
    """The error names value and bounds, the goal stays."""
    machine = SessionMachine()
    with pytest.raises(ValueError, match="goal_s is 10"):
        machine.set_goal(10.0)
    assert machine.view(0.0).goal_s == 600.0


def test_what_was_said_is_in_the_summary() -> None:
    """Two presses, one of them late, eased in between, and the pause in seconds."""
    said = (Discomfort(50, State.SETTLING, 40.0), Eased(250, State.EASING, 240.0), Eased(300, State.EASING, 290.0))
    night = Night().lies(10.0)
    for event in said:
        night.until(event.t_s, event)
    night.until(400, Discomfort(400, State.RESTING, 390.0), StopAdvised(400, StopReason.PERSISTENT))
    [summary] = night.rises(420.0).lies(440.0).rises(700.0).until(702, MatEmptied(702)).ended
    assert (summary.discomforts, summary.pressed_late, summary.eased_s) == (2, True, 240.0)
    assert (summary.stop_advised, summary.paused_s, summary.lying_s) == (True, 20.0, 670.0)


def test_five_minutes_to_the_second_are_not_late() -> None:
    """The border belongs to the time in which a press is expected."""
    night = Night().lies(10.0).until(310, Discomfort(310, State.EASING, 300.0))
    [summary] = night.rises(400.0).until(500).ended
    assert (summary.discomforts, summary.pressed_late) == (1, False)


def test_who_presses_the_key_is_a_person() -> None:
    """No other evidence is needed for a session to count."""
    for event in (Discomfort(50, State.SETTLING, 40.0), Eased(50, State.SETTLING, 40.0), EndRequested(80, Reason.USER)):
        night = Night().until(13.5, LieDown(10.0, 13.5, 400.0)).until(80, event)
        night.rises(90.0).until(92, MatEmptied(92)).until(150)
        assert [one.counted for one in night.ended] == [True]


def test_an_end_with_nobody_there_is_rejected_where_it_cannot_come_from() -> None:
    """Who sits down has no session to end."""
    night = Night().until(10, Seated(10))
    with pytest.raises(TransitionError, match="end_requested cannot happen while seated"):
        night.until(11, EndRequested(11, Reason.USER))


@pytest.mark.requirement("D34", "D35")
def test_aftercare_begins_with_the_empty_mat_also_before_the_goal() -> None:
    """Up early: aftercare two seconds later, closed when it can no longer be resumed, then idle."""
    night = Night().lies(10.0).rises(100.0).until(102, MatEmptied(102)).until(103)
    assert night.stages[-2:] == [("paused", 100), ("aftercare", 102)]
    assert night.ended == []
    night.until(240)
    [summary] = night.ended
    assert (summary.end_s, summary.reason) == (100.0, Reason.LEFT_EARLY)
    assert night.stages[-1] == ("idle", 222)


def test_lying_again_soon_after_leaving_the_mat_is_the_same_session() -> None:
    """Off the mat for half a minute, sitting down first: the pause is no lying time, and nothing was closed."""
    night = Night().lies(10.0).rises(100.0).until(102, MatEmptied(102)).until(125, Seated(125)).lies(130.0)
    night.rises(400.0).until(402, MatEmptied(402)).until(500)
    [summary] = night.ended
    assert (summary.paused_s, summary.lying_s, summary.number) == (30.0, 360.0, 1)


@pytest.mark.requirement("D40")
def test_after_advice_to_stop_a_reached_goal_is_no_success() -> None:
    """Advised to stop, stays to the goal: ended for discomfort; the advice shows until it is answered."""
    night = Night().lies(10.0).until(400, StopAdvised(400, StopReason.GROWING)).until(401)
    assert night.machine.view(401).advice is StopReason.GROWING
    for answer in (Eased(402, State.RESTING, 392.0), CommandAccepted(402, Command.CARRY_ON)):
        again = Night().lies(10.0).until(400, StopAdvised(400, StopReason.GROWING)).until(402, answer).until(403)
        assert (again.machine.view(403).advice, again.machine.view(403).stop_advised) == (None, True)
    [summary] = night.rises(640.0).until(645, MatEmptied(645)).ended
    assert (summary.reason, summary.stop_advised) == (Reason.DISCOMFORT, True)
