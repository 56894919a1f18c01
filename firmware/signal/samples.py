"""Which samples count: the ones a working chip can give, and of those the median of each three on end."""

import numpy as np
import numpy.typing as npt

from firmware.signal.plausible import Plausible
from firmware.types import Counts, Flags, IntArray

Mask = npt.NDArray[np.bool_]
Sums = tuple[list[int], list[int]]
HISTORY = 2  # two samples before this one make a median of three


class Samples:
    """Sums the medians of three valid samples for each cell, hop by hop, in integers.

    A sample is valid when its status is 0 and Plausible believes it. The median runs over valid samples only, so that
    a wrong code next to another cannot outvote a good one. The first two samples of a cell only prime it, and so do
    the first two after it was silent for more than hold_hops.
    """

    def __init__(self, low: Counts, high: Counts, hold_hops: int) -> None:
        cells = len(low)
        self._hold_hops = hold_hops
        self._history = np.zeros((HISTORY, cells), np.int32)
        self._primed = np.zeros(cells, np.int64)
        self._all_primed = False
        self._last_hop = np.zeros(cells, np.int64)  # of the newest valid sample
        self._oldest_hop = 0  # the smallest of them
        self._sums = np.zeros((0, cells), np.int64)
        self._numbers = np.zeros((0, cells), np.int64)
        self.plausible = Plausible(low, high)

    def add(self, raw: Counts, flags: Flags, hop: int, bounds: IntArray | None) -> None:
        """Add frames (n, cells) of the hops from number hop on; bounds (hops + 1,) are the rows they begin at.

        Without bounds all belong to that one hop.
        """
        before = self._sums
        self._sums, self._numbers, had = *self._medians(raw, flags, hop, bounds), self._numbers
        if len(before):  # of the same open hop, from a buffer that was full
            self._sums[0] += before[0]
            self._numbers = np.broadcast_to(self._numbers, self._sums.shape).copy()
            self._numbers[0] += had[0]

    def take(self) -> tuple[IntArray, IntArray]:
        """Give sums (hops, cells) and numbers (hops, cells), or (hops, 1) where all cells have the same."""
        sums, numbers = self._sums, self._numbers
        self._sums, self._numbers = sums[:0], numbers[:0]
        return sums, numbers

    def _medians(self, raw: Counts, flags: Flags, hop: int, bounds: IntArray | None) -> tuple[IntArray, IntArray]:
        hops = 1 if bounds is None else len(bounds) - 1
        if not len(raw):
            return np.zeros((hops, raw.shape[1]), np.int64), np.zeros((hops, 1), np.int64)
        sizes = np.array([[len(raw)]]) if bounds is None else (bounds[1:] - bounds[:-1])[:, np.newaxis]
        valid, all_valid = self.plausible.judge(raw, flags)
        whole = hops == 1 or bool(sizes.all())
        recent = hop - self._oldest_hop <= self._hold_hops
        if self._all_primed and recent and whole and all_valid:
            self._oldest_hop = hop + hops - 1
            self._last_hop[:] = self._oldest_hop
            return self._clean(raw, bounds), sizes
        return self._mixed(raw, valid, hop, bounds, np.broadcast_to(sizes, (hops, raw.shape[1])), whole=whole)

    def _mixed(
        self, raw: Counts, valid: Mask, hop: int, bounds: IntArray | None, sizes: IntArray, *, whole: bool
    ) -> tuple[IntArray, IntArray]:
        """Sums and numbers where some cells need to be looked at one by one."""
        hops = len(sizes)
        clean = valid.all(axis=0) & (self._primed == HISTORY) & (hop - self._last_hop <= self._hold_hops)
        clean &= whole
        sums, numbers = np.zeros((hops, raw.shape[1]), np.int64), np.zeros((hops, raw.shape[1]), np.int64)
        if clean.any():
            before = self._history.copy()
            sums[:] = self._clean(raw, bounds)
            self._history[:, ~clean] = before[:, ~clean]
            numbers[:] = sizes
            self._last_hop[clean] = hop + hops - 1
        hop_of = np.repeat(np.arange(hop, hop + hops), sizes[:, 0])
        for cell in np.flatnonzero(~clean):
            rows = np.flatnonzero(valid[:, cell])
            samples, at_hops = raw[rows, cell].tolist(), hop_of[rows].tolist()
            sums[:, cell], numbers[:, cell] = self._one_cell(int(cell), samples, at_hops, hop, hops)
        self._all_primed = bool((self._primed == HISTORY).all())
        self._oldest_hop = int(self._last_hop.min())
        return sums, numbers

    def _clean(self, raw: Counts, bounds: IntArray | None) -> IntArray:
        """Sums (hops, cells) where every sample is valid and every cell is primed."""
        window = np.concatenate((self._history, raw))
        first, second, third = window[:-2], window[1:-1], window[2:]
        median = np.maximum(np.minimum(first, second), np.minimum(np.maximum(first, second), third))
        self._history[:] = window[-HISTORY:]
        if bounds is None:
            total: IntArray = np.add.reduce(median, axis=0, dtype=np.int64, keepdims=True)
            return total
        return np.add.reduceat(median, bounds[:-1], axis=0, dtype=np.int64)

    def _one_cell(self, cell: int, samples: list[int], hop_of: list[int], hop: int, hops: int) -> Sums:
        """Do the same for one cell that has invalid samples, is not primed or was silent: sums and numbers (hops,).

        Plain loops: such cells have few samples at a time, and arrays of ten cost more than numbers.
        """
        sums, numbers = [0] * hops, [0] * hops
        older, newer = self._history[:, cell].tolist()
        primed, last_hop = int(self._primed[cell]), int(self._last_hop[cell])
        for sample, at_hop in zip(samples, hop_of, strict=True):
            if at_hop - last_hop > self._hold_hops:
                primed = 0
            if primed == HISTORY:
                sums[at_hop - hop] += sorted((older, newer, sample))[1]
                numbers[at_hop - hop] += 1
            else:
                primed += 1
            older, newer, last_hop = newer, sample, at_hop
        self._history[:, cell] = older, newer
        self._primed[cell], self._last_hop[cell] = primed, last_hop
        return sums, numbers
