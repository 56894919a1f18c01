"""A sampler process with virtual chips in real time, for tests and measurements of the sampler itself.

`python -m tests.doubles.virtual_sampler WAY FD PARENT BACKEND`, where WAY is the failure: nothing, or one of WAYS.
"""

import errno
import os
import signal
import sys
from pathlib import Path
from typing import Final

from firmware.clock import SystemClock
from firmware.drivers.bank import banks_of
from firmware.drivers.factory import BackendChoice, OpenLines
from firmware.drivers.sampler import main
from firmware.errors import DriverError
from hardware.board import Board
from sim.chips.wires import VirtualLines
from sim.sensors.faults import CellFaultCommand, FaultKind
from tests.doubles.chip_truth import scrambled_chips

WAYS: Final = ("refuse", "hang", "hang-soon", "die", "gone", "gone-for-good", "hang-at-start", "print", "unplugged")
BEFORE_TROUBLE_READS: Final = 6_000  # reads of the lines: some seconds
SOON_READS: Final = 600


class RealTimeLines(VirtualLines):
    """Virtual chips that convert in real time."""

    clock = SystemClock()
    way = "nothing"

    def now_ns(self) -> int:
        """Nanoseconds since power-on."""
        self.t_ns = self.clock.boottime_ns()
        return self.t_ns

    def sleep_ns(self, duration_ns: int) -> None:
        """Wait in real time."""
        self.operations.sleeps += 1
        self.clock.sleep_s(duration_ns * 1e-9)
        self.t_ns = self.clock.boottime_ns()

    def _begin(self, *, pulse: bool, high: bool) -> int:
        """Cost no virtual time; fail as `way` says once enough was read."""
        del pulse, high
        while self.way == "hang-soon" and self.operations.reads > SOON_READS:
            signal.pause()
        if self.operations.reads > BEFORE_TROUBLE_READS:
            if self.way.startswith("gone"):
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
            if self.way == "hang":
                signal.pause()
            elif self.way == "die":
                os._exit(3)
        self.t_ns = self.clock.boottime_ns()
        return 0


def take_device() -> bool:
    """Whether the device still exists: its file is there for the first sampler only."""
    device = Path(os.environ["VIRTUAL_DEVICE"])
    there = device.exists()
    device.unlink(missing_ok=True)
    return there


def opener(board: Board, backend: str) -> OpenLines:
    """Build the chips of a board, with the failure that the command line names."""
    way = sys.argv[1]
    if way == "refuse":
        raise DriverError("the lines are busy:\tgpio-fan\nholds them; free them")
    if way == "gone-for-good" and not take_device():
        raise DriverError("/dev/gpiochip0 does not exist; look for it")
    if way == "hang-at-start":
        signal.pause()
    if way == "print":
        sys.stdout.write("WARNING: a package writes to standard output\n")
        sys.stdout.flush()
    clock = SystemClock()
    chips = scrambled_chips(
        len(board.cells), board.rate_hz, spread=0.02, jitter_ns=0.0, seed=1, start_ns=clock.boottime_ns()
    )
    lines = RealTimeLines(chips, banks_of(board), start_ns=clock.boottime_ns())
    lines.way = way
    if way == "unplugged":
        for cell in range(len(board.cells)):
            lines.break_cell(CellFaultCommand(cell, 0, FaultKind.UNPLUGGED))
    return OpenLines(BackendChoice(backend, "virtual chips"), lines)


if __name__ == "__main__":
    if sys.argv[1] not in (*WAYS, "nothing"):
        sys.exit(f"no such way {sys.argv[1]!r}: give nothing, {', '.join(WAYS)}")
    sys.exit(main(sys.argv[2:], opener))
