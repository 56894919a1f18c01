"""Lying down and getting up of many people, against the truth: how late, how far off, and never in a wiggle."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firmware.events import EndCorrected, GetUp, LieDown, LyingSuspected, SessionEnded, StartCorrected
from sim.people.acts import Act, Fall, Leave, Lie, Lower, Readjust, Roll, Sit, SitUp, Wait
from sim.people.body import Body
from sim.people.story import Story
from sim.people.vitals import Vitals
from tests.bench.report import Row, row
from tests.bench.runs import Effort, Run, percentile, rng_of

if TYPE_CHECKING:
    import numpy as np

    from firmware.events import Event

SECTION = 1
NEAR_S = 4.0  # what is said further from the truth belongs to something else
RATES_HZ = (80.0, 10.0)


@dataclass(slots=True)
class Findings:
    """Seconds, one figure for each session in which it was noticed at all, and counts of what went wrong."""

    seen: list[float] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    start_error: list[float] = field(default_factory=list)
    end_error: list[float] = field(default_factory=list)
    missed_downs: int = 0
    missed_ups: int = 0
    exits_wrong: int = 0
    false_ends: int = 0
    seen_for_nothing: int = 0
    sessions: int = 0
    wiggles: int = 0


def story_of(rng: "np.random.Generator") -> Story:
    """Draw a person, a way down, a restless rest with a readjustment, and a way up."""
    body = Body(
        mass_kg=float(rng.uniform(45, 120)),
        hips_on=bool(rng.random() < 0.6),
        knees_up=bool(rng.random() < 0.3),
        surface="bed" if rng.random() < 0.3 else "floor",
        offset_m=float(rng.uniform(-0.03, 0.03)),
    )
    vitals = Vitals(breaths_per_min=float(rng.uniform(6, 16)), breath_n=float(rng.uniform(1, 6)), wiggles_per_min=4.0)
    sit = Sit(seconds=float(rng.uniform(1.5, 30)))
    down: list[Act] = [sit, Lower(seconds=float(rng.uniform(2, 6)))] if rng.random() < 0.85 else [Fall(seconds=1.2)]
    style = rng.choice(["roll", "abrupt", "sat_up"])
    up: dict[str, list[Act]] = {
        "roll": [Roll(seconds=float(rng.uniform(1.5, 3))), Leave(seconds=1.6)],
        "abrupt": [Leave(seconds=0.7)],
        "sat_up": [SitUp(), Leave(seconds=1.2)],
    }
    rest: list[Act] = [Lie(seconds=45), Readjust(), Lie(seconds=60)]
    acts = (Wait(seconds=8), *down, *rest, *up[style], Wait(seconds=6))
    return Story(title="drawn", body=body, vitals=vitals, acts=acts)  # type: ignore[arg-type]


def study(effort: Effort, seed: int, rate_hz: float) -> Findings:
    """Play the sessions."""
    found, rng = Findings(), rng_of(seed, SECTION)
    for number in range(effort.sessions):
        run = Run.of(story_of(rng), seed + number, rate_hz=rate_hz)
        judge(run, run.heard(), found)
    return found


def judge(run: Run, heard: "list[tuple[float, Event]]", found: Findings) -> None:
    """Compare what was said with the one time of lying of a run."""
    (lying,) = run.truth.lyings
    found.sessions += 1
    found.wiggles += len(run.truth.wiggles)
    downs = [(at_s, event) for at_s, event in heard if isinstance(event, LieDown)]
    ups = [(at_s, event) for at_s, event in heard if isinstance(event, GetUp)]
    seen_s = [at_s for at_s, event in heard if isinstance(event, (LyingSuspected, LieDown))]
    near_s = [at_s for at_s in seen_s if at_s >= lying.start_s - NEAR_S]
    found.seen_for_nothing += len(seen_s) - len(near_s)
    found.missed_downs += not downs
    for at_s, down in downs[:1]:
        found.seen.append(near_s[0] - lying.start_s)
        found.sure.append(at_s - lying.start_s)
        start_s = next((one.start_s for _, one in heard if isinstance(one, StartCorrected)), down.t_s)
        found.start_error.append(abs(start_s + run.first_s - lying.start_s))
    true_ups = [(at_s, event) for at_s, event in ups if at_s >= lying.end_s - NEAR_S]
    found.false_ends += len(ups) - len(true_ups)
    found.false_ends += sum(isinstance(event, SessionEnded) and at_s < lying.end_s - NEAR_S for at_s, event in heard)
    if downs:
        found.missed_ups += not true_ups
    for at_s, up in true_ups[:1]:
        found.left.append(at_s - lying.end_s)
        end_s = next((one.end_s for _, one in heard if isinstance(one, EndCorrected)), up.t_s)
        found.end_error.append(abs(end_s + run.first_s - lying.end_s))
        found.exits_wrong += up.exit.value != lying.exit


def rows(effort: Effort, seed: int) -> Iterator[Row]:
    """Yield the rows at both rates."""
    for rate_hz in RATES_HZ:
        found = study(effort, seed, rate_hz)
        fast = rate_hz == RATES_HZ[0]
        yield from _rows(found, f"{rate_hz:.0f} samples/s", bounded=fast)


def _rows(found: Findings, at: str, *, bounded: bool) -> Iterator[Row]:
    drawn = "bodies 45-120 kg, hips on or off, floor or bed, sitting 1.5-30 s or falling back, 4 wiggles a minute"
    figures = (
        (
            "lying first seen (provisional), p95 after 90 % of the load",
            percentile(found.seen, 95),
            "s",
            "<= 0.5",
            f"{drawn}; another maker's recipe: 9.4 s, a hospital bed: 1.5 s",
        ),
        (
            "lying made sure, p95 after 90 % of the load",
            percentile(found.sure, 95),
            "s",
            "",
            "the session starts here and is back-dated",
        ),
        ("start of lying, corrected, p95 error", percentile(found.start_error, 95), "s", "<= 0.3", drawn),
        (
            "getting up noticed, p95 after half has left",
            percentile(found.left, 95),
            "s",
            "<= 0.6",
            "rolled, sat up or abrupt; a hospital bed: 1.5 s",
        ),
        ("end of lying, corrected, p95 error", percentile(found.end_error, 95), "s", "<= 0.3", drawn),
    )
    for name, value, unit, bound, how in figures:
        yield row(
            f"{name}, {at}",
            value,
            unit,
            bound if bounded else "",
            n=found.sessions - found.missed_downs,
            label="simulated",
            how=how,
        )
    counted = (
        ("people whose lying was not noticed", found.missed_downs, "== 0", "not in the percentiles above"),
        ("people noticed lying whose getting up was not", found.missed_ups, "== 0", "not in the percentiles above"),
        (
            "ends reported while the person is still lying",
            found.false_ends,
            "== 0",
            f"{found.wiggles} wiggles of 0.3-60 N and a readjustment in each session",
        ),
        ("provisional lying although nobody lay down", found.seen_for_nothing, "", "provisional, no session"),
        ("wrong ways of getting up", found.exits_wrong, "", "rolled, sat up, abrupt"),
    )
    for name, count, bound, how in counted:
        shown = bound if bounded else ""
        yield row(f"{name}, {at}", count, "times", shown, n=found.sessions, label="simulated", how=how)
