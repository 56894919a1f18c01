"""Bursts of lost frames are counted, and reported at most once a minute."""

import pytest

from firmware.signal.frame_loss import FrameLoss, FrameLossMonitor


def play(unit: FrameLossMonitor, seconds: float, every_s: float = 0.0, gap_s: float = 0.0) -> list[FrameLoss]:
    """Reports while gaps of gap_s come every_s."""
    hops, every = round(10 * seconds), round(10 * every_s) or 10**9
    found = [unit.step(empty=hop % every < round(10 * gap_s)) for hop in range(1, hops + 1)]
    return [report for report in found if report is not None]


def test_frames_without_gaps_are_no_loss() -> None:
    """Two empty hops on end now and then are the jitter of slow chips."""
    unit = FrameLossMonitor()
    assert play(unit, 100, every_s=5, gap_s=0.2) == []
    assert unit.lost_s == 0.0


def test_the_first_gap_is_reported_when_it_is_over() -> None:
    """One second, at once; then nothing more."""
    unit = FrameLossMonitor()
    play(unit, 20)
    assert play(unit, 9.9) == []
    assert [unit.step(empty=True) for _ in range(10)] == [None] * 10
    report = unit.step(empty=False)
    assert report is not None
    assert report.gaps == 1
    assert report.lost_s == pytest.approx(1.0)
    assert unit.lost_s == pytest.approx(1.0)
    assert play(unit, 70) == []
    assert unit.lost_s == 0.0


def test_many_gaps_make_one_report_a_minute() -> None:
    """A second in every five, for ten minutes."""
    unit = FrameLossMonitor()
    reports = play(unit, 600, every_s=5, gap_s=1)
    assert 10 <= len(reports) <= 11
    assert reports[0].gaps == 1
    assert {report.gaps for report in reports[1:]} <= {11, 12, 13}
    assert sum(report.lost_s for report in reports) == pytest.approx(120, abs=15)
    assert unit.lost_s == pytest.approx(12, abs=1.1)
