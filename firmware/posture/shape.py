"""How a load is distributed: over enough rows to be lying, over the base as when sitting, or aside as when rolling."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firmware.posture.history import Loads
    from hardware.board import Board


@dataclass(frozen=True, slots=True)
class ShapeSettings:
    """Shares of the load. Found on recorded lying loads of six people; starting points."""

    row: float = 0.04  # a row carries load from here on; a share, because light people have rows under 1 kg
    rows: int = 3
    upper: float = 0.18  # of the half nearer to the head
    back_upper: float = 0.08  # of the upper half, of a light person with the hips off the mat
    back_moved: float = 0.40  # of the load is elsewhere than when they sat
    back_load: float = 0.80  # of the load when they sat is left at most: feet, hips and head lie beside the mat
    seat_base: float = 0.70  # of the load over the base rows: sitting
    sat_up_base: float = 0.15  # more share over the base rows than the person's own
    sat_up_upper: float = 0.5  # at most this part of the person's own share of the upper half
    most_base: float = 0.95  # nobody needs more than that over the base rows to have sat up
    roll_offset: float = 0.12  # of the width, away from the person's own settled place
    roll_side: float = 0.50  # share of an outer column


class Shape:
    """Questions about shares of the load (cells,), each answered on its own."""

    def __init__(self, board: "Board", settings: ShapeSettings | None = None) -> None:
        self._set = settings or ShapeSettings()
        rows = np.array([cell.row for cell in board.cells])
        cols = np.array([cell.col for cell in board.cells])
        self._offset_m = self._set.roll_offset * board.width_m
        self._x_m = np.array([cell.x_m for cell in board.cells])
        self._row_of = np.array([rows == row for row in range(board.rows)], dtype=float)
        self._base = np.isin(rows, board.base_rows).astype(float)
        self._upper = np.clip(rows + 1 - board.rows / 2, 0.0, 1.0)  # of an odd number of rows, half of the middle one
        self._outer = np.array([cols == 0, cols == board.cols - 1], dtype=float)
        self._rows_needed = min(self._set.rows, board.rows)

    def spread_out(self, shares: "Loads") -> bool:
        """As when lying: enough rows carry load, and the upper half its part."""
        return self._rows_loaded(shares) >= self._rows_needed and float(self._upper @ shares) >= self._set.upper

    def _rows_loaded(self, shares: "Loads") -> int:
        return int(np.count_nonzero(self._row_of @ shares >= self._set.row))

    def lain_back(self, shares: "Loads", load_n: float, seat: "Loads") -> bool:
        """As when lying with the hips beside the mat, by the measure of the loads (cells,) when they sat on it.

        Little of a light person reaches the upper half then; what tells it from sitting further up is that the load
        moved and fell at once: who sits has nearly the whole weight on the mat, who lies leaves much of it beside.
        """
        seat_n = float(np.add.reduce(seat))
        return (
            load_n <= self._set.back_load * seat_n
            and self.reaches_up(shares)
            and 0.5 * float(np.add.reduce(np.abs(shares - seat / seat_n))) >= self._set.back_moved
        )

    def reaches_up(self, shares: "Loads") -> bool:
        """As when lying with the hips beside the mat, or sitting in the middle of it: a shape alone does not tell."""
        return self._rows_loaded(shares) >= self._rows_needed and float(self._upper @ shares) >= self._set.back_upper

    def seated(self, shares: "Loads") -> bool:
        """As when sitting. Inclined people lie with most of the load over the base, but not without the upper half."""
        return float(self._base @ shares) >= self._set.seat_base and not self.reaches_up(shares)

    def left_seat(self, shares: "Loads", seat: "Loads") -> bool:
        """Load has moved towards the head since somebody sat; seat are the loads (cells,) then."""
        return float(self._base @ (seat / seat.sum() - shares)) > self._set.sat_up_base

    def upright(self, shares: "Loads", own: "Loads") -> bool:
        """Back over the base, by the measure of how the person lay."""
        base, upper = float(self._base @ shares), float(self._upper @ shares)
        needed = min(float(self._base @ own) + self._set.sat_up_base, self._set.most_base)
        return base >= needed and upper <= self._set.sat_up_upper * float(self._upper @ own)

    def aside(self, shares: "Loads", own: "Loads") -> bool:
        """Over an outer column, and well away from where the person lay."""
        away_m = abs(float(self._x_m @ (shares - own)))
        return away_m >= self._offset_m and float((self._outer @ shares).max()) >= self._set.roll_side
