"""The load above the baseline, which is what lay on the mat before, over the cells that are available."""

import numpy as np

from firmware.posture.history import LoadHistory, Loads, since_crossing
from firmware.signal.frontend import HOP_S

FOLLOW = 0.05  # of the difference in a hop, while the mat is empty


class Baseline:
    """Loads are (cells,) newtons. A towel under the mat and a case on it become part of the baseline when still."""

    def __init__(self, cells: int, length_s: float) -> None:
        self._history = LoadHistory(cells, length_s)
        self._baseline = np.zeros(cells)
        self.usable = np.ones(cells)  # 1.0 for a cell that is available, else 0.0

    def __len__(self) -> int:
        return len(self._history)

    def push(self, cells_n: tuple[float, ...]) -> None:
        """Add the loads of a hop."""
        self._history.push(cells_n)

    def shift(self, offset_n: tuple[float, ...]) -> None:
        """Continue as if the zero had always been offset_n (cells,) newtons higher."""
        self._history.shift(offset_n)
        self._baseline -= offset_n

    def follow(self, hops: int) -> None:
        """Follow the load of so many hops ago, slowly: the mat is empty."""
        self._baseline += FOLLOW * (self._history.ago(hops) - self._baseline)

    def take_all(self) -> None:
        """Make all of the present load the baseline."""
        self._baseline = self._history.ago(0).copy()

    def take(self, above: Loads) -> None:
        """Add a load to the baseline."""
        self._baseline = self._baseline + above

    def last(self, hops: int) -> Loads:
        """Return the loads (n, cells) above the baseline in the last hops, oldest first."""
        return self._above(self._history.last(hops))

    def ago(self, hops: int) -> Loads:
        """Return the loads above the baseline so many hops ago."""
        return self._above(self._history.ago(hops))

    def still(self, seconds: float, still_n: float) -> bool:
        """Return whether no cell has changed by more than still_n for so long."""
        hops = round(seconds / HOP_S)
        if len(self._history) < hops or np.abs(self._history.ago(0) - self._history.ago(hops - 1)).max() > still_n:
            return False
        return bool(np.ptp(self._history.last(hops), axis=0).max() <= still_n)

    def moved(self, shares: Loads, hops: int, least_n: float) -> float:
        """Return half the summed difference of shares to so many hops ago: the part of the load that moved.

        1.0 where the load was less than least_n then.
        """
        then = self.ago(hops)
        total = float(then.sum())
        return 1.0 if total < least_n else 0.5 * float(np.abs(shares - then / total).sum())

    def since_travelled(self, start: Loads, end: Loads, progress: float, rearm: float | None = None) -> float:
        """Return the seconds since the loads passed so much of the way from start to end; see since_crossing."""
        way = end - start
        past = self.last(len(self._history))
        length = float(way @ way)
        return since_crossing((past - start) @ way, progress * length, None if rearm is None else rearm * length)

    def _above(self, loads: Loads) -> Loads:
        return np.maximum(loads - self._baseline, 0.0) * self.usable
