"""The judges of lost frames and of a moving bed: right is counted as right, wrong as wrong."""

from dataclasses import replace

import numpy as np
import pytest

from tests.bench import bursts, outside
from tests.bench.runs import SMALL, Run, rng_of

TINY = replace(SMALL, bodies=1)


def test_a_visit_with_gaps_is_judged_against_its_truth() -> None:
    """Start and end are close, a rate is known for a part of the lying, and the loss is reported."""
    found = bursts.Findings()
    story = bursts.story_of(rng_of(3, 12), 5.0, 1.0)
    assert len(story.mishaps) > 20
    bursts.judge(Run.of(story, 3), found, hips_on=True)
    assert found.start_error_s[0] < bursts.NOTED_S
    assert found.end_error_s[0] < bursts.NOTED_S
    assert found.moments > 0
    assert found.unreported == 0
    assert min(found.between_reports_s) == pytest.approx(60.0, abs=1e-6)


def test_a_missed_start_counts_as_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any event nothing is within a second, and the loss was not reported."""
    run = Run.of(bursts.story_of(rng_of(3, 12), 60.0, 3.0), 3)
    monkeypatch.setattr(Run, "ticks", lambda _: iter(()))
    found = bursts.Findings()
    bursts.judge(run, found, hips_on=True)
    assert (found.start_error_s, found.end_error_s, found.unreported) == ([60.0], [60.0], 1)


def test_own_wiggles_are_kept_and_those_of_the_bed_are_not() -> None:
    """One person: all of their own are found, none of a bed that moves as a whole."""
    own, moves, _ = outside.wiggles(None, np.random.default_rng(2), 2)
    assert own == moves == outside.MOVES
    near, _, elsewhere = outside.wiggles("all cells together", np.random.default_rng(2), 2)
    assert near + elsewhere <= 1
