"""Breaths a minute: known for even breathing, unknown for everything else."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from firmware.signal.breathing import UNKNOWN, Breathing, BreathingEstimator, BreathingSettings

LOADS_N = (140.0, 60.0, 120.0, 80.0)
MOVED = (-1.0, -0.4, 0.6, 0.8)  # what a breath of one newton does to the rows, base to head
PRESSED = (0.1, 0.3, 0.5, 0.1)
HOPS_PER_S = 10

Wave = Callable[[float], float]


def even(rate_per_min: float, depth_n: float = 3.0) -> Wave:
    return lambda t_s: depth_n / 2 * math.sin(2 * math.pi * rate_per_min / 60 * t_s)


def run(
    wave: Wave,
    seconds: float = 60.0,
    *,
    noise_n: float = 0.05,
    moved: Sequence[float] = MOVED,
    gap: Callable[[float], bool] = lambda _: False,
    estimator: BreathingEstimator | None = None,
    seed: int = 1,
) -> list[Breathing]:
    """Results of each hop while the wave moves load between the rows; hops in a gap have no frames."""
    chance, unit = np.random.default_rng(seed), estimator or BreathingEstimator(4)
    found = []
    for hop in range(round(seconds * HOPS_PER_S)):
        t_s = hop / HOPS_PER_S
        rows_n = np.array(LOADS_N) + wave(t_s) * np.array(moved) + chance.normal(0, noise_n, 4)
        found.append(unit.step(None if gap(t_s) else tuple(rows_n.tolist())))
    return found


@pytest.mark.parametrize("rate_per_min", [6.0, 8.5, 12.0, 15.7, 20.0, 26.0])
def test_even_breathing_is_known_to_a_fifth_of_a_breath(rate_per_min: float) -> None:
    """Slow as with the pacer, or quick."""
    last = run(even(rate_per_min))[-1]
    assert last.breaths_per_min == pytest.approx(rate_per_min, abs=0.2)
    assert last.quality > 0.9


def test_the_depth_grows_with_the_breath_and_is_known_with_the_rate_only() -> None:
    """Twice as deep is twice the load that moves along the mat; without a rate there is no depth."""
    shallow, deep = run(even(10.0, 3.0))[-1].depth_n, run(even(10.0, 6.0))[-1].depth_n
    assert shallow is not None
    assert deep is not None
    assert deep / shallow == pytest.approx(2.0, rel=0.05)
    assert all((one.breaths_per_min is None) == (one.depth_n is None) for one in run(even(10.0, 0.3), 120.0))


def test_a_rate_is_known_from_half_a_minute_of_lying_on() -> None:
    """Not earlier; then the result changes every two seconds at most."""
    found = run(even(12.0))
    first = next(hop for hop, one in enumerate(found) if one is not UNKNOWN)
    assert first + 1 == 30 * HOPS_PER_S
    assert found[first].breaths_per_min == pytest.approx(12.0, abs=0.3)
    assert len({one.quality for one in found[first:]}) <= 16


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_not_breathing(seed: int) -> None:
    """A lifeless load on noisy cells."""
    assert all(one.breaths_per_min is None for one in run(lambda _: 0.0, 180.0, noise_n=0.5, seed=seed))


@pytest.mark.parametrize("seed", range(5))
def test_a_load_that_wanders_is_not_breathing(seed: int) -> None:
    """A random walk has slow waves of any length, none of them even."""
    walk = np.random.default_rng(100 + seed).normal(0, 0.15, 1800).cumsum()
    found = run(lambda t_s: float(walk[round(10 * t_s)]), 180.0, seed=seed)
    assert sum(one.breaths_per_min is not None for one in found) < 0.03 * len(found)


def test_a_perfectly_still_load_is_unknown() -> None:
    """No change at all, as a recording made by hand has it."""
    assert run(lambda _: 0.0, noise_n=0.0)[-1] == UNKNOWN


def test_one_movement_in_the_window_changes_nothing() -> None:
    """A change of posture ten breaths high counts for no more than a breath."""
    found = run(lambda t_s: even(12.0)(t_s) + (30.0 if t_s >= 60 else 0.0), 130.0)
    assert [one.breaths_per_min for one in found[600:]] == pytest.approx([12.0] * 700, abs=0.2)


def breaths(lengths_s: Sequence[float]) -> Breathing:
    """The last result after breaths of these lengths."""
    ends_s = np.concatenate(([0.0], np.cumsum(lengths_s)))

    def wave(t_s: float) -> float:
        number = min(int(np.searchsorted(ends_s, t_s, "right")) - 1, len(lengths_s) - 1)
        return 1.5 * math.cos(2 * math.pi * (t_s - ends_s[number]) / lengths_s[number])

    return run(wave, float(ends_s[-1]))[-1]


def test_no_rate_is_known_when_one_number_does_not_describe_the_window() -> None:
    """Half a minute of four-second breaths, then two breaths held long: the estimates disagree."""
    assert breaths([4.0] * 8 + [9.0] * 2).breaths_per_min is None
    assert breaths([4.0] * 13).breaths_per_min == pytest.approx(15.0, abs=0.1)


@pytest.mark.parametrize("odd_s", [0.5, -0.5])
def test_breaths_that_differ_a_little_still_have_a_rate(odd_s: float) -> None:
    """Long and short ones in turn: five seconds each on average."""
    assert breaths([5.0 - odd_s, 5.0 + odd_s] * 7).breaths_per_min == pytest.approx(12.0, abs=0.5)


def test_a_gasp_does_not_hide_the_rate_of_the_breaths_around_it() -> None:
    """Twelve breaths a minute, with a gasp in every third."""

    def wave(t_s: float) -> float:
        since_s = t_s % 15 - 3
        gasp = math.sin(math.pi * since_s / 1.6) ** 2 if 0 <= since_s < 1.6 else 0.0
        return 1.5 * (math.sin(2 * math.pi * t_s / 5) + 1.2 * gasp)

    assert run(wave)[-1].breaths_per_min == pytest.approx(12.0, abs=0.2)


@pytest.mark.parametrize("rate_per_min", [8.0, 15.0, 30.0])
@pytest.mark.parametrize("depth_n", [10.0, 40.0])
def test_a_rhythmic_press_from_outside_is_no_breath(rate_per_min: float, depth_n: float) -> None:
    """A massage adds load to the whole mat; a breath moves load along it."""
    pressed = run(even(rate_per_min, depth_n), moved=PRESSED)
    assert all(one.breaths_per_min is None for one in pressed)


def test_a_shallow_wave_is_no_breath() -> None:
    """Under 0.3 N nothing is claimed, however even it is."""
    last = run(even(12.0, 0.1), noise_n=0.001)[-1]
    assert last.breaths_per_min is None
    assert last.quality > 0.75


def test_short_gaps_between_frames_are_bridged() -> None:
    """One second without frames in every six: a rate, as without the gaps."""
    found = run(even(12.0), 90.0, gap=lambda t_s: t_s % 6 < 1)
    assert [one.breaths_per_min for one in found[400:]] == pytest.approx([12.0] * 500, abs=0.4)


def test_with_too_many_gaps_nothing_is_known_until_they_are_over() -> None:
    """Twenty seconds without frames leave too little of the window."""
    found = run(even(12.0), 140.0, gap=lambda t_s: 60 <= t_s < 80)
    assert found[590].breaths_per_min is not None
    assert found[830] == UNKNOWN
    assert found[-1].breaths_per_min == pytest.approx(12.0, abs=0.2)


def test_reset_forgets() -> None:
    """Another person may lie down."""
    unit = BreathingEstimator(4)
    assert run(even(12.0), estimator=unit)[-1].breaths_per_min is not None
    unit.reset()
    assert unit.found == UNKNOWN
    assert set(run(even(12.0), 29.0, estimator=unit)) == {UNKNOWN}


def test_a_ramp_has_no_rate() -> None:
    """A load that only creeps is slower than any breath."""
    assert run(lambda t_s: 0.01 * t_s * t_s, 70.0, noise_n=0.0)[-1].breaths_per_min is None


def test_a_board_of_another_number_of_rows() -> None:
    """Eight rows: the same breath between base and head."""
    unit = BreathingEstimator(8)
    for hop in range(600):
        moved_n = even(12.0)(hop / HOPS_PER_S)
        found = unit.step((50.0 - moved_n, *(50.0,) * 6, 50.0 + moved_n))
    assert found.breaths_per_min == pytest.approx(12.0, abs=0.2)


def test_a_window_longer_than_the_transforms_is_refused() -> None:
    """Both edges have to fit as well."""
    with pytest.raises(ValueError, match=r"window_s is 120\.0"):
        BreathingEstimator(4, BreathingSettings(window_s=120.0))


def test_a_strongest_line_at_the_end_of_the_range_is_no_peak() -> None:
    """Cells that flip between two values: the parabola through three lines led below zero with this seed."""
    unit = BreathingEstimator(4)
    for row in np.random.default_rng(95).integers(0, 2, (330, 4)).astype(float).tolist():
        found = unit.step(tuple(row))
        assert 0.0 <= found.quality <= 1.0
