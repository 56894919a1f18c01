"""What a person is offered next. Everything that affects a level is in this file.

- A level changes only when the person agrees: every step, up or down, is an offer that may be declined.
- Up: enough good sessions on different days. One level at a time, never two within two days.
- Down: a stop for discomfort, too many unfinished sessions, or a long time away. An early end alone is no fault.
- An offer stays until it is answered. After a stop on the first level a gentler one is offered; after a week of
  sessions that nearly reached the goal, a shorter time.
- A stop holds the programme for a day, broken skin until the person reports it healed. A hold blocks steps up.
- Without an acknowledged text a person stays on the first level; timing works all the same.
- Guests are on the first level, get no offers, and their sessions count for nobody.
- A step or a declined offer restarts the evidence.
- A week of rest is offered only where the rules say so: it is one maker's custom, no trial has tested it.
Times are seconds and days of one calendar that the caller keeps; no wall clock is read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

from firmware.enums import Reason
from firmware.events import SessionSummary
from firmware.programme.levels import MINUTES, LengthPreset, OfferRules, Programme

HOUR_S: Final = 3_600.0
DAY_S: Final = 24 * HOUR_S
WEEK_DAYS: Final = 7
GENTLE: Final = 0  # the level below the first, offered after a stop there
NEARLY: Final = 0.8  # of the goal


class SkinMarks(StrEnum):
    """Marks on the skin afterwards, as the person reports them."""

    NONE = "none"
    LIGHT = "light"
    STRONG = "strong"
    BROKEN_SKIN = "broken_skin"


class OfferReason(StrEnum):
    """Why a step is offered or the programme rests; words has the sentences."""

    READY = "ready"
    STOPPED = "stopped"
    UNFINISHED = "unfinished"
    AWAY = "away"
    FAR_AWAY = "far_away"
    SKIN = "skin"
    NEARLY = "nearly"
    REST = "rest"
    ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A closed session, as far as the programme needs it.

    end_s is its end and day the number of that local day; stopped: ended for discomfort, or stopping was advised;
    pressed_late: a discomfort press after rules.eased_by_s; eased_s, discomfort (0..10) and marks are reported by the
    person, None where not; counted: not a mere attempt.
    """

    end_s: float
    day: int
    level: int
    lying_s: float
    goal_s: float
    preset: LengthPreset = LengthPreset.NORMAL
    counted: bool = True
    stopped: bool = False
    pressed_late: bool = False
    eased_s: float | None = None
    discomfort: int | None = None
    marks: SkinMarks | None = None


def record_of(
    summary: SessionSummary, *, end_s: float, day: int, level: int, preset: LengthPreset = LengthPreset.NORMAL
) -> SessionRecord:
    """Return the record of a session that was just closed; later answers of the person are added with replace."""
    return SessionRecord(
        end_s=end_s,
        day=day,
        level=level,
        lying_s=summary.lying_s,
        goal_s=summary.goal_s,
        preset=preset,
        counted=summary.counted,
        stopped=summary.stop_advised or summary.reason is Reason.DISCOMFORT,
        pressed_late=summary.pressed_late,
        eased_s=summary.eased_s,
    )


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The version of the text that was read, and the local date. Nothing about health."""

    version: int
    date: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that the person may accept or decline; with minutes: to stay on the level for that shorter time."""

    level: int
    reason: OfferReason
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person on the programme. since_s: evidence counts from here; stepped_s: the last step up.

    offer: made and not answered yet; minutes: a shorter time that the person chose for the level.
    """

    name: str
    level: int = 1
    guest: bool = False
    since_s: float | None = None
    stepped_s: float | None = None
    healed_s: float | None = None
    offer: Offer | None = None
    minutes: float | None = None
    acknowledgement: Acknowledgement | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a level below the gentle one, or a guest on any but the first."""
        if self.level < 0 or (self.guest and self.level != 1):
            raise ValueError(f"level is {self.level}: levels begin with 0, and guests stay on 1")

    def acknowledged(self, version: int) -> bool:
        """Return whether the text in force was read."""
        return self.acknowledgement is not None and self.acknowledgement.version == version


@dataclass(frozen=True, slots=True)
class Hold:
    """The programme rests; until_s is None when only the person can end it."""

    reason: OfferReason
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """Where a person stands. level is the one that counts today."""

    level: int
    offer: Offer | None
    hold: Hold | None
    needs_acknowledgement: bool
    spacing: bool
    week_sessions: int
    week_target: int
    programme_day: int


def advise(
    programme: Programme, person: Person, past: Sequence[SessionRecord], now_s: float, *, today: int, version: int
) -> Advice:
    """Return where a person stands by their sessions (in any order). version is that of the text to be read."""
    rules = programme.rules
    acknowledged = person.acknowledged(version)
    if person.guest:
        return Advice(
            level=1,
            offer=None,
            hold=None,
            needs_acknowledgement=not acknowledged,
            spacing=False,
            week_sessions=0,
            week_target=rules.week_target,
            programme_day=1,
        )
    # An attempt is no evidence, unless it ended because it hurt.
    known = sorted((one for one in past if one.counted or one.stopped), key=lambda one: one.end_s)
    fresh = [one for one in known if person.since_s is None or one.end_s > person.since_s]
    level = min(person.level, len(programme.level)) if acknowledged else 1
    hold = _hold(rules, person, known, now_s) if acknowledged else Hold(OfferReason.ACKNOWLEDGE)
    offer = _down(rules, level, fresh, today) if acknowledged else None
    nearly = _nearly(rules, level, fresh, today) if person.minutes is None and hold is None else None
    if nearly is not None and (offer is None or offer.reason is OfferReason.UNFINISHED):
        offer = nearly
    if offer is None and acknowledged and (hold is None or (person.offer and person.offer.level < level)):
        offer = person.offer  # it stays until it is answered
    rested = person.stepped_s is None or now_s - person.stepped_s >= rules.apart_h * HOUR_S
    if offer is None and hold is None and rested and level < len(programme.level):
        offer = _up(rules, level, fresh, today)
    offer = offer if offer or hold else _rest(rules, person, known, now_s, today)
    return Advice(
        level=level,
        offer=offer,
        hold=hold,
        needs_acknowledgement=not acknowledged,
        spacing=bool(known) and now_s - known[-1].end_s < rules.spacing_h * HOUR_S,
        week_sessions=sum(one.counted and _in_week(one, today) for one in known),
        week_target=rules.week_target,
        programme_day=today - known[0].day + 1 if known else 1,
    )


def _hold(rules: OfferRules, person: Person, known: Sequence[SessionRecord], now_s: float) -> Hold | None:
    broken_s = max((one.end_s for one in known if one.marks is SkinMarks.BROKEN_SKIN), default=None)
    if broken_s is not None and (person.healed_s is None or person.healed_s < broken_s):
        return Hold(OfferReason.SKIN)
    stopped_s = max((one.end_s for one in known if one.stopped), default=None)
    if stopped_s is not None and now_s < (until_s := stopped_s + rules.hold_h * HOUR_S):
        return Hold(OfferReason.STOPPED, until_s)
    return None


def _down(rules: OfferRules, level: int, fresh: Sequence[SessionRecord], today: int) -> Offer | None:
    stopped = any(one.stopped for one in fresh)
    if level > GENTLE and stopped:
        return Offer(level - 1, OfferReason.STOPPED)
    if level == GENTLE or not fresh:
        return None
    away_days = today - fresh[-1].day if level > 1 else 0  # time away leads no lower
    if away_days > rules.far_away_days:
        return Offer(max(1, level - 2), OfferReason.FAR_AWAY)
    if away_days > rules.away_days:
        return Offer(level - 1, OfferReason.AWAY)
    planned = [one for one in fresh if one.preset is not LengthPreset.QUICK][-rules.of_last :]
    unfinished = sum(one.lying_s < min(NEARLY, rules.share) * one.goal_s for one in planned) >= rules.unfinished
    return Offer(level - 1, OfferReason.UNFINISHED) if unfinished else None


def _up(rules: OfferRules, level: int, fresh: Sequence[SessionRecord], today: int) -> Offer | None:
    recent = [one for one in fresh if one.level == level and today - rules.within_days < one.day <= today]
    good_days = {one.day for one in recent if _good(rules, one)}
    return Offer(level + 1, OfferReason.READY) if len(good_days) >= rules.sessions else None


def _nearly(rules: OfferRules, level: int, fresh: Sequence[SessionRecord], today: int) -> Offer | None:
    """Return the choice to stay shorter, after a week of sessions that nearly reached their goal."""
    week = [
        one for one in fresh if one.level == level and one.preset is not LengthPreset.QUICK and _in_week(one, today)
    ]
    near = [one for one in week if NEARLY <= one.lying_s / one.goal_s < rules.share]
    if len({one.day for one in near}) < rules.sessions or len(near) < len(week):
        return None
    return Offer(level, OfferReason.NEARLY, max(MINUTES[0], min(one.lying_s for one in near) // 60.0))


def _rest(rules: OfferRules, person: Person, known: Sequence[SessionRecord], now_s: float, today: int) -> Offer | None:
    """Return the offer of a week off after so many days of use, once in each such time; it changes no level."""
    if not rules.rest_after_days or not known or today - known[-1].day >= WEEK_DAYS:
        return None
    first = known[0].day
    for earlier, later in pairwise(known):
        first = later.day if later.day - earlier.day >= WEEK_DAYS else first
    over_days = (today - first) % (rules.rest_after_days + WEEK_DAYS) - rules.rest_after_days
    answered = person.since_s is not None and now_s - person.since_s <= (over_days + 1) * DAY_S
    return None if over_days < 0 or answered else Offer(person.level, OfferReason.REST, person.minutes)


def _in_week(one: SessionRecord, today: int) -> bool:
    return today - WEEK_DAYS < one.day <= today


def _good(rules: OfferRules, one: SessionRecord) -> bool:
    """Return whether a session is evidence for a step up."""
    finished = one.preset is not LengthPreset.QUICK and one.lying_s >= rules.share * one.goal_s
    eased = not one.pressed_late or (one.eased_s is not None and one.eased_s <= rules.eased_by_s)
    mild = not one.pressed_late if one.discomfort is None else one.discomfort <= rules.discomfort
    unhurt = one.marks not in (SkinMarks.STRONG, SkinMarks.BROKEN_SKIN)
    return finished and not one.stopped and eased and mild and unhurt


def accept_offer(person: Person, offer: Offer, now_s: float) -> Person:
    """Return the person after the offered step."""
    stepped_s = now_s if offer.level > person.level else person.stepped_s
    return replace(person, level=offer.level, since_s=now_s, stepped_s=stepped_s, offer=None, minutes=offer.minutes)


def decline_offer(person: Person, now_s: float) -> Person:
    """Return the person on the same level; the same evidence brings no new offer."""
    return replace(person, since_s=now_s, offer=None)


def choose_level(programme: Programme, person: Person, level: int, now_s: float, *, confirmed: bool) -> Person:
    """Return the person on a level of their own choice: lower at any time, higher only when confirmed.

    Raises ValueError: there is no such level, the person is a guest, or higher was not confirmed.
    """
    if not GENTLE <= level <= len(programme.level):
        raise ValueError(f"level is {level}: there are {GENTLE} to {len(programme.level)}")
    if level > person.level and not confirmed:
        raise ValueError(f"level is {level}: higher than {person.level}, ask the person and give confirmed")
    return accept_offer(person, Offer(level, OfferReason.READY), now_s)


def with_healed_skin(person: Person, now_s: float) -> Person:
    """Return the person with the skin reported as healed."""
    return replace(person, healed_s=now_s)
