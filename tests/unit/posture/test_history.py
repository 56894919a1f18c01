"""The ring of median-filtered loads of the last minute."""

import numpy as np

from firmware.posture.history import LoadHistory


def test_one_wrong_hop_does_not_pass() -> None:
    """The median of three hops holds."""
    history = LoadHistory(1)
    seen = []
    for value in (5.0, 5.0, 5.0, 900.0, 5.0, 5.0):
        history.push((value,))
        seen.append(float(history.ago(0)[0]))
    assert seen == [5.0] * 6


def test_a_new_zero_moves_all_hops() -> None:
    """What was pushed before and what follows agree, the hops of the next medians included."""
    moved, raised = LoadHistory(2), LoadHistory(2)
    for hop in range(8):
        if hop == 5:
            moved.shift((0.5, -1.0))
        offset = (0.5, -1.0) if hop < 5 else (0.0, 0.0)
        moved.push((hop + offset[0], 2.0 * hop + offset[1]))
        raised.push((float(hop), 2.0 * hop))
    assert np.array_equal(moved.last(99), raised.last(99))


def test_the_last_hops_are_in_order_across_the_end_of_the_ring() -> None:
    """Twelve hops in a ring of ten: the last ones in their order, and no further than there is."""
    history = LoadHistory(1, length_s=1.0)
    for value in range(12):
        history.push((float(value),))
    assert len(history) == 10
    assert history.last(4)[:, 0].tolist() == [7.0, 8.0, 9.0, 10.0]
    assert history.last(2)[:, 0].tolist() == [9.0, 10.0]
    assert history.last(99)[:, 0].tolist() == [float(value) for value in range(1, 11)]
    assert history.ago(0)[0] == 10.0
    assert history.ago(5)[0] == 5.0
    assert history.ago(99)[0] == 1.0


def test_a_short_history_returns_what_it_has() -> None:
    """More hops are requested than were pushed."""
    history = LoadHistory(2)
    history.push((1.0, 2.0))
    assert np.array_equal(history.last(30), [[1.0, 2.0]])
    assert history.ago(30).tolist() == [1.0, 2.0]
