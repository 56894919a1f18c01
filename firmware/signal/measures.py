"""From counts to loads, and every sum over the cells of a hop by one small product.

Loads are whole micronewtons and places whole hundredths of a millimetre until they leave, so every sum is a whole
number below 2^53, which floats hold exactly: the order of adding does not matter, and a block of hops gives what one
hop at a time gives, by construction.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from firmware.signal.seconds import SECOND_HOPS, Cells, Mask

if TYPE_CHECKING:
    from hardware.board import Board

MICRO = 1e6  # loads
PLACES = 1e5  # places in metres
WHOLE = 1.5 * 2**52  # what is added to it has no room for a fraction

# Of each hop: newtons of the cells; the sums of Measures over loads in micronewtons; those over how the loads changed.
Measured = tuple[list[list[float]], list[list[float]], list[list[float]]]


class _Room(NamedTuple):
    """Room for so many hops, each (hops, cells): arrays of one shape are dealt with three times as fast."""

    per_count: Cells
    zero: Cells
    whole: Cells
    per_newton: Cells
    newtons: Cells
    before: Cells  # the loads of the hop before each
    loads: Cells
    shifts: Cells
    both: Cells  # (2 * hops, cells): loads, then shifts
    newest: Cells  # (cells,) the last of the loads


class Measures:
    """Load, moments about both axes (hundredths of a millimetre), left, right, lumbar rows, then each row."""

    def __init__(self, board: "Board", counts_per_newton: Cells) -> None:
        self._operator = _operator(board)
        cells = len(board.cells)
        shape = SECOND_HOPS, cells
        per_count = np.tile(MICRO / counts_per_newton, (SECOND_HOPS, 1))
        self._per_count = per_count[0]
        self._zero, newtons = np.empty(shape), np.empty(shape)
        whole, per_newton = np.full(shape, WHOLE), np.full(shape, MICRO)
        self.use(np.zeros(cells))
        memory = np.zeros((1 + 2 * SECOND_HOPS, cells))  # loads of the hop before, then those of _Room.both
        self._before = memory[0]
        self._begun = False
        self._rooms = []
        for hops in range(SECOND_HOPS + 1):
            arrays = (array[:hops] for array in (per_count, self._zero, whole, per_newton, newtons, memory, memory[1:]))
            both = memory[1 : 1 + 2 * hops]
            self._rooms.append(_Room._make((*arrays, both[hops:], both, memory[hops])))

    def use(self, zero: Cells) -> None:
        """Take the counts (cells,) of the empty mat, from the next hop on."""
        self._zero[:] = WHOLE - zero * self._per_count

    def shift(self, offset_n: Cells) -> None:
        """The zero has moved up by offset_n (cells,): what changed place since the last hop is told without that."""
        self._before -= np.rint(MICRO * offset_n)

    def step(self, means: Cells, lost: Mask | None, excluded: Mask | None) -> Measured:
        """Take means (hops, cells) in counts; lost (hops, cells) and excluded (cells,) ones weigh nothing."""
        hops = len(means)
        per_count, zero, whole, per_newton, newtons, before, loads, shifts, both, newest = self._rooms[hops]
        np.multiply(means, per_count, loads)
        np.add(loads, zero, loads)
        np.subtract(loads, whole, loads)
        if lost is not None:
            loads[lost] = 0.0
        if excluded is not None:
            loads[:, excluded] = 0.0
        if not self._begun:
            self._begun = True
            self._before[:] = loads[0]
        np.subtract(loads, before, shifts)
        np.abs(shifts, shifts)
        self._before[:] = newest
        np.divide(loads, per_newton, newtons)
        sums = both.dot(self._operator).tolist()
        return newtons.tolist(), sums[:hops], sums[hops:]


def _operator(board: "Board") -> npt.NDArray[np.float64]:
    """Matrix (cells, 6 + rows)."""
    cells = board.cells
    sides = board.cols // 2  # columns that make a side; the middle one of an odd number belongs to none
    measures = [
        [1 for _ in cells],
        [round(cell.x_m * PLACES) for cell in cells],
        [round(cell.y_m * PLACES) for cell in cells],
        [int(cell.col < sides) for cell in cells],
        [int(cell.col >= board.cols - sides) for cell in cells],
        [int(cell.row in board.lumbar_rows) for cell in cells],
    ]
    measures += [[int(cell.row == row) for cell in cells] for row in range(board.rows)]
    return np.array(measures, np.float64).T.copy()
