"""The mean of a hop for each cell: the median of three removes a lone outlier, the mean removes noise. In integers.

The median runs over valid samples only, so that a wrong code next to another cannot outvote a good one. The first two
samples of a cell only prime it, and so do the first two after it was lost.
"""

from itertools import compress
from typing import TypeVar

import numpy as np

from firmware.frames import Counts
from firmware.signal.seconds import Cells, Mask

Numbers = TypeVar("Numbers", Counts, Cells)
PRIMED = 2  # samples before the newest one, with which it makes a median of three


class MedianFilter:
    """One `step` a hop. A cell without a median keeps its last mean; after hold_hops without one it is lost."""

    def __init__(self, cells: int, hold_hops: int) -> None:
        self._hold_hops = hold_hops
        self._history = np.zeros((PRIMED, cells), np.int32)  # the last valid samples, newest last
        self._primed = np.zeros(cells, np.int64)  # how many of them there are
        self._silent_hops = np.full(cells, hold_hops + 1)  # since the last mean
        self._means = np.zeros(cells)
        self._steady = False  # whether every cell is primed and had a mean in the last hop

    def step(self, counts: Counts, valid: Mask | None) -> tuple[Cells, Mask | None]:
        """Return means (cells,) in counts and the lost cells (cells,), None for none.

        Args:
            counts: (n, cells), n may be 0.
            valid: which of them count, None for all.
        """
        if valid is None and self._steady and len(counts):
            samples = np.concatenate((self._history, counts))
            self._history = samples[-PRIMED:]
            medians = middle_of_three(samples[:-2], samples[1:-1], samples[2:])
            self._means = np.add.reduce(medians, axis=0, dtype=np.float64) / len(counts)
            return self._means, None
        return self._each_cell(counts, np.ones(counts.shape, np.bool_) if valid is None else valid)

    def _each_cell(self, counts: Counts, valid: Mask) -> tuple[Cells, Mask | None]:
        """Do the same where some samples do not count or some cells are not primed."""
        means, primed, history = self._means.copy(), self._primed, self._history.T.tolist()
        self._silent_hops += 1
        for cell, (samples, counting) in enumerate(zip(counts.T.tolist(), valid.T.tolist(), strict=True)):
            newest = list(compress(samples, counting))
            series = history[cell][PRIMED - primed[cell] :] + newest
            medians = [sorted(three)[1] for three in zip(series, series[1:], series[2:], strict=False)]
            if medians:
                means[cell] = sum(medians) / len(medians)
                self._silent_hops[cell] = 0
            primed[cell] = min(len(series), PRIMED)
            if not newest and self._silent_hops[cell] > self._hold_hops:
                primed[cell] = 0
            history[cell] = (history[cell] + newest)[-PRIMED:]
        self._means, self._history = means, np.array(history, np.int32).T
        self._steady = not self._silent_hops.any()
        lost: Mask = self._silent_hops > self._hold_hops
        return means, lost if lost.any() else None


def middle_of_three(first: Numbers, second: Numbers, third: Numbers) -> Numbers:
    """Median of each three numbers of arrays of one shape."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    return np.maximum(low, np.minimum(high, third))
