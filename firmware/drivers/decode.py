"""From levels on wires to signed counts: 24-bit two's complement, most significant bit first."""

from typing import Final

import numpy as np
import numpy.typing as npt

from firmware.enums import SMALLEST_BROKEN, Status

BITS: Final = 24
CODE_MAX: Final = (1 << 23) - 1
CODE_MIN: Final = -(1 << 23)

# The first bit has the weight -2^23 of two's complement, so the sign needs no correction.
_WEIGHTS: Final = np.array([CODE_MIN, *(1 << place for place in range(BITS - 2, -1, -1))], np.int64)

Words = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.uint8]


def decode(words: Words, cells: int) -> Counts:
    """Return one code per cell from the levels after each of 24 pulses.

    words is (24,) int64, bit i of words[k] is the data line of cell i after pulse k + 1. Returns (cells,) int32.
    """
    lanes = np.arange(cells, dtype=np.int64)
    bits = (words[:, np.newaxis] >> lanes) & 1
    return (_WEIGHTS @ bits).astype(np.int32)


def flag_codes(counts: Counts) -> Flags:
    """Return flags for suspicious codes: SATURATED at both ends, SUSPECT for typical results of failed reads.

    -1 is a chip that was powered down, 0 a line shorted to ground, 2^k - 1 a read that started too late. A good reading
    has such a code once in a million; losing it does no harm.
    """
    saturated = (counts == CODE_MAX) | (counts == CODE_MIN)
    ones = (counts & (counts + 1)) == 0  # true for -1, 0 and every 2^k - 1 (the highest wraps, and is saturated)
    broken = ones & ~saturated & ((counts <= 0) | (counts >= SMALLEST_BROKEN))
    flags: Flags = saturated * np.uint8(Status.SATURATED) | broken * np.uint8(Status.SUSPECT)
    return flags


def fold_sign(raw: int) -> int:
    """Return the signed code of a 24-bit word; higher bits are ignored."""
    return ((raw & 0xFFFFFF) ^ 0x800000) - 0x800000
