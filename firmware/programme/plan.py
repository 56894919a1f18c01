"""The programme at work: whose turn it is, the goal of the next session, and what is offered.

- The goal is fixed at the start of a session: own minutes, else level and preset of the person whose turn it is. Own
  minutes and a preset are for one session.
- A session belongs to the person whose turn it was at its end. Attempts and unconfirmed sessions leave no trace here.
- Without a set wall clock the programme goes by a calendar of its own (Today.date is empty): each start of the program
  is a day after the newest session. Sessions get their true day when the clock is set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from firmware import words
from firmware.enums import Reason
from firmware.events import SessionSummary
from firmware.programme import advice
from firmware.programme.advice import Acknowledgement, Advice, Offer, Person, SessionRecord
from firmware.programme.levels import LengthPreset, Programme
from firmware.programme.people import GUEST, MOST, People
from firmware.programme.plan_view import PlanView

KEPT: Final = 400  # sessions of each person
UNDATED: Final = "unknown"  # date of what was read before the clock was set
VERSION: Final = words.ACKNOWLEDGEMENT_VERSION


@dataclass(frozen=True, slots=True)
class Today:
    """Now by the wall clock: seconds since 1970, the number of the local day, and its date for people."""

    now_s: float
    day: int
    date: str


class Plan:
    """The people, their levels and sessions. today is None while the wall clock is not set.

    Every method that changes something raises ValueError with the reason when it rejects, and then changes nothing.
    """

    def __init__(
        self,
        programme: Programme,
        people: People | None = None,
        past: Mapping[str, Sequence[SessionRecord]] | None = None,
        *,
        guest_min: float = 10.0,
    ) -> None:
        self._guest_min = guest_min
        self.programme = programme
        self.people = people or People()
        self.preset = LengthPreset.NORMAL
        self.minutes: float | None = None
        self._running = (1, LengthPreset.NORMAL)  # level and preset of the open session
        self._past = {name: list(sessions)[-KEPT:] for name, sessions in (past or {}).items()}

    def use_people(self, people: People, past: Mapping[str, Sequence[SessionRecord]]) -> None:
        """Use people and their sessions that could not be read before."""
        self.people = people
        self._past = {name: list(sessions)[-KEPT:] for name, sessions in past.items()}

    def past(self, name: str) -> tuple[SessionRecord, ...]:
        """Return the sessions of a person, oldest first."""
        return tuple(self._past.get(name, ()))

    def advice(self, today: Today | None) -> Advice | None:
        """Return the advice for the person whose turn it is; None without a date."""
        if today is None:
            return None
        who = self.people.who
        sessions = self._past.get(who.name, ())
        return advice.advise(self.programme, who, sessions, today.now_s, today=today.day, version=VERSION)

    @property
    def level(self) -> int:
        """The level that counts: the first for guests and before the text is acknowledged."""
        who = self.people.who
        return min(who.level, len(self.programme.level)) if who.acknowledged(VERSION) and not who.guest else 1

    @property
    def goal_s(self) -> float:
        """Seconds of lying of the next session."""
        if self.minutes is not None:
            return self.minutes * 60.0
        if self.people.who.guest and self.preset is LengthPreset.NORMAL:
            return self._guest_min * 60.0
        own_min = self.people.who.minutes
        if own_min is not None and self.preset is LengthPreset.NORMAL and self.level == self.people.who.level:
            return own_min * 60.0
        return self.programme.goal_s(self.level, self.preset)

    @property
    def view(self) -> PlanView:
        """What is shown of the plan."""
        who = self.people.who
        last = self._past[who.name][-1] if self._past.get(who.name) else None
        return PlanView(
            person=who.name,
            guest=who.guest,
            people=tuple(person.name for person in self.people.persons),
            level=self.level,
            offer=None if who.offer is None else who.offer.reason,
            preset=self.preset,
            minutes=self.minutes,
            goal_s=self.goal_s,
            week_target=self.programme.rules.week_target,
            has_session=last is not None,
            discomfort=None if last is None else last.discomfort,
            marks=None if last is None else last.marks,
        )

    # --- sessions ------------------------------------------------------------------------------------------
    def session_started(self) -> None:
        """Use up what was chosen for this session."""
        # Own minutes below those of the level are evidence for no step, as the quick session.
        short = self.minutes is not None and self.minutes * 60.0 < self.programme.goal_s(self.level)
        self._running = self.level, LengthPreset.QUICK if short else self.preset
        self.minutes, self.preset = None, LengthPreset.NORMAL

    def session_ended(self, summary: SessionSummary, today: Today | None) -> SessionRecord | None:
        """Return what the programme keeps of a session; None when it keeps nothing."""
        stopped = summary.reason is Reason.DISCOMFORT or summary.stop_advised
        if today is None or not (summary.counted or (summary.confirmed and stopped)):
            return None
        who = self.people.who
        level, preset = self._running
        kept = advice.record_of(summary, end_s=today.now_s, day=today.day, level=level, preset=preset)
        if who.guest:
            return None
        self._past[who.name] = [*self._past.get(who.name, ()), kept][-KEPT:]
        self.note_offer(today)
        return kept

    def redate(self, name: str, old: SessionRecord, end_s: float, day: int) -> SessionRecord | None:
        """Set the true time of a session and return it; None when it is gone."""
        sessions = self._past.get(name, [])
        if old not in sessions:
            return None
        sessions[sessions.index(old)] = dated = replace(old, end_s=end_s, day=day)
        return dated

    @property
    def newest_s(self) -> float:
        """End of the newest session of all people, 0.0 without one."""
        return max((record.end_s for past in self._past.values() for record in past), default=0.0)

    def note_offer(self, today: Today) -> None:
        """Keep what is offered now, until it is answered."""
        found = self.advice(today)
        if found is not None and found.offer is not None and not self.people.who.guest:
            self.people = self.people.put(replace(self.people.who, offer=found.offer))

    def add_to_last(self, **answers: object) -> None:
        """Add answers of the person to their last session: fields of SessionRecord by name."""
        sessions = self._past.get(self.people.who.name)
        if not sessions:
            raise ValueError("there is no session to say it of")
        sessions[-1] = replace(sessions[-1], **answers)  # type: ignore[arg-type]  # the names stand in the commands

    # --- choices for the next session ----------------------------------------------------------------------
    def choose_minutes(self, minutes: float) -> None:
        """Set the goal of the next session."""
        self.minutes = float(minutes)

    def choose_preset(self, preset: LengthPreset) -> None:
        """Set the preset of the next session, instead of own minutes."""
        self.preset, self.minutes = preset, None

    def choose_person(self, name: str) -> None:
        """Set whose turn it is."""
        self.people = self.people.choose(name)

    def next_length(self) -> int:
        """Go on to the next length of the next session; return its number: 1 the programme's own, 2 quick."""
        quick = self.preset is not LengthPreset.QUICK
        self.choose_preset(LengthPreset.QUICK if quick else LengthPreset.NORMAL)
        return 2 if quick else 1

    def next_person(self) -> int:
        """Go on to the next person, after the last one to the guest; return their number, 1 for the guest."""
        names = [GUEST.name, *(person.name for person in self.people.persons)]
        number = (names.index(self.people.who.name) + 1) % len(names)
        self.choose_person(names[number])
        return number + 1

    def new_person(self) -> int:
        """Add a person without a name of their own and give them the turn; return their number."""
        names = {person.name.casefold() for person in self.people.persons}
        number = next(number for number in range(1, MOST + 2) if f"person {number}" not in names)
        self.people = self.people.add(f"Person {number}").choose(f"Person {number}")
        return len(self.people.persons) + 1

    # --- people and levels ---------------------------------------------------------------------------------
    def add_person(self, name: str) -> None:
        """Add a person."""
        self.people = self.people.add(name)

    def remove_person(self, name: str) -> None:
        """Remove a person and their records."""
        known = self.people.named(name).name
        self.people = self.people.remove(name)
        self._past.pop(known, None)

    def acknowledge(self, version: float, today: Today | None) -> None:
        """Record that the text was read."""
        if version != VERSION:
            raise ValueError(f"the text in force is version {VERSION}: read that one")
        self._put(replace(self.people.who, acknowledgement=Acknowledgement(VERSION, _known(today).date or UNDATED)))

    def accept_offer(self, today: Today | None) -> None:
        """Take the step that is offered."""
        self._put(advice.accept_offer(self.people.who, self._offer(today), _known(today).now_s))

    def decline_offer(self, today: Today | None) -> None:
        """Stay on the level; the same evidence brings no new offer."""
        self._offer(today)
        self._put(advice.decline_offer(self.people.who, _known(today).now_s))

    def choose_level(self, level: int, today: Today | None, *, confirmed: bool) -> None:
        """Go to a level; a higher one only when confirmed."""
        who = self.people.who
        if who.guest or not who.acknowledged(VERSION):
            raise ValueError(words.NEEDS_ACKNOWLEDGEMENT)
        self._put(advice.choose_level(self.programme, who, level, _known(today).now_s, confirmed=confirmed))

    def note_healed(self, today: Today | None) -> None:
        """End the hold after broken skin."""
        self._put(advice.with_healed_skin(self.people.who, _known(today).now_s))

    def _offer(self, today: Today | None) -> Offer:
        found = self.advice(_known(today))
        if found is None or found.offer is None:
            raise ValueError("nothing is offered")
        return found.offer

    def _put(self, person: Person) -> None:
        if self.people.who.guest:
            raise ValueError("it is the guest's turn: choose a person first")
        self.people = self.people.put(person)


def _known(today: Today | None) -> Today:
    if today is None:
        raise ValueError("the clock is not set yet: wait for the network")
    return today
