"""Everything in a household that is no session: what the mat says of it, kind by kind, and hours of empty and use."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firmware.events import (
    Confirmed,
    GetUp,
    LieDown,
    Lowering,
    LyingSuspected,
    Seated,
    SensorBack,
    SensorLost,
    SessionEnded,
)
from sim.people.acts import Leave, Lie, Lower, Readjust, Roll, Sit, Wait
from sim.people.body import Body
from sim.people.household import VISITORS, Visit
from sim.people.story import Story
from sim.people.vitals import Vitals
from sim.sensors.cell_model import CellModel
from tests.bench.recordings import PEOPLE, make
from tests.bench.report import Row, row
from tests.bench.runs import Effort, FunctionStory, Run, percentile, rng_of

if TYPE_CHECKING:
    from pathlib import Path

    from firmware.events import Event
    from sim.people.script import VisitScript
    from tests.bench.report import Label

SECTION, HOURS_SECTION, PEOPLE_SECTION = 2, 3, 11
HOUR_S = 3600.0
NEAR_S = 4.0
POSTURE = (Seated, Lowering, LyingSuspected, LieDown, GetUp, Confirmed)
LOST = (SensorLost, SensorBack)


@dataclass(slots=True)
class Said:
    """In how many visits of one kind a thing was said."""

    provisional: int = 0
    confirmed: int = 0
    sessions: int = 0


def visits(effort: Effort, seed: int) -> dict[str, Said]:
    """Let every kind come so many times, for one to four minutes."""
    rng, said = rng_of(seed, SECTION), {}
    for what, thing in VISITORS.items():
        one = said[what] = Said()
        for number in range(effort.visits):
            mass_kg = thing.mass_kg * float(rng.uniform(0.8, 1.2))
            visit = Visit(what=what, start_s=10, seconds=float(rng.uniform(60, 240)), mass_kg=mass_kg)  # type: ignore[arg-type]
            story = Story(title=what, seconds=visit.seconds + 70, visits=(visit,))
            events = [event for _, event in Run.of(story, seed + number).heard()]
            one.provisional += any(isinstance(event, LieDown) for event in events)
            one.confirmed += any(isinstance(event, Confirmed) for event in events)
            one.sessions += any(isinstance(event, SessionEnded) and event.summary.counted for event in events)
    return said


@dataclass(slots=True)
class Lain:
    """People who lay down: how many, how many of them were not confirmed, and how long it took, in seconds."""

    people: int = 0
    missed: int = 0
    after_s: list[float] = field(default_factory=list)

    def note(self, events: "Iterable[Event]") -> None:
        """Take everything that was said of one."""
        self.people += 1
        down_s = None
        for event in events:
            if isinstance(event, LieDown):
                down_s = event.t_s
            elif isinstance(event, Confirmed) and down_s is not None:
                self.after_s.append(event.t_s - down_s)
                return
        self.missed += 1

    def row(self, who: str, label: "Label", how: str) -> Row:
        """Return the row of the people who were confirmed."""
        details = f"{how}; confirmed {percentile(self.after_s, 95):.0f} s after lying down (p95)"
        share = 100 * (1 - self.missed / self.people)
        return row(f"{who} confirmed as a person lying", share, "%", ">= 99", n=self.people, label=label, how=details)


def people(effort: Effort, seed: int) -> Row:
    """Let people of 45 to 120 kg lie for 75 s, breathing 0.5 to 6 N deep, on cells good and bad."""
    rng, found = rng_of(seed, PEOPLE_SECTION), Lain()
    for number in range(effort.bodies):
        body = Body(
            mass_kg=float(rng.uniform(45, 120)),
            hips_on=bool(rng.random() < 0.6),
            knees_up=bool(rng.random() < 0.5),
            surface="bed" if rng.random() < 0.3 else "floor",
        )
        vitals = Vitals(
            breaths_per_min=float(rng.uniform(6, 16)),
            breath_n=float(np.exp(rng.uniform(np.log(0.5), np.log(6)))),
            wiggles_per_min=float(rng.choice([0, 1])),
        )
        cells = CellModel(noise_nv=float(rng.choice([90, 180, 450])))
        acts = (Wait(seconds=5), Sit(seconds=float(rng.uniform(0.5, 5))), Lower(seconds=4), Lie(seconds=75))
        story = Story(title="person", body=body, vitals=vitals, cells=cells, acts=acts)
        found.note([event for _, event in Run.of(story, seed + number).heard()])
    how = "45-120 kg, 6-16 breaths a minute of 0.5-6 N, half of them wiggling once a minute, noise of 90-450 nV"
    return found.row("people", "simulated", how)


def postures(folder: "Path", effort: Effort) -> Row:
    """Let real people lie in all their postures, breathing one newton deep."""
    chosen, found = range(1, 18, 1 if effort.visits > 1 else 8), Lain()
    words = ("--people", ",".join(str(person) for person in PEOPLE), "--seconds", "75", "--breath-n", "1")
    for posture in chosen:
        for recorded in make(folder / f"lain{posture}", "--postures", str(posture), *words):
            found.note([event for tick in recorded.ticks() for event in tick.events])
    how = f"{len(PEOPLE)} people in {len(chosen)} of 17 postures, 1 N belts"
    return found.row("real postures", "semi-real", how)


@dataclass(slots=True)
class Hours:
    """What was said that had no cause, with its time, and how long it was listened."""

    hours: int = 0
    false: "list[tuple[float, Event]]" = field(default_factory=list)
    unnoticed: int = 0


def empty_hour(seed: int) -> FunctionStory:
    """Nobody, drifting cells, somebody walking past."""
    cells = CellModel(drift_n_per_h=(-8.0, 0.0, 8.0)[seed % 3], glitch_share=1e-5)
    past = tuple(Visit(what="footfalls", start_s=300.0 + 600 * number, seconds=20) for number in range(5))
    return FunctionStory(title="empty", cells=cells, visits=past, write=lambda script: script.stay(HOUR_S))


def used_hour(script: "VisitScript") -> None:
    """Two sessions of twenty minutes, with wiggles and a readjustment."""
    for _ in range(2):
        script.stay(120)
        for act in (Sit(seconds=12), Lower(seconds=4), Lie(seconds=600), Readjust(), Lie(seconds=590)):
            act.play(script)
        Roll().play(script)
        Leave().play(script)
        script.stay(420)
    script.stay(HOUR_S - script.now_s)


def listen(effort: Effort, seed: int) -> Hours:
    """Half the hours empty, half in use."""
    found = Hours()
    for number in range(effort.hours):
        vitals = Vitals(breath_n=3.0 + number % 4, wiggles_per_min=1.0)
        used = FunctionStory(title="used", vitals=vitals, cells=CellModel(glitch_share=1e-5), write=used_hour)
        run = Run.of(used if number % 2 else empty_hour(number), seed + number)
        _judge(run, run.heard(), found)
        found.hours += 1
    return found


def _judge(run: Run, heard: "Sequence[tuple[float, Event]]", found: Hours) -> None:
    """Count what has no true lying beside it; sitting and lowering may come within 20 s before or after one."""
    lyings = run.truth.lyings
    starts = [lying.start_s for lying in lyings]
    ends = [lying.end_s for lying in lyings]
    for at_s, event in heard:
        if isinstance(event, LieDown):
            true = any(abs(event.t_s + run.first_s - start_s) <= NEAR_S for start_s in starts)
        elif isinstance(event, GetUp):
            true = any(abs(event.t_s + run.first_s - end_s) <= NEAR_S for end_s in ends)
        elif isinstance(event, POSTURE):
            true = any(start_s - 20 <= at_s <= end_s + 20 for start_s, end_s in zip(starts, ends, strict=True))
        else:
            true = not isinstance(event, LOST)
        if not true:
            found.false.append((at_s, event))
    found.unnoticed += len(lyings) - sum(isinstance(event, LieDown) for _, event in heard)


def rows(effort: Effort, seed: int) -> Iterator[Row]:
    """Yield the rows of each kind, then of the hours."""
    said = visits(effort, seed)
    number = effort.visits * len(said)
    how = "alone on the mat for one to four minutes, mass drawn within 20 %; not reported as a session"
    total = sum(one.confirmed for one in said.values())
    yield row(
        "household: visits confirmed as a person lying", total, "visits", "== 0", n=number, label="simulated", how=how
    )
    total = sum(one.sessions for one in said.values())
    yield row("household: sessions counted", total, "visits", "== 0", n=number, label="simulated", how=how)
    for what, one in said.items():
        title = f"household: provisional lying, {what.replace('_', ' ')}"
        details = (
            f"confirmed in {one.confirmed}, counted as a session in {one.sessions}; "
            "a threshold of 5 kg alone would report a person"
        )
        yield row(title, one.provisional, "visits", "", n=effort.visits, label="simulated", how=details)
    yield people(effort, seed)
    found = listen(effort, seed)
    kinds = sorted({type(event).__name__ for _, event in found.false})
    how = "half empty with 0 or 8 N an hour of drift on each cell and footfalls, half two sessions of 20 minutes each"
    how += f"; {', '.join(kinds)}" if kinds else ""
    title = "posture and sensor events without a cause"
    per_hour = len(found.false) / found.hours
    yield row(title, per_hour, "per hour", "< 0.1", n=found.hours, label="simulated", how=how)
    title = "sessions of these hours that were not noticed"
    yield row(title, found.unnoticed, "sessions", "== 0", n=found.hours // 2 * 2, label="simulated", how=how)
