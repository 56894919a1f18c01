"""What is offered to a person, session by session and day by day."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from firmware import words
from firmware.enums import Exit, Reason
from firmware.events import SessionSummary
from firmware.programme.advice import (
    Acknowledgement,
    Advice,
    Hold,
    Offer,
    OfferReason,
    Person,
    SessionRecord,
    SkinMarks,
    accept_offer,
    advise,
    choose_level,
    decline_offer,
    record_of,
    with_healed_skin,
)
from firmware.programme.levels import LengthPreset, shipped_programme

DAY_S = 86_400.0
READ = Acknowledgement(1, "2026-05-01")
ANNA = Person("anna", level=3, acknowledgement=READ)


def at(day: int, hour: float = 12.0) -> float:
    """Return the second of an hour of a day."""
    return day * DAY_S + hour * 3600


def lay(day: int, level: int = 3, share: float = 1.0, **said: object) -> SessionRecord:
    """Return a session at noon of a day that reached a share of its goal."""
    goal_s = shipped_programme().goal_s(level)
    return replace(SessionRecord(at(day), day, level, share * goal_s, goal_s), **said)  # type: ignore[arg-type]


def advised(person: Person, past: Sequence[SessionRecord], day: int, hour: float = 20.0) -> Advice:
    """Ask what there is to report on a day."""
    return advise(shipped_programme(), person, past, at(day, hour), today=day, version=1)


THREE = (lay(1), lay(2), lay(4))


@pytest.mark.requirement("D31")
def test_three_good_sessions_on_different_days_bring_an_offer() -> None:
    """Lies the whole time on three days: the next level is offered, and nothing changes by itself."""
    assert advised(ANNA, THREE[:2], 2).offer is None
    advice = advised(ANNA, THREE, 4)
    assert advice.offer == Offer(4, OfferReason.READY)
    assert advice.level == 3
    assert advised(ANNA, (lay(1), lay(2), replace(lay(2), end_s=at(2, 20))), 4).offer is None


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ({"share": 0.9}, True),
        ({"share": 0.89}, False),
        ({"discomfort": 3}, True),
        ({"discomfort": 4}, False),
        ({"marks": SkinMarks.LIGHT}, True),
        ({"marks": SkinMarks.STRONG}, False),
        ({"pressed_late": True}, False),
        ({"pressed_late": True, "eased_s": 300.0}, False),
        ({"pressed_late": True, "eased_s": 300.0, "discomfort": 3}, True),
        ({"pressed_late": True, "eased_s": 301.0, "discomfort": 3}, False),
        ({"pressed_late": True, "discomfort": 3}, False),
        ({"preset": LengthPreset.QUICK}, False),
        ({"preset": LengthPreset.LONG}, True),
        ({"level": 2}, False),
        ({"counted": False}, False),
    ],
)
def test_what_makes_a_session_speak_for_more(said: dict[str, object], offered: bool) -> None:
    """Two good sessions and a third that has something about it: is the next level offered?"""
    advice = advised(ANNA, (*THREE[:2], lay(4, **said)), 4)  # type: ignore[arg-type]
    assert (advice.offer == Offer(4, OfferReason.READY)) is offered


def test_only_the_last_ten_days_speak_for_more() -> None:
    """Three good sessions: on the tenth day the first still counts, on the eleventh no longer."""
    assert advised(ANNA, THREE, 10).offer == Offer(4, OfferReason.READY)
    assert advised(ANNA, THREE, 11).offer is None


@pytest.mark.requirement("D31")
def test_never_two_steps_up_within_two_days() -> None:
    """A step was taken on the fourth day at eight; three good sessions later the same time two days on, not before."""
    stepped = accept_offer(ANNA, Offer(4, OfferReason.READY), at(4, 8))
    assert (stepped.level, stepped.since_s, stepped.stepped_s) == (4, at(4, 8), at(4, 8))
    more = [*THREE, lay(4, 4), lay(5, 4), replace(lay(6, 4), end_s=at(6, 7))]
    assert advised(stepped, more, 6, 7.9).offer is None
    assert advised(stepped, more, 6, 8.0).offer == Offer(5, OfferReason.READY)


def test_the_top_has_nothing_above_and_the_bottom_nothing_below() -> None:
    """Nine good at the top: nothing to offer. A stop on the gentle level: only a hold."""
    top = replace(ANNA, level=9)
    assert advised(top, [lay(day, 9) for day in (1, 2, 4)], 4).offer is None
    gentle = replace(ANNA, level=0)
    advice = advised(gentle, [lay(4, 0, stopped=True)], 4)
    assert (advice.offer, advice.hold) == (None, Hold(OfferReason.STOPPED, at(5)))
    assert advised(replace(ANNA, level=30), [], 4).level == 9


@pytest.mark.requirement("D31", "D40")
def test_a_stop_for_discomfort_offers_a_step_down_and_rests_the_programme_for_a_day() -> None:
    """It hurt and the person stopped, even within a minute: a level lower is offered, nothing higher for a day."""
    stop = lay(4, share=0.05, stopped=True, counted=False)
    advice = advised(ANNA, (*THREE[:2], stop), 4)
    assert advice.offer == Offer(2, OfferReason.STOPPED)
    assert advice.hold == Hold(OfferReason.STOPPED, at(5))
    assert advised(ANNA, (stop,), 5, 11.9).hold == Hold(OfferReason.STOPPED, at(5))
    assert advised(ANNA, (stop,), 5, 12.0).hold is None
    assert advice.week_sessions == 2


def test_a_hold_keeps_from_going_up_even_when_everything_else_is_well() -> None:
    """The step down was declined; three good sessions within a day of a stop do not lift the hold."""
    rushed = [lay(3), lay(4), replace(lay(4), day=5, end_s=at(4, 13)), lay(4, stopped=True)]
    stayed = decline_offer(ANNA, at(1))
    kept = replace(stayed, since_s=at(4))  # the evidence of the stop was declined at noon
    more = [replace(lay(day), end_s=at(4, 12 + day)) for day in (3, 4, 5)]
    advice = advised(kept, [*rushed, *more], 5, 11)
    assert advice.offer is None
    assert advised(kept, [*rushed, *more], 5, 13).offer == Offer(4, OfferReason.READY)


@pytest.mark.parametrize(
    ("shares", "offered"),
    [((0.5, 0.5, 1.0), True), ((0.5, 1.0, 0.5), True), ((0.5, 1.0, 1.0), False), ((0.5, 0.5, 1.0, 1.0), False)],
)
def test_two_unfinished_of_three_offer_a_step_down(shares: tuple[float, ...], offered: bool) -> None:
    """Early ends are no fault, but two of the last three say that less may suit better."""
    past = [lay(day, share=share) for day, share in enumerate(shares, start=1)]
    offer = advised(ANNA, past, 5).offer
    assert (offer == Offer(2, OfferReason.UNFINISHED)) is offered


def test_quick_sessions_are_neither_good_nor_unfinished() -> None:
    """Five minutes after a drive, three times: nothing follows from it, but the week counts them."""
    past = [lay(day, share=0.2, preset=LengthPreset.QUICK) for day in (1, 2, 3)]
    advice = advised(ANNA, past, 3)
    assert (advice.offer, advice.week_sessions) == (None, 3)


@pytest.mark.parametrize(
    ("away_days", "offer"),
    [
        (14, None),
        (15, Offer(2, OfferReason.AWAY)),
        (30, Offer(2, OfferReason.AWAY)),
        (31, Offer(1, OfferReason.FAR_AWAY)),
    ],
)
def test_a_long_time_away_offers_a_gentler_return(away_days: int, offer: Offer | None) -> None:
    """Back after two weeks or a month: one level lower, or two."""
    assert advised(ANNA, [lay(1)], 1 + away_days).offer == offer


def test_two_levels_lower_ends_at_the_first() -> None:
    """From the second level two steps are one."""
    assert advised(replace(ANNA, level=2), [lay(1)], 99).offer == Offer(1, OfferReason.FAR_AWAY)
    assert advised(replace(ANNA, level=6), [lay(1)], 99).offer == Offer(4, OfferReason.FAR_AWAY)
    assert advised(replace(ANNA, level=1), [lay(1)], 99).offer is None


@pytest.mark.requirement("D36")
def test_broken_skin_rests_the_programme_until_the_person_says_it_has_healed() -> None:
    """Broken a week ago: still resting. Said to be healed: no longer. Broken again: resting again."""
    broken = lay(4, marks=SkinMarks.BROKEN_SKIN)
    past = [*(lay(day) for day in (8, 9, 10)), broken]
    advice = advised(ANNA, past, 11)
    assert (advice.offer, advice.hold) == (None, Hold(OfferReason.SKIN))
    well = with_healed_skin(ANNA, at(11))
    assert advised(well, past, 11).hold is None
    assert advised(well, past, 11).offer == Offer(4, OfferReason.READY)
    assert advised(well, [*past, lay(12, marks=SkinMarks.BROKEN_SKIN)], 13).hold == Hold(OfferReason.SKIN)


@pytest.mark.requirement("D37", "D38", "D39")
def test_who_has_not_read_the_text_stays_on_the_first_level_and_can_use_the_mat() -> None:
    """Nothing read, or an older text: level 1 and no offer, until the text in force is acknowledged."""
    for acknowledgement in (None, Acknowledgement(0, "2025-01-01")):
        advice = advised(replace(ANNA, acknowledgement=acknowledgement), THREE, 4)
        assert (advice.level, advice.offer, advice.hold) == (1, None, Hold(OfferReason.ACKNOWLEDGE))
        assert advice.needs_acknowledgement
        assert advice.week_sessions == 3
    assert not advised(ANNA, THREE, 4).needs_acknowledgement


def test_a_no_thank_you_is_not_asked_again_the_next_day() -> None:
    """The offer is declined: the same three sessions are not brought up again, three new ones are."""
    stayed = decline_offer(ANNA, at(4, 21))
    assert stayed.level == 3
    assert advised(stayed, THREE, 5).offer is None
    assert advised(stayed, [*THREE, lay(5), lay(6), lay(7)], 7).offer == Offer(4, OfferReason.READY)


def test_lower_is_always_free_and_higher_wants_a_yes() -> None:
    """A person goes two down at once, and up only when asked whether that is meant."""
    programme = shipped_programme()
    lower = choose_level(programme, ANNA, 1, at(4), confirmed=False)
    assert (lower.level, lower.stepped_s) == (1, None)
    with pytest.raises(ValueError, match="higher than 3, ask the person"):
        choose_level(programme, ANNA, 4, at(4), confirmed=False)
    higher = choose_level(programme, ANNA, 9, at(4), confirmed=True)
    assert (higher.level, higher.stepped_s) == (9, at(4))
    assert choose_level(programme, ANNA, 3, at(4), confirmed=False).stepped_s is None
    for none in (-1, 10):
        with pytest.raises(ValueError, match="there are 0 to 9"):
            choose_level(programme, ANNA, none, at(4), confirmed=True)


@pytest.mark.requirement("D42")
def test_a_guest_is_on_the_first_level_and_changes_nothing() -> None:
    """A friend borrows the mat: no offer, no counts, whatever lies in the past; the text is to be read all the same."""
    guest = Person("guest", guest=True)
    advice = advised(guest, [lay(day, 1) for day in (1, 2, 3)], 3)
    assert advice == Advice(1, None, None, True, False, 0, 4, 1)  # noqa: FBT003 - the whole advice at one look
    assert not advised(replace(guest, acknowledgement=READ), [], 3).needs_acknowledgement
    for wrong in ({"level": 2}, {"level": 0}):
        with pytest.raises(ValueError, match="levels begin with 0, and guests stay on 1"):
            Person("guest", guest=True, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="levels begin with 0"):
        choose_level(shipped_programme(), guest, 2, at(1), confirmed=True)
    with pytest.raises(ValueError, match="levels begin with 0"):
        Person("anna", level=-1)


@pytest.mark.requirement("D42")
def test_two_people_keep_their_own_counts() -> None:
    """Anna's three sessions offer Anna a step; Ben has one."""
    ben = Person("ben", level=2, acknowledgement=READ)
    assert advised(ANNA, THREE, 4).week_sessions == 3
    advice = advised(ben, [lay(4, 2)], 4)
    assert (advice.week_sessions, advice.offer, advice.level) == (1, None, 2)


@pytest.mark.requirement("D30")
def test_the_week_has_seven_days_and_the_programme_counts_from_its_first() -> None:
    """Sessions of the last seven days against a target of four; the day of the first session is day 1."""
    past = [lay(day) for day in (1, 2, 7, 8)]
    advice = advised(ANNA, past, 8)
    assert (advice.week_sessions, advice.week_target, advice.programme_day) == (3, 4, 8)
    assert advised(ANNA, [], 8).programme_day == 1


@pytest.mark.requirement("D32")
def test_a_session_soon_after_another_gets_a_note() -> None:
    """Within four hours of the last end a note; after that none; it never forbids."""
    assert advised(ANNA, [lay(4)], 4, 15.9).spacing
    assert not advised(ANNA, [lay(4)], 4, 16.0).spacing
    assert not advised(ANNA, [], 4).spacing


@pytest.mark.parametrize(
    ("reason", "advised", "stopped"),
    [
        (Reason.GOAL_REACHED, False, False),
        (Reason.GOAL_REACHED, True, True),
        (Reason.DISCOMFORT, False, True),
        (Reason.USER, False, False),
    ],
)
def test_a_closed_session_becomes_a_past_one(reason: Reason, advised: bool, stopped: bool) -> None:
    """What the mat knows is taken over; ended for discomfort, or advised to stop, is a stop."""
    summary = SessionSummary(7, 0.0, 600.0, 580.0, 600.0, reason, Exit.ROLLED, 0, counted=True)
    summary = replace(summary, pressed_late=True, eased_s=310.0, stop_advised=advised)
    one = record_of(summary, end_s=at(4), day=4, level=3, preset=LengthPreset.LONG)
    assert one == SessionRecord(
        at(4), 4, 3, 580.0, 600.0, LengthPreset.LONG, counted=True, stopped=stopped, pressed_late=True, eased_s=310.0
    )


def test_every_reason_has_words() -> None:
    """Whatever is offered or held can be said."""
    assert {why for why in OfferReason if why.value not in words.OFFER} == {OfferReason.SKIN, OfferReason.ACKNOWLEDGE}
    assert set(words.HOLD) == {OfferReason.STOPPED, OfferReason.SKIN, OfferReason.ACKNOWLEDGE}


@pytest.mark.requirement("D31")
def test_an_offer_stays_until_it_is_answered() -> None:
    """Two sessions a week: the offer of last week is still there, until it is taken or declined."""
    waiting = replace(ANNA, offer=Offer(4, OfferReason.READY))
    assert advised(waiting, THREE, 20).offer == Offer(2, OfferReason.AWAY)
    assert advised(waiting, THREE, 14).offer == Offer(4, OfferReason.READY)
    assert decline_offer(waiting, at(14)).offer is None
    assert accept_offer(waiting, Offer(4, OfferReason.READY), at(14)).offer is None
    stop = replace(lay(13), stopped=True)
    assert advised(waiting, [*THREE, stop], 14).offer == Offer(2, OfferReason.STOPPED)
    assert advised(replace(waiting, acknowledgement=None), THREE, 14).offer is None


@pytest.mark.requirement("D31", "D40")
def test_a_stop_on_the_first_level_offers_a_gentler_one() -> None:
    """Five minutes on two layers of towel; three good sessions there lead back to the first level."""
    first = replace(ANNA, level=1)
    assert advised(first, [replace(lay(4, 1), stopped=True)], 4).offer == Offer(0, OfferReason.STOPPED)
    gentle = replace(ANNA, level=0)
    assert advised(gentle, [replace(lay(4, 0), stopped=True)], 4).offer is None
    assert advised(gentle, [lay(day, 0) for day in (1, 2, 4)], 4).offer == Offer(1, OfferReason.READY)
    programme = shipped_programme()
    assert (programme.goal_s(0), programme.gentle.cover) == (300.0, "double_towel")


@pytest.mark.requirement("D31")
def test_nearly_the_whole_time_is_worth_a_choice() -> None:
    """Three days at 85 %: the shorter time may become the goal. One session below, and it is no choice."""
    near = [replace(one, lying_s=0.85 * one.goal_s) for one in THREE]
    offer = advised(ANNA, near, 4).offer
    assert offer == Offer(3, OfferReason.NEARLY, near[0].lying_s // 60)
    assert offer is not None
    shorter = accept_offer(ANNA, offer, at(4))
    assert (shorter.level, shorter.minutes) == (3, offer.minutes)
    shorter_still = advised(ANNA, [*near[:2], replace(near[2], lying_s=0.5 * near[2].goal_s)], 4)
    assert shorter_still.offer is None


RESTING = replace(shipped_programme(), rules=replace(shipped_programme().rules, rest_after_days=14))


def rest_offered(person: Person, past: Sequence[SessionRecord], day: int) -> bool:
    """Ask a programme with the rest week whether one is offered on a day."""
    advice = advise(RESTING, person, past, at(day, 20.0), today=day, version=1)
    return advice.offer is not None and advice.offer.reason is OfferReason.REST


def test_a_week_of_rest_is_offered_only_where_it_is_switched_on() -> None:
    """Two weeks of use, every other day, too short for a step: a week off, on the same level and with the same minutes.

    As shipped nothing is said of it.
    """
    past = [lay(day, share=0.85) for day in range(0, 28, 2)]
    own = replace(ANNA, minutes=12.0)
    offered = [day for day in range(28) if rest_offered(own, [one for one in past if one.day <= day], day)]
    assert offered == [*range(14, 21)]
    assert not any(
        (found := advised(own, past, day).offer) is not None and found.reason is OfferReason.REST for day in range(28)
    )
    advice = advise(RESTING, own, past[:8], at(14, 20), today=14, version=1)
    assert advice.offer == Offer(3, OfferReason.REST, 12.0)


def test_an_answered_rest_comes_again_after_the_next_two_weeks() -> None:
    """Accepted or declined, it is not asked twice; who was away for a week has rested, and no week is lost."""
    past = [lay(day, share=0.85) for day in range(0, 50, 2)]
    own = replace(ANNA, minutes=12.0)
    for answered in (accept_offer(own, Offer(3, OfferReason.REST, 12.0), at(15)), decline_offer(own, at(15))):
        assert (answered.level, answered.minutes) == (3, 12.0)
        days = [day for day in range(15, 50) if rest_offered(answered, [one for one in past if one.day <= day], day)]
        assert days == [*range(35, 42)]
    rested = [*past[:7], *(lay(day, share=0.85) for day in range(20, 30))]
    assert not any(rest_offered(own, [one for one in rested if one.day <= day], day) for day in range(19, 30))
    assert not rest_offered(own, [], 14)
