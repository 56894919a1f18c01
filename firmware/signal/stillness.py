"""Still and slow breathing: for a minute the person has not moved, and the breath is known and slow.

The definition is ours and means no more than its name: it is not sleep. Sensors under a mattress that report sleep are
right in half of the cases only (PMC5405010: specificity 53 %), and a person who follows the pacer breathes six times a
minute awake. Slow is under twelve breaths a minute, the lower end of the usual range of adults at rest (twelve to
twenty).
"""

from collections import deque
from dataclasses import dataclass

from firmware.signal.frontend import HOP_S


@dataclass(frozen=True, slots=True)
class StillnessSettings:
    """still_s: seconds without a movement. slow_per_min: fewer breaths a minute than this are slow."""

    still_s: float = 60.0
    slow_per_min: float = 12.0


class StillnessDetector:
    """One `step` a hop while there is load. A hop in which movement is not known, as for a new person, starts again.

    still_share is the part of the last minute without movement, 0 to 1; what is not known yet counts as movement.
    """

    def __init__(self, settings: StillnessSettings | None = None) -> None:
        chosen = settings or StillnessSettings()
        self._slow_per_min = chosen.slow_per_min
        self._needed = round(chosen.still_s / HOP_S)
        self._hops = 0  # in which movement was known
        self._moved: deque[int] = deque()  # the numbers of those of the last minute with movement
        self.still_share: float | None = None

    def step(self, breaths_per_min: float | None, *, moving: bool | None) -> bool | None:
        """Whether the person is still and breathes slowly; None when movement or breathing is not known."""
        if moving is None:
            self._moved.clear()
            self._hops, self.still_share = 0, None
            return None
        needed, moved = self._needed, self._moved
        self._hops = hops = self._hops + 1
        if moving:
            moved.append(hops)
        if moved and moved[0] <= hops - needed:
            moved.popleft()
        self.still_share = (min(hops, needed) - len(moved)) / needed
        if moved or hops < needed:
            return False
        return None if breaths_per_min is None else breaths_per_min < self._slow_per_min
