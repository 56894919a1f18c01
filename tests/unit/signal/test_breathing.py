"""Breaths a minute: known for what breathes evenly, and silence about everything else."""

import math

import numpy as np
import pytest

from firmware.signal.breathing import UNKNOWN, Breathing, BreathingMeter, BreathingSettings


def run(
    rate_per_min: float, seconds: float = 60.0, *, noise: float = 0.0, amplitude: float = 1e6, seed: int = 1
) -> list[Breathing]:
    chance, meter = np.random.default_rng(seed), BreathingMeter()
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
    """45 s and the second that smooths them."""
    found = run(12.0)
    first = next(hop for hop, one in enumerate(found) if one is not UNKNOWN)
    assert 45.0 <= first / 10 <= 47.5
    assert len({one.quality for one in found[first:]}) <= 15


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_not_breathing(seed: int) -> None:
    """An empty or lifeless load repeats itself no better than chance."""
    assert all(one.breaths_per_min is None for one in run(12.0, 120.0, amplitude=0.0, noise=1e5, seed=seed))


def test_a_perfectly_still_load_is_unknown() -> None:
    """Zero change at all, as a recording made by hand has it."""
    assert run(12.0, amplitude=0.0)[-1] == UNKNOWN


def test_a_movement_in_the_window_silences_it_until_it_has_passed() -> None:
    """A change of posture ten breaths high at 60 s: nothing until it is 45 s ago."""
    meter = BreathingMeter()
    told = []
    for hop in range(1300):
        moment = 1e6 * math.sin(2 * math.pi * 0.2 * hop / 10) + (2e7 if hop >= 600 else 0.0)
        told.append(meter.step(round(moment)).breaths_per_min is not None)
    assert told[590]
    assert not any(told[610:1040])
    assert told[1100]


def test_reset_forgets() -> None:
    """Somebody else may lie down."""
    meter = BreathingMeter(BreathingSettings(window_s=20.0))
    for hop in range(400):
        meter.step(round(1e6 * math.sin(hop * 0.12)))
    assert meter.found.breaths_per_min is not None
    meter.reset()
    assert meter.found == UNKNOWN
    assert meter.step(5) == UNKNOWN


def test_a_ramp_has_no_rate() -> None:
    """A load that only creeps repeats nothing within the delays of breaths."""
    meter = BreathingMeter()
    assert [meter.step(hop * hop) for hop in range(700)][-1].breaths_per_min is None
