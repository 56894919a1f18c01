"""Hops collected into seconds, for what changes slowly: the zero and the health of the cells."""

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SECOND_HOPS = 10
MEMORY_S = 10  # the average over a stable time covers at most this


class Seconds:
    """Ten hops at a time. missing (cells,) are the cells that were lost in at least one of them, None for none."""

    def __init__(self) -> None:
        self._means: list[Cells] = []
        self._closed = False
        self.missing: Mask | None = None

    def push(self, means: Cells, lost: Mask | None) -> None:
        """Add the counts (cells,) of a hop and its lost cells (cells,)."""
        if self._closed:
            self._means, self.missing, self._closed = [], None, False
        self._means.append(means)
        if lost is not None:
            self.missing = lost if self.missing is None else self.missing | lost

    def close(self) -> bool:
        """End the second; false when a gap in time cut it short, so that it must not be used."""
        self._closed = True
        return len(self._means) == SECOND_HOPS

    @property
    def hops(self) -> Cells:
        """The counts (hops, cells) of the second, also after it was closed."""
        return np.array(self._means)

    @property
    def newest(self) -> Cells:
        """The counts (cells,) of the last hop."""
        return self._means[-1]

    def middle(self) -> Cells:
        """Median (cells,) of the second: up to four wrong hops of a cell do not move it far."""
        ordered = np.sort(self.hops, axis=0)
        middle: Cells = (ordered[SECOND_HOPS // 2 - 1] + ordered[SECOND_HOPS // 2]) / 2
        return middle


class StabilityDetector:
    """Whether the cells stay where they are: for_s seconds so far, all within the limits (cells,) in counts.

    mean (cells,) is the average of the last ten of them. Every second is compared with the first, so that a slow creep
    is not stable.
    """

    def __init__(self, limits: Cells) -> None:
        self._limits = limits
        self._first = np.zeros_like(limits)
        self._moved = np.zeros_like(limits)
        self.mean = np.zeros_like(limits)
        self.for_s = 0

    def step(self, middle: Cells, ignored: Mask | None) -> None:
        """Add the median (cells,) of a second; ignored cells may move."""
        self._moved = np.abs(middle - self._first)
        if ignored is not None:
            self._moved[ignored] = 0.0
        if self.for_s and (self._moved <= self._limits).all():
            self.for_s += 1
            self.mean += (middle - self.mean) / min(self.for_s, MEMORY_S)
        else:
            self.for_s = 1
            self._first, self.mean = middle, middle.copy()

    def worst(self) -> int:
        """Index of the cell that moved most in the last second, as a multiple of its limit."""
        return int(np.argmax(self._moved / self._limits))

    def forget(self) -> None:
        """Start again with the next second."""
        self.for_s = 0
