"""Visits played hop by hop, and seeds joined to one row."""

from dataclasses import replace

import pytest

from firmware.enums import Exit
from firmware.events import EndCorrected, Event, GetUp, LieDown, StartCorrected
from sim.people import acts
from sim.people.story import Story
from tests.bench import visits
from tests.bench.accuracy import merged
from tests.bench.hop_runs import HopRun
from tests.bench.report import row
from tests.bench.runs import SMALL, rng_of

DOWN = (acts.Wait(seconds=5), acts.Sit(seconds=4), acts.Lower(seconds=3), acts.Lie(seconds=20))


def test_a_visit_is_found_as_it_truly_happens() -> None:
    """Start and end within a quarter of a second, occupied right nearly always."""
    times = visits.Times()
    times.note(HopRun.of(Story(title="visit", acts=(*DOWN, acts.Leave(), acts.Wait(seconds=8))), 1))
    assert max(times.start_s + times.end_s) < 0.25
    assert times.right / times.hops > 0.95


def test_nothing_heard_is_never() -> None:
    """An empty mat whose story says that somebody lies there: both times are missed, and occupied is wrong."""
    run = HopRun.of(Story(title="visit", acts=(*DOWN, acts.Leave())), 1)
    deaf = replace(
        run, scene=replace(run.scene, layers=(), starts_s=run.scene.starts_s[:0], ends_s=run.scene.ends_s[:0])
    )
    times = visits.Times()
    times.note(deaf)
    assert times.start_s == times.end_s == [visits.NEVER_S]


def test_times_are_taken_as_they_were_corrected() -> None:
    """A correction belongs to the lying before it."""
    events: list[Event] = [LieDown(5.0, 8.0, 300.0), StartCorrected(20.0, 6.0), LieDown(50.0, 53.0, 300.0)]
    assert visits.starts_s(events) == [6.0, 50.0]
    ups = [EndCorrected(45.0, 41.5)]
    assert visits.ends_s([GetUp(40.0, 41.0, exit=Exit.SAT_UP, evidence=""), *ups]) == [41.5]


def test_sitters_of_every_kind_are_played() -> None:
    """One of each: none is counted."""
    counted, _ = visits.sitters(replace(SMALL, sitters=1), rng_of(3, 1), 3)
    assert (counted.value, counted.n) == (0, len(visits.KINDS))


@pytest.mark.parametrize(("how", "bound", "value"), [("", "<= 3", 3.0), ("median", "<= 3", 2.0), ("", "", 2.0)])
def test_seeds_are_joined_by_the_worst_or_the_median(how: str, bound: str, value: float) -> None:
    """A bound holds in every seed unless the figure is named a median; the spread stands beside it."""
    runs = [[row("x", one, "s", bound, n=4, label="simulated", how=how)] for one in (2.0, 1.0, 3.0)]
    [joined] = merged(runs)
    assert (joined.value, joined.n) == (value, 12)
    assert joined.how == f"{how}; 3 seeds: median 2, 1 to 3"
