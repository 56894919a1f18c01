"""Standing on the mat: two feet side by side, and the sway of the body over them.

Two neighbouring rows carry nearly everything, each side of the width its part, and little lies between. Sitting,
kneeling and lying curled up load the middle; over the base rows the shape of two feet is that of a seat, so there it
counts as sitting. Sway as in Prieto et al., IEEE Trans Biomed Eng 43 (1996) 956: length of the path of the centre of
pressure, its mean speed, and the ellipse that holds 95 % of its places, from ten places a second. Nothing is concluded
from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, pi, sqrt
from typing import TYPE_CHECKING

from firmware.events import Event, LieDown, MatEmptied, Seated, StandingEnded, StandingStarted
from firmware.frames import Signals
from firmware.posture.debounce import debounce
from firmware.posture.shape import SEAT_BASE
from firmware.signal.frontend import HOP_S
from hardware.board import STANDARD_GRAVITY as KG  # newtons

if TYPE_CHECKING:
    from hardware.board import Board

CHI_SQUARE_95 = 5.991  # of two degrees of freedom


@dataclass(frozen=True, slots=True)
class StandingSettings:
    """Newtons, seconds and shares of the load; starting points, found on simulated visitors."""

    least_n: float = 25 * KG
    rows: float = 0.90  # over two neighbouring rows at least
    side: float = 0.25  # over each outer column at least
    middle: float = 0.35  # between them at most
    seat_base: float = SEAT_BASE
    debounce_s: float = 1.5
    gone_s: float = 1.0


class Sway:
    """Places of the centre of pressure: their path, and sums for the ellipse."""

    def __init__(self) -> None:
        self._places = 0
        self._last: tuple[float, float] | None = None
        self._origin = (0.0, 0.0)  # sums are taken from the first place, so that they stay small and exact
        self._x = self._y = self._xx = self._yy = self._xy = 0.0
        self.path_m = 0.0

    def add(self, place_m: tuple[float, float]) -> None:
        """Add the next place."""
        if self._last is None:
            self._origin = place_m
        else:
            self.path_m += hypot(place_m[0] - self._last[0], place_m[1] - self._last[1])
        self._last = place_m
        x, y = place_m[0] - self._origin[0], place_m[1] - self._origin[1]
        self._places += 1
        self._x, self._y = self._x + x, self._y + y
        self._xx, self._yy, self._xy = self._xx + x * x, self._yy + y * y, self._xy + x * y

    @property
    def seconds(self) -> float:
        """Seconds from the first place to the last."""
        return max(0, self._places - 1) * HOP_S

    @property
    def ellipse_m2(self) -> float:
        """Area of the ellipse that holds 95 % of the places: pi * 5.991 * sqrt(var x * var y - cov^2)."""
        number = self._places
        if number < 2:  # noqa: PLR2004 - one place has no spread
            return 0.0
        xx = (self._xx - self._x * self._x / number) / (number - 1)
        yy = (self._yy - self._y * self._y / number) / (number - 1)
        xy = (self._xy - self._x * self._y / number) / (number - 1)
        return pi * CHI_SQUARE_95 * sqrt(max(0.0, xx * yy - xy * xy))


class StandingDetector:
    """One `step` a hop with the events of the posture detector in it; may_stand: present and not lying."""

    def __init__(self, board: "Board", settings: StandingSettings | None = None) -> None:
        self._set = settings or StandingSettings()
        self._cols, self._base_rows = board.cols, board.base_rows
        self._stands, self._gone = debounce(self._set.debounce_s), debounce(self._set.gone_s)
        self._sway: Sway | None = None

    @property
    def active(self) -> bool:
        """Whether a person stands on the mat."""
        return self._sway is not None

    def step(self, signals: Signals, posture: Sequence[Event], *, may_stand: bool) -> Iterator[Event]:
        """Yield StandingStarted, and StandingEnded with the sway."""
        over = not may_stand or signals.lost or any(isinstance(one, Seated | LieDown | MatEmptied) for one in posture)
        feet = not over and self._two_feet(signals)
        sway = self._sway
        if sway is None:
            if self._stands.step(true=feet):
                self._sway = Sway()
                self._gone.reset()
                yield StandingStarted(signals.t_s)
            return
        if feet and signals.cop_m is not None:
            sway.add(signals.cop_m)
        if self._gone.step(true=not feet) or over:
            self._sway = None
            self._stands.reset()
            speed_m_s = sway.path_m / sway.seconds if sway.seconds else 0.0
            yield StandingEnded(signals.t_s, sway.seconds, sway.path_m, speed_m_s, sway.ellipse_m2)

    def _two_feet(self, signals: Signals) -> bool:
        limits, load_n, rows = self._set, signals.load_n, signals.row_shares
        if load_n < limits.least_n or self._cols < 2:  # noqa: PLR2004 - feet need two columns
            return False
        if sum(rows[row] for row in self._base_rows) >= limits.seat_base:
            return False
        if max(lower + upper for lower, upper in pairwise(rows)) < limits.rows:
            return False
        left, right = (sum(signals.cells_n[col :: self._cols]) / load_n for col in (0, self._cols - 1))
        return min(left, right) >= limits.side and 1.0 - left - right <= limits.middle
