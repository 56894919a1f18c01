"""The bounds of an oscillator from samples of a line."""

import numpy as np

from firmware.drivers.edges import SLACK_NS, EdgeTracker

NOMINAL_NS = 12_500_000.0
LOOK_NS = 300_000


def watch(tracker: EdgeTracker, edges: list[int], seed: int = 0, sample_ns: int = LOOK_NS) -> list[bool]:
    """Feed the tracker with edges sampled every sample_ns at a random phase; returns its results."""
    place = np.random.default_rng(seed)
    answers = []
    for edge_ns in edges:
        high_ns = edge_ns - int(place.integers(1, sample_ns))
        answers.append(tracker.observe(high_ns, high_ns + sample_ns))
    return answers


def learned(period_ns: int, edges: int = 40) -> EdgeTracker:
    """Return a tracker after this number of edges."""
    tracker = EdgeTracker()
    tracker.set_nominal(NOMINAL_NS)
    assert all(watch(tracker, [turn * period_ns for turn in range(edges)]))
    return tracker


def test_bounds_hold_the_truth_and_narrow() -> None:
    """An oscillator 17 % fast, seen through looks of 300 us: after forty edges it is known to two thousandths."""
    period_ns = 10_683_761
    tracker = learned(period_ns)
    assert tracker.learned
    assert tracker.shortest_ns <= period_ns <= tracker.longest_ns
    assert tracker.width < 2e-3
    assert tracker.lo_ns <= 39 * period_ns <= tracker.hi_ns


def test_next_edge_is_inside_its_bounds_many_conversions_ahead() -> None:
    period_ns = 12_345_678
    tracker = learned(period_ns)
    for ahead in range(1, 30):
        edge_ns = (39 + ahead) * period_ns
        lo_ns, hi_ns = tracker.next_after(edge_ns)
        assert lo_ns <= edge_ns <= hi_ns


def test_two_conversions_between_samples_are_counted_as_two() -> None:
    """A fast chip is read at the pace of a slow one: some of its edges are never seen."""
    period_ns = 10_000_000
    tracker = EdgeTracker()
    tracker.set_nominal(NOMINAL_NS)
    watch(tracker, [period_ns * (turn + turn // 3) for turn in range(40)])
    assert tracker.surprises == 0
    assert tracker.shortest_ns <= period_ns <= tracker.longest_ns


def test_jitter_within_the_slack_is_no_surprise() -> None:
    jitter = np.random.default_rng(3).normal(0, SLACK_NS / 6, 2000)
    edges = np.cumsum(12_500_000 + jitter).astype(int).tolist()
    tracker = EdgeTracker()
    tracker.set_nominal(NOMINAL_NS)
    assert all(watch(tracker, edges))


def test_slow_drift_is_followed() -> None:
    """An oscillator that warms up and slows by half a percent in a minute stays inside its bounds."""
    edges = np.cumsum(np.linspace(12_500_000, 12_562_500, 4800)).astype(int).tolist()
    tracker = EdgeTracker()
    tracker.set_nominal(NOMINAL_NS)
    watch(tracker, edges)
    assert tracker.surprises == 0
    assert tracker.shortest_ns <= 12_562_500 <= tracker.longest_ns + SLACK_NS


def test_edge_where_none_can_be_is_a_surprise_and_believed() -> None:
    """A chip that restarted has another phase: one surprise, then it is tracked."""
    period_ns = 12_500_000
    tracker = learned(period_ns)
    moved = 40 * period_ns + 5_000_000
    assert watch(tracker, [moved + turn * period_ns for turn in range(10)]) == [False, *[True] * 9]
    assert tracker.surprises == 1
    assert tracker.lo_ns <= moved + 9 * period_ns <= tracker.hi_ns


def test_trust_comes_back_with_time() -> None:
    tracker = learned(12_500_000)
    watch(tracker, [40 * 12_500_000 + 5_000_000])
    doubted = tracker.slack_ns
    watch(tracker, [40 * 12_500_000 + 5_000_000 + turn * 12_500_000 for turn in range(1, 2000)])
    assert tracker.slack_ns < doubted


def test_reset_keeps_the_period_and_forgets_the_moment() -> None:
    tracker = learned(12_500_000)
    width = tracker.width
    tracker.forget_phase()
    assert not tracker.learned
    assert watch(tracker, [1_000_000_000_000])[0]
    assert tracker.learned
    assert tracker.width == width


def test_lost_chip_has_to_be_learned_again() -> None:
    tracker = learned(12_500_000)
    tracker.relearn()
    watch(tracker, [10**12 + turn * 12_500_000 for turn in range(5)])
    assert not tracker.learned
    watch(tracker, [10**12 + 5 * 12_500_000])
    assert tracker.learned


def test_sample_too_late_to_separate_two_edges_changes_nothing() -> None:
    """The reader was delayed for two conversions: the bounds are narrower than that sample."""
    period_ns = 12_500_000
    tracker = learned(period_ns)
    before = (tracker.lo_ns, tracker.hi_ns)
    assert tracker.observe(40 * period_ns - 20_000, 42 * period_ns + 100_000)
    assert (tracker.lo_ns, tracker.hi_ns) == before
    assert tracker.surprises == 0


def test_after_a_long_absence_the_phase_is_learned_from_the_next_edge() -> None:
    """An hour without a look: the bounds have grown over a whole conversion, so the next edge is taken as it is."""
    tracker = learned(12_500_000)
    edge_ns = 12_500_000 * 288_000
    assert watch(tracker, [edge_ns])[0]
    assert tracker.hi_ns - tracker.lo_ns == LOOK_NS
    assert tracker.lo_ns <= edge_ns <= tracker.hi_ns
