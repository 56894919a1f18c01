"""From levels on wires to signed counts: 24-bit two's complement, most significant bit first."""

from typing import Final

import numpy as np
import numpy.typing as npt

from firmware.frames import SMALLEST_BROKEN, Status

BITS: Final = 24
CODE_MAX: Final = (1 << 23) - 1
CODE_MIN: Final = -(1 << 23)

# The first bit counts -2^23, as two's complement has it; then no sign has to be mended afterwards.
_WEIGHTS: Final = np.array([CODE_MIN, *(1 << place for place in range(BITS - 2, -1, -1))], np.int64)

Words = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.uint8]


def decode(words: Words, cells: int) -> Counts:
    """Turn what was seen after each of 24 pulses into one code per cell.

    words is (24,) int64, bit i of words[k] is the data line of cell i after pulse k + 1. Returns (cells,) int32.
    """
    lanes = np.arange(cells, dtype=np.int64)
    bits = (words[:, np.newaxis] >> lanes) & 1
    return (_WEIGHTS @ bits).astype(np.int32)


def flag_codes(counts: Counts) -> Flags:
    """Flag codes that say something about themselves: SATURATED at both ends, SUSPECT for what broken reads give.

    -1 is a chip that was switched off, 0 a line shorted to ground, 2^k - 1 a read that began too late. A true
    reading has such a code once in a million; it is then not used, which costs nothing.
    """
    saturated = (counts == CODE_MAX) | (counts == CODE_MIN)
    ones = (counts & (counts + 1)) == 0  # true for -1, 0 and every 2^k - 1 (the highest wraps, and is saturated)
    broken = ones & ~saturated & ((counts <= 0) | (counts >= SMALLEST_BROKEN))
    flags: Flags = saturated * np.uint8(Status.SATURATED) | broken * np.uint8(Status.SUSPECT)
    return flags


def fold_sign(raw: int) -> int:
    """Give the signed code of a 24-bit word, whatever stands in the bits above."""
    return ((raw & 0xFFFFFF) ^ 0x800000) - 0x800000
