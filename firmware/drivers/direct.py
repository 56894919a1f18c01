"""The chips read in the same process: for the simulator and tests. On the mat a process of its own does it."""

import numpy as np

from firmware.drivers.bank import banks_of
from firmware.drivers.hx711 import BankReader, RawReading
from firmware.drivers.lines import Lines
from firmware.errors import DriverError
from firmware.frames import Frames
from hardware.board import Board


def frames_of(frame: RawReading) -> Frames:
    """Return a block with one frame."""
    return Frames(
        frame.seq,
        np.array([frame.t_ns], np.int64),
        np.array([frame.counts], np.int32),
        np.array([frame.status], np.uint8),
    )


class DirectSource:
    """A firmware.ports.Source over lines. reader has the counters of each cell."""

    def __init__(self, lines: Lines, board: Board) -> None:
        self.reader = BankReader(lines, banks_of(board), len(board.cells), board.rate_hz)
        self._lines = lines

    def read(self, timeout_s: float) -> Frames | None:
        """Return the next frame as a block of one; None on timeout.

        Raises:
            DriverError: every operation on the lines failed for a second.
        """
        frame = self.reader.read_frame(timeout_s)
        if gone := self.reader.gone:
            raise DriverError(gone)
        return None if frame is None else frames_of(frame)

    def close(self) -> None:
        """Release the lines."""
        self._lines.close()
