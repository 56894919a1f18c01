"""From levels on wires to signed counts: 24-bit two's complement, most significant bit first.

Plain integers: the sampler imports no numpy, which halves its memory and its start-up time.
"""

from collections.abc import Sequence
from typing import Final

from firmware.enums import SMALLEST_BROKEN, Status

BITS: Final = 24
CODE_MAX: Final = (1 << 23) - 1
CODE_MIN: Final = -(1 << 23)


def decode_words(words: Sequence[int], cells: int) -> tuple[int, ...]:
    """Return one code per cell from the levels after each of 24 pulses.

    Bit i of words[k] is the data line of cell i after pulse k + 1. The bits of all words form one string, in which
    every cells-th character belongs to the same cell.
    """
    mask = (1 << cells) - 1
    bits = "".join([format(word & mask, f"0{cells}b") for word in words])
    return tuple([fold_sign(int(bits[start::cells], 2)) for start in range(cells - 1, -1, -1)])


def flag_code(code: int) -> Status:
    """Return the flag of a suspicious code: SATURATED at both ends, SUSPECT for typical results of failed reads.

    -1 is a chip that was powered down, 0 a line shorted to ground, 2^k - 1 a read that started too late. A good reading
    has such a code once in a million; losing it does no harm.
    """
    if code in (CODE_MAX, CODE_MIN):
        return Status.SATURATED
    all_ones = not code & (code + 1)  # also true for -1 and 0
    return Status.SUSPECT if all_ones and (code <= 0 or code >= SMALLEST_BROKEN) else Status.OK


def fold_sign(raw: int) -> int:
    """Return the signed code of a 24-bit word; higher bits are ignored."""
    return ((raw & 0xFFFFFF) ^ 0x800000) - 0x800000
