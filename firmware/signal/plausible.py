"""Which samples can be true: no code of a broken read, no load beyond the tile, no jump that stands alone.

A read that went wrong by a bit gives half or twice the code, which looks like a load. What tells it from one is that
it stands alone: a sample far from where the cell was a second ago counts only if the one before it, a possible code
too, was off to the same side. A person who sits down loses one sample to that rule.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from firmware.types import Counts, Flags

Mask = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.float64]

JUMP_N: Final = 20.0  # closer than this to the level of the last second, a sample counts by itself
MOST_FRAMES: Final = 128  # in a block: a second of a chip that runs fast, and some


class _Room(NamedTuple):
    """Room for n frames, each (n, cells): arrays of one shape are dealt with three times as fast as unlike ones."""

    calm_low: Counts
    calm_span: npt.NDArray[np.uint32]
    one: Counts
    work: Counts
    unsigned: npt.NDArray[np.uint32]  # the same memory as work
    calm: Mask


class Plausible:
    """Judges samples of all cells. low and high (cells,) are what a tile can carry; until refer all of it is calm.

    Answers do not depend on how samples are cut into blocks, as long as both are changed between whole seconds.
    """

    def __init__(self, low: Counts, high: Counts) -> None:
        self._sides = np.zeros((1, len(low)), np.int8)  # of the newest sample: -1, 0, 1 for below, calm, above
        shape = (MOST_FRAMES, len(low))
        work = np.zeros(shape, np.int32)
        one, span = np.ones(shape, np.int32), np.zeros(shape, np.uint32)
        self._room = _Room(work.copy(), span, one, work, work.view(np.uint32), np.zeros(shape, np.bool_))
        self._rooms: dict[int, _Room] = {}
        self._span = np.zeros(len(low), np.int32)
        self.set_limits(low, high)

    def set_limits(self, low: Counts, high: Counts) -> None:
        """Change the counts that a tile can carry."""
        self._low, self._high = low, high
        self._set_calm(low, high)

    def refer(self, level: Levels, jump: Counts) -> None:
        """Say where the cells (cells,) were at the end of the last second, and how far a calm sample may be from it.

        jump (2, cells) has how far down, a negative number, and how far up.
        """
        self._sides[:] = 0
        bounds = jump + level.astype(np.int32)
        np.maximum(bounds, self._low, out=bounds)
        np.minimum(bounds, self._high, out=bounds)
        self._set_calm(bounds[0], bounds[1])

    def _set_calm(self, low: Counts, high: Counts) -> None:
        self._calm_low, self._calm_high = low, high
        # One comparison for both bounds: what lies below low wraps round to a huge unsigned number.
        self._room.calm_low[:] = low
        np.subtract(high, low, self._span)
        self._room.calm_span[:] = self._span.view(np.uint32)

    def judge(self, raw: Counts, flags: Flags | None) -> Mask | None:
        """Which of at most MOST_FRAMES samples (n, cells) count; None for all. flags None: there is none."""
        calm_low, calm_span, one, work, unsigned, calm = self._rooms.get(len(raw)) or self._cut(len(raw))
        np.subtract(raw, calm_low, work)
        np.less_equal(unsigned, calm_span, calm)
        # False for 0, -1 and every 2^k-1: x & (x + 1) is 0. Among small codes that costs a few good ones.
        np.add(raw, one, work)
        np.bitwise_and(raw, work, work)
        if flags is None and 0 not in calm.tobytes() and np.count_nonzero(work) == raw.size:
            self._sides[:] = 0
            return None
        possible = work != 0
        if flags is not None:
            possible &= flags == 0
        return self._judge_each(raw, possible)

    def _judge_each(self, raw: Counts, possible: Mask) -> Mask | None:
        possible &= raw >= self._low
        possible &= raw <= self._high
        sides = possible * ((raw > self._calm_high).astype(np.int8) - (raw < self._calm_low))
        before = np.concatenate((self._sides, sides[:-1]))
        self._sides[0] = sides[-1]
        possible &= (sides == 0) | (sides == before)
        return None if possible.all() else possible

    def _cut(self, frames: int) -> _Room:
        self._rooms[frames] = room = _Room._make(array[:frames] for array in self._room)
        return room
