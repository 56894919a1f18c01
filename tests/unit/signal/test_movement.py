"""Small movements are distinguished from breathing and noise of any size."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from firmware.signal.movement import MovementDetector, MovementSettings

HOPS_A_MINUTE = 600
Series = list[tuple[float, float]]


def lying(minutes: float, *, noise_n: float = 0.02, breath_n: float = 3.0, seed: int = 0) -> Series:
    """Moments (across, along) of a person who breathes ten times a minute on noisy cells."""
    rng = np.random.default_rng(seed)
    hops = round(minutes * HOPS_A_MINUTE)
    breath = breath_n / 2 * np.sin(2 * np.pi / 60 * np.arange(hops))
    across, along = rng.normal(0, noise_n, (2, hops))
    return list(zip(across.tolist(), (along + breath).tolist(), strict=True))


def burst(series: Series, at: int, moved_n: float, hops: int = 10, hz: float = 2.0) -> Series:
    """Add a wiggle across the mat."""
    return [
        (across + (moved_n * math.sin(0.2 * math.pi * hz * (hop - at)) if at <= hop < at + hops else 0.0), along)
        for hop, (across, along) in enumerate(series)
    ]


def said(series: Series) -> list[bool | None]:
    """Return what the watch says to each hop."""
    watch = MovementDetector()
    return [watch.step(*hop) for hop in series]


def test_nothing_is_said_until_it_is_learned() -> None:
    """Twenty seconds of lying come first."""
    reported = said(lying(0.5))
    assert set(reported[:200]) == {None}
    assert set(reported[206:]) == {False}


@pytest.mark.parametrize("noise_n", [0.02, 0.1, 0.3])
def test_who_lies_still_does_not_move(noise_n: float) -> None:
    """Ten minutes, deep breaths, quiet cells and noisy ones."""
    assert True not in said(lying(10, noise_n=noise_n, breath_n=6.0))


def test_a_small_movement_is_found_while_it_lasts_and_ends() -> None:
    """One newton to and fro for a second; a second after it all is quiet."""
    reported = said(burst(lying(2), 900, 1.0))
    first = reported.index(True)
    assert 900 <= first < 910
    assert True not in reported[922:]


@pytest.mark.parametrize(("hz", "moved_n", "way"), [(1.0, 2.0, "slow"), (4.0, 0.9, "quick")])
def test_slow_and_quick_movements_are_found_each_in_its_way(
    hz: float, moved_n: float, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On noisy cells, where the other way does not hear it."""
    series = burst(lying(2, noise_n=0.3), 900, moved_n, 20, hz)
    watch, deaf = MovementDetector(), MovementDetector()
    monkeypatch.setattr(deaf, f"_{way}", SimpleNamespace(step=lambda _: False, limit=None))
    assert True in [watch.step(*hop) for hop in series][900:930]
    assert True not in [deaf.step(*hop) for hop in series]


def test_the_limit_follows_noisy_cells() -> None:
    """What is found on quiet cells is less than the noise of bad ones; there a larger movement is found."""
    assert True not in said(burst(lying(2, noise_n=0.5), 900, 0.7))
    assert True in said(burst(lying(2, noise_n=0.5), 900, 4.0))


def test_movements_in_every_minute_do_not_raise_the_limit() -> None:
    """Who wiggles six times a minute is found each time."""
    series, at = lying(5), list(range(330, 2900, 100))
    for hop in at:
        series = burst(series, hop, 1.5)
    reported = said(series)
    assert all(True in reported[hop : hop + 15] for hop in at)


def test_cells_that_turn_noisy_are_learned_again() -> None:
    """Three times the noise looks like movement, but not for ever."""
    reported = said(lying(1) + lying(10, noise_n=0.3))
    assert True in reported[600:700]
    assert True not in reported[-1200:]


def test_a_slow_slide_is_no_movement() -> None:
    """Creep and a sinking shoulder change the place steadily."""
    slide = [(across + 0.02 * hop, along) for hop, (across, along) in enumerate(lying(3))]
    assert True not in said(slide)


def test_a_reset_forgets_the_person() -> None:
    """The next one is learned from the start."""
    watch = MovementDetector(MovementSettings())
    for hop in lying(1):
        watch.step(*hop)
    assert watch.limit_n == pytest.approx(0.55)
    watch.reset()
    assert watch.limit_n is None
    assert watch.step(0.0, 0.0) is None
