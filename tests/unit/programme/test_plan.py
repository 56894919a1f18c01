"""The programme at work: whose turn it is, how long they lie next, and what a session leaves behind."""

from dataclasses import replace

import pytest

from firmware import words
from firmware.commands import COMMANDS, request_refusal
from firmware.enums import Exit, Reason
from firmware.events import SessionSummary
from firmware.programme.levels import LengthPreset, shipped_programme
from firmware.programme.people import People
from firmware.programme.plan import KEPT, VERSION, Plan, Today
from tests.doubles.commands import apply

FULL = SessionSummary(1, 0.0, 610.0, 610.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 0, counted=True)
DAY_S = 86_400.0


def day(number: int) -> Today:
    return Today(1_800_000_000.0 + number * DAY_S, 20_833 + number, f"2027-01-{15 + number:02}")


def plan_of(guest_min: float = 10.0) -> Plan:
    """Ana has read the text, and it is her turn."""
    plan = Plan(shipped_programme(), People().add("Ana").add("Ben").choose("Ana"), guest_min=guest_min)
    apply(plan, "acknowledge", VERSION, day(0))
    return plan


def lies(plan: Plan, number: int, summary: SessionSummary = FULL) -> None:
    plan.session_started()
    plan.session_ended(summary, day(number))


@pytest.mark.requirement("D31")
def test_three_good_days_bring_an_offer_that_may_be_taken() -> None:
    """Not before the third; taken, the level is two and the evidence restarts; nothing more is offered."""
    plan = plan_of()
    for number in (1, 2):
        lies(plan, number)
    with pytest.raises(ValueError, match="nothing is offered"):
        apply(plan, "accept", None, day(2))
    lies(plan, 3)
    apply(plan, "accept", None, day(3))
    assert (plan.people.who.level, plan.level, plan.goal_s) == (2, 2, 600.0)
    with pytest.raises(ValueError, match="nothing is offered"):
        apply(plan, "accept", None, day(3))


def test_no_thank_you_is_an_answer() -> None:
    """The level stays, and the same days are not brought up again."""
    plan = plan_of()
    for number in (1, 2, 3):
        lies(plan, number)
    apply(plan, "decline", None, day(3))
    reported = plan.advice(day(3))
    assert reported is not None
    assert (reported.level, reported.offer) == (1, None)


@pytest.mark.requirement("D24")
def test_a_preset_and_own_minutes_are_for_one_session() -> None:
    """Quick: five minutes; own minutes win; after one session it is the level's time again."""
    plan = plan_of()
    apply(plan, "preset", "quick", None)
    assert plan.goal_s == 300.0
    apply(plan, "goal_min", 12, None)
    assert plan.goal_s == 720.0
    lies(plan, 1)
    assert (plan.goal_s, plan.preset, plan.minutes) == (600.0, LengthPreset.NORMAL, None)
    apply(plan, "preset", "quick", None)
    lies(plan, 2)
    lies(plan, 3)
    assert [past.preset for past in plan.past("Ana")] == [LengthPreset.QUICK, LengthPreset.QUICK, LengthPreset.NORMAL]


def test_a_choice_made_while_lying_is_for_the_next_session() -> None:
    """It does not change what the present one was."""
    plan = plan_of()
    plan.session_started()
    apply(plan, "preset", "quick", None)
    plan.session_ended(FULL, day(1))
    assert plan.past("Ana")[0].preset is LengthPreset.NORMAL
    assert plan.goal_s == 300.0


@pytest.mark.requirement("D42")
def test_a_guest_has_own_minutes_and_leaves_no_trace() -> None:
    """The minutes of the settings; no past, no level, no offers."""
    plan = plan_of(guest_min=15.0)
    apply(plan, "person", "guest", None)
    assert (plan.goal_s, plan.level) == (900.0, 1)
    lies(plan, 1)
    assert plan.past("guest") == ()
    for name, value in (("healed", None), ("acknowledge", VERSION)):
        with pytest.raises(ValueError, match="guest's turn"):
            apply(plan, name, value, day(1))
    with pytest.raises(ValueError, match="Please read"):
        apply(plan, "level", 1, day(1))


@pytest.mark.requirement("D37", "D38", "D39")
def test_who_has_not_read_the_text_times_at_the_first_level() -> None:
    """An older version does not do; only version and date are kept."""
    plan = plan_of()
    apply(plan, "person", "Ben", None)
    with pytest.raises(ValueError, match=f"version {VERSION}"):
        apply(plan, "acknowledge", VERSION + 1, day(1))
    with pytest.raises(ValueError, match=words.NEEDS_ACKNOWLEDGEMENT[:11]):
        apply(plan, "confirm_level", 3, day(1))
    apply(plan, "acknowledge", VERSION, day(1))
    kept = plan.people.who.acknowledgement
    assert kept is not None
    assert (kept.version, kept.date) == (VERSION, "2027-01-16")
    with pytest.raises(ValueError, match="give confirmed"):
        apply(plan, "level", 3, day(1))
    apply(plan, "confirm_level", 3, day(1))
    assert plan.goal_s == 900.0
    apply(plan, "level", 1, day(2))
    assert plan.goal_s == 600.0


@pytest.mark.parametrize(
    ("summary", "kept"),
    [
        (FULL, 1),
        (replace(FULL, counted=False, reason=Reason.TOO_SHORT, lying_s=30.0), 0),
        (replace(FULL, counted=False, confirmed=False, reason=Reason.NOT_CONFIRMED), 0),
        (replace(FULL, counted=False, confirmed=False, reason=Reason.DISCOMFORT), 0),
        (replace(FULL, counted=False, reason=Reason.DISCOMFORT, lying_s=30.0), 1),
        (replace(FULL, counted=False, stop_advised=True, lying_s=30.0), 1),
    ],
)
def test_what_leaves_a_trace(summary: SessionSummary, kept: int) -> None:
    """What counted, and what ended because it hurt, however short; nothing without a date."""
    plan = plan_of()
    lies(plan, 1, summary)
    assert len(plan.past("Ana")) == kept
    plan.session_started()
    assert plan.session_ended(summary, None) is None


def test_what_is_said_afterwards_belongs_to_the_last_session() -> None:
    """Marks and how much it hurt; strong marks keep an offer away, healed skin ends a hold."""
    plan = plan_of()
    with pytest.raises(ValueError, match="no session"):
        apply(plan, "hurt", 2, None)
    for number in (1, 2, 3):
        lies(plan, number)
    apply(plan, "hurt", 2, None)
    apply(plan, "marks", "broken_skin", None)
    last = plan.past("Ana")[-1]
    assert (last.discomfort, last.marks) == (2, "broken_skin")
    reported = plan.advice(day(3))
    assert reported is not None
    assert reported.hold is not None
    apply(plan, "healed", None, day(4))
    reported = plan.advice(day(4))
    assert reported is not None
    assert reported.hold is None


def test_who_goes_leaves_nothing_and_what_is_kept_is_bounded() -> None:
    """A year and more of sessions; then Ana is removed."""
    plan = plan_of()
    for _ in range(KEPT + 20):
        lies(plan, 1)
    assert len(plan.past("Ana")) == KEPT
    apply(plan, "remove_person", "ana", None)
    assert plan.past("Ana") == ()
    assert plan.people.who.guest
    assert plan.advice(None) is None


def test_a_value_that_does_not_fit_is_rejected_in_words() -> None:
    """Each row of the table has its own bounds."""
    assert request_refusal("end", None) is None
    assert request_refusal("mode", "loud") == "give one of normal, quiet, silent"
    assert str(request_refusal("nothing", 1)).startswith("unknown command")
    assert request_refusal("goal_min", True) is not None  # noqa: FBT003 - JSON's true is no number
    assert len(COMMANDS) > 15


@pytest.mark.requirement("D24")
def test_own_minutes_at_the_goal_count() -> None:
    """Twenty minutes by hand on a level of ten are as good as ten; five are a quick session."""
    plan = plan_of()
    for minutes, preset in ((20, LengthPreset.NORMAL), (5, LengthPreset.QUICK)):
        apply(plan, "goal_min", minutes, None)
        lies(plan, 1)
        assert plan.past("Ana")[-1].preset is preset


@pytest.mark.requirement("D31")
def test_a_chosen_shorter_time_is_the_goal_of_its_level() -> None:
    """Eight minutes instead of ten, as long as the person stays on the level; quick is quick all the same."""
    plan = plan_of()
    for number in (1, 2, 3):
        lies(plan, number, replace(FULL, lying_s=510.0))
    apply(plan, "accept", None, day(3))
    assert plan.goal_s == 480.0
    apply(plan, "preset", "quick", None)
    assert plan.goal_s == 300.0
    apply(plan, "preset", "normal", None)
    apply(plan, "confirm_level", 2, day(4))
    assert plan.goal_s == 600.0


@pytest.mark.requirement("D31")
def test_an_offer_waits_for_two_sessions_a_week() -> None:
    """Made after the third session, answered a week later; declined, it is gone."""
    plan = plan_of()
    for number in (1, 4, 8):
        lies(plan, number)
    later = plan.advice(day(15))
    assert later is not None
    assert later.offer is not None
    apply(plan, "decline", None, day(15))
    assert plan.people.who.offer is None


@pytest.mark.requirement("D08")
def test_a_session_gets_its_true_day_later() -> None:
    """Dated after the fact: same session, true time; one that is gone is left alone."""
    plan = plan_of()
    assert plan.newest_s == 0.0
    lies(plan, 1)
    [record] = plan.past("Ana")
    dated = plan.redate("Ana", record, 5.0, 3)
    assert plan.past("Ana") == (dated,)
    assert plan.newest_s == 5.0
    assert plan.redate("Ana", record, 6.0, 3) is None


def test_without_any_day_nothing_is_decided() -> None:
    """A caller without a calendar gets no advice, and what needs a day is rejected."""
    plan = plan_of()
    assert plan.advice(None) is None
    with pytest.raises(ValueError, match="clock is not set"):
        apply(plan, "healed", None, None)
    assert plan.session_ended(FULL, None) is None


def test_a_level_may_be_declined_as_it_was_offered() -> None:
    """Own minutes and the choice of a person do not touch what waits for an answer; a guest has nothing to answer."""
    plan = plan_of()
    for number in (1, 2, 3):
        lies(plan, number)
    apply(plan, "person", "guest", None)
    with pytest.raises(ValueError, match="nothing is offered"):
        apply(plan, "accept", None, day(3))
    apply(plan, "person", "Ana", None)
    apply(plan, "accept", None, day(3))
    assert plan.people.who.level == 2
