"""Which samples count: the ones a working chip can give, and of those the median of each three on end."""

from itertools import compress, pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from firmware.frames import Counts, Flags, IntArray
from firmware.signal.outlier_gate import MOST_FRAMES, Mask, OutlierGate

Floats = npt.NDArray[np.float64]
Numbers = TypeVar("Numbers", Counts, Floats)
MANY = 24  # samples of a cell, which arrays deal with quicker than loops
HISTORY = 2  # two samples before this one make a median of three


class _Work(NamedTuple):
    """What the medians of n frames, each (n, cells), need: made once for each n."""

    first: Counts
    second: Counts
    third: Counts
    newest: Counts  # the last two frames, the next ones' history
    low: Counts
    high: Counts
    ones: Counts  # (1, n)
    number: Floats  # (1, cells): n


# Totals (hops, cells) of samples, their numbers (hops or 1, cells or 1), and whether there is no 0 in those. A plain
# tuple, as everything that is made ten times a second and goes no further.
Sums = tuple[Floats, Floats, bool]


class MedianFilter:
    """Sums the medians of three valid samples for each cell, hop by hop, in integers.

    A sample is valid when its status is 0 and Plausible believes it. The median runs over valid samples only, so that
    a wrong code next to another cannot outvote a good one. The first two samples of a cell only prime it, and so do
    the first two after it was silent for more than hold_hops. Whoever has frames writes them into rows.
    """

    def __init__(self, low: Counts, high: Counts, hold_hops: int) -> None:
        cells = len(low)
        self._hold_hops = hold_hops
        self._window = np.zeros((HISTORY + MOST_FRAMES, cells), np.int32)
        self._history, self.rows = self._window[:HISTORY], self._window[HISTORY:]
        self._scratch = np.zeros((2, MOST_FRAMES, cells), np.int32)
        self._works: dict[int, _Work] = {}
        self._primed = np.zeros(cells, np.int64)
        self._all_primed = False
        self._last_hop = np.zeros(cells, np.int64)  # of the newest valid sample, if later than the oldest one
        self._oldest_hop = 0  # the smallest of them
        self.plausible = OutlierGate(low, high)

    def sums(self, bounds: list[int], flags: Flags | None, hop: int) -> Sums:
        """Take the frames of the hops from number hop on, which begin at the rows bounds (hops + 1,).

        flags (frames, cells) are their Status, None when none is raised.
        """
        frames, hops = bounds[-1], len(bounds) - 1
        if not frames:
            none = np.zeros((hops, self.rows.shape[1]))
            return none, none.copy(), False
        work = self._works.get(frames) or self._cut(frames)
        valid = self.plausible.judge(work.third, flags)
        heard = self._all_primed and hop - self._oldest_hop <= self._hold_hops
        if hops == 1:
            if valid is None and heard:
                self._oldest_hop = hop
                return self._clean(work, bounds), work.number, True
            return self._mixed(work, valid, hop, bounds, [frames])
        sizes = [end - start for start, end in pairwise(bounds)]
        if valid is None and heard and 0 not in sizes:
            self._oldest_hop = hop + hops - 1
            return self._clean(work, bounds), np.array(sizes, np.float64)[:, np.newaxis], True
        return self._mixed(work, valid, hop, bounds, sizes)

    def _clean(self, work: _Work, bounds: list[int]) -> Floats:
        """Sums (hops, cells) where every sample is valid and every cell is primed."""
        first, second, third, newest, low, high, ones, _ = work
        np.minimum(first, second, out=low)
        np.maximum(first, second, out=high)
        np.minimum(high, third, out=high)
        np.maximum(low, high, out=low)
        self._history[:] = newest
        # So many numbers of 24 bits have a sum of 31 bits.
        if len(bounds) > 2:  # noqa: PLR2004 - more than one hop
            totals: Counts = np.add.reduceat(low, bounds[:-1], 0, np.int32)
        else:
            totals = ones.dot(low)
        return totals.astype(np.float64)

    def _mixed(self, work: _Work, valid: Mask | None, hop: int, bounds: list[int], sizes: list[int]) -> Sums:
        """Sums and numbers where some cells need to be looked at one by one."""
        np.maximum(self._last_hop, self._oldest_hop, out=self._last_hop)
        others = self._not_clean(valid, hop, whole=0 not in sizes)
        history, last_hop = self._history[:, others], self._last_hop[others]
        if len(others) < len(self._last_hop):
            totals = self._clean(work, bounds)
            numbers = np.repeat(np.array(sizes, np.float64)[:, np.newaxis], totals.shape[1], axis=1)
            self._last_hop[:] = hop + len(sizes) - 1
            self._last_hop[others], self._history[:, others] = last_hop, history
        else:
            totals, numbers = np.zeros((2, len(sizes), len(self._last_hop)))
        for cell in others.tolist():
            samples = work.third[:, cell]
            counts = np.ones(len(samples), np.bool_) if valid is None else valid[:, cell]
            many = self._many(cell, samples, counts, bounds, hop) if len(samples) >= MANY else None
            totals[:, cell], numbers[:, cell] = many or self._one_cell(
                cell, samples.tolist(), counts.tolist(), bounds, hop
            )
        self._all_primed = bool((self._primed == HISTORY).all())
        self._oldest_hop = int(self._last_hop.min())
        return totals, numbers, bool(numbers.all())

    def _not_clean(self, valid: Mask | None, hop: int, *, whole: bool) -> IntArray:
        """Which cells have a sample that does not count, are not primed or were silent; all when a hop is empty."""
        if not whole:
            return np.arange(len(self._primed))
        clean = (self._primed == HISTORY) & (hop - self._last_hop <= self._hold_hops)
        if valid is not None:
            clean &= valid.all(axis=0)
        others: IntArray = (~clean).nonzero()[0]
        return others

    def _many(
        self, cell: int, samples: Counts, counts: Mask, bounds: list[int], hop: int
    ) -> tuple[list[int], list[int]] | None:
        """The same as _one_cell at once, for a cell that is primed and silent in no hop; None for any other."""
        seen = np.concatenate(([0], np.cumsum(counts)))[bounds]
        numbers = seen[1:] - seen[:-1]
        if self._primed[cell] < HISTORY or hop - self._last_hop[cell] > self._hold_hops or not numbers.all():
            return None
        series = np.concatenate((self._history[:, cell], samples[counts]))
        middle = middle_of_three(series[:-2], series[1:-1], series[2:])
        self._history[:, cell] = series[-HISTORY:]
        self._last_hop[cell] = hop + len(numbers) - 1
        return np.add.reduceat(middle, seen[:-1], 0, np.int64).tolist(), numbers.tolist()

    def _one_cell(
        self, cell: int, samples: list[int], counts: list[bool], bounds: list[int], hop: int
    ) -> tuple[list[int], list[int]]:
        """Do the same for one cell that has invalid samples, is not primed or was silent: sums and numbers (hops,).

        Plain loops: arrays of ten cost more than numbers.
        """
        sums, numbers = [], []
        older, newer = self._history[:, cell].tolist()
        primed, last_hop = int(self._primed[cell]), int(self._last_hop[cell])
        for at_hop, (start, end) in enumerate(pairwise(bounds), hop):
            total = number = 0
            for sample in compress(samples[start:end], counts[start:end]):
                if at_hop - last_hop > self._hold_hops:
                    primed = 0
                if primed == HISTORY:
                    total += sorted((older, newer, sample))[1]
                    number += 1
                else:
                    primed += 1
                older, newer, last_hop = newer, sample, at_hop
            sums.append(total)
            numbers.append(number)
        self._history[:, cell] = older, newer
        self._primed[cell], self._last_hop[cell] = primed, last_hop
        return sums, numbers

    def _cut(self, frames: int) -> _Work:
        low, high = self._scratch[:, :frames]
        self._works[frames] = work = _Work(
            self._window[:frames],
            self._window[1 : frames + 1],
            self._window[HISTORY : frames + HISTORY],
            self._window[frames : frames + HISTORY],
            low,
            high,
            np.ones((1, frames), np.int32),
            np.full((1, self._window.shape[1]), float(frames)),
        )
        return work


def middle_of_three(first: Numbers, second: Numbers, third: Numbers) -> Numbers:
    """Median of each three numbers of arrays of one shape."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    np.minimum(high, third, out=high)
    np.maximum(low, high, out=low)
    return low
