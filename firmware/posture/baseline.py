"""What rests on the mat above what lay there before, of the cells that answer, now and in the last minute."""

import numpy as np

from firmware.posture.history import LoadHistory, Loads, since_crossing
from firmware.signal.frontend import HOP_S

FOLLOW = 0.05  # of the difference in a hop: what lies there when nobody does


class Baseline:
    """Loads are (cells,) newtons. A towel under the mat and a case on it belong to the ground once they are still."""

    def __init__(self, cells: int, length_s: float) -> None:
        self._history = LoadHistory(cells, length_s)
        self._before = np.zeros(cells)  # what lay there before somebody came
        self.usable = self._ones = np.ones(cells)  # 1.0 for a cell that answers, else 0.0
        self._none = np.zeros(cells)
        self._whole = True
        self.push, self.extend = self._history.push, self._history.extend  # take the loads of a hop, of hops

    def __len__(self) -> int:
        return len(self._history)

    def now(self) -> tuple[Loads, float]:
        """Give the newest loads above the ground, and their sum."""
        above = self._history.newest() - self._before
        np.maximum(above, self._none, out=above)
        if not self._whole:
            above *= self.usable
        return above, float(above.dot(self._ones))

    def use(self, lost: int) -> Loads:
        """Say which cells do not answer, as bits; give which do."""
        self._whole = not lost
        self.usable = np.array([0.0 if lost >> cell & 1 else 1.0 for cell in range(len(self._ones))])
        return self.usable

    def shift(self, offset_n: tuple[float, ...]) -> None:
        """Go on as if the zero had always been offset_n (cells,) newtons higher."""
        self._history.shift(offset_n)
        self._before -= offset_n

    def follow(self, hops: int) -> None:
        """Nobody is there: let the ground follow slowly, as it was so many hops ago."""
        self._before += FOLLOW * (self._history.ago(hops) - self._before)

    def take_all(self) -> None:
        """What lies there now is nobody."""
        self._before[:] = self._history.ago(0)

    def take(self, above: Loads) -> None:
        """So much more is nobody."""
        self._before = self._before + above

    def last(self, hops: int) -> Loads:
        """Loads (n, cells) above the ground in the last hops, oldest first."""
        return self._above(self._history.last(hops))

    def ago(self, hops: int) -> Loads:
        """Loads above the ground so many hops ago."""
        return self._above(self._history.ago(hops))

    def still(self, seconds: float, still_n: float) -> bool:
        """Whether no cell has changed by more than that for so long."""
        hops = round(seconds / HOP_S)
        if len(self._history) < hops:
            return False
        window = self._history.last(hops)
        # Cheap look first: most hops end here.
        if np.abs(window[0] - window[-1]).max() > still_n:
            return False
        return bool((window.max(axis=0) - window.min(axis=0)).max() <= still_n)

    def moved(self, shares: Loads, hops: int, least_n: float) -> float:
        """Half the summed difference of shares to so many hops ago: the part of the load that moved.

        All of it where there was less than least_n then.
        """
        then = self.ago(hops)
        total = float(then.sum())
        return 1.0 if total < least_n else 0.5 * float(np.abs(shares - then / total).sum())

    def since_travelled(self, start: Loads, end: Loads, progress: float, rearm: float | None = None) -> float:
        """Seconds since the loads rose through so much of the way from start to end; see since_crossing."""
        way = end - start
        past = self.last(len(self._history))
        length = float(way @ way)
        return since_crossing((past - start) @ way, progress * length, None if rearm is None else rearm * length)

    def _above(self, loads: Loads) -> Loads:
        return np.maximum(loads - self._before, 0.0) * self.usable
