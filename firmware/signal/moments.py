"""Sums over the cells of a hop: the load, its moments about the middle of the mat, and the load of parts of it."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from firmware.signal.seconds import Cells
    from hardware.board import Board


class Moments(NamedTuple):
    """Newtons, and newton metres about the middle of the mat. rows_n run from base to head.

    The middle column of an odd number of columns belongs to neither side.
    """

    load_n: float
    across_nm: float
    along_nm: float
    left_n: float
    right_n: float
    lumbar_n: float
    rows_n: tuple[float, ...]


class LoadMoments:
    """One small matrix product for all sums. middle_m is the middle of the mat, outer_m the outer cells from it."""

    def __init__(self, board: "Board") -> None:
        cells, sides = board.cells, board.cols // 2
        x_m, y_m = [cell.x_m for cell in cells], [cell.y_m for cell in cells]
        self.middle_m = board.width_m / 2, board.length_m / 2
        self.outer_m = (max(x_m) - min(x_m)) / 2 or 1.0, (max(y_m) - min(y_m)) / 2 or 1.0
        sums = [
            [1.0 for _ in cells],
            [cell.x_m - self.middle_m[0] for cell in cells],
            [cell.y_m - self.middle_m[1] for cell in cells],
            [float(cell.col < sides) for cell in cells],
            [float(cell.col >= board.cols - sides) for cell in cells],
            [float(cell.row in board.lumbar_rows) for cell in cells],
        ]
        rows = [[float(cell.row == row) for cell in cells] for row in range(board.rows)]
        self._operator = np.array(sums + rows)

    def of(self, loads_n: "Cells") -> Moments:
        """Sums of the loads (cells,) in newtons."""
        load_n, across_nm, along_nm, left_n, right_n, lumbar_n, *rows_n = self._operator.dot(loads_n).tolist()
        return Moments(load_n, across_nm, along_nm, left_n, right_n, lumbar_n, tuple(rows_n))
