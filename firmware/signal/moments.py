"""From counts to loads, and every sum over the cells of a hop by one small product.

Loads are whole multiples of 2^-18 newtons and places of 2^-21 metres, a few millionths of a newton and half of one of a
metre, so every sum is a whole multiple too, of less than 2^53 of them (for 5000 N and 2 m), which floats hold exactly:
the order of adding does not matter, and a block of hops gives what one hop at a time gives, by construction.
"""

from collections.abc import Iterable
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from firmware.signal.seconds import SECOND_HOPS, Cells, Mask

if TYPE_CHECKING:
    from hardware.board import Board

PLACE = 2.0**-21  # metres: one step of a place
WHOLE = 1.5 * 2.0**34  # newtons: what is added to it is rounded to 2^-18, the last place of such a number

# Of each hop: newtons of the cells; the sums of Measures over them; those over how they changed.
Measured = tuple[Iterable[tuple[float, ...]], list[list[float]], list[list[float]]]


class _Room(NamedTuple):
    """Room for so many hops, each (hops, cells): arrays of one shape are dealt with three times as fast."""

    per_count: Cells
    zero: Cells
    whole: Cells
    before: Cells  # the loads of the hop before each
    loads: Cells
    shifts: Cells
    both: Cells  # (2 * hops, cells): loads, then shifts
    newest: Cells  # (cells,) the last of the loads
    bytes: memoryview  # of the loads


class LoadMoments:
    """Load, moments about both axes in newton metres, left, right, lumbar rows, then each row."""

    def __init__(self, board: "Board", counts_per_newton: Cells) -> None:
        self._operator = _operator(board)
        cells = len(board.cells)
        per_count = np.tile(1 / counts_per_newton, (SECOND_HOPS, 1))
        self._per_count = per_count[0]
        self._zero, whole = np.full((2, SECOND_HOPS, cells), WHOLE)
        memory = np.zeros((1 + 2 * SECOND_HOPS, cells))  # loads of the hop before, then those of _Room.both
        self._before = memory[0]
        self._begun = False
        self._tuples, row = Struct(f"{cells}d").iter_unpack, memory[0].nbytes
        self._rooms = []
        for hops in range(SECOND_HOPS + 1):
            arrays = (array[:hops] for array in (per_count, self._zero, whole, memory, memory[1:]))
            both = memory[1 : 1 + 2 * hops]
            in_bytes = memoryview(memory.data.cast("B"))[row : (1 + hops) * row]
            self._rooms.append(_Room._make((*arrays, both[hops:], both, memory[hops], in_bytes)))

    def use(self, zero: Cells) -> None:
        """Take the counts (cells,) of the empty mat, from the next hop on."""
        self._zero[:] = WHOLE - zero * self._per_count

    def shift(self, offset_n: Cells) -> None:
        """The zero has moved up by offset_n (cells,): what changed place since the last hop is told without that."""
        self._before -= offset_n + WHOLE - WHOLE

    def step(self, means: Cells, lost: Mask | None, excluded: Mask | None) -> Measured:
        """Take means (hops, cells) in counts; lost (hops, cells) and excluded (cells,) ones weigh nothing."""
        hops = len(means)
        per_count, zero, whole, before, loads, shifts, both, newest, in_bytes = self._rooms[hops]
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
        sums = both.dot(self._operator).tolist()
        return self._tuples(in_bytes), sums[:hops], sums[hops:]


def _operator(board: "Board") -> npt.NDArray[np.float64]:
    """Matrix (cells, 6 + rows)."""
    cells = board.cells
    sides = board.cols // 2  # columns that make a side; the middle one of an odd number belongs to none
    measures = [
        [1.0 for _ in cells],
        [whole_place(cell.x_m) for cell in cells],
        [whole_place(cell.y_m) for cell in cells],
        [float(cell.col < sides) for cell in cells],
        [float(cell.col >= board.cols - sides) for cell in cells],
        [float(cell.row in board.lumbar_rows) for cell in cells],
    ]
    measures += [[float(cell.row == row) for cell in cells] for row in range(board.rows)]
    return np.array(measures).T.copy()


def whole_place(place_m: float) -> float:
    """Give the nearest place in metres with which moments are exact."""
    return round(place_m / PLACE) * PLACE
