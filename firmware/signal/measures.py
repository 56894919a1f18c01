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


# Of each hop: newtons of the cells; the sums of Measures over loads in micronewtons; those over how the loads changed.
Measured = tuple[list[list[float]], list[list[int]], list[list[int]]]


class _Room(NamedTuple):
    """Room for so many hops, each (hops, cells): arrays of one shape are dealt with three times as fast."""

    zero: Cells
    per_count: Cells
    per_newton: Cells
    exact: Cells
    before: IntArray  # the loads of the hop before each
    loads: IntArray
    shifts: IntArray
    both: IntArray  # (2 * hops, cells): loads, then shifts
    newest: IntArray  # (cells,) the last of the loads


class Measures:
    """Load, moments about both axes (metres in micrometres), left, right, lumbar rows, then each row."""

    def __init__(self, board: "Board", counts_per_newton: Cells) -> None:
        self._operator = _operator(board)
        cells = len(board.cells)
        self._zero, exact = np.zeros((2, SECOND_HOPS, cells))
        per_count = np.tile(MICRO / counts_per_newton, (SECOND_HOPS, 1))
        per_newton = np.full((SECOND_HOPS, cells), float(MICRO))
        memory = np.zeros((1 + 2 * SECOND_HOPS, cells), np.int64)  # loads of the hop before, then those of _Room.both
        self._before = memory[0]
        self._begun = False
        self._rooms = []
        for hops in range(SECOND_HOPS + 1):
            zero, scale, micro, room = self._zero[:hops], per_count[:hops], per_newton[:hops], exact[:hops]
            loads, both = memory[1 : 1 + hops], memory[1 : 1 + 2 * hops]
            self._rooms.append(_Room(zero, scale, micro, room, memory[:hops], loads, both[hops:], both, memory[hops]))

    def use(self, zero: Cells) -> None:
        """Take the counts (cells,) of the empty mat, from the next hop on."""
        self._zero[:] = zero

    def shift(self, offset_n: Cells) -> None:
        """The zero has moved up by offset_n (cells,): what changed place since the last hop is told without that."""
        self._before -= np.rint(MICRO * offset_n).astype(np.int64)

    def step(self, means: Cells, lost: Mask | None, excluded: Mask | None) -> Measured:
        """Take means (hops, cells) in counts; lost (hops, cells) and excluded (cells,) ones weigh nothing."""
        hops = len(means)
        zero, per_count, per_newton, exact, before, loads, shifts, both, newest = self._rooms[hops]
        np.subtract(means, zero, exact)
        np.multiply(exact, per_count, exact)
        np.rint(exact, exact)
        if lost is not None:
            exact[lost] = 0.0
        if excluded is not None:
            exact[:, excluded] = 0.0
        loads[:] = exact
        if not self._begun:
            self._begun = True
            self._before[:] = loads[0]
        np.subtract(loads, before, shifts)
        np.abs(shifts, shifts)
        self._before[:] = newest
        exact[:] = loads  # whole numbers again, but no -0.0
        np.divide(exact, per_newton, exact)
        sums = both.dot(self._operator).tolist()
        return exact.tolist(), sums[:hops], sums[hops:]


def _operator(board: "Board") -> npt.NDArray[np.int64]:
    """Matrix (cells, 6 + rows)."""
    cells = board.cells
    sides = board.cols // 2  # columns that make a side; the middle one of an odd number belongs to none
    measures = [
        [1 for _ in cells],
        [round(cell.x_m * MICRO) for cell in cells],
        [round(cell.y_m * MICRO) for cell in cells],
        [int(cell.col < sides) for cell in cells],
        [int(cell.col >= board.cols - sides) for cell in cells],
        [int(cell.row in board.lumbar_rows) for cell in cells],
    ]
    measures += [[int(cell.row == row) for cell in cells] for row in range(board.rows)]
    return np.array(measures, np.int64).T.copy()
