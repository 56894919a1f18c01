"""Which samples can be true: no code of a broken read, no load beyond the tile, no jump that stands alone.

A read that went wrong by a bit gives half or twice the code, which looks like a load. What tells it from one is that
it stands alone: a sample far from where the cell was a second ago counts only if the one before it, a possible code
too, was off to the same side. A person who sits down loses one sample to that rule.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from firmware.frames import SMALLEST_BROKEN, Counts, Flags

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


class OutlierGate:
    """Judges samples of all cells. low and high (cells,) are what a tile can carry; until refer all of it is calm.

    Answers do not depend on how samples are cut into blocks, as long as both are changed between whole seconds.
    """

    def __init__(self, low: Counts, high: Counts) -> None:
        self._sides = np.zeros((1, len(low)), np.int8)  # of the newest sample: -1, 0, 1 for below, calm, above
        self._aside = False  # whether any of them is not 0
        shape = (MOST_FRAMES, len(low))
        work = np.zeros(shape, np.int32)
        one, span = np.ones(shape, np.int32), np.zeros(shape, np.uint32)
        self._room = _Room(work.copy(), span, one, work, work.view(np.uint32), np.zeros(shape, np.bool_))
        self._rooms: dict[int, _Room] = {}
        self._calm_from = np.zeros(len(low))
        self.set_limits(low, high)

    def set_limits(self, low: Counts, high: Counts) -> None:
        """Change the counts that a tile can carry."""
        self._low, self._high = low, high
        self._jump: Levels | None = None
        self._room.calm_low[:] = low
        self._room.calm_span[:] = np.subtract(high, low).view(np.uint32)

    def refer(self, level: Levels, jump: Levels) -> None:
        """Say where the cells (cells,) were at the end of the last second, and how far a calm sample may be from it.

        jump (cells,) is a whole number of counts. Near the ends of what a tile can carry, what is calm is as much, but
        does not reach beyond them.
        """
        if self._aside:
            self._sides[:] = 0
            self._aside = False
        if jump is not self._jump:
            self._jump = jump
            span = np.minimum(2 * jump, np.subtract(self._high, self._low))
            self._room.calm_span[:] = span
            self._calm_to = self._high - span
        calm_from = self._calm_from
        np.subtract(level, jump, calm_from)
        np.minimum(calm_from, self._calm_to, out=calm_from)
        np.maximum(calm_from, self._low, out=calm_from)
        self._room.calm_low[:] = calm_from

    def judge(self, raw: Counts, flags: Flags | None) -> Mask | None:
        """Which of at most MOST_FRAMES samples (n, cells) count; None for all. flags None: there is none."""
        calm_low, calm_span, one, work, unsigned, calm = self._rooms.get(len(raw)) or self._cut(len(raw))
        # One comparison for both bounds: what lies below low wraps round to a huge unsigned number.
        np.subtract(raw, calm_low, work)
        np.less_equal(unsigned, calm_span, calm)
        np.add(raw, one, work)
        np.bitwise_and(raw, work, work)  # 0 for 0, -1 and every 2^k-1
        if flags is None and 0 not in calm.tobytes() and np.count_nonzero(work) == raw.size:
            if self._aside:
                self._sides[:] = 0
                self._aside = False
            return None
        possible = (work != 0) | (raw > 0) & (raw < SMALLEST_BROKEN)
        if flags is not None:
            possible &= flags == 0
        return self._judge_each(raw, possible)

    def _judge_each(self, raw: Counts, possible: Mask) -> Mask | None:
        possible &= raw >= self._low
        possible &= raw <= self._high
        calm_low, calm_span = self._room.calm_low[0], self._room.calm_span[0]
        sides = possible * ((raw > calm_low + calm_span.view(np.int32)).astype(np.int8) - (raw < calm_low))
        before = np.concatenate((self._sides, sides[:-1]))
        self._sides[0] = sides[-1]
        self._aside = True
        possible &= (sides == 0) | (sides == before)
        return None if possible.all() else possible

    def _cut(self, frames: int) -> _Room:
        self._rooms[frames] = room = _Room._make(array[:frames] for array in self._room)
        return room
