"""How a load is distributed: spread over rows as when lying, over the base as when sitting, aside as when rolling."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from firmware.posture.history import Loads
    from hardware.board import Board


SEAT_BASE: Final = 0.70  # of the load over the base rows: sitting


def upper_half(board: "Board") -> "Loads":
    """Return the weight (rows,) of each row in the upper half of the mat; the middle one of an odd number has 0.5."""
    return np.clip(np.arange(board.rows) + 1 - board.rows / 2, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class ShapeSettings:
    """Shares of the load. Found on recorded lying loads of six people; starting points."""

    row: float = 0.04  # a row carries load from here on; a share, because light people have rows under 1 kg
    rows: int = 3
    upper: float = 0.18  # of the half nearer to the head
    back_upper: float = 0.08  # of the upper half, of a light person with the hips off the mat
    back_moved: float = 0.40  # of the load is elsewhere than when they sat
    back_load: float = 0.80  # of the load when they sat is left at most: feet, hips and head are beside the mat
    seat_base: float = SEAT_BASE
    sat_up_base: float = 0.15  # more share over the base rows than the person's own
    sat_up_upper: float = 0.5  # at most this part of the person's own share of the upper half
    most_base: float = 0.95  # a larger share over the base rows is never required
    roll_offset: float = 0.12  # of the width, away from the centre of the reference pattern
    roll_side: float = 0.50  # share of an outer column


class Shape:
    """Predicates on shares of the load (cells,)."""

    def __init__(self, board: "Board", settings: ShapeSettings | None = None) -> None:
        self._set = settings or ShapeSettings()
        rows = np.array([cell.row for cell in board.cells])
        cols = np.array([cell.col for cell in board.cells])
        self._offset_m = self._set.roll_offset * board.width_m
        self._x_m = np.array([cell.x_m for cell in board.cells])
        self._row_of = np.array([rows == row for row in range(board.rows)], dtype=float)
        self._base = np.isin(rows, board.base_rows).astype(float)
        self._upper = upper_half(board)[rows]
        self._outer = np.array([cols == 0, cols == board.cols - 1], dtype=float)
        self._rows_needed = min(self._set.rows, board.rows)

    def spread_out(self, shares: "Loads") -> bool:
        """Return whether enough rows carry load and the upper half its part, as when lying."""
        return self._rows_loaded(shares) >= self._rows_needed and float(self._upper @ shares) >= self._set.upper

    def _rows_loaded(self, shares: "Loads") -> int:
        return int(np.count_nonzero(self._row_of @ shares >= self._set.row))

    def lain_back(self, shares: "Loads", load_n: float, seat: "Loads") -> bool:
        """Return whether the person lies with the hips beside the mat; seat (cells,) are the loads when sitting on it.

        The upper half carries little then. Unlike moving up the mat while sitting, lying back moves the load and
        lowers it at once, because much of the weight rests beside the mat.
        """
        seat_n = float(np.add.reduce(seat))
        return (
            load_n <= self._set.back_load * seat_n
            and self.reaches_up(shares)
            and 0.5 * float(np.add.reduce(np.abs(shares - seat / seat_n))) >= self._set.back_moved
        )

    def reaches_up(self, shares: "Loads") -> bool:
        """Return whether load reaches the upper half: lying with the hips beside the mat, or sitting in its middle."""
        return self._rows_loaded(shares) >= self._rows_needed and float(self._upper @ shares) >= self._set.back_upper

    def seated(self, shares: "Loads") -> bool:
        """Return whether the load is over the base rows, as when sitting. Inclined lying also loads the upper half."""
        return float(self._base @ shares) >= self._set.seat_base and not self.reaches_up(shares)

    def left_seat(self, shares: "Loads", seat: "Loads") -> bool:
        """Return whether load has moved towards the head since seat (cells,), the loads when sitting."""
        return float(self._base @ (seat / seat.sum() - shares)) > self._set.sat_up_base

    def upright(self, shares: "Loads", own: "Loads") -> bool:
        """Return whether the load is back over the base rows, compared with own, the shares when lying."""
        base, upper = float(self._base @ shares), float(self._upper @ shares)
        needed = min(float(self._base @ own) + self._set.sat_up_base, self._set.most_base)
        return base >= needed and upper <= self._set.sat_up_upper * float(self._upper @ own)

    def aside(self, shares: "Loads", own: "Loads") -> bool:
        """Return whether the load is over an outer column and well away from own, the shares when lying."""
        away_m = abs(float(self._x_m @ (shares - own)))
        return away_m >= self._offset_m and float((self._outer @ shares).max()) >= self._set.roll_side
