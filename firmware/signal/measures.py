"""From counts to loads, and every sum over the cells of a hop by one small product.

Loads are micronewtons in integers until they leave: sums of integers do not depend on their order, so a block of
hops gives what one hop at a time gives, by construction.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from firmware.signal.seconds import SECOND_HOPS, Cells, Mask
from firmware.types import IntArray

if TYPE_CHECKING:
    from hardware.board import Board

MICRO = 1_000_000


class Measured(NamedTuple):
    """Of each hop: newtons of the cells; the sums of Measures in micronewtons (and metres); how much changed place."""

    cells_n: list[list[float]]
    sums: list[list[int]]
    shifted: list[int]


class _Room(NamedTuple):
    """Room for so many hops, each (hops, cells): arrays of one shape are dealt with three times as fast."""

    zero: Cells
    per_count: Cells
    per_newton: Cells
    exact: Cells
    shifts: IntArray
    before: IntArray
    loads: IntArray


class Measures:
    """Load, moments about both axes (metres in micrometres), left, right, then each row: see sums of Measured."""

    def __init__(self, board: "Board", counts_per_newton: Cells) -> None:
        self._operator = _operator(board)
        cells = len(board.cells)
        self._ones = np.ones(cells, np.int64)
        self._zero, exact = np.zeros((2, SECOND_HOPS, cells))
        per_count = np.tile(MICRO / counts_per_newton, (SECOND_HOPS, 1))
        per_newton = np.full((SECOND_HOPS, cells), float(MICRO))
        shifts = np.zeros((SECOND_HOPS, cells), np.int64)
        self._loads = np.zeros((1 + SECOND_HOPS, cells), np.int64)  # of the hop before, and the new ones
        self._begun = False
        room = _Room(self._zero, per_count, per_newton, exact, shifts, self._loads[:-1], self._loads[1:])
        self._rooms = [_Room._make(array[:hops] for array in room) for hops in range(SECOND_HOPS + 1)]

    def use(self, zero: Cells) -> None:
        """Take the counts (cells,) of the empty mat, from the next hop on."""
        self._zero[:] = zero

    def shift(self, offset_n: Cells) -> None:
        """The zero has moved up by offset_n (cells,): what changed place since the last hop is told without that."""
        self._loads[0] -= np.rint(MICRO * offset_n).astype(np.int64)

    def step(self, means: Cells, lost: Mask | None, excluded: Mask | None) -> Measured:
        """Take means (hops, cells) in counts; lost (hops, cells) and excluded (cells,) ones weigh nothing."""
        room = self._rooms[len(means)]
        exact, loads = room.exact, room.loads
        np.subtract(means, room.zero, exact)
        np.multiply(exact, room.per_count, exact)
        np.rint(exact, exact)
        if lost is not None:
            exact[lost] = 0.0
        if excluded is not None:
            exact[:, excluded] = 0.0
        loads[:] = exact
        if not self._begun:
            self._begun = True
            self._loads[0] = loads[0]
        np.subtract(loads, room.before, room.shifts)
        np.abs(room.shifts, room.shifts)
        self._loads[0] = loads[-1]
        exact[:] = loads  # whole numbers again, but no -0.0
        np.divide(exact, room.per_newton, exact)
        return Measured(exact.tolist(), loads.dot(self._operator).tolist(), room.shifts.dot(self._ones).tolist())


def _operator(board: "Board") -> npt.NDArray[np.int64]:
    """Matrix (cells, 5 + rows)."""
    cells = board.cells
    sides = board.cols // 2  # columns that make a side; the middle one of an odd number belongs to none
    measures = [
        [1 for _ in cells],
        [round(cell.x_m * MICRO) for cell in cells],
        [round(cell.y_m * MICRO) for cell in cells],
        [int(cell.col < sides) for cell in cells],
        [int(cell.col >= board.cols - sides) for cell in cells],
    ]
    measures += [[int(cell.row == row) for cell in cells] for row in range(board.rows)]
    return np.array(measures, np.int64).T.copy()
