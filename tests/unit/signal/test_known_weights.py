"""Guides through a calibration, second by second, where the simulated ones of the command do not lead."""

import numpy as np

from firmware.signal.body_weight import MOST_PLACES, BodyWeightCalibration
from firmware.signal.known_weights import KG, Weighing
from firmware.signal.seconds import SECOND_HOPS, Seconds
from hardware import board as boards

BOARD = boards.load_board()
SCALE = BOARD.counts_per_newton
CELLS = len(BOARD.cells)
NEWEST = np.zeros(CELLS, np.int32), np.zeros(CELLS, np.uint8)


def second_of(loads_n: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Seconds:
    """A second under a load (cells,)."""
    second = Seconds()
    for _ in range(SECOND_HOPS):
        second.push(50_000 + loads_n * SCALE, None)
    return second


def on(cell: int, kg: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.where(np.arange(CELLS) == cell, kg * KG, 0.0)


def weigh(guide: Weighing | BodyWeightCalibration, kg: float, cell: int, seconds: int) -> str:
    """Keep a load on a tile for some seconds; give the last hint."""
    for _ in range(seconds):
        guide.step(second_of(on(cell, kg)), NEWEST)
    return guide.hint


def test_hints_follow_what_happens_on_the_tile() -> None:
    """Empty, a weight coming to rest, taken off again, at rest again; then the next tile."""
    guide = Weighing(BOARD, (5.0,), corners=False)
    assert guide.zero is None
    assert weigh(guide, 0, 0, 3) == ""
    assert guide.wanted.startswith("Put 5 kg on the middle of tile A1 (row 1 from the base, 1 from your left hand)")
    assert weigh(guide, 0.1, 0, 1) == ""
    assert weigh(guide, 5, 0, 1) == "wait until it is still"
    assert weigh(guide, 5, 0, 2) == ""
    assert (guide.wanted, guide.share) == ("Take the weight off.", 0.5 / CELLS)
    assert weigh(guide, 0, 0, 1) == "wait until it is still"
    assert weigh(guide, 0, 0, 1) == ""
    assert guide.wanted.startswith("Put 5 kg on the middle of tile A2 ")
    assert [round(one.load_n) for one in guide.placements] == [49, 49]


def test_a_mat_that_becomes_lighter_for_a_moment_is_waited_for() -> None:
    """A hand that lifts the tile; only if it stays so something was on the mat before."""
    guide = Weighing(BOARD, (5.0,), corners=False)
    weigh(guide, 0, 0, 3)
    weigh(guide, 5, 0, 3)
    assert weigh(guide, -4, 0, 2) == "the mat became lighter than it was"
    assert guide.failed == ""
    weigh(guide, -4, 0, 1)
    assert guide.failed == "the mat is lighter than at the beginning: something was on it; start again"


def test_after_the_last_tile_nothing_is_wanted() -> None:
    """Whatever comes then."""
    guide = Weighing(BOARD, (5.0,), corners=False)
    weigh(guide, 0, 0, 3)
    for cell in range(CELLS):
        weigh(guide, 5, cell, 3)
        weigh(guide, 0, cell, 2)
    assert guide.finished
    assert (guide.wanted, guide.share, guide.hint) == ("Done.", 1.0, "")
    assert weigh(guide, 5, 0, 5) == ""


def test_walking_ends_when_every_tile_is_known() -> None:
    """Places in turn on each tile; further ones change nothing, and neither do very many on one."""
    guide = BodyWeightCalibration(BOARD, 80.0)
    weigh(guide, 0, 0, 3)
    while not guide.finished:
        for cell in range(CELLS):
            weigh(guide, 80, cell, 2)
            weigh(guide, 0, cell, 1)
    assert (guide.share, guide.needy, guide.wanted) == (1.0, (), "Done: step off.")
    places = len(guide.placements)
    assert places <= 3 * CELLS
    weigh(guide, 80, 0, 4)
    assert len(guide.placements) == places


def test_walking_has_an_end_on_one_tile_too() -> None:
    """The fit then says which tiles are not known."""
    guide = BodyWeightCalibration(BOARD, 80.0)
    weigh(guide, 0, 0, 3)
    for _ in range(MOST_PLACES):
        weigh(guide, 80, 4, 2)
        weigh(guide, 0, 4, 1)
    assert guide.finished
    assert guide.share < 1


def test_a_place_is_the_mean_of_its_seconds() -> None:
    """Who leans over slowly stays in one place; who steps over to another tile without a stop begins a new one."""
    guide = BodyWeightCalibration(BOARD, 80.0)
    weigh(guide, 0, 0, 3)
    for part in (0.5, 0.5, 0.52, 0.54):
        guide.step(second_of(on(0, 80 * part) + on(1, 80 * (1 - part))), NEWEST)
    [place] = guide.placements
    assert place.change[0] / sum(place.change) == np.float64((0.5 + 0.52 + 0.54) / 3)
    guide.step(second_of(on(8, 80)), NEWEST)
    assert len(guide.placements) == 2
