"""Sixty days of the programme for ten kinds of people: is there a dead end? Part of `make evenings`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from firmware.enums import Exit, Reason
from firmware.events import SessionSummary
from firmware.programme.levels import shipped_programme
from firmware.programme.people import People
from firmware.programme.plan import VERSION, Plan, Today
from tests.bench.report import Row, row

DAYS: Final = 60
DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of person. comes: whether on a day; share: of the level's goal that they lie; own: minutes by hand."""

    name: str
    comes: Callable[[int], bool] = lambda _: True
    share: float = 1.02
    own_min: float | None = None
    stops: bool = False
    accepts: bool = True
    guest: bool = False
    dated: bool = True


KINDS: Final = (
    Kind("daily"),
    Kind("four a week", lambda day: day % 7 in (0, 2, 4, 6)),
    Kind("two a week", lambda day: day % 7 in (0, 3)),
    Kind("20 own minutes daily", own_min=20),
    Kind("pain each time", share=0.4, stops=True),
    Kind("85 % of the goal", share=0.85),
    Kind("half of the goal", share=0.5),
    Kind("declines every offer", accepts=False),
    Kind("guest, a person from day 10 on", guest=True),
    Kind("never a clock", dated=False),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a kind: the last level, offers made and taken, and whether nothing could have helped."""

    level: int
    goal_min: float
    offers: int
    dead_end: bool


def lived(kind: Kind) -> Outcome:
    """Live sixty days: read the text on the first, answer an offer when coming, lie, report."""
    plan = Plan(shipped_programme(), People() if kind.guest else People().add("Ana").choose("Ana"))
    offers, ever = 0, False
    for day in range(DAYS):
        today = Today(1_800_000_000.0 + day * DAY_S, 20_833 + day, "a day") if kind.dated else Today(
            (day + 1) * DAY_S, day + 1, ""
        )  # fmt: skip
        if kind.guest and day == 10:
            plan.add_person("Ana")
            plan.choose_person("Ana")
        if not plan.people.who.guest and plan.people.who.acknowledgement is None:
            plan.acknowledge(VERSION, today)
        if not kind.comes(day):
            continue
        found = plan.advice(today)
        if found is not None and found.offer is not None:
            offers, ever = offers + 1, True
            (plan.accept_offer if kind.accepts else plan.decline_offer)(today)
        if kind.own_min is not None:
            plan.choose_minutes(kind.own_min)
        goal_s, planned_s = plan.goal_s, plan.programme.goal_s(plan.level)
        plan.session_started()
        plan.session_ended(_session(kind, goal_s, planned_s), Today(today.now_s + 3600, today.day, today.date))
    best = plan.people.who.level == len(plan.programme.level)
    bottom = plan.people.who.level == 0 and kind.stops
    return Outcome(plan.people.who.level, plan.goal_s / 60, offers, dead_end=not (ever or best or bottom))


def _session(kind: Kind, goal_s: float, planned_s: float) -> SessionSummary:
    reason = Reason.DISCOMFORT if kind.stops else Reason.GOAL_REACHED
    lying_s = kind.share * (goal_s if kind.share >= 1 else planned_s)
    return SessionSummary(
        1, 0.0, lying_s, lying_s, goal_s, reason, Exit.ROLLED, 0, counted=True, stop_advised=kind.stops
    )


def rows() -> Iterator[Row]:
    """Return a row for each kind, and the number of dead ends."""
    outcomes = {kind.name: lived(kind) for kind in KINDS}
    for name, outcome in outcomes.items():
        how = f"{outcome.offers} offers in {DAYS} days; the last goal is {outcome.goal_min:g} minutes"
        yield row(f"level after {DAYS} days: {name}", outcome.level, "", "", n=DAYS, label="simulated", how=how)
    dead = sum(outcome.dead_end for outcome in outcomes.values())
    yield row("people without any offer or goal left", dead, "", "== 0", n=len(KINDS), label="simulated",
              how="ten kinds of people, see the levels; presets and own minutes stay free")  # fmt: skip
