"""`make hardware-check`: what the hardware pages promise, calculated or simulated; nothing was tried on real parts."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from firmware.diagnosis.calibration import measure_placements, validate_fit, weights_method
from firmware.errors import CalibrationError
from hardware import board as boards
from hardware.board import CORNERS
from hardware.lines import mat_cables, tail_m
from hardware.pcb import circuits
from hardware.pcb.__main__ import violations
from hardware.pcb.check import board_differences
from hardware.ratings import rail_ma, rail_uf, supported_share, tile_mpa, tips_at_kg
from hardware.rules import SUPPORTED_SHARE_MIN, TIPS_MIN_KG
from hardware.sheets import SENSOR_RING
from sim.frames import Bench, FrameSource
from sim.people.weights import WeightsStory, weights_over_corners
from sim.sensors.cell_model import CellModel
from sim.sensors.wiring import Gains, sound_sensors, swap_outputs, turn_sensor
from tests.bench import spice
from tests.bench.report import Row, publish, row

SEEDS: Final = range(1000, 1100)
BOARD: Final = boards.load_board()


class _Silent:
    """A prompt that nobody reads."""

    def show(self, instruction: str, hint: str, share: float) -> None:
        """Show nothing."""


def calibrate(gains: Gains, seed: int) -> str:
    """Calibrate a simulated mat with 5 kg over every corner and middle; return the refusal, empty if accepted."""
    puts = weights_over_corners(BOARD, 5.0, CORNERS)
    bench = Bench(WeightsStory("", cells=CellModel(gain_spread=0.0), puts=puts, gains=gains), BOARD, seed, rate_hz=10.0)
    try:
        found, _ = measure_placements(
            FrameSource(bench), BOARD, weights_method(BOARD, (5.0,), None, None), _Silent(), lambda: False
        )
        validate_fit(BOARD, found)
    except CalibrationError as error:
        return str(error)
    return ""


def wiring() -> list[Row]:
    """Return how often the calibration is wrong about sound sensors, a turned one, and swapped outputs."""
    wrong = {"sound": 0, "turned": 0, "swapped": 0}
    for seed in SEEDS:
        chance = np.random.default_rng([seed, 20])
        gains = sound_sensors(BOARD, seed, sensitivity=float(chance.uniform(0.7, 1.4)))
        cell, corner = int(chance.integers(len(BOARD.cells))), CORNERS[int(chance.integers(len(CORNERS)))]
        name = BOARD.cells[cell].name
        wrong["sound"] += calibrate(gains, seed) != ""
        turned = calibrate(turn_sensor(gains, cell, corner), seed)
        wrong["turned"] += not turned.startswith(f"{name}: the sensor at the {corner} is wired the wrong way")
        wrong["swapped"] += not calibrate(swap_outputs(gains, cell), seed).startswith(
            f"{name} reads less under load at every"
        )
    how = "sensors of 0.7 to 1.4 mV/V, 5 kg over each corner and middle, seeds 1000 to 1099"
    names = {
        "sound": "sound mats that the calibration refuses",
        "turned": "mats with one sensor turned: not refused, or tile or corner not named",
        "swapped": "mats with A+ and A- of one tile swapped: not refused, or tile not named",
    }
    return [
        row(names[key], count, "mats", "== 0", n=len(SEEDS), label="simulated", how=how) for key, count in wrong.items()
    ]


def ring() -> list[Row]:
    """Return the spread of the four corners, by ngspice."""
    zero = spice.ring_mv(None)
    outputs = np.array([spice.ring_mv(corner) - zero for corner in SENSOR_RING])
    first = next(iter(SENSOR_RING))
    how = "ngspice, 1 mV/V half bridges of 2 kOhm, 50 kg on one sensor"
    spread = float(np.ptp(outputs) / abs(outputs.mean())) if (outputs > 0).all() or (outputs < 0).all() else 2.0
    turned = (spice.ring_mv(first, turned=first) - zero) / float(outputs[0])
    return [
        row("spread of the four corners of a ring", spread, "of the mean", "<= 0.01", n=4, label="simulated", how=how),
        row("output of one corner", abs(float(outputs.mean())), "mV/V", "", n=4, label="simulated", how=how),
        row("a turned sensor against a sound one", turned, "times", "<= -0.99", n=1, label="simulated", how=how),
    ]


def supply() -> list[Row]:
    """Return what the bridge gets from a converter board as it is sold, and from a reworked one, by ngspice."""
    adc, bridge_ohm = BOARD.spec.adc, BOARD.spec.cell.types[BOARD.spec.cell.use].bridge_ohm
    volts, ripple = spice.supply(adc, bridge_ohm)
    sold_volts, sold_ripple = spice.supply(adc, bridge_ohm, as_sold=True)
    how = "ngspice, 3.3 V with 0.1 V of ripple at 100 Hz; amplifier without offset, PNP of common data (assumed)"
    return [
        row(
            "bridge voltage against the divider",
            abs(volts / adc.avdd_v - 1),
            "",
            "<= 0.01",
            n=1,
            label="simulated",
            how=how,
        ),
        row(
            "ripple of the supply that reaches the bridge", ripple, "of it", "<= 0.01", n=1, label="simulated", how=how
        ),
        row("bridge voltage of a board as sold", sold_volts, "V", "", n=1, label="simulated", how=how),
        row(
            "ripple that reaches the bridge of a board as sold",
            sold_ripple,
            "of it",
            ">= 0.9",
            n=1,
            label="simulated",
            how=how,
        ),
    ]


def clock_line() -> list[Row]:
    """Return edge and overshoot of a clock line, by ngspice."""
    chips, ohm = BOARD.cols, BOARD.spec.pins.series_ohm
    tails = "/".join(f"{tail_m(BOARD, cell):g}" for cell in BOARD.cells[: BOARD.cols])
    how = f"ngspice, cable {max(line.length_m for line in mat_cables(BOARD))} m, tails {tails} m, 8 pF a chip (assumed)"
    rise_ns, peak_v = spice.clock_line(BOARD, chips, ohm)
    bare_v = spice.clock_line(BOARD, chips, 0.0)[1]
    all_ns = spice.clock_line(BOARD, len(BOARD.cells), ohm)[0]
    return [
        row(f"rise of a clock at {chips} chips", rise_ns, "ns", "<= 200", n=1, label="simulated", how=how),
        row(f"highest voltage of a clock at {chips} chips", peak_v, "V", "<= 3.6", n=1, label="simulated", how=how),
        row("the same without the series resistor", bare_v, "V", ">= 3.6", n=1, label="simulated", how=how),
        row(f"rise of one clock for {len(BOARD.cells)} chips", all_ns, "ns", "", n=1, label="simulated", how=how),
    ]


def numbers() -> list[Row]:
    """Return the figures of board.toml."""
    spec = BOARD.spec
    how = "computed from board.toml"
    heel = spec.loads[-1]
    beam = "beam formula times 26/23.6, the ratio to a plate of finite elements"
    figures = (
        ("codes for one newton", BOARD.counts_per_newton, "codes", "", how),
        ("share of a tile between its sensors", supported_share(spec), "", f">= {SUPPORTED_SHARE_MIN}", how),
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
    )
    return [
        row(name, value, unit, bound, n=1, label="simulated", how=words) for name, value, unit, bound, words in figures
    ]


def circuit_boards() -> list[Row]:
    """Return how far the committed boards differ from board.toml, and what KiCad, where it is installed, finds."""
    rows = []
    for circuit in (circuits.tile_board(BOARD), circuits.hat(BOARD)):
        folder = Path(circuits.__file__).parent / circuit.name
        name = {"hat": "HAT"}.get(circuit.name, circuit.name.replace("_", " "))
        counted = {
            f"nets and parts of the {name} that differ from board.toml": (
                len(board_differences(circuit, folder / f"{circuit.name}.kicad_pcb")),
                "KiCad file against circuit",
            )
        }
        if shutil.which("kicad-cli"):
            with tempfile.TemporaryDirectory() as scratch:
                copy = Path(shutil.copytree(folder.parent, Path(scratch) / "pcb")) / circuit.name
                counted[f"violations, unconnected pads and differences that KiCad finds in the {name}"] = (
                    len(violations(circuit, copy)),
                    "ERC and DRC of kicad-cli, all severities, schematic against board",
                )
        rows += [
            row(words, count, "", "== 0", n=1, label="simulated", how=how) for words, (count, how) in counted.items()
        ]
    return rows


WORDS: Final = """
What the hardware pages promise: calculated from board.toml, or simulated. Nothing here was tried on real parts.

The calibration is the one of `acumat calibrate` with the corner test, on simulated mats whose tiles share a load among
four sensors; a turned sensor has a gain of -1. Ring, supply and clock line are decks for ngspice, made from board.toml
and the table of the wiring sheets. A pulse of the clock has to be high for 200 ns or more (data sheet of the HX711); an
input bears 0.3 V above its supply: these are the bounds of the clock line. ERC and DRC are run where KiCad 9 is
installed, and have no row where it is not.
"""


def main() -> None:
    """Write the report and its page; exit 1 when a row does not hold."""
    if shutil.which("ngspice") is None:
        raise SystemExit("make: ngspice is missing (Debian: apt install ngspice)")
    rows = [*numbers(), *circuit_boards(), *ring(), *supply(), *clock_line(), *wiring()]
    raise SystemExit(publish("hardware-check", "Hardware by calculation and simulation", WORDS, rows))


if __name__ == "__main__":
    main()
