"""Movements from outside on a bed: a partner moves, a person lies still; and the person's own wiggles beside them."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.events import Wiggle
from sim.people import acts
from sim.people.body import Body
from sim.people.vitals import Vitals
from tests.bench.report import Row, row
from tests.bench.runs import Effort, FunctionStory, Run, rng_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from sim.people.script import VisitScript

    Newtons = npt.NDArray[np.float64]

SECTION: Final = 13
MOVES: Final = 10
EVERY_S: Final = 60.0
ARRIVE_S: Final = 40.0
LATE_S: Final = 2.0
COLUMNS: Final = 3


def _columns(pose: "Newtons", *weights: float) -> "Newtons":
    scaled: Newtons = pose * np.tile(np.array(weights), len(pose) // COLUMNS)
    return scaled


# How load changes when the bed moves: all cells together, one edge, together with a tilt, and a tilt alone.
WAYS: Final[dict[str, Callable[["Newtons"], "Newtons"]]] = {
    "all cells together": lambda pose: pose,
    "from one edge": lambda pose: _columns(pose, 1.0, 0.3, 0.0),
    "together with a tilt": lambda pose: _columns(pose, 1.0, 0.7, 0.4),
    "a tilt alone": lambda pose: _columns(pose, 1.0, 0.0, -1.0),
}


def wiggles(way: str | None, rng: np.random.Generator, seed: int) -> tuple[int, int, int]:
    """Return wiggles reported near a movement, movements, and wiggles reported elsewhere, in about ten minutes.

    way None: the person's own wiggles.
    """
    body = Body(mass_kg=float(rng.uniform(45, 110)), surface="bed")
    starts_s: list[float] = []

    def write(script: "VisitScript") -> None:
        script.stay(5)
        acts.Sit(seconds=5).play(script)
        acts.Lower(seconds=4).play(script)
        acts.Lie(seconds=ARRIVE_S).play(script)
        for _ in range(MOVES):
            starts_s.append(script.now_s)
            seconds, rate_hz = float(script.rng.uniform(1.0, 2.5)), float(script.rng.uniform(0.7, 3.0))
            moved_n = float(script.rng.uniform(20, 40))
            if way is None:
                acts.Shake(seconds=seconds, moved_n=moved_n, rate_hz=rate_hz, step_m=0.0).play(script)
            else:
                script.shake(seconds, moved_n, rate_hz, WAYS[way](script.pose))
            acts.Lie(seconds=EVERY_S).play(script)

    vitals = Vitals(breath_n=3.0)
    run = Run.of(FunctionStory(title="outside", body=body, vitals=vitals, write=write), seed)
    heard_s = [at_s for at_s, event in run.heard(goal_min=30) if isinstance(event, Wiggle)]
    near = sum(any(s <= at_s <= s + 2.5 + LATE_S for at_s in heard_s) for s in starts_s)
    return near, MOVES, len(heard_s) - near


def rows(effort: Effort, seed: int) -> Iterator[Row]:
    """Yield the false wiggles for each way of the bed, then how many of the person's own are kept."""
    rng = rng_of(seed, SECTION)
    people = max(4, effort.bodies // 4)
    how = f"20-40 N, 1-2.5 s, 0.7-3 Hz, {MOVES} times in ten minutes; {people} people of 45-110 kg on a bed"
    for way in WAYS:
        false = [wiggles(way, rng, seed + number) for number in range(people)]
        worst, moves = max(near + elsewhere for near, _, elsewhere in false), sum(moves for _, moves, _ in false)
        tilt = way == "a tilt alone"
        detail = f"{how}; no different from an own wiggle, a limit of the method" if tilt else how
        title = f"false wiggles in 10 minutes, worst person, bed moves: {way}"
        yield row(title, worst, "wiggles", "" if tilt else "<= 1", n=moves, label="simulated", how=detail)
    own = [wiggles(None, rng, seed + number) for number in range(people)]
    there = sum(moves for _, moves, _ in own)
    kept = 100 * sum(near for near, _, _ in own) / there
    yield row("own wiggles kept on a bed", kept, "%", ">= 95", n=there, label="simulated", how=how)
