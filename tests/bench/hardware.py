"""`make hardware-check`: what the hardware pages promise, calculated or simulated; nothing was tried on real parts."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from firmware.diagnosis.calibration import by_weights, measure, validate
from firmware.errors import CalibrationError
from hardware import board as boards
from hardware.board import CORNERS
from hardware.pcb import circuits
from hardware.pcb.check import stale
from hardware.ratings import rail_ma, rail_uf, supported_share, tile_mpa, tips_at_kg
from hardware.rules import SUPPORTED_MIN, TIPS_MIN_KG
from hardware.sheets import RING
from sim.frames import Bench, FrameSource
from sim.people.weights import Weights, over_corners_and_middle
from sim.sensors.cell_model import CellModel
from sim.sensors.wiring import Gains, sound, swap, turn
from tests.bench.report import Row, publish, row

SEEDS: Final = range(1000, 1100)
BOARD: Final = boards.load()
HALF_OHM: Final = 1000.0


class _Silent:
    """A prompt that nobody reads."""

    def show(self, instruction: str, hint: str, share: float) -> None:
        """Show nothing."""


def calibrate(gains: Gains, seed: int) -> str:
    """Calibrate a simulated mat with 5 kg over every corner and middle; return the refusal, empty if accepted."""
    puts = over_corners_and_middle(BOARD, 5.0, CORNERS)
    bench = Bench(Weights("", cells=CellModel(gain_spread=0.0), puts=puts, gains=gains), BOARD, seed, rate_hz=10.0)
    try:
        found, _ = measure(FrameSource(bench), BOARD, by_weights(BOARD, (5.0,), None, None), _Silent(), lambda: False)
        validate(BOARD, found)
    except CalibrationError as error:
        return str(error)
    return ""


def wiring() -> list[Row]:
    """Return how often the calibration is wrong about sound sensors, a turned one, and swapped outputs."""
    wrong = {"sound": 0, "turned": 0, "swapped": 0}
    for seed in SEEDS:
        chance = np.random.default_rng([seed, 20])
        gains = sound(BOARD, seed, sensitivity=float(chance.uniform(0.7, 1.4)))
        cell, corner = int(chance.integers(len(BOARD.cells))), CORNERS[int(chance.integers(len(CORNERS)))]
        name = BOARD.cells[cell].name
        wrong["sound"] += calibrate(gains, seed) != ""
        turned = calibrate(turn(gains, cell, corner), seed)
        wrong["turned"] += not turned.startswith(f"{name}: the sensor at the {corner} is wired the wrong way")
        wrong["swapped"] += not calibrate(swap(gains, cell), seed).startswith(f"{name} reads less under load at every")
    how = "sensors of 0.7 to 1.4 mV/V, 5 kg over each corner and middle, seeds 1000 to 1099"
    names = {
        "sound": "sound mats that the calibration refuses",
        "turned": "mats with one sensor turned: not refused, or tile or corner not named",
        "swapped": "mats with A+ and A- of one tile swapped: not refused, or tile not named",
    }
    return [
        row(names[key], count, "mats", "== 0", n=len(SEEDS), label="simulated", how=how) for key, count in wrong.items()
    ]


def ring_mv(corner: str | None, *, turned: str | None = None) -> float:
    """Return the output of the ring at 1 V with one sensor loaded by its rated 50 kg, by ngspice, in millivolts."""
    lines = ["ring of four half bridges", "Vs E+ 0 1", "Vg E- 0 0"]
    for number, (name, wires) in enumerate(RING.items()):
        strain = 2e-3 if name == corner else 0.0  # 1 mV/V: each half changes by 2 per mille, one up and one down
        ends = (wires["WH"], wires["BK"]) if name != turned else (wires["BK"], wires["WH"])
        for end, sign in zip(ends, (1, -1), strict=True):
            lines.append(f"R{number}{end} {wires['RD']} {end} {HALF_OHM * (1 + sign * strain)!r}")
    lines += [".op", ".control", "op", "print v(A+)-v(A-)", ".endc", ".end"]
    with tempfile.TemporaryDirectory() as scratch:
        deck = Path(scratch) / "ring.cir"
        deck.write_text("\n".join(lines) + "\n")
        done = subprocess.run(["ngspice", "-b", str(deck)], capture_output=True, text=True, timeout=60, check=False)
    value = next(line for line in done.stdout.splitlines() if line.startswith("v(a+)-v(a-)"))
    return float(value.split("=")[1]) * 1e3


def ring() -> list[Row]:
    """Return the spread of the four corners, by ngspice."""
    if shutil.which("ngspice") is None:
        return []
    zero = ring_mv(None)
    outputs = np.array([ring_mv(corner) - zero for corner in RING])
    first = next(iter(RING))
    how = "ngspice, 1 mV/V half bridges of 2 kOhm, 50 kg on one sensor"
    spread = float(np.ptp(outputs) / abs(outputs.mean())) if (outputs > 0).all() or (outputs < 0).all() else 2.0
    return [
        row("spread of the four corners of a ring", spread, "of the mean", "<= 0.01", n=4, label="simulated", how=how),
        row("output of one corner", abs(float(outputs.mean())), "mV/V", "", n=4, label="simulated", how=how),
        row(
            "a turned sensor against a sound one",
            (ring_mv(first, turned=first) - zero) / float(outputs[0]),
            "times",
            "<= -0.99",
            n=1,
            label="simulated",
            how=how,
        ),
    ]


def numbers() -> list[Row]:
    """Return the figures of board.toml."""
    spec = BOARD.spec
    how = "computed from board.toml"
    heel = spec.loads[-1]
    beam = "beam formula times 26/23.6, the ratio to a plate of finite elements"
    folder = Path(circuits.__file__).parent / "tile_board"
    wrong = len(stale(circuits.tile_board(BOARD), folder / "tile_board.kicad_pcb"))
    figures = (
        ("codes for one newton", BOARD.counts_per_newton, "codes", "", how),
        ("share of a tile between its sensors", supported_share(spec), "", f">= {SUPPORTED_MIN}", how),
        ("load on the edge that lifts a tile", tips_at_kg(spec), "kg", f">= {TIPS_MIN_KG}", how),
        (
            f"stress of a tile under {heel.tile_kg:g} kg",
            tile_mpa(spec, heel),
            "MPa",
            f"<= {spec.mechanics.ply_mpa}",
            beam,
        ),
        ("current of the sensor rail", rail_ma(spec), "mA", f"<= {spec.power.limit_ma * spec.power.use_at_most}", how),
        ("capacitance of the sensor rail", rail_uf(spec), "uF", f"<= {max(spec.power.stable_uf)}", how),
        (
            "nets and parts of the tile board that differ from board.toml",
            wrong,
            "",
            "== 0",
            "KiCad file against circuit",
        ),
    )
    return [
        row(name, value, unit, bound, n=1, label="simulated", how=words) for name, value, unit, bound, words in figures
    ]


WORDS: Final = """
What the hardware pages promise: calculated from board.toml, or simulated. Nothing here was tried on real parts.

The calibration is the one of `acumat calibrate` with the corner test, on simulated mats whose tiles share a load among
four sensors; a turned sensor has a gain of -1. The ring is a deck for ngspice made from the table of the wiring sheets.
"""


def main() -> None:
    """Write the report and its page; exit 1 when a row does not hold."""
    rows = [*numbers(), *ring(), *wiring()]
    raise SystemExit(publish("hardware-check", "Hardware by calculation and simulation", WORDS, rows))


if __name__ == "__main__":
    main()
