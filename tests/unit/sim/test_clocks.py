"""The clocks of the chips run as they like; a frame is stamped by its last ready edge."""

import numpy as np
import pytest

from sim.sensors.clocks import OscillatorModel, Oscillators

CELLS = 12


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_frames_come_at_the_pace_of_the_slowest(rate_hz: float) -> None:
    """Every cell gives its newest conversion, none is older than its own period, and time never runs back."""
    clocks = Oscillators(CELLS, rate_hz, OscillatorModel(bias=0.17, spread=0.02), 3)
    times, stamps = clocks.frames(0, 2000)
    assert np.diff(stamps).min() > 0
    assert (times.max(axis=1) == stamps).all()
    assert ((stamps[:, None] - times) < clocks.period_ns).all()
    assert ((times - clocks.phase_ns) % clocks.period_ns == 0).all()
    assert 1e9 * 1999 / (stamps[-1] - stamps[0]) == pytest.approx(1e9 / clocks.period_ns.max(), rel=1e-6)
    assert 1.05 * rate_hz < 1e9 / clocks.period_ns.mean() < 1.29 * rate_hz


def test_frames_do_not_depend_on_the_block() -> None:
    """Frames 100 to 199 are the same whether asked for alone or among others."""
    clocks = Oscillators(CELLS, 80.0, OscillatorModel(), 3)
    whole, part = clocks.frames(0, 300), clocks.frames(100, 100)
    assert np.array_equal(whole[0][100:200], part[0])
    assert np.array_equal(whole[1][100:200], part[1])


def test_settling_is_over_before_the_first_frame() -> None:
    """Four conversions after power-up are not to be used."""
    clocks = Oscillators(CELLS, 80.0, OscillatorModel(), 3)
    times, _ = clocks.frames(0, 1)
    assert (times[0] >= 4 * clocks.period_ns).all()


def test_impossible_oscillators() -> None:
    """A spread that no chip has is refused."""
    with pytest.raises(ValueError, match=r"spread is 0\.5"):
        OscillatorModel(spread=0.5)
