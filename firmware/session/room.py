"""How far the load is from where it was when somebody last looked: what still leaves room for nothing to happen."""

from typing import Final

import numpy as np

from firmware.session.rows import Rows
from firmware.types import Signals

NO_ROOM_N: Final = float("-inf")
ROUNDING_N: Final = 1e-6


def changed_n(signals: Signals) -> float:
    """Newtons that came or went since the hop before, summed over the cells; infinite where nothing is said of it."""
    return -NO_ROOM_N if signals.cop_m is None else signals.motion * signals.load_n / 50.0 + ROUNDING_N


class Anchor:
    """A hop that others are measured by."""

    def __init__(self, cells: int) -> None:
        self._rows = Rows(2, cells)
        self._anchor, self._other = self._rows.all
        self._apart, self._ones = np.zeros(cells), np.ones(cells)

    def set(self, cells_n: tuple[float, ...]) -> None:
        """Take this hop."""
        self._rows.put(0, (cells_n,))

    def apart_n(self, cells_n: tuple[float, ...]) -> float:
        """Newtons from it to another, summed over the cells; no more than what changed from one to the other."""
        self._rows.put(1, (cells_n,))
        np.subtract(self._other, self._anchor, self._apart)
        np.abs(self._apart, self._apart)
        return float(self._apart.dot(self._ones)) + ROUNDING_N
