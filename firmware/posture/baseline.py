"""The load above the baseline, which is what lay on the mat before, over the cells that are available."""

import numpy as np

from firmware.posture.history import LoadHistory, Loads
from firmware.signal.frontend import HOP_S

FOLLOW = 0.05  # of the difference in a hop, while the mat is empty


class Baseline:
    """Loads are (cells,) newtons. A towel under the mat and a case on it become part of the baseline when still."""

    def __init__(self, cells: int, length_s: float) -> None:
        self._history = LoadHistory(cells, length_s)
        self._baseline = np.zeros(cells)
        self.usable = np.ones(cells)

    def __len__(self) -> int:
        return len(self._history)

    def push(self, cells_n: tuple[float, ...] | None, usable: Loads) -> None:
        """Add the loads of a hop, None to repeat those before; usable (cells,) is 1.0 for available cells, else 0.0."""
        self._history.push(cells_n)
        self.usable = usable

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

    def newest(self) -> Loads:
        """Return the loads above the baseline of the newest hop, without the median of three."""
        return self._above(self._history.newest)

    def ago(self, hops: int) -> Loads:
        """Return the loads above the baseline so many hops ago."""
        return self._above(self._history.ago(hops))

    def still(self, seconds: float, still_n: float) -> bool:
        """Return whether no cell has changed by more than still_n for so long."""
        hops = round(seconds / HOP_S)
        if len(self._history) < hops or np.abs(self._history.ago(0) - self._history.ago(hops - 1)).max() > still_n:
            return False
        return bool(np.ptp(self._history.last(hops), axis=0).max() <= still_n)

    def _above(self, loads: Loads) -> Loads:
        return np.maximum(loads - self._baseline, 0.0) * self.usable
