"""The ring of steadied loads that decisions look back on."""

import numpy as np
import pytest

from firmware.posture.history import LoadHistory


def test_one_wrong_hop_does_not_get_through() -> None:
    """The median of three hops holds."""
    history = LoadHistory(1)
    seen = []
    for value in (5.0, 5.0, 5.0, 900.0, 5.0, 5.0):
        history.push((value,))
        seen.append(float(history.ago(0)[0]))
    assert seen == [5.0] * 6


@pytest.mark.parametrize("length_s", [0.7, 1.0, 2.3, 60.0])
def test_it_is_the_same_whenever_somebody_looks(length_s: float) -> None:
    """Steadied at every hop, now and then, or once: the ring holds the same."""
    rng = np.random.default_rng(4)
    often, seldom, once = (LoadHistory(3, length_s) for _ in range(3))
    for hop, cells in enumerate(rng.normal(size=(47, 3)).tolist()):
        for history in (often, seldom, once):
            history.push(tuple(cells))
        often.ago(0)
        if rng.random() < 0.2:
            seldom.ago(0)
        if hop == 20:
            for history in (often, seldom, once):
                history.shift((0.5, 0.0, -1.0))
        assert len(often) == len(seldom) == len(once)
    assert np.array_equal(often.last(99), seldom.last(99))
    assert np.array_equal(often.last(99), once.last(99))


def test_it_looks_back_over_the_seam_of_the_ring() -> None:
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


def test_a_short_history_gives_what_it_has() -> None:
    """Asked for more than was seen."""
    history = LoadHistory(2)
    history.push((1.0, 2.0))
    assert np.array_equal(history.last(30), [[1.0, 2.0]])
    assert history.ago(30).tolist() == [1.0, 2.0]
