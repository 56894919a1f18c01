"""Still and slow breathing: for a minute nobody moved, and the breath is known and slow.

The definition is ours and says no more than its name: it is no sleep. Cells under a mattress that say asleep are right
in half of the cases only (PMC5405010: specificity 53 %), and who follows the pacer breathes six times a minute awake.
Slow is under twelve breaths a minute, the lower end of what adults at rest are said to have (twelve to twenty).
"""

from collections import deque
from dataclasses import dataclass

from firmware.signal.frontend import HOP_S


@dataclass(frozen=True, slots=True)
class StillnessSettings:
    """For how many seconds nothing moves, and what is slow."""

    still_s: float = 60.0
    slow_per_min: float = 12.0


class StillnessDetector:
    """One `step` a hop while there is load. Movements that are not known, as of somebody new, begin the minute anew.

    settled is the part of the minute in which nobody moved, 0 to 1; what is not known yet counts as movement.
    """

    def __init__(self, settings: StillnessSettings | None = None) -> None:
        chosen = settings or StillnessSettings()
        self._slow_per_min = chosen.slow_per_min
        self._needed = round(chosen.still_s / HOP_S)
        self._hops = 0  # in which it was known
        self._moved: deque[int] = deque()  # those of the last minute in which somebody moved
        self.settled: float | None = None

    def step(self, breaths_per_min: float | None, *, moving: bool | None) -> bool | None:
        """Take how somebody breathes and whether they move, None where not known; None when one of both is missing."""
        if moving is None:
            self._moved.clear()
            self._hops, self.settled = 0, None
            return None
        needed, moved = self._needed, self._moved
        self._hops = hops = self._hops + 1
        if moving:
            moved.append(hops)
        if moved and moved[0] <= hops - needed:
            moved.popleft()
        if hops < needed:
            self.settled = (hops - len(moved)) / needed
            return False
        self.settled = 1.0 - len(moved) / needed
        return False if moved else None if breaths_per_min is None else breaths_per_min < self._slow_per_min
