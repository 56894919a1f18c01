"""Random faults for hours: what must never happen, does not. `make storm` does it for a thousand hours."""

import itertools

import pytest

from hardware import board as boards
from sim.sensors.mishaps import CellBreaks, FrameGap, ZeroKnock
from tests.bench.storm import KINDS, RATES_HZ, Progress, Tally, play, rows, run, run_impossible, story_of


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_an_hour_of_failing_cells(seed: int) -> None:
    """Two visits and two empty quarters of an hour, with all kinds of faults: every row of the report holds."""
    tally = run(Progress(seed), 1.0, loads=0)
    assert tally.errors == []
    assert tally.faults > 40
    assert [one.name for one in rows(tally) if not one.holds] == []


@pytest.mark.parametrize("number", range(4))
def test_a_session_under_an_impossible_load_ends(number: int) -> None:
    """All cells at a rail, all frozen, all far below zero, some of each; the person stays for a quarter of an hour."""
    tally = run_impossible(14, number, 900.0)
    assert (tally.errors, tally.stuck, tally.impossible) == ([], [], 1)


def test_a_block_of_any_length_has_the_same_result() -> None:
    """Thirty seconds of frames at a time are quicker than one frame, and count the same."""
    board, tallies = boards.load_board(), (Tally(), Tally())
    for number, (tally, block_s) in itertools.product((0, 1), zip(tallies, (30.0, 0.1), strict=True)):
        play(number, 5, board, tally, block_s)
    assert tallies[0] == tallies[1]
    assert tallies[0].faults > 20


def test_every_fault_comes() -> None:
    """Each kind of the converters, knocks, gaps and drift, in visits and in empty quarters, at both rates."""
    every_story = [story_of(number, 1, 12) for number in range(2 * len(RATES_HZ))]
    for stories in (every_story[::2], every_story[1::2]):
        mishaps = [one for story in stories for one in story.mishaps]
        assert {one.kind for one in mishaps if isinstance(one, CellBreaks)} >= set(KINDS)
        assert {type(one) for one in mishaps} == {CellBreaks, ZeroKnock, FrameGap}
        assert len({story.cells for story in stories}) == 2
    assert set(RATES_HZ) == {10.0, 80.0}


def test_each_count_can_fail() -> None:
    """A report that cannot say no says nothing."""
    bad = Tally(
        hours=1.0, faults=9, errors=["x"], false_starts=1, crowded_cues=1, crowded_sounds=1, opened=2, not_numbers=1,
        impossible=1, stuck=["y"],
    )  # fmt: skip
    assert sum(not one.holds for one in rows(bad)) == 7


def test_what_was_counted_elsewhere_is_added() -> None:
    """Numbers add up, lists are joined, reasons are counted together."""
    one = Tally(hours=1.5, faults=3, errors=["a"], reasons={"user": 1, "left_early": 2})
    one.add(Tally(hours=0.5, faults=4, errors=["b"], reasons={"user": 5}))
    assert one == Tally(hours=2.0, faults=7, errors=["a", "b"], reasons={"user": 6, "left_early": 2})
