"""The cells of a board as a virtio GPIO device: virtual HX711 that run on the time of the kernel that reads them.

    python -m tests.system.lane.hx711_device DEVICE_SOCKET TIME_SOCKET [options]

Without a story each conversion has a code of its own that uses all 24 bits, so that a bit lost, shifted or taken from
a neighbour shows. At the end --truth gets a JSON object: how many requests came, and per cell the codes in their order.
"""

import argparse
import json
import struct
import sys
from pathlib import Path
from typing import Final

from firmware.drivers.bank import banks_of
from hardware import board as boards
from hardware.board import Board
from sim.chips.chip import Analogue, Hx711Settings, VirtualHx711
from sim.chips.virtual_mat import virtual_lines
from sim.chips.wires import VirtualLines
from sim.frames import Bench
from sim.people import story as stories
from sim.sensors.clocks import OscillatorModel, Oscillators
from sim.sensors.noise import fold_key
from tests.system.lane.vhost_user import Device, GuestTime, listen, serve

REQUEST: Final = struct.Struct("=HHI")  # kind, line, value: struct virtio_gpio_request
CONFIG: Final = struct.Struct("=HHI")  # number of lines, padding, size of names: struct virtio_gpio_config
SIZE: Final = 28
GET_DIRECTION, SET_DIRECTION, GET_VALUE, SET_VALUE = 2, 3, 4, 5
OK, ERROR = 0, 1
LOG_SIZE: Final = 1 << 20


class Pins:
    """Answers the requests of the kernel's virtio-gpio driver for a board's lines; the others are in the air."""

    def __init__(self, board: Board, lines: VirtualLines, time: GuestTime) -> None:
        """Solder the lines to the pins of the board; time is when a request is made."""
        self.requests = 0
        self._cells = {cell.dout_bcm: cell.index for cell in board.cells}
        self._banks = {bcm: bank for bank, bcm in enumerate(board.sck_bcm)}
        self._lines = lines
        self._time = time
        self._directions = [0] * SIZE

    def answer(self, request: bytes) -> bytes:
        """Return status and value for one request of the driver."""
        self.requests += 1
        kind, line, value = REQUEST.unpack(request)
        self._lines.t_ns = self._time.now_ns
        answer = 0
        if kind == GET_VALUE:
            cell = self._cells.get(line)
            answer = 1 if cell is None else self._lines.read_all() >> cell & 1
        elif kind == SET_VALUE and line in self._banks:
            self._lines.set_sck(self._banks[line], level=bool(value))
        elif kind == SET_DIRECTION:
            self._directions[line] = value
        elif kind == GET_DIRECTION:
            answer = self._directions[line]
        elif kind != SET_VALUE:
            return bytes((ERROR, 0))
        return bytes((OK, answer))


def any_code(seed: int, cell: int) -> Analogue:
    """Return a signal whose code at each nanosecond is as good as random, and the same in every run."""
    return lambda t_ns: float((fold_key(seed, cell, t_ns) & 0xFFFFFF) - 0x800000)


def any_lines(board: Board, seed: int) -> VirtualLines:
    """Make chips that all run at their own rate, none in step with another, and note every code they offer."""
    count = len(board.cells)
    periods_ns = Oscillators(count, board.rate_hz, OscillatorModel(), seed).period_ns.tolist()
    chips = []
    for cell, period_ns in enumerate(periods_ns):
        settings = Hx711Settings(1e9 / period_ns, (cell + 1) / count, noise_counts=0.0, seed=seed + cell)
        chips.append(VirtualHx711(any_code(seed, cell), settings, log_size=LOG_SIZE))
    return VirtualLines(chips, banks_of(board), cost_ns=0)


def main() -> None:
    """Serve one guest."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("device", type=Path)
    ask.add_argument("time", type=Path)
    ask.add_argument("--truth", type=Path, help="file for what the chips offered")
    ask.add_argument("--board", type=Path, help="board file, else the default board")
    ask.add_argument("--story", help="what loads the cells, else any codes")
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    board = boards.load_board(asked.board)
    if asked.story:  # what a call costs is the kernel's affair: nothing here
        lines = virtual_lines(Bench(stories.load_story(asked.story), board, asked.seed), cost_ns=0)
    else:
        lines = any_lines(board, asked.seed)
    time = GuestTime()
    pins = Pins(board, lines, time)
    with listen(asked.time) as times, listen(asked.device) as devices:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        serve(times, time, devices, Device(CONFIG.pack(SIZE, 0, 0), pins.answer))
    if asked.truth:
        codes = [[note.value for note in chip.log if note.kind == "update"] for chip in lines.chips]
        slowest_hz = 1e9 / max(chip.period_ns for chip in lines.chips)
        asked.truth.write_text(json.dumps({"requests": pins.requests, "slowest_hz": slowest_hz, "codes": codes}))


if __name__ == "__main__":
    main()
