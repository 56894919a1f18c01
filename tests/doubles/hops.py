"""Signals made from the loads of the cells alone, for tests of detectors without frames."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from firmware.frames import Signals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.board import Board

LOAD_FLOOR_N = 10.0
Loads = npt.NDArray[np.float64]


class Hops:
    """Hops of 100 ms one after the other, as the signal chain would return them for these loads."""

    def __init__(self, board: "Board") -> None:
        self._board = board
        self._x_m = np.array([cell.x_m for cell in board.cells])
        self._y_m = np.array([cell.y_m for cell in board.cells])
        cols, half = np.array([cell.col for cell in board.cells]), board.cols // 2
        self._sides = (cols < half).astype(float), (cols >= board.cols - half).astype(float)
        self._before: Loads | None = None
        self.number = 0

    def next(self, cells_n: "Sequence[float] | Loads", lost: int = 0, still_share: float | None = None) -> Signals:
        """Return the next hop; a lost cell (a bit of lost) reads 0 whatever it carries."""
        alive = np.array([0.0 if lost >> cell & 1 else 1.0 for cell in range(len(self._x_m))])
        loads = np.asarray(cells_n, dtype=float) * alive
        self.number += 1
        load_n = float(loads.sum())
        shared = load_n > LOAD_FLOOR_N
        rows = loads.reshape(self._board.rows, self._board.cols).sum(axis=1)
        left_n, right_n = (float(side @ loads) for side in self._sides)
        moved_n = 0.5 * float(np.abs(loads - (loads if self._before is None else self._before)).sum())
        self._before = loads
        return Signals(
            t_s=round(self.number / 10, 1),
            cells_n=tuple(loads.tolist()),
            lost=lost,
            load_n=load_n,
            cop_m=(float(self._x_m @ loads) / load_n, float(self._y_m @ loads) / load_n) if shared else None,
            row_shares=tuple((rows / load_n).tolist()) if shared else (0.0,) * self._board.rows,
            evenness=1.0 - abs(left_n - right_n) / (left_n + right_n) if left_n + right_n > LOAD_FLOOR_N else None,
            motion=100.0 * moved_n / load_n if shared else 0.0,
            still_share=still_share,
        )
