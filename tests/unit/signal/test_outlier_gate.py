"""Samples that can be true, and those that cannot."""

import numpy as np
import pytest

from firmware.enums import Status
from firmware.signal.outlier_gate import OutlierGate

LOW, HIGH = np.full(2, -600_000, np.int32), np.full(2, 900_000, np.int32)
LEVEL, JUMP = np.array([100_000.0, -80_000.0]), np.array([20_000.0] * 2)


def judge(first_cell: list[int], unit: OutlierGate | None = None) -> list[bool]:
    """Which samples of the first cell are valid; the second one stays where it is."""
    raw = np.array([[code, -80_000] for code in first_cell], np.int32)
    valid = (unit or referred()).step(raw, np.zeros(raw.shape, np.uint8))
    if valid is None:
        return [True] * len(first_cell)
    assert not valid.all()
    assert valid[:, 1].all()
    first: list[bool] = valid[:, 0].tolist()
    return first


def referred() -> OutlierGate:
    unit = OutlierGate(LOW, HIGH)
    unit.refer(LEVEL, JUMP)
    return unit


def test_before_anything_is_known_all_that_a_tile_can_carry_counts() -> None:
    """Also a jump: there is nothing to jump from."""
    assert judge([100_001, 200_002, -50_000, 899_000], OutlierGate(LOW, HIGH)) == [True] * 4


@pytest.mark.parametrize("wrong", [0, -1, 4095, (1 << 20) - 1, (1 << 23) - 1, -(1 << 23), 900_001, -600_001])
def test_codes_of_broken_reads_and_loads_beyond_the_tile_never_count(wrong: int) -> None:
    """However many there are on end."""
    assert judge([100_001, wrong, wrong, wrong, 100_002]) == [True, False, False, False, True]


def test_small_codes_count_where_the_cell_is_near_zero() -> None:
    """1, 255 and 2047 are what broken reads could give, too, but true readings come by them; 0 and -1 never count."""
    unit = OutlierGate(LOW, HIGH)
    unit.refer(np.array([500.0, -80_000.0]), JUMP)
    assert judge([500, 1, 255, 2047, 2048], unit) == [True] * 5
    assert judge([500, 0, 1, -1, 4095, 500], unit) == [True, False, True, False, False, True]


@pytest.mark.parametrize("wrong", [50_000, 200_004, 25_000, 400_008])
def test_a_lone_jump_does_not_count(wrong: int) -> None:
    """Half, twice, a quarter, four times the code: a read that went wrong by one bit or two."""
    assert judge([100_002, wrong, 100_004, wrong, 100_006]) == [True, False, True, False, True]


def test_a_load_that_stays_counts_from_its_second_sample_on() -> None:
    """A person sits down: one sample is lost, however fast the rest moves."""
    assert judge([100_002, 150_000, 300_000, 250_000, 260_000]) == [True, False, True, True, True]


def test_up_and_down_do_not_vouch_for_each_other() -> None:
    """Twice the code, then half of it: both stand alone, and a flagged sample vouches for nothing."""
    assert judge([200_004, 50_001, 200_004, -1, 200_004]) == [False] * 5


def test_a_flag_bars_a_sample_and_its_word_for_others() -> None:
    """A flagged jump is no sample, and the next one stands alone."""
    raw = np.array([[200_004, -80_000]] * 3, np.int32)
    flags = np.zeros(raw.shape, np.uint8)
    flags[0, 0] = Status.COLLISION
    valid = referred().step(raw, flags)
    assert valid is not None
    assert valid[:, 0].tolist() == [False, False, True]


def test_blocks_change_nothing() -> None:
    """One by one, in pairs or at once: the same samples are valid."""
    chance = np.random.default_rng(5)
    codes = np.where(chance.random(120) < 0.5, 100_002, chance.choice([50_000, 200_004, -1], 120)).tolist()
    whole = judge(codes)
    for size in (1, 2, 7):
        unit = referred()
        parts = [judge(codes[start : start + size], unit) for start in range(0, len(codes), size)]
        assert [valid for part in parts for valid in part] == whole


def test_the_level_moves_with_every_second() -> None:
    """What was a jump is calm when the level has come to it; a level beyond the tile makes nothing calm there."""
    unit = referred()
    assert judge([200_004], unit) == [False]
    unit.refer(np.array([200_000.0, -80_000.0]), JUMP)
    assert judge([200_004, 100_002, 200_004], unit) == [True, False, True]
    unit.refer(np.array([-700_000.0, -80_000.0]), JUMP)
    assert judge([-700_001, 100_002, 100_002], unit) == [False, False, True]
