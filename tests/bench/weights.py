"""Where the load is: share of the lumbar rows, way of the centre of pressure, knees up against legs flat."""

from collections.abc import Iterator
from statistics import fmean, median
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.people import acts
from sim.people.body import Body
from sim.sensors.cell_model import CellModel
from tests.bench.recordings import PEOPLE, make
from tests.bench.report import Row, row
from tests.bench.runs import Effort, FunctionStory, Run, percentile, rng_of

if TYPE_CHECKING:
    from pathlib import Path

    from firmware.frames import Signals
    from sim.people.script import VisitScript
    from sim.sensors.noise import Floats

SECTION: Final = 7
SETTLED_S: Final = 8.0
LOOK_S: Final = 6.0
AS_BUILT: Final = CellModel()
APART: Final = CellModel(crosstalk_share=0.0)  # a cover that hands nothing on from tile to tile
FLAT, KNEES_UP = "1", "10"  # postures of the recordings


def _look(run: Run, said: "list[tuple[float, Signals]]", from_s: float) -> "tuple[list[Signals], Floats]":
    """Return the signals of LOOK_S and the mean true load (cells,) of the same time."""
    seen = [signals for t_s, signals in said if from_s <= t_s < from_s + LOOK_S]
    times_s = np.arange(from_s, from_s + LOOK_S, 0.02)
    return seen, run.bench.scene.load_n(times_s).mean(axis=0)


def study(bodies: int, seed: int, model: CellModel = AS_BUILT) -> tuple[list[float], list[float], list[float]]:
    """Return errors of the lumbar share in %, of the way of the centre of pressure in mm, and these ways in mm."""
    rng = rng_of(seed, SECTION)
    lumbar, way_errors, ways = [], [], []
    for number in range(bodies):
        body = Body(
            mass_kg=float(rng.uniform(45, 120)),
            hips_on=bool(rng.random() < 0.6),
            knees_up=bool(rng.random() < 0.5),
            surface="bed" if rng.random() < 0.3 else "floor",
            lumbar_share=float(rng.uniform(0.03, 0.12)),
        )
        x_m, y_m = rng.uniform(-0.012, 0.012, 2)

        def write(script: "VisitScript", x_m: float = float(x_m), y_m: float = float(y_m)) -> None:
            script.stay(8)
            acts.Sit(seconds=4).play(script)
            acts.Lower(seconds=4).play(script)
            acts.Lie(seconds=2 * SETTLED_S + LOOK_S).play(script)
            acts.Shift(x_m=x_m, y_m=y_m).play(script)
            acts.Lie(seconds=SETTLED_S + LOOK_S).play(script)

        run = Run.of(FunctionStory(title="shift", body=body, cells=model, write=write), seed + number)
        said = [(tick.t_s + run.first_s, tick.signals) for tick in run.ticks() if tick.signals is not None]
        cells = run.bench.board.cells
        places = np.array([(cell.x_m, cell.y_m) for cell in cells])
        rows_of = np.array([cell.row in run.bench.board.lumbar_rows for cell in cells])
        reported_m, true_m = [], []
        for from_s in (
            run.bench.scene.length_s - 2 * (SETTLED_S + LOOK_S) - 1.5,
            run.bench.scene.length_s - LOOK_S - 1,
        ):
            seen, load = _look(run, said, from_s)
            lumbar.append(100 * abs(fmean(one.lumbar_share for one in seen) - float(load[rows_of].sum() / load.sum())))
            reported_m.append(np.mean([one.cop_m for one in seen if one.cop_m is not None], axis=0))
            true_m.append(load @ places / load.sum())
        way = true_m[1] - true_m[0]
        way_errors.append(1000 * float(np.hypot(*(reported_m[1] - reported_m[0] - way))))
        ways.append(1000 * float(np.hypot(*way)))
    return lumbar, way_errors, ways


def rows(effort: Effort, seed: int) -> Iterator[Row]:
    """Yield the simulated figures."""
    lumbar, way_errors, ways = study(effort.bodies, seed)
    apart, _, _ = study(-(-effort.bodies // 4), seed, APART)
    how = "against the true load on the same tiles; gains as calibrated, crosstalk, off-centre gain, creep, hysteresis"
    read = f"within 2 % holds on average, as the region shares of the design are meant; not for each person. {how}"
    n = len(lumbar)
    yield row("lumbar share, mean error", fmean(lumbar), "% of load", "<= 2", n=n, label="simulated", how=read)
    yield row("lumbar share, p95 error", percentile(lumbar, 95), "% of load", "", n=n, label="simulated", how=read)
    yield row("lumbar share, largest error", max(lumbar), "% of load", "", n=n, label="simulated", how=read)
    title = "lumbar share, p95 error, a cover that hands nothing on"
    details = (
        f"what is left is small: nearly all of it is the {100 * AS_BUILT.crosstalk_share:g} % of a tile's load that "
    )
    details += "the cover hands to each neighbour, which the cells cannot distinguish from load"
    yield row(title, percentile(apart, 95), "% of load", "", n=len(apart), label="simulated", how=details)
    n = len(way_errors)
    moved = f"the person slides up to 17 mm, which moves it by {median(ways):.1f} mm (median); {how}"
    title = "change of the centre of pressure, p95 error"
    yield row(title, percentile(way_errors, 95), "mm", "<= 1", n=n, label="simulated", how=moved)
    yield row(
        "change of the centre of pressure, largest error", max(way_errors), "mm", "", n=n, label="simulated", how=moved
    )


def knees(folder: "Path") -> Iterator[Row]:
    """Compare the lumbar share of real people, legs flat and knees up."""
    shares: dict[tuple[int, str], float] = {}
    for posture in (FLAT, KNEES_UP):
        people = ",".join(str(person) for person in PEOPLE)
        for recorded in make(folder / f"p{posture}", "--people", people, "--postures", posture, "--seconds", "90"):
            truth = recorded.truth
            reported = [
                tick.signals.lumbar_share
                for tick in recorded.ticks()
                if tick.signals is not None and truth.t_lie_s + SETTLED_S < tick.t_s < truth.t_leave_s - 1
            ]
            shares[truth.person, posture] = fmean(reported)
    right = sum(shares[person, KNEES_UP] > shares[person, FLAT] for person in PEOPLE)
    reported_shares = ", ".join(f"{shares[person, FLAT]:.2f}-{shares[person, KNEES_UP]:.2f}" for person in PEOPLE)
    how = f"lumbar share of load, legs flat - knees up: {reported_shares}"
    title = "people whose lumbar share is larger with the knees up"
    yield row(title, right, f"of {len(PEOPLE)}", f">= {len(PEOPLE)}", n=len(PEOPLE), label="semi-real", how=how)
