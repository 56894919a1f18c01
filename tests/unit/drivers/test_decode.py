"""From levels to numbers."""

import pytest

from firmware.drivers.decode import decode_words, flag_code, fold_sign
from firmware.enums import Status


def words_of(codes: list[int]) -> list[int]:
    """Return the levels of the lines for these codes, bit by bit, most significant first."""
    return [sum(((code >> place) & 1) << cell for cell, code in enumerate(codes)) for place in range(23, -1, -1)]


def test_each_line_is_its_own_signed_number() -> None:
    codes = [0, 1, -1, 2, -2, (1 << 23) - 1, -(1 << 23), 5_592_405, -5_592_406, 100_000, -100_000, 42]
    assert decode_words(words_of(codes), 12) == tuple(codes)


def test_lines_above_the_cells_are_left_out() -> None:
    assert decode_words(words_of([7, -7, 99]), 2) == (7, -7)


@pytest.mark.parametrize(
    ("code", "flag"),
    [
        ((1 << 23) - 1, Status.SATURATED),
        (-(1 << 23), Status.SATURATED),
        (-1, Status.SUSPECT),
        (0, Status.SUSPECT),
        (4095, Status.SUSPECT),
        ((1 << 22) - 1, Status.SUSPECT),
        (2047, Status.OK),
        (1, Status.OK),
        (4096, Status.OK),
        (-4096, Status.OK),
        (-2, Status.OK),
        ((1 << 23) - 2, Status.OK),
    ],
)
def test_codes_of_failed_reads_are_flagged(code: int, flag: Status) -> None:
    """-1 comes from a chip that slept, 0 from a short, 2^k-1 from a late start; small ones are ordinary readings."""
    assert flag_code(code) == flag


@pytest.mark.parametrize(("raw", "code"), [(0, 0), (0xFFFFFF, -1), (0xFFFFFFFF, -1), (0x800000, -(1 << 23)), (5, 5)])
def test_sign_is_folded_whatever_stands_above(raw: int, code: int) -> None:
    """The adafruit package returns 4294967295 for -1."""
    assert fold_sign(raw) == code
