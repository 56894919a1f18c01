"""Seconds made of hops, and what counts as still."""

import numpy as np

from firmware.signal.seconds import SECOND_HOPS, Seconds, StabilityDetector


def second_of(hops: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> Seconds:
    unit = Seconds()
    for hop in hops:
        unit.push(hop, None)
    return unit


def test_a_second_is_ten_hops_and_their_median() -> None:
    """It is closed once, and read afterwards."""
    hops = np.random.default_rng(1).normal(0, 1, (SECOND_HOPS, 2))
    unit = second_of(hops)
    assert unit.close()
    assert unit.hops.tolist() == hops.tolist()
    assert unit.middle().tolist() == np.median(hops, axis=0).tolist()


def test_a_second_cut_short_is_not_whole_and_the_next_one_starts_empty() -> None:
    """Behind a gap in time a second may have four hops."""
    unit = Seconds()
    for _ in range(4):
        unit.push(np.ones(2), np.array([False, True]))
    assert not unit.close()
    for _ in range(SECOND_HOPS):
        unit.push(np.full(2, 3.0), None)
    assert unit.close()
    assert unit.middle().tolist() == [3.0, 3.0]
    assert unit.missing is None


def test_a_cell_lost_in_one_hop_is_missing_for_the_second() -> None:
    """And only that one; another hop may lose another."""
    unit = Seconds()
    lost = {3: np.array([False, True, False]), 6: np.array([False, False, True])}
    for hop in range(SECOND_HOPS):
        unit.push(np.zeros(3), lost.get(hop))
    assert unit.missing is not None
    assert unit.missing.tolist() == [False, True, True]


def test_four_wrong_hops_do_not_move_the_median() -> None:
    """A wrong code now and then is no load."""
    unit = second_of(np.array([[5.0], [900], [5], [900], [5], [900], [5], [900], [5], [5]]))
    assert unit.middle().tolist() == [5.0]


def test_still_counts_seconds_and_averages_them() -> None:
    """Within the limit of the first second; beyond it the count starts again."""
    unit = StabilityDetector(np.array([1.0, 1.0]))
    for value in (0.0, 0.9, -0.9):
        unit.step(np.array([value, 0.0]), None)
    assert unit.for_s == 3
    assert abs(unit.mean[0]) < 1e-9
    unit.step(np.array([0.0, 1.5]), None)
    assert (unit.for_s, unit.worst()) == (1, 1)
    assert unit.mean.tolist() == [0.0, 1.5]


def test_a_slow_creep_is_not_still() -> None:
    """Each second close to the last one, but away from the first."""
    unit = StabilityDetector(np.array([1.0]))
    counts = []
    for second in range(12):
        unit.step(np.array([0.3 * second]), None)
        counts.append(unit.for_s)
    assert max(counts) == 4


def test_an_ignored_cell_and_a_new_beginning() -> None:
    """A cell that is lost may jump; forget starts the count with the next second."""
    unit = StabilityDetector(np.array([1.0, 1.0]))
    unit.step(np.array([0.0, 0.0]), None)
    unit.step(np.array([0.0, 99.0]), np.array([False, True]))
    assert unit.for_s == 2
    unit.forget()
    unit.step(np.array([0.0, 0.0]), None)
    assert unit.for_s == 1
