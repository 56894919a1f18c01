"""The package hx711 of the Python index, unmodified, on virtual wires: a reader that nobody of this project wrote."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from hardware import board as boards
from hardware.board import Board
from sim.chips.chip import Hx711Settings, UpdatePolicy, VirtualHx711
from sim.chips.virtual_rpi_gpio import VirtualRpiGpio, rpi_gpio_installed
from sim.chips.wires import RandomStalls, VirtualLines
from tests.doubles.chip_truth import scrambled

PACKAGE: Final = "hx711"
LOG_SIZE: Final = 1 << 20


def one_chip(rate_hz: float = 80.0, stalls: RandomStalls | None = None, seed: int = 1) -> tuple[Board, VirtualLines]:
    """Return the board of one cell and its wires; each conversion has another code of all 24 bits."""
    board = boards.load_board(boards.DEFAULT_PATH.with_name("boards") / "pilot_1x1.toml")
    settings = Hx711Settings(rate_hz, noise_counts=0.0, policy=UpdatePolicy.RELOAD, seed=seed)
    return board, VirtualLines([VirtualHx711(scrambled(0, seed), settings, log_size=LOG_SIZE)], [[0]], stalls=stalls)


def virtual_time(lines: VirtualLines) -> ModuleType:
    """Return a module time with the clock of the wires in the two functions that the package uses."""
    made = ModuleType("time", "virtual")
    vars(made).update(vars(time))
    vars(made).update(
        sleep=lambda seconds: lines.sleep_ns(round(seconds * 1e9)),
        perf_counter=lambda: lines.now_ns() / 1e9,
    )
    return made


@contextmanager
def foreign_reader(board: Board, lines: VirtualLines) -> Iterator[Any]:
    """Import the package as it is, with the virtual RPi.GPIO and the clock of the wires, and make its reader."""
    before = sys.modules.pop(PACKAGE, None)
    with rpi_gpio_installed(VirtualRpiGpio(board, lines)):
        sys.modules["time"] = virtual_time(lines)
        try:
            package = import_module(PACKAGE)
        finally:
            sys.modules["time"] = time
        try:
            yield package.HX711(board.cells[0].dout_bcm, board.sck_bcm[0])
        finally:
            sys.modules.pop(PACKAGE, None)
            if before is not None:
                sys.modules[PACKAGE] = before


def wrong_values(values: list[int], lines: VirtualLines) -> int:
    """Return how many values are none that the chip offered, each later than the one before."""
    offered = [entry.value for entry in lines.chips[0].log if entry.kind in ("update", "late_update")]
    place = wrong = 0
    for value in values:
        try:
            place = offered.index(value, place) + 1
        except ValueError:
            wrong += 1
    return wrong
