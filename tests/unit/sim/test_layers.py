"""Layers of a load: each is nothing outside its time and gives the same bits however it is asked."""

import numpy as np
import pytest

from sim.people.layers import Breathing, HeartBeats, Landing, LoadLayer, Oscillation, PoseTrack, Sway
from sim.sensors.noise import fold_key

PATTERN = np.array([1.0, -1.0, 2.0])
ZERO = np.zeros(3)
LAYERS: dict[str, LoadLayer] = {
    "track": PoseTrack(np.array([10.0, 12.0, 19.0, 20.0]), np.stack([ZERO, PATTERN + 2, PATTERN + 2, ZERO])),
    "breathing": Breathing(np.arange(10.0, 26.0, 4.0), np.array([1.0, 2.0, 1.0, 1.5]), PATTERN, 10.0, 20.0),
    "pulse": HeartBeats(np.arange(10.0, 22.0, 0.9), PATTERN, 10.0, 20.0),
    "wiggle": Oscillation(10.0, 20.0, 2.0, PATTERN),
    "sway": Sway(10.0, 20.0, 0.7, fold_key(1), np.stack([PATTERN, -PATTERN])),
    "landing": Landing(10.0, PATTERN),
}


def added(layer: LoadLayer, t_s: np.ndarray) -> np.ndarray:
    """Return what a layer adds to nothing."""
    out = np.zeros((len(t_s), 3))
    layer.add(t_s, out)
    return out


@pytest.mark.parametrize("name", LAYERS)
def test_nothing_outside_its_time(name: str) -> None:
    """Before its start and after its end a layer adds exactly nothing, even when its time is asked about too."""
    layer = LAYERS[name]
    t_s = np.arange(5.0, 30.0, 0.01)
    out = added(layer, t_s)
    outside = (t_s < layer.start_s) | (t_s > layer.end_s)
    assert outside.any()
    assert not out[outside].any()
    assert out[~outside].any()


@pytest.mark.parametrize("name", LAYERS)
def test_same_bits_one_by_one(name: str) -> None:
    """A moment alone is the moment among others."""
    layer = LAYERS[name]
    t_s = np.arange(9.0, 21.0, 0.013)
    whole = added(layer, t_s)
    single = np.concatenate([added(layer, t_s[index : index + 1]) for index in range(len(t_s))])
    assert np.array_equal(whole, single)


def test_a_track_holds_its_ends() -> None:
    """A person who lies from the start to the end has no first and no last moment."""
    track = PoseTrack(np.array([1.0, 2.0]), np.stack([PATTERN, 2 * PATTERN]))
    assert added(track, np.array([-5.0, 1.5, 99.0])).tolist() == [[1, -1, 2], [1.5, -1.5, 3], [2, -2, 4]]
    still = PoseTrack(np.array([0.0]), PATTERN[None, :])
    assert added(still, np.array([7.0])).tolist() == [[1, -1, 2]]
    assert still.start_s == -np.inf
    assert still.end_s == np.inf


def test_the_shape_of_a_breath() -> None:
    """Drawn in evenly for four tenths of it, let go fast at first and slowly at the end."""
    breath = Breathing(np.array([0.0, 10.0, 20.0, 30.0]), np.ones(4), np.array([1.0, 0.0, 0.0]), -100.0, 100.0)
    at = added(breath, 10 + np.array([0.0, 2.0, 3.999, 5.0, 7.0, 9.99]))[:, 0]
    assert at[2] - at[0] == pytest.approx(1.0, abs=0.01)
    assert at[1] - at[0] == pytest.approx(0.5, abs=0.01)
    assert at[2] - at[3] > 2 * (at[4] - at[5]) > 0
