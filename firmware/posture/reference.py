"""The reference pattern: how the person lies by now. Rolling, sitting up and leaving are measured against it."""

import numpy as np

from firmware.posture.history import Loads
from firmware.signal.frontend import HOP_S

FOLLOW_HOPS = 10  # the pattern follows once a second: it is slow


class ReferencePattern:
    """A pattern of loads (cells,); load_n and shares are those of the cells that are available."""

    def __init__(self, cells: int, adapt_s: float) -> None:
        self._adapt_share = FOLLOW_HOPS * HOP_S / adapt_s
        self._hops = 0
        self._usable = self._ones = np.ones(cells)
        self.take(np.zeros(cells))

    def take(self, loads: Loads) -> None:
        """Make these loads the pattern."""
        self.loads = loads
        counted = loads * self._usable
        self.load_n = float(counted.sum())
        self.shares = counted / max(self.load_n, 1e-9)

    def use(self, usable: Loads) -> None:
        """Count only the cells with 1.0 in usable (cells,)."""
        self._usable = usable
        self.take(self.loads)

    def follow(self, loads: Loads) -> None:
        """Follow a hop of the same posture, slowly. A cell that is not available keeps its part."""
        self._hops += 1
        if self._hops % FOLLOW_HOPS == 0:
            self.take(self.loads + self._adapt_share * self._usable * (loads - self.loads))

    def moved(self, shares: Loads) -> float:
        """Return half the summed difference of shares: the part of the load that is elsewhere."""
        return 0.5 * float(np.abs(shares - self.shares) @ self._ones)

    def held_in(self, loads: Loads, *, part: float, moved: float) -> bool:
        """Return whether some hop of loads (n, cells) has so much of the load with no more than moved elsewhere."""
        totals = loads.sum(axis=1)
        full = totals >= part * self.load_n
        elsewhere = 0.5 * np.abs(loads[full] / totals[full, np.newaxis] - self.shares).sum(axis=1)
        return bool((elsewhere < moved).any())
