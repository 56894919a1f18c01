"""Frames lost in bursts: how far off are start and end, is there still a breathing rate, and is the loss reported?"""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import Final

import msgspec
import numpy as np

from firmware.events import FramesLost, GetUp, LieDown
from sim.people.acts import Leave, Lie, Lower, Roll, Sit, Wait
from sim.people.body import Body
from sim.people.story import Story
from sim.people.vitals import Vitals
from sim.sensors.mishaps import FrameGap
from tests.bench.report import Row, row
from tests.bench.runs import Effort, Run, rng_of

SECTION: Final = 12
BURSTS: Final = {"1 s in every 5 s": (5.0, 1.0), "1 s in every 10 s": (10.0, 1.0), "3 s in every minute": (60.0, 3.0)}
NOTED_S: Final = 1.0
LIE_S: Final = 120.0
KNOWN_FROM_S: Final = 45.0  # of lying
MISSED_S: Final = 60.0


def story_of(rng: np.random.Generator, every_s: float, gap_s: float) -> Story:
    """Return a visit with gaps between the frames; where they lie is drawn."""
    body = Body(mass_kg=float(rng.uniform(45, 120)), hips_on=bool(rng.random() < 0.6))
    vitals = Vitals(breaths_per_min=float(rng.uniform(8, 16)), breath_n=float(rng.uniform(3, 6)), restless_n=0.2)
    sit, lower = Sit(seconds=float(rng.uniform(3, 20))), Lower(seconds=float(rng.uniform(2, 6)))
    acts = (Wait(seconds=8), sit, lower, Lie(seconds=LIE_S), Roll(), Leave(seconds=1.6), Wait(seconds=6))
    length_s = 40.0 + sit.seconds + LIE_S
    starts_s = np.arange(3.0 + float(rng.uniform(0, every_s)), length_s, every_s)
    return Story(
        title="bursts",
        body=body,
        vitals=vitals,
        acts=acts,
        mishaps=tuple(FrameGap(t_s=float(at_s), seconds=gap_s) for at_s in starts_s),
    )


class Findings(msgspec.Struct):
    """Seconds off for each visit, moments of lying with a rate, and seconds from one report to the next.

    A rate is expected of people with their hips on the mat only: the breath of the others hardly loads it.
    """

    start_error_s: list[float] = []
    end_error_s: list[float] = []
    with_rate: int = 0
    moments: int = 0
    between_reports_s: list[float] = []
    unreported: int = 0


def judge(run: Run, found: Findings, *, hips_on: bool) -> None:
    """Compare a visit with its truth."""
    (lying,) = run.truth.lyings
    starts_s, ends_s, reports_s = [], [], []
    for tick in run.ticks():
        now_s = tick.t_s + run.first_s
        starts_s += [event.t_s + run.first_s for event in tick.events if isinstance(event, LieDown)]
        ends_s += [event.t_s + run.first_s for event in tick.events if isinstance(event, GetUp)]
        reports_s += [now_s for event in tick.events if isinstance(event, FramesLost)]
        if hips_on and tick.signals is not None and lying.start_s + KNOWN_FROM_S < now_s < lying.end_s - 5:
            found.moments += 1
            found.with_rate += tick.signals.breaths_per_min is not None
    found.start_error_s.append(min((abs(at_s - lying.start_s) for at_s in starts_s), default=MISSED_S))
    found.end_error_s.append(min((abs(at_s - lying.end_s) for at_s in ends_s), default=MISSED_S))
    found.between_reports_s += [after_s - before_s for before_s, after_s in pairwise(reports_s)]
    found.unreported += not reports_s


def rows(effort: Effort, seed: int) -> Iterator[Row]:
    """Yield for each kind of bursts the errors of the times, the share with a rate, and the reports."""
    for name, (every_s, gap_s) in BURSTS.items():
        found, rng = Findings(), rng_of(seed, SECTION)
        for number in range(max(6, effort.bodies)):
            story = story_of(rng, every_s, gap_s)
            judge(Run.of(story, seed + number), found, hips_on=story.body.hips_on)
        n = len(found.start_error_s)
        at = f"frames lost for {name}"
        noted_s = max(NOTED_S, 0.55 * gap_s)  # a moment inside a gap is known to half of the gap
        how = "45-120 kg, sitting 3-20 s, lowering 2-6 s, rolling off"
        for what, errors_s in (("start", found.start_error_s), ("end", found.end_error_s)):
            within = 100 * sum(error_s <= noted_s for error_s in errors_s) / n
            detail = f"{how}; median {median(errors_s):.2f} s, worst {max(errors_s):.2f} s"
            title = f"{what} of lying within {noted_s:g} s, {at}"
            yield row(title, within, "%", ">= 100", n=n, label="simulated", how=detail)
        share = 100 * found.with_rate / found.moments
        how = "of lying from 45 s on; breath of 3-6 N, hips on the mat"
        yield row(f"breathing rate known, {at}", share, "%", ">= 50", n=found.moments, label="simulated", how=how)
        yield row(f"visits without a report, {at}", found.unreported, "visits", "== 0", n=n, label="simulated", how="")
        least_s, times = round(min(found.between_reports_s, default=999.0), 1), len(found.between_reports_s)
        how = "from one event frames_lost to the next, least; 999 s is never"
        yield row(f"between reports, {at}", least_s, "s", ">= 60", n=times, label="simulated", how=how)
