"""How a person lies by now: the reference that rolling, sitting up and leaving are told by."""

import numpy as np

from firmware.posture.history import Loads
from firmware.signal.frontend import HOP_S

ADAPT_HOPS = 50  # five seconds


class ReferencePattern:
    """A pattern of loads (cells,); load_n and shares are those of the cells that answer."""

    def __init__(self, cells: int, adapt_s: float) -> None:
        self._adapt_s = adapt_s
        self.hops = 0  # of the same posture since the pattern last followed
        self._usable = self._ones = np.ones(cells)
        self.take(np.zeros(cells))

    def take(self, loads: Loads) -> None:
        """Make this the pattern."""
        self.loads = loads
        counted = loads * self._usable
        self.load_n = float(counted.dot(self._ones))
        self.shares = counted / max(self.load_n, 1e-9)

    def use(self, usable: Loads) -> None:
        """Say which cells answer: 1.0 or 0.0 for each."""
        self._usable = usable
        self.take(self.loads)

    def follow(self, loads: Loads) -> None:
        """Take a hop of the same posture: the pattern follows slowly, now and then. A silent cell keeps its part."""
        self.hops += 1
        if self.hops >= ADAPT_HOPS:
            pull = self.hops * HOP_S / self._adapt_s * self._usable
            self.take(self.loads + pull * (loads - self.loads))
            self.hops = 0

    def moved(self, shares: Loads) -> float:
        """Half the summed difference of shares: the part of the load that is elsewhere."""
        apart = shares - self.shares
        return 0.5 * float(np.abs(apart, out=apart).dot(self._ones))

    def held_in(self, loads: Loads, *, part: float, moved: float) -> bool:
        """Some hop of loads (n, cells) has so much of the load, with no more than that of it elsewhere."""
        totals = loads.sum(axis=1)
        full = totals >= part * self.load_n
        elsewhere = 0.5 * np.abs(loads[full] / totals[full, np.newaxis] - self.shares).sum(axis=1)
        return bool((elsewhere < moved).any())
