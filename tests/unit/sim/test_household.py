"""A household's visitors weigh what they weigh, live if they are alive, and leave nothing behind."""

import numpy as np
import pytest

from hardware import board as boards
from hardware.board import STANDARD_GRAVITY
from sim.people.household import VISITORS, Visit
from sim.people.scene import LoadScene
from sim.people.story import Story

BOARD = boards.load_board()
SPECIAL = {"walking_across", "cleaning", "footfalls"}


def scene_of(what: str, seconds: float = 60.0, mass_kg: float = 0.0) -> LoadScene:
    """Let something come at 10 s."""
    visit = Visit(what, 10.0, seconds, mass_kg)  # type: ignore[arg-type]
    return Story(what, seconds=100, visits=(visit,)).scene(BOARD, 5)


@pytest.mark.parametrize("what", VISITORS)
def test_nothing_before_and_nothing_after(what: str) -> None:
    """The mat is empty until it comes and after it has gone."""
    scene = scene_of(what)
    assert scene.load_n(np.array([0.0, 5.0, 9.9, 71.1, 80.0, 99.0])).sum() == pytest.approx(0, abs=0.2)
    assert scene.load_n(np.arange(10, 70, 0.05)).max() > 1


@pytest.mark.parametrize("what", [what for what in VISITORS if what not in SPECIAL])
def test_weight_of_a_visitor(what: str) -> None:
    """In the middle of the visit most of the visitor's weight is on the mat; twice the mass weighs twice as much."""
    mass_kg = VISITORS[what].mass_kg
    load_n = np.median(scene_of(what).load_n(np.arange(30, 60, 0.1)).sum(axis=1))
    assert 0.6 * mass_kg * STANDARD_GRAVITY < load_n <= 1.02 * mass_kg * STANDARD_GRAVITY
    double = np.median(scene_of(what, mass_kg=2 * mass_kg).load_n(np.arange(30, 60, 0.1)).sum(axis=1))
    assert double == pytest.approx(2 * load_n, rel=0.05)


def test_dead_things_lie_still_and_living_ones_do_not() -> None:
    """A suitcase does not move at all; a cat, a dog, a child and a person who balances do."""
    t_s = np.arange(25, 60, 0.05)
    for what, thing in VISITORS.items():
        if what in SPECIAL:
            continue
        moving = np.abs(np.diff(scene_of(what).load_n(t_s), axis=0)).max()
        assert (moving > 1e-3) == bool(thing.breaths_per_min or thing.sway_n), what


def test_where_feet_and_knees_are() -> None:
    """One foot each end loads the first and the last row; kneeling loads the base; the hand leans off the middle."""

    def rows(what: str) -> list[float]:
        load_n = scene_of(what).load_n(np.array([40.0]))[0].reshape(BOARD.rows, BOARD.cols).sum(axis=1)
        return [float(share) for share in load_n / load_n.sum()]

    astride, kneeling = rows("foot_each_end"), rows("kneeling")
    assert astride[0] > 0.4
    assert astride[-1] > 0.4
    assert kneeling[0] > 0.8


def test_steps_hit_harder_than_standing() -> None:
    """Walking across presses with more than the body weight for moments, and not on the same place."""
    load_n = scene_of("walking_across", 10).load_n(np.arange(10, 20, 0.01))
    assert load_n.sum(axis=1).max() > 1.05 * 75 * STANDARD_GRAVITY
    assert len(set(load_n.argmax(axis=1).tolist())) >= 4


def test_laundry_comes_in_three_drops() -> None:
    """A pile grows in steps of a third."""
    load_n = scene_of("laundry").load_n(np.array([13.0, 18.0, 23.0])).sum(axis=1)
    assert load_n / load_n[-1] == pytest.approx([1 / 3, 2 / 3, 1], abs=0.02)


def test_impossible_visits() -> None:
    """A visit without a length is refused."""
    with pytest.raises(ValueError, match="seconds is 0"):
        Visit("cat", 1.0, 0.0)
