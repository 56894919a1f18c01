"""The last hops of cell loads, and how far they are from each other: newtons, summed over the cells."""

from collections import deque

import numpy as np
import numpy.typing as npt

from firmware.posture.rows import Rows

THREE = 3  # hops: there, away and back

Newtons = npt.NDArray[np.float64]


class Window:
    """At most so many hops. Nothing is worked out before somebody asks."""

    def __init__(self, hops: int) -> None:
        self._ring = Rows(hops, 1)  # of as many cells as there turn out to be
        self._new: deque[tuple[float, ...]] = deque(maxlen=hops)  # what is not in the ring yet
        self._apart_n = np.zeros((hops, hops))  # in the order of the ring
        at = np.arange(hops)
        in_order = (at[:, np.newaxis, np.newaxis] < at[:, np.newaxis]) & (at[:, np.newaxis] < at)
        self._in_order = np.where(in_order, 0.0, -np.inf)
        self.add = self._new.append  # takes the loads (cells,) of a hop
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._new.clear()
        self._hops = 0  # in the ring, or that were
        self._known, self._known_at = 0, 0  # so many on end have been compared with all before them, up to that one

    def extend(self, loads: Newtons) -> None:
        """Take the loads (hops, cells) of hops."""
        self.loads()
        number = self._fit(loads.shape[1])
        newest = loads[-number:]
        self._ring.all[np.arange(self._hops, self._hops + len(newest)) % number] = newest
        self._hops += len(newest)

    def _fit(self, cells: int) -> int:
        """Make room for so many cells; give the number of hops there is room for."""
        number = len(self._ring.all)
        if self._ring.all.shape[1] != cells:
            self._ring = Rows(number, cells)
        return number

    def loads(self) -> Newtons:
        """Loads (hops, cells) of the hops there are, in the order of the ring."""
        if self._new:
            number = self._fit(len(self._new[0]))
            self._ring.put(self._hops % number, self._new)
            self._hops += len(self._new)
            self._new.clear()
        return self._ring.all[: self._hops]

    def spread_n(self) -> float:
        """From the newest hop to the one farthest from it."""
        loads = self.loads()
        number, newest = len(loads), (self._hops - 1) % len(loads)
        apart = loads - loads[newest]
        row = np.add.reduce(np.abs(apart, out=apart), axis=1)
        self._apart_n[newest, :number] = self._apart_n[:number, newest] = row
        self._known = self._known + 1 if self._known_at == self._hops - 1 else 1
        self._known_at = self._hops
        return float(row.max())

    def detour_n(self) -> float:
        """The most by which the way from one hop over a later one to a third is longer than straight there.

        0.0 for fewer than three. Wants spread_n to have been asked for the newest hop.
        """
        loads = self.loads()
        number = len(loads)
        if number < THREE:
            return 0.0
        apart_n = self._apart_n[:number, :number]
        if self._known < number - 1:
            np.add.reduce(np.abs(loads[:, np.newaxis] - loads), axis=2, out=apart_n)
            self._known = number
        oldest_first = (self._hops + np.arange(number)) % number
        apart_n = apart_n.take(oldest_first, 0).take(oldest_first, 1)
        detours_n = apart_n[:, :, np.newaxis] + apart_n - apart_n[:, np.newaxis]  # from a over b to c: [a, b, c]
        detours_n += self._in_order[:number, :number, :number]
        return float(detours_n.max())

    def swings_n(self) -> Newtons:
        """From the least to the most of each cell (cells,)."""
        loads = self.loads()
        swings_n: Newtons = np.maximum.reduce(loads) - np.minimum.reduce(loads)
        return swings_n
