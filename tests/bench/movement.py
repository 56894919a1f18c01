"""How small a movement is found, how often one is found that is not there, and the graded wiggle that a person sees."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.events import Wiggle
from firmware.signal.chain import SignalChain
from sim.frames import FrameSource, blocks_from
from sim.people import acts
from sim.people.body import Body
from sim.people.vitals import Vitals
from sim.sensors.cell_model import CellModel
from tests.bench.report import Row, row
from tests.bench.runs import BLOCK, Effort, FunctionStory, Run, rng_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from sim.people.script import VisitScript
    from sim.sensors.noise import Floats

SECTION, WIGGLE_SECTION = 4, 5
NOISES_NV: Final = (90.0, 180.0, 450.0)
BREATH_N: Final = 6.0
SIZES_N: Final = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 4.0)
SEEN_N: Final = 20.0
LATE_S: Final = 1.5
EMPTY_S: Final = 5.0
HOUR_S: Final = 3600.0
REST_S: Final = 6.0
LEARN_S: Final = 60.0
FOUND_S: Final = 0.5  # after the end of a burst
PEOPLE: Final = 4  # each with so many bursts of each size


def moving(story: FunctionStory, seed: int) -> "tuple[Run, Floats, npt.NDArray[np.bool_]]":
    """Return story times (n,) of the hops and whether (n,) movement is reported in them."""
    run = Run.of(story, seed)
    chain = SignalChain(run.bench.board, run.bench.calibration)
    times_s, said = [], []
    for frames in blocks_from(FrameSource(run.bench, block=BLOCK)):
        for t_s, signals in chain.push(frames):
            chain.note_vacant(vacant=False)
            if signals is not None:
                times_s.append(t_s + run.first_s)
                said.append(signals.moving is True)
    return run, np.array(times_s), np.array(said)


def still(noise_nv: float, write: "Callable[[VisitScript], None]") -> FunctionStory:
    """Return a story of a person who breathes deeply and otherwise lies still, with what the function adds."""
    vitals = Vitals(breath_n=BREATH_N, sighs_per_hour=0)
    return FunctionStory(title="still", vitals=vitals, cells=CellModel(noise_nv=noise_nv), write=write)


def false_per_hour(noise_nv: float, hours: int, seed: int) -> float:
    """Count movements found in people who lie still; what is found twice within two seconds is one."""
    found = 0
    for hour in range(hours):
        _, _, said = moving(still(noise_nv, lambda script: acts.Lie(seconds=HOUR_S).play(script)), seed + hour)
        at = np.flatnonzero(said[:-20])
        found += len(at) and 1 + int((np.diff(at) > 20).sum())
    return found / hours


def shares_found(noise_nv: float, effort: Effort, seed: int) -> list[float]:
    """Return the share of bursts of each size, with no lasting step, in which movement was found."""
    found = []
    for size_n in SIZES_N:

        def write(script: "VisitScript", size_n: float = size_n) -> None:
            acts.Lie(seconds=LEARN_S).play(script)
            for _ in range(effort.bursts):
                seconds = float(script.rng.uniform(0.4, 2.5))
                acts.Shake(seconds=seconds, moved_n=size_n, step_m=0.0).play(script)
                acts.Lie(seconds=REST_S).play(script)

        hits = []
        for person in range(PEOPLE):
            run, times_s, said = moving(still(noise_nv, write), seed + person)
            hits += [
                bool(said[(times_s > one.start_s) & (times_s <= one.end_s + FOUND_S)].any())
                for one in run.truth.wiggles
            ]
        found.append(sum(hits) / len(hits))
    return found


def half_n(sizes_n: Sequence[float], shares: Sequence[float]) -> float:
    """Find the size of which half are found, on a straight line over the logarithm of the size."""
    rising = np.maximum.accumulate(shares)
    if rising[0] >= 0.5:
        return sizes_n[0]
    for (small, large), (below, above) in zip(pairwise(sizes_n), pairwise(rising), strict=True):
        if above >= 0.5:
            return float(small * (large / small) ** ((0.5 - below) / (above - below)))
    return sizes_n[-1] * 2


def wiggles_found(effort: Effort, seed: int) -> tuple[int, int, int]:
    """Return the wiggles of 20 to 60 N that were found, their number, and the false ones."""
    rng = rng_of(seed, WIGGLE_SECTION)
    found = there = false = 0
    for number in range(max(1, effort.bodies // 4)):
        mass_kg = float(rng.uniform(45, 120))

        def write(script: "VisitScript") -> None:
            script.stay(EMPTY_S)
            acts.Sit(seconds=5).play(script)
            acts.Lower(seconds=4).play(script)
            acts.Lie(seconds=30).play(script)
            for _ in range(effort.bursts):
                size_n = float(np.exp(script.rng.uniform(np.log(SEEN_N), np.log(60.0))))
                seconds = float(script.rng.uniform(0.4, 2.5))
                acts.Shake(seconds=seconds, moved_n=size_n, step_m=float(script.rng.uniform(0, 0.006))).play(script)
                acts.Lie(seconds=REST_S).play(script)

        run = Run.of(FunctionStory(title="wiggles", body=Body(mass_kg=mass_kg), write=write), seed + number)
        said_s = [at_s for at_s, event in run.heard() if isinstance(event, Wiggle)]
        near = [[s for s in said_s if one.start_s <= s <= one.end_s + LATE_S] for one in run.truth.wiggles]
        found += sum(bool(one) for one in near)
        there += len(near)
        false += len(said_s) - sum(len(one) for one in near)
    return found, there, false


def rows(effort: Effort, seed: int) -> Iterator[Row]:
    """Yield the size that is found half the time in each noise, then the wiggles."""
    for noise_nv in NOISES_NV:
        false = false_per_hour(noise_nv, effort.quiet_hours, seed + 500)
        shares = shares_found(noise_nv, effort, seed + 900)
        at = f"{noise_nv:.0f} nV noise"
        found_shares = ", ".join(f"{size_n:g} N {share:.0%}" for size_n, share in zip(SIZES_N, shares, strict=True))
        how = f"bursts of 0.4-2.5 s and 0.7-4 Hz under 6 N breathing, by the learned threshold: {found_shares}"
        n = PEOPLE * effort.bursts * len(SIZES_N)
        yield row(
            f"movement found half the time, {at}", half_n(SIZES_N, shares), "N", "<= 1", n=n, label="simulated", how=how
        )
        how = "people who lie still and breathe 6 N deep, from the first minute on"
        title = f"movements found that were none, {at}"
        yield row(title, false, "per hour", "<= 1", n=effort.quiet_hours, label="simulated", how=how)
    found, there, false = wiggles_found(effort, seed)
    how = "20-60 N, 0.4-2.5 s, 0.7-4 Hz, lasting step up to 6 mm; bodies of 45-120 kg"
    yield row(
        "wiggles of 20 N and more that were reported",
        100 * found / there,
        "%",
        ">= 95",
        n=there,
        label="simulated",
        how=how,
    )
    yield row("false wiggles between them", false, "times", "", n=there, label="simulated", how=how)
