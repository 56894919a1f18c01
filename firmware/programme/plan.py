"""Who lies down next, for how long, and what they are offered: the programme at work.

- The goal of a session is fixed when it begins: minutes that were asked for, else the level and the preset of whose
  turn it is. Minutes and a preset are for one session.
- A session belongs to whose turn it was when it ended. Attempts and what nobody confirmed leave no trace here.
- Without a wall clock that is set, levels hold and no step is offered: days cannot be told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from firmware import words
from firmware.enums import Reason
from firmware.events import SessionSummary
from firmware.programme import advice
from firmware.programme.advice import Acknowledgement, Advice, Marks, Person, SessionRecord
from firmware.programme.levels import Preset, Programme
from firmware.programme.people import People

KEPT: Final = 400  # sessions of each person that are looked at
VERSION: Final = words.ACKNOWLEDGEMENT_VERSION


@dataclass(frozen=True, slots=True)
class Today:
    """Now by the wall clock: seconds since 1970, the number of the day at the place, and its date for people."""

    now_s: float
    day: int
    date: str


class Plan:
    """The people, their levels and sessions. today is None while the wall clock is not known to be right."""

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
        self.preset = Preset.NORMAL
        self.minutes: float | None = None
        self._running = (1, Preset.NORMAL)  # level and preset of the open session
        self._past = {name: list(sessions)[-KEPT:] for name, sessions in (past or {}).items()}

    def past(self, name: str) -> tuple[SessionRecord, ...]:
        """Give the sessions of a person, oldest first."""
        return tuple(self._past.get(name, ()))

    def advice(self, today: Today | None) -> Advice | None:
        """Tell where the person whose turn it is stands; None without a date."""
        who = self.people.who
        if today is None:
            return None
        sessions = self._past.get(who.name, ())
        return advice.advise(self.programme, who, sessions, today.now_s, today=today.day, version=VERSION)

    @property
    def level(self) -> int:
        """The level that counts: the first for guests and for who has not read the text."""
        who = self.people.who
        return min(who.level, len(self.programme.level)) if who.acknowledged(VERSION) and not who.guest else 1

    @property
    def goal_s(self) -> float:
        """Seconds of lying of the next session."""
        if self.minutes is not None:
            return self.minutes * 60.0
        if self.people.who.guest and self.preset is Preset.NORMAL:
            return self._guest_min * 60.0
        return self.programme.goal_s(self.level, self.preset)

    def session_started(self) -> None:
        """Note that a session has begun: what was chosen for it is used up."""
        # Minutes of one's own speak for no step, as the quick session.
        self._running = self.level, Preset.QUICK if self.minutes is not None else self.preset
        self.minutes, self.preset = None, Preset.NORMAL

    def session_ended(self, summary: SessionSummary, today: Today | None) -> SessionRecord | None:
        """Note a session; give what the programme keeps of it, None when it keeps nothing."""
        stopped = summary.reason is Reason.DISCOMFORT or summary.stop_advised
        if today is None or not (summary.counted or (summary.confirmed and stopped)):
            return None
        who = self.people.who
        level, preset = self._running
        kept = advice.record_of(summary, end_s=today.now_s, day=today.day, level=level, preset=preset)
        if who.guest:
            return None
        self._past[who.name] = [*self._past.get(who.name, ()), kept][-KEPT:]
        return kept

    def apply(self, name: str, value: object, today: Today | None) -> bool:
        """Do what a request asks for; false when it is none of the plan's. Raises ValueError: why it is refused."""
        act = _ACTS.get(name)
        if act is None:
            return False
        act(self, value, today)
        return True

    def put(self, person: Person) -> None:
        """Take the new state of whose turn it is. Raises ValueError for the guest."""
        if self.people.who.guest:
            raise ValueError("it is the guest's turn: choose a person first")
        self.people = self.people.put(person)

    def tell(self, **told: object) -> None:
        """Add what the person says to their last session. Raises ValueError when there is none."""
        sessions = self._past.get(self.people.who.name)
        if not sessions:
            raise ValueError("there is no session to say it of")
        sessions[-1] = replace(sessions[-1], **told)  # type: ignore[arg-type]  # the names stand in _ACTS


def _sure(today: Today | None) -> Today:
    if today is None:
        raise ValueError("the clock is not set yet: wait for the network")
    return today


def _minutes(plan: Plan, value: object, _today: Today | None) -> None:
    plan.minutes = float(str(value))


def _preset(plan: Plan, value: object, _today: Today | None) -> None:
    plan.preset, plan.minutes = Preset(str(value)), None


def _person(plan: Plan, value: object, _today: Today | None) -> None:
    plan.people = plan.people.choose(str(value))


def _add(plan: Plan, value: object, _today: Today | None) -> None:
    plan.people = plan.people.add(str(value))


def _remove(plan: Plan, value: object, _today: Today | None) -> None:
    name = plan.people.named(str(value)).name
    plan.people = plan.people.remove(str(value))
    plan._past.pop(name, None)  # noqa: SLF001 - the acts are the plan's own


def _acknowledge(plan: Plan, value: object, today: Today | None) -> None:
    if value != VERSION:
        raise ValueError(f"the text in force is version {VERSION}: read that one")
    plan.put(replace(plan.people.who, acknowledgement=Acknowledgement(VERSION, _sure(today).date)))


def _answer(accept: bool) -> "Act":
    def act(plan: Plan, _value: object, today: Today | None) -> None:
        sure = _sure(today)
        told = plan.advice(sure)
        if told is None or told.offer is None:
            raise ValueError("nothing is offered")
        who = plan.people.who
        plan.put(advice.accept(who, told.offer, sure.now_s) if accept else advice.decline(who, sure.now_s))

    return act


def _choose(confirmed: bool) -> "Act":
    def act(plan: Plan, value: object, today: Today | None) -> None:
        if plan.people.who.guest or not plan.people.who.acknowledged(VERSION):
            raise ValueError(words.NEEDS_ACKNOWLEDGEMENT)
        level = int(str(value))
        plan.put(advice.choose(plan.programme, plan.people.who, level, _sure(today).now_s, confirmed=confirmed))

    return act


def _healed(plan: Plan, _value: object, today: Today | None) -> None:
    plan.put(advice.healed(plan.people.who, _sure(today).now_s))


Act = Callable[[Plan, object, Today | None], None]
_ACTS: Final[dict[str, Act]] = {
    "goal_min": _minutes,
    "preset": _preset,
    "person": _person,
    "add_person": _add,
    "remove_person": _remove,
    "acknowledge": _acknowledge,
    "accept": _answer(accept=True),
    "decline": _answer(accept=False),
    "level": _choose(confirmed=False),
    "confirm_level": _choose(confirmed=True),
    "healed": _healed,
    "marks": lambda plan, value, _: plan.tell(marks=Marks(str(value))),
    "hurt": lambda plan, value, _: plan.tell(discomfort=int(str(value))),
}
