"""The last minute of cell loads, steadied: what the decisions about posture look back on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firmware.posture.rows import Rows
from firmware.signal.frontend import HOP_S
from firmware.signal.median_filter import middle_of_three

Loads = npt.NDArray[np.float64]

LAG_S = HOP_S  # a median of three speaks of the middle one
THREE = 3
MOST_WAITING = 64  # more than are kept while somebody lies still; memory that is used soon again is near
BEFORE = 2  # hops before the first one that its median wants


class LoadHistory:
    """A ring of cell loads in newtons, each the median of three hops: no single wrong hop gets through.

    Hops are steadied when somebody looks back: nobody does at most of them.
    """

    def __init__(self, cells: int, length_s: float = 60.0) -> None:
        self._length = round(length_s / HOP_S)
        self._ring = np.zeros((self._length, cells))
        self._waiting: list[tuple[float, ...]] = []  # not steadied yet
        self._most_waiting = min(MOST_WAITING, self._length)
        self._raw = Rows(BEFORE + MOST_WAITING, cells)  # the last two hops, then those that waited
        self._three = Rows(THREE, cells)
        self._hops = 0  # in the ring

    def __len__(self) -> int:
        return min(self._hops + len(self._waiting), self._length)

    def push(self, cells_n: tuple[float, ...]) -> None:
        """Add a hop."""
        self._waiting.append(cells_n)
        if len(self._waiting) == self._most_waiting:
            self._steady()

    def extend(self, loads: Loads) -> None:
        """Add hops (hops, cells), at most MOST_WAITING."""
        self._steady()
        self._raw.all[BEFORE : BEFORE + len(loads)] = loads
        self._add(len(loads))

    def newest(self) -> Loads:
        """Loads (cells,) of the newest hop."""
        if len(self._waiting) < THREE:
            return self.ago(0)
        self._three.put(0, self._waiting[-THREE:])
        first, second, third = self._three.all
        return middle_of_three(first, second, third)

    def _steady(self) -> None:
        number = len(self._waiting)
        if not number:
            return
        self._raw.put(BEFORE, self._waiting)
        self._waiting.clear()
        self._add(number)

    def _add(self, number: int) -> None:
        """Steady so many hops that are in raw, and write them into the ring."""
        raw = self._raw.all[: BEFORE + number]
        if not self._hops:
            raw[:BEFORE] = raw[BEFORE]
        steadied = middle_of_three(raw[:-2], raw[1:-1], raw[2:])[-self._length :]
        number = len(steadied)
        start = self._hops % self._length
        ahead = min(number, self._length - start)
        self._ring[start : start + ahead] = steadied[:ahead]
        if ahead < number:
            self._ring[: number - ahead] = steadied[ahead:]
        raw[:BEFORE] = raw[-BEFORE:]
        self._hops += number

    def shift(self, offset_n: tuple[float, ...]) -> None:
        """Tell all that was seen so much lower (cells,): the zero has moved up by that."""
        self._steady()
        self._ring -= offset_n
        self._raw.all[:BEFORE] -= offset_n

    def ago(self, hops: int) -> Loads:
        """Loads (cells,) so many hops before the newest, or the oldest there is: a view into the ring."""
        self._steady()
        back = min(hops, len(self) - 1)
        row: Loads = self._ring[(self._hops - 1 - back) % self._length]
        return row

    def last(self, hops: int) -> Loads:
        """Loads (n, cells) of the last hops, oldest first; fewer when there are not so many."""
        self._steady()
        number = min(hops, len(self))
        newest = (self._hops - 1) % self._length
        if number <= newest + 1:
            return self._ring[newest + 1 - number : newest + 1]
        return np.concatenate((self._ring[newest + 1 - number :], self._ring[: newest + 1]))


@dataclass(slots=True)
class Debounce:
    """Counts for how many hops on end something has been true."""

    needed: int
    hops: int = 0

    def step(self, *, true: bool) -> bool:
        """Take one hop; tell whether it has been true for long enough."""
        self.hops = self.hops + 1 if true else 0
        return self.hops >= self.needed


def debounce(seconds: float) -> Debounce:
    """Give a Held that wants so many seconds."""
    return Debounce(max(1, round(seconds / HOP_S)))


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
