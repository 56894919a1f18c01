"""The routes of people and programme."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firmware import words
from firmware.programme.people import GUEST
from firmware.programme.plan import VERSION
from firmware.web import messages as m
from firmware.web.routes import ApiRoute, Call

if TYPE_CHECKING:
    from firmware.dispatcher import CommandDispatcher
    from firmware.programme.advice import Person
    from firmware.web.loop_calls import LoopCalls


@dataclass(frozen=True, slots=True)
class PeopleApi:
    """The handlers. Changes are commands."""

    loop: "LoopCalls"

    def routes(self) -> Iterator[ApiRoute]:
        """Yield the rows of the table."""
        yield ApiRoute("GET", "/api/people", "Who may lie here", m.PeopleView, self.people, may_fail=(503,))
        yield ApiRoute(
            "GET", "/api/programme", "Where the person stands", m.ProgrammeView, self.programme, may_fail=(503,)
        )

    async def people(self, _call: Call) -> m.PeopleView:
        """Return the people."""
        return await self.loop.ask(_people)

    async def programme(self, _call: Call) -> m.ProgrammeView:
        """Return the level, the next session, and what is offered."""
        return await self.loop.ask(_programme)


def _people(mat: "CommandDispatcher") -> m.PeopleView:
    people = mat.plan.people
    chosen = people.who.name
    return m.PeopleView(
        tuple(
            m.PersonInfo(
                name=one.name, guest=one.guest, chosen=one.name == chosen, level=one.level,
                read=_read(one),
            )
            for one in (GUEST, *people.persons)
        )
    )  # fmt: skip


def _read(one: "Person") -> str | None:
    """Return the date on which a person read the text in force."""
    return one.acknowledgement.date if one.acknowledgement is not None and one.acknowledged(VERSION) else None


def _programme(mat: "CommandDispatcher") -> m.ProgrammeView:
    plan, who = mat.plan, mat.plan.people.who
    advice = plan.advice(mat.today)
    step = plan.programme.level[plan.level - 1] if plan.level else plan.programme.gentle
    offer, hold = (None, None) if advice is None else (advice.offer, advice.hold)
    return m.ProgrammeView(
        person=who.name, guest=who.guest, level=plan.level, goal_min=plan.goal_s / 60,
        quick_min=min(plan.programme.rules.quick_min, step.minutes),
        cover=words.COVER_SHORT[step.cover], surface=words.SURFACE_SHORT[step.surface],
        offer=None if offer is None else m.OfferInfo(offer.level, words.OFFER[offer.reason], offer.minutes),
        hold=None if hold is None else words.HOLD[hold.reason],
        needs_acknowledgement=not who.acknowledged(VERSION), acknowledgement_version=VERSION,
        spacing=words.SPACING if advice is not None and advice.spacing else None,
    )  # fmt: skip
