"""The last minute of cell loads: a fixed-size ring of hops, and when a series of hops crossed a level."""

import numpy as np
import numpy.typing as npt

from firmware.signal.frontend import HOP_S
from firmware.signal.median_filter import middle_of_three

Loads = npt.NDArray[np.float64]

LAG_S = HOP_S  # a median of three hops is the value of the middle one


class LoadHistory:
    """A ring of cell loads in newtons, each the median of three hops: a single wrong hop does not get through."""

    def __init__(self, cells: int, length_s: float = 60.0) -> None:
        self._ring = np.zeros((round(length_s / HOP_S), cells))
        self._pushed = 0
        self._recent = [np.zeros(cells)] * 2  # the last two hops as they came

    def __len__(self) -> int:
        return min(self._pushed, len(self._ring))

    def push(self, cells_n: tuple[float, ...] | None) -> None:
        """Add the loads (cells,) of a hop, None to repeat those before; the oldest one drops out of a full ring."""
        newest = self._recent[1] if cells_n is None else np.array(cells_n, dtype=float)
        older, middle = self._recent if self._pushed else (newest, newest)
        self._ring[self._pushed % len(self._ring)] = middle_of_three(older, middle, newest)
        self._recent = [middle, newest]
        self._pushed += 1

    def shift(self, offset_n: tuple[float, ...]) -> None:
        """Lower all hops by offset_n (cells,): the zero has moved up by that."""
        self._ring -= offset_n
        self._recent = [loads - offset_n for loads in self._recent]

    @property
    def newest(self) -> Loads:
        """The loads (cells,) of the newest hop as they came."""
        return self._recent[1]

    def ago(self, hops: int) -> Loads:
        """Return the loads (cells,) so many hops before the newest, or the oldest there are: a view."""
        row: Loads = self._ring[(self._pushed - 1 - min(hops, len(self) - 1)) % len(self._ring)]
        return row

    def last(self, hops: int) -> Loads:
        """Return the loads (n, cells) of the last hops, oldest first; fewer when there are not so many."""
        first = self._pushed - min(hops, len(self))
        return self._ring.take(np.arange(first, self._pushed), axis=0, mode="wrap")


def since_crossing(series: Loads, level: float, rearm: float | None = None) -> float:
    """Return the seconds since a series (n,) of hops, newest last, rose through a level after it was below rearm.

    Without rearm that is the last crossing; with it, a dip that stays above rearm is ignored. The crossing is
    interpolated between two hops.
    """
    below = np.flatnonzero(series < (level if rearm is None else rearm))
    first = int(below[-1]) + 1 if len(below) else 0
    newest = len(series) - 1
    above = np.flatnonzero(series[first:] >= level)
    if not len(above):
        return LAG_S
    there = first + int(above[0])
    step = (series[there] - level) / (series[there] - series[there - 1]) if there else 0.0
    # The mean of a hop belongs to its middle, half a hop before its end.
    return (newest - there + float(step)) * HOP_S + LAG_S + HOP_S / 2
