"""Which samples can be true: no code of a broken read, no load beyond the tile, no jump that stands alone.

A read that went wrong by a bit gives half or twice the code, which looks like a load. Unlike a load it stands alone: a
sample far from the level of the last second counts only if the sample before it was possible and off to the same
side. A person who sits down loses one sample to that rule.
"""

from typing import Final

import numpy as np

from firmware.enums import SMALLEST_BROKEN
from firmware.frames import Counts, Flags
from firmware.signal.seconds import Cells, Mask

ROWS: Final = 16  # limits are repeated for so many frames: arrays of one shape are compared in a third of the time
JUMP_N: Final = 20.0  # closer than this to the level of the last second, a sample counts by itself


class OutlierGate:
    """Judges samples (n, cells). low and high (cells,) are what a tile can carry; until `refer` all of it is calm."""

    def __init__(self, low: Counts, high: Counts) -> None:
        self._calm_side = self._side = np.zeros(len(low), np.int8)  # of the newest sample: -1 below, 1 above
        self._calm_low, self._calm_high = np.zeros((2, ROWS, len(low)), np.int32)
        self.set_limits(low, high)

    def set_limits(self, low: Counts, high: Counts) -> None:
        """Set the counts (cells,) that a tile can carry. Call it between whole seconds only."""
        self._low, self._high = low, high
        self._set_calm(low, high)

    def refer(self, level: Cells, jump: Cells) -> None:
        """Set where the cells (cells,) were at the end of the last second, and how far a calm sample is from that."""
        self._side = self._calm_side
        self._set_calm(np.maximum(level - jump, self._low), np.minimum(level + jump, self._high))

    def _set_calm(self, low: Counts | Cells, high: Counts | Cells) -> None:
        self._calm_low[:] = low
        self._calm_high[:] = high

    def step(self, counts: Counts, flags: Flags) -> Mask | None:
        """Which samples (n, cells) count; None when all do."""
        rows = len(counts) if len(counts) <= ROWS else 1
        above, below = counts > self._calm_high[:rows], counts < self._calm_low[:rows]
        whole = counts & (counts + 1)  # 0 for -1, 0 and every 2^k - 1
        calm = not np.count_nonzero(above | below)
        if calm and np.count_nonzero(whole) == whole.size and not np.count_nonzero(flags):
            self._side = self._calm_side
            return None
        possible = (flags == 0) & (counts >= self._low) & (counts <= self._high)
        possible &= (whole != 0) | (counts > 0) & (counts < SMALLEST_BROKEN)
        side = possible * (above.astype(np.int8) - below)
        before = np.vstack((self._side, side))
        self._side = before[-1]
        valid: Mask = possible & ((side == 0) | (side == before[:-1]))
        return None if valid.all() else valid
