"""The last minute of cell loads, steadied: what the decisions about posture look back on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firmware.signal.frontend import HOP_S

Loads = npt.NDArray[np.float64]

LAG_S = HOP_S  # a median of three speaks of the middle one


class History:
    """A ring of cell loads in newtons, each the median of three hops: no single wrong hop gets through."""

    def __init__(self, cells: int, length_s: float = 60.0) -> None:
        self._length = round(length_s / HOP_S)
        self._ring = np.zeros((self._length, cells))
        self._rows: list[Loads] = list(self._ring)
        self._raw = [np.zeros(cells) for _ in range(3)]  # the last three hops, oldest first
        self._high = np.zeros(cells)
        self._hops = 0

    def __len__(self) -> int:
        return min(self._hops, self._length)

    def push(self, cells_n: tuple[float, ...]) -> Loads:
        """Add a hop; return the newest steadied loads (cells,), a view that stays as it is for the ring's length."""
        raw = self._raw
        if not self._hops:
            for one in raw:
                one[:] = cells_n
        first, second, third = raw[1], raw[2], raw[0]
        third[:] = cells_n
        raw[:] = first, second, third
        row, high = self._rows[self._hops % self._length], self._high
        np.minimum(first, second, out=row)
        np.maximum(first, second, out=high)
        np.minimum(high, third, out=high)
        np.maximum(row, high, out=row)
        self._hops += 1
        return row

    def shift(self, offset_n: tuple[float, ...]) -> None:
        """Tell all that was seen so much lower (cells,): the zero has moved up by that."""
        self._ring -= offset_n
        for raw in self._raw:
            raw[:] -= offset_n

    def ago(self, hops: int) -> Loads:
        """Loads (cells,) so many hops before the newest, or the oldest there is."""
        back = min(hops, len(self) - 1)
        return self._rows[(self._hops - 1 - back) % self._length]

    def last(self, hops: int) -> Loads:
        """Loads (n, cells) of the last hops, oldest first; fewer when there are not so many."""
        number = min(hops, len(self))
        newest = (self._hops - 1) % self._length
        if number <= newest + 1:
            return self._ring[newest + 1 - number : newest + 1]
        return np.concatenate((self._ring[newest + 1 - number :], self._ring[: newest + 1]))


@dataclass(slots=True)
class Held:
    """Counts for how many hops on end something has been true."""

    needed: int
    hops: int = 0

    def step(self, *, true: bool) -> bool:
        """Take one hop; tell whether it has been true for long enough."""
        self.hops = self.hops + 1 if true else 0
        return self.hops >= self.needed


def hold(seconds: float) -> Held:
    """Give a Held that wants so many seconds."""
    return Held(max(1, round(seconds / HOP_S)))


def since_crossing(series: Loads, level: float, rearm: float | None = None) -> float:
    """Seconds since a series (n,) of hops, newest last, rose through a level after it was last below rearm.

    Without rearm that is the last crossing of all; with it, a dip that stays above rearm is no new beginning.
    """
    below = np.flatnonzero(series < (level if rearm is None else rearm))
    first = int(below[-1]) + 1 if len(below) else 0
    newest = len(series) - 1
    above = np.flatnonzero(series[first:] >= level)
    if not len(above):
        return LAG_S
    there = first + int(above[0])
    step = (series[there] - level) / (series[there] - series[there - 1]) if there else 0.0
    # A hop speaks of its middle, half a hop before its end.
    return (newest - there + float(step)) * HOP_S + LAG_S + HOP_S / 2
