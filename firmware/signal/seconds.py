"""Hops gathered into seconds: what changes slowly (the zero, the health of cells) is looked at once a second."""

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SECOND_HOPS = 10
MEMORY_S = 10  # the average of a still time looks no further back


class Seconds:
    """Ten hops at a time. missing (cells,) marks cells without a reading in at least one of them; None is usual."""

    def __init__(self) -> None:
        self._parts: list[Cells] = []
        self.missing: Mask | None = None
        self._filled = 0

    def push(self, means: Cells, lost: Mask | None) -> None:
        """Take counts (n, cells) of hops of one second, and which (n, cells) of them are lost; None is none."""
        if not self._filled:
            self._parts.clear()
            self.missing = None
        self._parts.append(means)
        self._filled += len(means)
        if lost is not None:
            gone: Mask = np.logical_or.reduce(lost, axis=0)
            if self.missing is not None:
                np.logical_or(gone, self.missing, out=gone)
            self.missing = gone

    @property
    def hops(self) -> Cells:
        """The counts (hops, cells) of the second, also after it was closed."""
        return self._parts[0] if len(self._parts) == 1 else np.concatenate(self._parts)

    @property
    def newest(self) -> Cells:
        """The counts (cells,) of the last hop."""
        newest: Cells = self._parts[-1][-1]
        return newest

    def close(self) -> bool:
        """End the second; false when it was cut short by a gap in time, and says nothing."""
        whole, self._filled = self._filled == SECOND_HOPS, 0
        return whole

    def middle(self) -> Cells:
        """Give the median (cells,) of the second: up to four wrong hops of a cell do not move it far."""
        ordered = np.sort(self.hops, axis=0)
        middle: Cells = ordered[SECOND_HOPS // 2 - 1]
        middle += ordered[SECOND_HOPS // 2]
        middle *= 0.5
        return middle


class StabilityDetector:
    """Whether cells stay where they are, second after second: for_s seconds so far, all within the limits (cells,).

    mean (cells,) is the average of the last ten of them. A slow creep is no stillness: every second is compared with
    the first.
    """

    def __init__(self, limits: Cells) -> None:
        self._limits = limits
        self._first = np.zeros_like(limits)
        self._moved = np.zeros_like(limits)
        self.mean = np.zeros_like(limits)
        self.for_s = 0

    def step(self, middle: Cells, ignored: Mask | None) -> None:
        """Take the median (cells,) of a second; ignored cells may do what they like."""
        moved = np.subtract(middle, self._first, out=self._moved)
        np.abs(moved, out=moved)
        if ignored is not None:
            moved[ignored] = 0.0
        if self.for_s and (moved <= self._limits).all():
            self.for_s += 1
            self.mean += (middle - self.mean) / min(self.for_s, MEMORY_S)
        else:
            self.for_s = 1
            self._first[:] = self.mean[:] = middle

    def worst(self) -> int:
        """Give the cell that moved most, by its limit, between the last second and the one it was compared with."""
        return int(np.argmax(self._moved / self._limits))

    def forget(self) -> None:
        """Begin anew with the next second."""
        self.for_s = 0
