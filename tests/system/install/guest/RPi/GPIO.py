"""The virtual RPi.GPIO module, wired to twelve virtual chips that convert in real time."""

from pathlib import Path

from firmware import config
from firmware.clock import SystemClock
from firmware.drivers.bank import banks_of
from hardware import board as boards
from sim.chips.virtual_rpi_gpio import VirtualRpiGpio, rpi_gpio_module
from tests.doubles.chip_truth import scrambled_chips
from tests.doubles.virtual_sampler import RealTimeLines

board = boards.load_board(config.load_settings(Path("/etc/acumat/acumat.toml")).board.file)
start_ns = SystemClock().boottime_ns()
chips = scrambled_chips(len(board.cells), board.rate_hz, spread=0.02, jitter_ns=0.0, seed=1, start_ns=start_ns)
lines = RealTimeLines(chips, banks_of(board), start_ns=start_ns)
globals().update(
    {name: value for name, value in vars(rpi_gpio_module(VirtualRpiGpio(board, lines))).items() if name[:1] != "_"}
)
