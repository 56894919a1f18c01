"""Breaths a minute: known for what breathes evenly, and silence about everything else."""

import math

import numpy as np
import pytest

from firmware.signal.breathing import UNKNOWN, Breathing, BreathingEstimator, BreathingSettings


def run(
    rate_per_min: float, seconds: float = 60.0, *, noise: float = 0.0, amplitude: float = 1e6, seed: int = 1
) -> list[Breathing]:
    chance, meter = np.random.default_rng(seed), BreathingEstimator()
    found = []
    for hop in range(round(seconds * 10)):
        moment = amplitude * math.sin(2 * math.pi * rate_per_min / 60 * hop / 10) + noise * chance.normal()
        found.append(meter.step(round(moment)))
    return found


@pytest.mark.parametrize("rate_per_min", [6.0, 8.5, 12.0, 15.7, 20.0, 26.0])
def test_even_breathing_is_told_to_a_fifth_of_a_breath(rate_per_min: float) -> None:
    """Slow as the pacer asks for, or quick; with noise a tenth as large."""
    last = run(rate_per_min, noise=1e5)[-1]
    assert last.breaths_per_min == pytest.approx(rate_per_min, abs=0.2)
    assert last.quality > 0.8


def test_nothing_is_told_before_the_window_is_full_and_then_once_a_second() -> None:
    """50 s and the second that smooths them."""
    found = run(12.0)
    first = next(hop for hop, one in enumerate(found) if one is not UNKNOWN)
    assert 50.0 <= first / 10 <= 52.0
    assert len({one.quality for one in found[first:]}) <= 15


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_not_breathing(seed: int) -> None:
    """An empty or lifeless load repeats itself no better than chance."""
    assert all(one.breaths_per_min is None for one in run(12.0, 120.0, amplitude=0.0, noise=1e5, seed=seed))


def test_a_perfectly_still_load_is_unknown() -> None:
    """Zero change at all, as a recording made by hand has it."""
    assert run(12.0, amplitude=0.0)[-1] == UNKNOWN


def test_one_movement_in_the_window_changes_nothing() -> None:
    """A change of posture ten breaths high counts for no more than a breath."""
    meter = BreathingEstimator()
    told = []
    for hop in range(1300):
        moment = 1e6 * math.sin(2 * math.pi * 0.2 * hop / 10) + (2e7 if hop >= 600 else 0.0)
        told.append(meter.step(round(moment)).breaths_per_min)
    assert told[600:] == pytest.approx([12.0] * 700, abs=0.2)


def breaths(lengths_s: list[float]) -> list[Breathing]:
    """What is said while breaths of these lengths are drawn."""
    meter, phases = BreathingEstimator(), []
    for length_s in lengths_s:
        hops = round(10 * length_s)
        phases += [hop / hops for hop in range(hops)]
    return [meter.step(round(1e6 * math.cos(2 * math.pi * phase))) for phase in phases]


def test_no_rate_is_told_when_one_number_does_not_describe_the_window() -> None:
    """Half a minute of four-second breaths, then two breaths held long: the three ways of looking disagree."""
    *_, last = breaths([4.0] * 8 + [9.0] * 2)
    assert last.breaths_per_min is None
    *_, last = breaths([4.0] * 13)
    assert last.breaths_per_min == pytest.approx(15.0, abs=0.1)


def test_gasps_between_the_breaths_withhold_the_rate() -> None:
    """Every third breath is drawn twice: the load still repeats itself, but not as often as they breathe."""
    meter = BreathingEstimator()
    for hop in range(600):
        since_s = (hop % 150 - 30) / 10
        gasp = math.sin(math.pi * since_s / 1.6) ** 2 if 0 <= since_s < 1.6 else 0.0
        found = meter.step(round(1e6 * (math.sin(2 * math.pi * hop / 50) + 1.2 * gasp)))
    assert found.quality > BreathingSettings().quality
    assert found.breaths_per_min is None


@pytest.mark.parametrize("odd_s", [0.5, -0.5])
def test_breaths_that_differ_a_little_still_have_a_rate(odd_s: float) -> None:
    """Long and short ones in turn: five seconds each on average."""
    *_, last = breaths([5.0 - odd_s, 5.0 + odd_s] * 7)
    assert last.breaths_per_min == pytest.approx(12.0, abs=0.5)


def test_a_fit_alone_is_no_rate() -> None:
    """Two swings at either end of a window repeat each other perfectly, and are not breathing."""
    meter = BreathingEstimator(BreathingSettings(window_s=20.0, quality=0.0))
    found = [meter.step(round(1e6 * math.sin(hop * hop * 1e-4))) for hop in range(220)]
    assert found[-1].breaths_per_min is None


def test_reset_forgets() -> None:
    """Somebody else may lie down."""
    meter = BreathingEstimator(BreathingSettings(window_s=20.0))
    for hop in range(400):
        meter.step(round(1e6 * math.sin(hop * 0.12)))
    assert meter.found.breaths_per_min is not None
    meter.reset()
    assert meter.found == UNKNOWN
    assert meter.step(5) == UNKNOWN


def test_a_ramp_has_no_rate() -> None:
    """A load that only creeps repeats nothing within the delays of breaths."""
    meter = BreathingEstimator()
    assert [meter.step(hop * hop) for hop in range(700)][-1].breaths_per_min is None


def test_a_window_longer_than_the_transforms_is_refused() -> None:
    """The delays would wrap round into each other."""
    with pytest.raises(ValueError, match=r"window_s is 120\.0"):
        BreathingEstimator(BreathingSettings(window_s=120.0))
