"""The virtual RPi.GPIO module, wired to the virtual chips of a mat: a story in real time, from the import on."""

import os
from pathlib import Path

from firmware import config
from firmware.clock import SystemClock
from firmware.drivers.bank import banks_of
from hardware import board as boards
from sim.chips.chip import Analogue, Hx711Settings, VirtualHx711
from sim.chips.virtual_rpi_gpio import VirtualRpiGpio, rpi_gpio_module
from sim.frames import Bench
from sim.people import story as stories
from tests.doubles.virtual_sampler import RealTimeLines

STORY = os.environ.get("ACUMAT_LANE_STORY", "/usr/lib/acumat-lane/story.toml")
SETTINGS = Path(os.environ.get("ACUMAT_LANE_SETTINGS", "/etc/acumat/acumat.toml"))
clock = SystemClock()
start_ns = clock.boottime_ns()


def load_of(bench: Bench, cell: int) -> Analogue:
    """Return the counts of a cell; the story begins with this process."""
    return lambda t_ns: float(bench.cells.code(cell, t_ns - start_ns))


board = boards.load_board(config.load_settings(SETTINGS).board.file)
bench = Bench(stories.load_story(STORY), board, 1)
rates = zip(bench.clocks.period_ns, bench.clocks.phase_ns, strict=True)
chips = [
    VirtualHx711(
        load_of(bench, cell), Hx711Settings(1e9 / period_ns, phase_ns / period_ns, 0.0, 0.0, seed=cell), start_ns
    )
    for cell, (period_ns, phase_ns) in enumerate(rates)
]
lines = RealTimeLines(chips, banks_of(board), start_ns=start_ns)
globals().update(
    {name: value for name, value in vars(rpi_gpio_module(VirtualRpiGpio(board, lines))).items() if name[:1] != "_"}
)
