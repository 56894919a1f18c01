"""What the session machine shows at each moment, field by field."""

from collections.abc import Sequence

from firmware.enums import Exit, Reason, State
from firmware.events import Confirmed, Event, GetUp, LieDown, Seated, SessionEnded, Wiggle
from firmware.session.machine import SessionMachine, SessionSettings
from firmware.view import SessionView


def live(machine: SessionMachine, from_s: float, until_s: float, happened: Sequence[Event] = ()) -> list[Event]:
    """Let the hops of some seconds pass; what happened comes with the first."""
    said: list[Event] = []
    for hop in range(round(from_s * 10) + 1, round(until_s * 10) + 1):
        said += machine.step(hop / 10, happened if hop == round(from_s * 10) + 1 else ())
    return said


def lying(settings: SessionSettings | None = None) -> SessionMachine:
    """Return a machine whose person lay down at 20 s and was found at 24 s."""
    machine = SessionMachine(settings)
    live(machine, 23.9, 24.0, (LieDown(20.0, 24.0, 400.0), Confirmed(24.0, "breathes")))
    return machine


def test_an_empty_mat_shows_no_session() -> None:
    """Nobody has come yet: no number, no start, nothing elapsed, the goal of the next one."""
    assert SessionMachine().view(5.0) == SessionView(State.IDLE, False, 0, None, 0.0, 600.0, 0, 0)  # noqa: FBT003
    assert SessionMachine().view(5.0, 6).lost == 6


def test_a_person_who_sits_occupies_the_mat_without_a_session() -> None:
    """The mat is taken, and there is no start."""
    machine = SessionMachine()
    live(machine, 0.0, 1.0, (Seated(0.1),))
    assert machine.view(1.0, occupied=True) == SessionView(State.SEATED, True, 0, None, 0.0, 600.0, 0, 0)  # noqa: FBT003


def test_a_session_shows_its_number_start_lying_time_goal_and_wiggles() -> None:
    """Forty seconds after lying down with one wiggle, a cell lost."""
    machine = lying()
    live(machine, 24.0, 60.0, (Wiggle(24.1, 30.0),))
    assert machine.view(60.0, 4, occupied=True) == SessionView(State.SETTLING, True, 1, 20.0, 40.0, 600.0, 1, 4)  # noqa: FBT003


def test_after_a_session_its_number_stays_and_nothing_else() -> None:
    """Left after two minutes for good: the number is kept, so that the next session has another."""
    machine = lying()
    live(machine, 24.0, 140.0)
    said = live(machine, 140.0, 200.0, (GetUp(140.0, 140.1, Exit.ROLLED, "half"),))
    [ended] = [event for event in said if isinstance(event, SessionEnded)]
    assert ended.t_s == 185.0
    assert machine.view(200.0) == SessionView(State.AFTERCARE, False, 1, None, 0.0, 600.0, 0, 0)  # noqa: FBT003


def test_the_end_of_a_recording_is_reported_with_its_time() -> None:
    """No more frames: the open session is closed then and there."""
    machine = lying()
    live(machine, 24.0, 100.0)
    [ended] = machine.finish(100.0)
    assert isinstance(ended, SessionEnded)
    assert (ended.t_s, ended.summary.reason, ended.summary.lying_s) == (100.0, Reason.END_OF_RECORDING, 80.0)


def test_a_new_goal_leaves_all_other_settings_as_they_are() -> None:
    """A short grace was chosen; a new goal for the next session does not lengthen it."""
    machine = SessionMachine(SessionSettings(resume_s=10.0))
    machine.set_goal(900.0)
    assert machine.view(0.0).goal_s == 900.0
    live(machine, 23.9, 24.0, (LieDown(20.0, 24.0, 400.0), Confirmed(24.0, "breathes")))
    said = live(machine, 24.0, 60.0, (GetUp(40.0, 40.1, Exit.ROLLED, "half"),))
    assert [event.t_s for event in said if isinstance(event, SessionEnded)] == [50.0]


def test_who_reached_the_goal_and_leaves_has_reached_it() -> None:
    """The stage done was entered: getting up later ends the session as one that reached its goal."""
    machine = lying()
    live(machine, 24.0, 630.0)
    assert machine.state is State.DONE
    said = live(machine, 630.0, 700.0, (GetUp(630.0, 630.1, Exit.ROLLED, "half"),))
    assert machine.view(640.0).start_s is None
    assert [event.summary.reason for event in said if isinstance(event, SessionEnded)] == [Reason.GOAL_REACHED]
