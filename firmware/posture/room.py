"""Hops that are kept because nothing can have come of them: each is near enough to the one that was looked at."""

from typing import Final

import numpy as np

from firmware.frames import Signals
from firmware.posture.history import Loads
from firmware.posture.rows import Rows

NO_ROOM_N: Final = float("-inf")
ROUNDING_N: Final = 1e-6

# Of a hop that nobody looks at: time, centre of pressure, load, shares of the rows, motion. Its cells are in an array:
# numbers that live on for seconds would push those out of the cache that come anew ten times a second.
Seen = tuple[float, tuple[float, float] | None, float, tuple[float, ...], float]


def seen(signals: Signals) -> Seen:
    """Give what is kept of a hop."""
    return signals.t_s, signals.cop_m, signals.load_n, signals.row_shares, signals.motion


def changed_n(signals: Signals) -> float:
    """Newtons that came or went since the hop before, summed over the cells; infinite where nothing is said of it."""
    return -NO_ROOM_N if signals.cop_m is None else signals.motion * signals.load_n / 50.0 + ROUNDING_N


class Kept:
    """Hops since the last one that was looked at, at most so many.

    How far one is from that is at most what changed on the way, added up. Noise adds up too, but leads nowhere: when
    that is too far, it is measured.
    """

    def __init__(self, most: int, cells: int) -> None:
        self.hops: list[Seen] = []
        self._rows = Rows(most + 1, cells)
        self._anchor_row, self._anchor = most, self._rows.all[most]
        self._apart, self._ones = np.zeros(cells), np.ones(cells)
        self._most, self._room_n, self._away_n = 0, NO_ROOM_N, 0.0

    @property
    def loads(self) -> Loads:
        """Newtons (hops, cells) of the hops: a view, good until the next one is taken."""
        return self._rows.all[: len(self.hops)]

    def begin(self, signals: Signals, room_n: float, most: int) -> None:
        """Keep at most so many of the hops that are nearer than room_n newtons, summed over the cells, to this one."""
        self._most, self._room_n, self._away_n = most, room_n, 0.0
        self._rows.set(self._anchor_row, signals.cells_n)

    def end(self) -> None:
        """Forget the hops, and keep no more."""
        self.hops.clear()
        self._most = 0

    def take(self, signals: Signals) -> bool:
        """Keep a hop; false, and nothing kept, when it is too far or one too many."""
        number = len(self.hops)
        if number >= self._most:
            return False
        self._rows.set(number, signals.cells_n)
        away_n = self._away_n + changed_n(signals)
        if away_n >= self._room_n:
            np.subtract(self._rows.all[number], self._anchor, self._apart)
            np.abs(self._apart, self._apart)
            away_n = float(self._apart.dot(self._ones)) + ROUNDING_N
            if away_n >= self._room_n:
                return False
        self._away_n = away_n
        self.hops.append(seen(signals))
        return True
