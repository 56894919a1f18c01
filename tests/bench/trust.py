"""Can the cells be trusted? Zero, wrong samples, power-up with a person, calibration, missing cells: `make trust`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Final

import click
import numpy as np

from firmware.core import MatCore
from firmware.diagnosis.calibration import (
    CalibrationMethod,
    body_method,
    measure_placements,
    validate_fit,
    weights_method,
)
from firmware.events import GetUp, LieDown, Lowering, MatEmptied, Seated, SessionEnded, Zeroed
from firmware.frames import Signals
from firmware.signal.calibration import Calibration
from firmware.view import Tick
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.people.acts import Leave, Lie, Lower, Roll, Sit, Wait
from sim.people.body import Body
from sim.people.story import Story
from sim.people.vitals import Vitals
from sim.people.weights import WalkStory, WeightsStory, weights_on_each_tile
from sim.sensors.cell_model import CellModel
from sim.sensors.faults import FaultKind
from sim.sensors.mishaps import CellBreaks
from tests.bench.report import Row, publish, row

Part = Callable[[], Iterator[Row]]

BOARD: Final = boards.load_board()
KG: Final = boards.STANDARD_GRAVITY
HOUR_S: Final = 3600.0
PRESENCE: Final = (Seated, Lowering, LieDown, GetUp, MatEmptied)
COME: Final = (Wait(seconds=5), Sit(seconds=8), Lower(seconds=5))
GO: Final = (Roll(seconds=2.5), Leave(seconds=1.6), Wait(seconds=60))
ON_S: Final = 180.0
SETTLED_S: Final = (60.0, 120.0)
LIGHT: Final = Body(mass_kg=45, hips_on=False, head_on=True)
SHALLOW: Final = Vitals(breath_n=0.25, pulse_n=0.02, restless_n=0.0)
WORDS: Final = (
    "Simulated cells, drift, people and weights; nothing here was seen on a real mat. The zero is tended by "
    "firmware/signal/zero_tracker.py, wrong samples are kept out by firmware/signal/outlier_gate.py, "
    "calibrations are those of "
    "`acumat calibrate` on the default cell model of sim (8 % gain spread, 2 % off-centre gain, hysteresis, creep)."
)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is run."""

    drift_hours: float
    wrong_hours: float
    power_ups: int
    calibrations: int
    broken: int


class Silent:
    """A prompt that shows nothing."""

    def show(self, instruction: str, hint: str, share: float) -> None:
        """Show nothing."""


PLACES: Final = 150  # the person stops when the calibration has enough
SMALL: Final = Effort(0.5, 0.1, 2, 1, 3)
FULL: Final = Effort(72.0, 10.0, 40, 10, 40)


def ticks(story: Story, seed: int, rate_hz: float, calibration: Calibration | None = None) -> Iterator[Tick]:
    """Play a story, tick by tick: days of it do not fit into memory."""
    bench = Bench(story, BOARD, seed, rate_hz=rate_hz)
    core = MatCore(BOARD, calibration or bench.calibration)
    for frames in blocks_from(FrameSource(bench, block=800)):
        yield from core.push(frames)
    yield from core.finish()


def drift(hours: float, kg_per_h: float) -> Iterator[Row]:
    """Ten kilograms an hour on the empty mat, up or down."""
    cells = CellModel(drift_n_per_h=kg_per_h * KG / len(BOARD.cells))
    worst_n, sessions, number = 0.0, 0, 0
    for tick in ticks(Story("drift", seconds=hours * HOUR_S, cells=cells), 5, 10.0):
        number += 1
        worst_n = max(worst_n, abs(tick.signals.load_n) if tick.signals else 0.0)
        sessions += sum(isinstance(event, SessionEnded | LieDown) for event in tick.events)
    how = f"{hours:g} h at 10 samples/s, {kg_per_h:+g} kg/h over all cells"
    yield row("largest load shown while it drifts", worst_n / KG, "kg", "<= 1", n=number, label="simulated", how=how)
    yield row("sessions while it drifts", sessions, "", "== 0", n=number, label="simulated", how=how)


def wrong_samples(hours: float, rate_hz: float, name: str) -> Iterator[Row]:
    """One sample of twenty is 2^k-1, -1, 0 or shifted by a bit; the mat is empty, or somebody lies on it."""
    cells = CellModel(glitch_share=0.05)
    acts = (*COME, Lie(seconds=hours * HOUR_S - 80), *GO) if name == "lying" else ()
    reported: list[type] = []
    number = 0
    for tick in ticks(Story(name, seconds=hours * HOUR_S, acts=acts, cells=cells), 7, rate_hz):
        number += 1
        reported += [type(event) for event in tick.events if isinstance(event, PRESENCE)]
    true = list(PRESENCE) if acts else []
    false = 0 if reported == true else max(1, abs(len(reported) - len(true)))
    how = f"{hours:g} h at {rate_hz:g} samples/s, 5 % wrong samples, {name}"
    yield row("false presence changes", false, "", "== 0", n=number, label="simulated", how=how)


def power_up(times: int) -> Iterator[Row]:
    """Power comes back while somebody lies there, ordinary or light and hardly breathing, with or without a zero."""
    taken = reported = 0
    cases = list(product(range(times), ((Body(), Vitals()), (LIGHT, SHALLOW)), (True, False)))
    for seed, (body, vitals), known in cases:
        story = Story("on", body=body, vitals=vitals, acts=(Lie(seconds=ON_S), *GO))
        truth = Bench(story, BOARD, seed, rate_hz=10).calibration
        start = truth if known else replace(truth, zero_counts=None)
        for tick in ticks(story, seed, 10.0, start):
            taken += tick.t_s < ON_S and any(isinstance(event, Zeroed) for event in tick.events)
            reported += not known and tick.signals is not None
    how = "39 kg and 15 kg of load, breath of 3 N and of 0.25 N, with a kept zero and with none"
    yield row("zeros taken with a person on", taken, "", "== 0", n=len(cases), label="simulated", how=how)
    yield row("loads reported without a zero", reported, "", "== 0", n=len(cases), label="simulated", how=how)


def calibrations(times: int) -> Iterator[Row]:
    """Known masses on each tile, and a person of known weight who walks about."""
    weights = WeightsStory("weights", puts=weights_on_each_tile(BOARD, (5.0, 20.0)))
    walk = WalkStory("walk", body=Body(mass_kg=80), places=PLACES)
    ways = (("5 kg and 20 kg on each tile", weights, 0.015), (f"a body of 80 kg in up to {PLACES} places", walk, 0.06))
    for name, story, bound in ways:
        errors, claims, sums = [], [], []
        for seed, rate_hz in product(range(1, times + 1), (10.0, 80.0)):
            bench = Bench(story, BOARD, seed, rate_hz=rate_hz)
            method: CalibrationMethod = (
                weights_method(BOARD, (5.0, 20.0), None, None, corners=False)
                if story is weights
                else body_method(BOARD, 80, None, None, corners_passed=True)
            )
            found, _ = measure_placements(FrameSource(bench), BOARD, method, Silent(), lambda: False)
            validate_fit(BOARD, found)
            ratio = np.array(found.counts_per_newton) / bench.cells.counts_per_newton
            errors.append(float(np.sqrt(((ratio - 1) ** 2).mean())))
            claims.append(max(found.error_share))
            sums.append(abs(float((1 / ratio).mean()) - 1))
        number = len(errors) * len(BOARD.cells)
        for what, value, limit in (
            ("error of a tile's scale, root mean square", max(errors), f"<= {bound}"),
            ("error of an even load's sum", max(sums), "<= 0.02"),
            ("what the fit claims of a tile, largest", max(claims), ""),
        ):
            yield row(f"{what}, worst run", value, "", limit, n=number, label="simulated", how=name)


def visit(seed: int, broken: Sequence[int]) -> tuple[list[Signals], int]:
    """Play two minutes of lying on a mat whose broken cells are silent: the settled minute, and sessions counted."""
    mishaps = tuple(CellBreaks(cell, 1.0, FaultKind.UNPLUGGED) for cell in broken)
    signals, sessions = [], 0
    for tick in ticks(Story("", acts=(*COME, Lie(seconds=120), *GO), mishaps=mishaps), seed, 10.0):
        if tick.signals is not None and SETTLED_S[0] < tick.t_s < SETTLED_S[1]:
            signals.append(tick.signals)
        sessions += sum(isinstance(event, SessionEnded) and event.summary.counted for event in tick.events)
    return signals, sessions


def missing(times: int) -> Iterator[Row]:
    """Cells go silent before somebody comes: what of the session and of the figures is left with eleven, ten, nine."""
    chance = np.random.default_rng(3)
    for gone in (1, 2, 3):
        low, off_mm, right = [], [], 0
        for seed in range(times):
            whole, _ = visit(seed, ())
            part, sessions = visit(seed, chance.choice(len(BOARD.cells), gone, replace=False).tolist())
            right += sessions == 1
            low += [100 * (1 - float(np.mean([one.load_n for one in part]) / np.mean([one.load_n for one in whole])))]
            off_mm += [1000 * float(np.linalg.norm(np.subtract(centre(whole), centre(part))))]
        how = f"{gone} of 12 cells unplugged at random, 75 kg lying on the back"
        yield row("sessions found", right / times, "of all", ">= 1", n=times, label="simulated", how=how)
        for name, unit, values in (("load read too low by", "%", low), ("centre of pressure off by", "mm", off_mm)):
            for share in (50, 95):
                value = float(np.percentile(values, share))
                yield row(f"{name}, {share}th percentile", value, unit, "", n=times, label="simulated", how=how)


def centre(signals: Sequence[Signals]) -> tuple[float, float]:
    """Return the mean centre of pressure in metres."""
    places = np.array([one.cop_m for one in signals if one.cop_m is not None])
    x_m, y_m = places.mean(axis=0).tolist()
    return x_m, y_m


def parts(effort: Effort) -> list[Part]:
    """List what is to be run, each for itself."""
    return [
        *(partial(drift, effort.drift_hours, kg_per_h) for kg_per_h in (10.0, -10.0)),
        *(partial(wrong_samples, effort.wrong_hours, *case) for case in product((10.0, 80.0), ("empty", "lying"))),
        partial(power_up, effort.power_ups),
        partial(calibrations, effort.calibrations),
        partial(missing, effort.broken),
    ]


def run(part: Part) -> list[Row]:
    """Run one part, in a process of the pool."""
    return list(part())


@click.command()
@click.option("--small", is_flag=True, help="A few minutes of everything instead of days.")
@click.option("--docs/--no-docs", default=True, help="Write docs/trust.md too.")
def main(*, small: bool, docs: bool) -> None:
    """Run it all; exit code 1 when a bound does not hold."""
    with ProcessPoolExecutor() as pool:
        rows = [one for part in pool.map(run, parts(SMALL if small else FULL)) for one in part]
    sys.exit(publish("trust", "Trust: zero, wrong samples, calibration, missing cells", WORDS, rows, docs=docs))


if __name__ == "__main__":
    main()
