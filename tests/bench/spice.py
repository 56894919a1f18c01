"""Circuits of the hardware for ngspice: the ring of a tile, the supply of a converter, a clock line.

A deck is a list of lines made from board.toml and from the table of the wiring sheets. Nothing here was tried on real
parts. Assumed: an output of a Pi is 3.3 V behind 25 Ohm with edges of 2 ns, a cable has 100 Ohm and 5 ns a metre, an
input of a converter has 8 pF, the transistor of its regulator is a common PNP.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hardware.board import Board
from hardware.lines import mat_cables, tail_m
from hardware.schema import AdcTable
from hardware.sheets import SENSOR_RING

HALF_OHM: Final = 1000.0  # from the middle of a sensor to each end
NS_A_METRE: Final = 5
BAND_GAP_V: Final = 1.25  # HX711 data sheet: VFB of its regulator
TIMEOUT_S: Final = 60.0
RIPPLE_V: Final = 0.1  # of the supply, peak to peak


def run(title: str, circuit: Sequence[str], commands: Sequence[str]) -> dict[str, float]:
    """Run a deck; return what its `print` and `meas` lines name, in SI units.

    Raises:
        FileNotFoundError: ngspice is not installed.
    """
    lines = [title, *circuit, ".control", *commands, ".endc", ".end"]
    with tempfile.TemporaryDirectory() as scratch:
        deck = Path(scratch) / "deck.cir"
        deck.write_text("\n".join(lines) + "\n")
        done = subprocess.run(
            ["ngspice", "-b", str(deck)], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    found = {}
    for line in done.stdout.splitlines():
        name, equals, value = line.partition("=")
        if equals and len(name.split()) == 1:
            found[name.strip()] = float(value.split()[0])
    return found


def ring_mv(corner: str | None, *, turned: str | None = None) -> float:
    """Return the output of the ring at 1 V with one sensor loaded by its rated 50 kg, in millivolts."""
    circuit = ["Vs Ep 0 1", "Vg Em 0 0"]
    for number, (name, wires) in enumerate(SENSOR_RING.items()):
        strain = 2e-3 if name == corner else 0.0  # 1 mV/V: each half changes by 2 per mille, one up and one down
        ends = (wires["WH"], wires["BK"]) if name != turned else (wires["BK"], wires["WH"])
        for end, sign in zip(ends, (1, -1), strict=True):
            nodes = f"{wires['RD']} {end}".replace("+", "p").replace("-", "m")  # names that ngspice can calculate with
            circuit.append(f"R{number}{end} {nodes} {HALF_OHM * (1 + sign * strain)!r}")
    found = run("ring of four half bridges", circuit, ["op", "let out = v(ap)-v(am)", "print out"])
    return found["out"] * 1e3


def supply(adc: AdcTable, bridge_ohm: float, *, as_sold: bool = False) -> tuple[float, float]:
    """Return the voltage of the bridge, and the share of the ripple on the supply that reaches it.

    The regulator of the chip is a band gap, an amplifier and a PNP on the board; the divider sets its output.
    """
    parallel = None if as_sold else adc.feedback_parallel_ohm
    circuit = [
        f"Vsup vcc 0 sin({adc.supply_v} {RIPPLE_V / 2} 100)",
        "Q1 avdd base vcc pnp1",
        ".model pnp1 pnp(is=1e-14 bf=200 vaf=50 rc=1)",
        # the amplifier pulls the base down through at most 10 mA while VFB is below the band gap
        f"Bamp base 0 i=0.005*(1+tanh(2000*({BAND_GAP_V}-v(vfb))))",
        "Rbase vcc base 10k",
        f"Rtop avdd vfb {adc.feedback_top_ohm}",
        f"Rbottom vfb 0 {adc.feedback_bottom_ohm}",
        f"Rbridge avdd 0 {bridge_ohm}",
        "Cavdd avdd 0 10u",
        *([] if parallel is None else [f"Rparallel avdd vfb {parallel}"]),
    ]
    commands = [
        "tran 20u 60m 20m uic",
        "meas tran mean avg v(avdd)",
        "meas tran swing pp v(avdd)",
        "print mean swing",
    ]
    found = run("regulator of a converter", circuit, commands)
    return found["mean"], found["swing"] / RIPPLE_V


def clock_line(board: Board, chips: int, series_ohm: float) -> tuple[float, float]:
    """Return the rise time at the last converter (10 to 90 %, ns) and the highest voltage there.

    The longest cable of the board ends at the line board; from there a tail leads to each chip.
    """
    trunk_ns = NS_A_METRE * max(line.length_m for line in mat_cables(board))
    tails_ns = [NS_A_METRE * tail_m(board, cell) for cell in board.cells[:chips]]
    circuit = [
        "Vpi out 0 pulse(0 3.3 10n 2n 2n 2u 4u)",
        "Rpi out pin 25",
        f"Rseries pin line {max(series_ohm, 1e-3)}",
        f"Ttrunk line 0 board 0 z0=100 td={trunk_ns}n",
    ]
    for chip in range(chips):
        circuit += [f"Ttail{chip} board 0 chip{chip} 0 z0=100 td={tails_ns[chip]}n", f"Cin{chip} chip{chip} 0 8p"]
    last = f"v(chip{chips - 1})"
    commands = [
        "tran 0.1n 1.9u",
        f"meas tran rise trig {last} val=0.33 rise=1 targ {last} val=2.97 rise=1",
        f"meas tran peak max {last}",
    ]
    found = run("clock line", circuit, commands)
    return found["rise"] * 1e9, found["peak"]
