"""Chance in the simulator hangs on a key and a moment, so that it can be asked for in any order."""

import numpy as np

from sim.sensors.noise import fold_key, normal_noise, scramble_keys, smooth_noise, uniform_noise

KEYS = scramble_keys(np.arange(200_000, dtype=np.uint64))


def test_known_values() -> None:
    """SplitMix64 from seed 0 begins with the numbers its authors publish."""
    state = np.array([0, 0x9E3779B97F4A7C15], np.uint64)
    assert [hex(int(one)) for one in scramble_keys(state)] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4"]


def test_numbers_are_normal() -> None:
    """Mean 0, spread 1, and as many beyond two spreads as a normal distribution has (4.55 %)."""
    values = normal_noise(KEYS)
    assert abs(values.mean()) < 0.01
    assert abs(values.std() - 1) < 0.01
    assert abs((np.abs(values) > 2).mean() - 0.0455) < 0.002
    assert np.abs(values).max() < 6.8


def test_neighbours_are_strangers() -> None:
    """Numbers of neighbouring keys have nothing to do with each other: noise has no memory."""
    values = normal_noise(KEYS)
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.01


def test_uniform_fills_the_range() -> None:
    """From 0 to 1, evenly."""
    values = uniform_noise(KEYS)
    assert values.min() >= 0
    assert values.max() < 1
    assert abs(values.mean() - 0.5) < 0.01


def test_keys_differ_by_order_and_place() -> None:
    """The same numbers in another order are another key."""
    assert len({fold_key(1, 2), fold_key(2, 1), fold_key(1, 2, 0), fold_key(1)}) == 4
    assert fold_key(1, 2) == fold_key(1, 2)


def test_wandering_line_is_smooth_and_the_same_wherever_it_is_cut() -> None:
    """A line asked for in pieces is the line asked for at once, and it makes no jumps."""
    t_s = np.arange(0, 100, 0.01)
    line = smooth_noise(t_s, 1.5, fold_key(3))
    assert np.array_equal(
        line, np.concatenate([smooth_noise(t_s[:777], 1.5, fold_key(3)), smooth_noise(t_s[777:], 1.5, fold_key(3))])
    )
    assert np.abs(np.diff(line)).max() < 0.1
    assert 0.5 < line.std() < 1.1
