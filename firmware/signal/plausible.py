"""Which samples can be true: no code of a broken read, no load beyond the tile, no jump that stands alone.

A read that went wrong by a bit gives half or twice the code, which looks like a load. What tells it from one is that
it stands alone: a sample far from where the cell was a second ago counts only if the one before it, a possible code
too, was off to the same side. A person who sits down loses one sample to that rule.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from firmware.types import Counts, Flags

Mask = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.float64]

JUMP_N: Final = 20.0  # closer than this to the level of the last second, a sample counts by itself


class Plausible:
    """Judges samples of all cells. low and high (cells,) are what a tile can carry; until refer all of it is calm.

    Answers do not depend on how samples are cut into blocks, as long as both are changed between whole seconds.
    """

    def __init__(self, low: Counts, high: Counts) -> None:
        self._sides = np.zeros((1, len(low)), np.int8)  # of the newest sample: -1, 0, 1 for below, calm, above
        self.set_limits(low, high)

    def set_limits(self, low: Counts, high: Counts) -> None:
        """Change the counts that a tile can carry."""
        self._low, self._high = low, high
        self._set_calm(low, high)

    def refer(self, level: Levels, jump: Levels) -> None:
        """Say where the cells (cells,) were at the end of the last second, and how far a calm sample may be from it."""
        self._sides[:] = 0
        low = np.maximum(level - jump, self._low).astype(np.int32)
        self._set_calm(low, np.maximum(np.minimum(level + jump, self._high).astype(np.int32), low))

    def _set_calm(self, low: Counts, high: Counts) -> None:
        self._calm_low, self._calm_high = low, high
        # One comparison for both bounds: what lies below low wraps round to a huge unsigned number.
        self._calm_span = (high - low).view(np.uint32)

    def judge(self, raw: Counts, flags: Flags) -> tuple[Mask, bool]:
        """Which of the samples (n, cells) count, and whether all of them do."""
        possible = (
            raw & (raw + 1)
        ) != 0  # false for 0, -1 and every 2^k-1; among small codes that costs a few good ones
        if np.bitwise_or.reduce(flags, axis=None):
            possible &= flags == 0
        calm = (raw - self._calm_low).view(np.uint32) <= self._calm_span
        calm &= possible
        if np.logical_and.reduce(calm, axis=None):
            self._sides[:] = 0
            return calm, True
        possible &= raw >= self._low
        possible &= raw <= self._high
        sides = possible * ((raw > self._calm_high).astype(np.int8) - (raw < self._calm_low))
        before = np.concatenate((self._sides, sides[:-1]))
        self._sides[0] = sides[-1]
        possible &= (sides == 0) | (sides == before)
        return possible, bool(np.logical_and.reduce(possible, axis=None))
