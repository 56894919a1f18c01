"""How a load is distributed: spread along the mat as when lying, or compact as when sitting, standing or kneeling."""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from firmware.posture.history import Loads
    from hardware.board import Board


SEAT_BASE: Final = 0.70  # of the load over the base rows: sitting


def upper_half(board: "Board") -> "Loads":
    """Return the weight (rows,) of each row in the upper half of the mat; the middle one of an odd number has 0.5."""
    return np.clip(np.arange(board.rows) + 1 - board.rows / 2, 0.0, 1.0)


class Shape(NamedTuple):
    """The distribution of a load: newtons, metres, and shares of the load.

    spread_m is the standard deviation along the mat. middle_rows and middle_cols are the shares of the middle half of
    the length and of the middle third of the width, side that of the lighter outer third, outer of the heavier one.
    """

    load_n: float
    x_m: float
    y_m: float
    spread_m: float
    base: float
    middle_rows: float
    middle_cols: float
    side: float
    outer: float


@dataclass(frozen=True, slots=True)
class ShapeSettings:
    """Metres and shares of the load. In brackets the range in which the results hold."""

    spread_m: float = 0.137  # along the mat: lying (0.137-0.145; less: sitters; more: curled-up people are missed)
    middle: float = 0.10  # over the middle rows at least; feet and hands at both ends bridge it (0.07-0.13)
    compact_m: float = 0.0855  # spread of a seat at most, and the least way from the seat to lying: half a row
    back_spread_m: float = 0.0906  # with the hips beside the mat: spread at least, and so much ...
    direct_spread_m: float = 0.104  # without having been seen seated (cross-legged up to 0.103, lying from 0.105)
    back_wider_m: float = 0.034  # ... wider than the seat
    back_load: float = 0.87  # of the load of the seat at most: feet, hips and head are beside the mat (0.80-0.92)
    back_least: float = 0.5  # of the load of the seat at least (only 0.5: sitters lean back with less)
    added: float = 0.1  # of a held pose that may be missing where somebody came to it (0.05-0.15)
    added_load: float = 1.2  # times the load of the held pose
    comparable: float = 0.3  # of the load; a lighter seat or pose is a foot or a hand and says nothing


class Shapes:
    """Measures the shape of loads (cells,), and judges it."""

    def __init__(self, board: "Board", settings: ShapeSettings | None = None) -> None:
        self._set = settings or ShapeSettings()
        x_m = np.array([cell.x_m for cell in board.cells])
        y_m = np.array([cell.y_m for cell in board.cells])
        across, along = x_m / board.width_m, y_m / board.length_m
        masks = (
            np.isin([cell.row for cell in board.cells], board.base_rows),
            (along >= 1 / 4) & (along <= 3 / 4),
            (across > 1 / 3) & (across < 2 / 3),
            across < 1 / 3,
            across > 2 / 3,
        )
        self._sums = np.array([np.ones_like(x_m), x_m, y_m, y_m**2, *masks], dtype=float)
        self.seat_base = SEAT_BASE
        self._has_middle = bool(masks[2].any())

    def of(self, above: "Loads") -> Shape:
        """Return the shape of loads (cells,) with a sum above zero."""
        sums = self._sums @ above
        load_n = float(sums[0])
        x_m, y_m, square, base, rows, cols, left, right = (sums[1:] / load_n).tolist()
        spread_m = sqrt(max(square - y_m * y_m, 0.0))
        return Shape(load_n, x_m, y_m, spread_m, base, rows, cols, min(left, right), max(left, right))

    def filled(self, shape: Shape) -> bool:
        """Return whether the middle of the width carries its part: a body, not two feet, two knees or two people."""
        return shape.middle_cols >= shape.side / 2 or not self._has_middle

    def compact(self, shape: Shape) -> bool:
        """Return whether the load is as short along the mat as a seat."""
        return shape.spread_m <= self._set.compact_m

    def spread(self, shape: Shape) -> bool:
        """Return whether the load is as long along the mat as a body."""
        return shape.spread_m >= self._set.spread_m

    def reaching(self, shape: Shape) -> bool:
        """Return whether the load is longer along the mat than a seat, without a gap in its middle."""
        limits = self._set
        return shape.spread_m >= limits.back_spread_m and shape.middle_rows >= limits.middle and self.filled(shape)

    def direct(self, shape: Shape) -> bool:
        """Return whether a load that was never seen as a seat is longer along the mat than somebody cross-legged."""
        return self.reaching(shape) and shape.spread_m >= self._set.direct_spread_m

    def central(self, shape: Shape) -> bool:
        """Return whether the middle of the width carries its third: a back, not two feet or a person at one edge."""
        return shape.middle_cols >= 1 / 3 or not self._has_middle

    def lying(self, shape: Shape, seat: Shape | None) -> bool:
        """Return whether the load is spread as when lying.

        With the hips beside the mat the spread is smaller, but compared with the seat the load has moved, spread and
        fallen at once, because much of the weight rests beside the mat.
        """
        limits = self._set
        if not self.reaching(shape):
            return False
        return self.spread(shape) or (
            seat is not None
            and limits.back_least <= shape.load_n / seat.load_n <= limits.back_load
            and self.moved_along(shape, seat)
            and shape.spread_m >= seat.spread_m + limits.back_wider_m
        )

    def moved_along(self, shape: Shape, seat: Shape, part: float = 1.0) -> bool:
        """Return whether the load has moved along the mat, away from the seat."""
        return abs(shape.y_m - seat.y_m) >= part * self._set.compact_m

    def added(self, above: "Loads", load_n: float, held: "Loads") -> bool:
        """Return whether the pose held (cells,) is still there and load has been added: a second person sat down."""
        held_n = float(held.sum())
        missing_n = float(np.maximum(held - above, 0.0).sum())
        least_n, most_n = self._set.comparable * load_n, load_n / self._set.added_load
        return least_n < held_n < most_n and missing_n < self._set.added * held_n
