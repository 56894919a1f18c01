"""Scales from loads: exact where loads are exact, robust where some are not, honest about what is not known."""

import numpy as np
import pytest

from firmware.signal.fit import WALK_NOISE, WEIGHT_NOISE, Fit, Placement, expected_error, fit, refusal
from hardware import board as boards

BOARD = boards.load_board()
NOMINAL = BOARD.counts_per_newton
TRUE = NOMINAL * np.random.default_rng(2).normal(1, 0.08, 12)


def loads(shares: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", load_n: float = 500.0) -> list[Placement]:
    """Return what true cells show of loads (n, cells) of shares."""
    return [Placement(tuple((row * load_n * TRUE).tolist()), load_n) for row in shares]


def off(found: Fit) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array(found.counts_per_newton) / TRUE - 1


def random_shares(number: int, seed: int = 1) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.random.default_rng(seed).dirichlet(np.full(12, 0.3), number)


def test_exact_loads_give_exact_scales() -> None:
    """One weight on each tile twice, or a person in many places; the claimed error is what no load can show."""
    found = fit(loads(np.tile(np.eye(12), (2, 1)), 50.0), NOMINAL, WEIGHT_NOISE)
    assert np.abs(off(found)).max() < 0.002
    assert max(found.error_share) == pytest.approx(WEIGHT_NOISE / np.sqrt(2), rel=0.05)
    found = fit(loads(random_shares(80)), NOMINAL, WALK_NOISE)
    assert np.abs(off(found)).max() < 0.005
    assert found.residual_share < 0.001


def test_a_cover_that_hands_on_load_does_no_harm() -> None:
    """Each weight is seen by the neighbours too: only the sum has to be right."""
    shares = 0.8 * np.eye(12) + 0.1 * np.roll(np.eye(12), 1, axis=1) + 0.1 * np.roll(np.eye(12), -1, axis=1)
    assert np.abs(off(fit(loads(np.tile(shares, (2, 1))), NOMINAL, WEIGHT_NOISE))).max() < 0.005


def test_a_heavier_weight_counts_for_more() -> None:
    """Half a newton is lost from each: the scale follows the 20 kg, not the 2 kg."""
    placements = [
        Placement(tuple((row * (load_n - 0.5) * TRUE).tolist()), load_n)
        for load_n in (20.0, 200.0)
        for row in np.eye(12)
    ]
    assert np.abs(off(fit(placements, NOMINAL, WEIGHT_NOISE))).max() < 0.006


def test_a_few_loads_that_fit_with_none_are_dropped() -> None:
    """One foot on the floor: a fifth of the places weigh too little."""
    placements = loads(random_shares(100))
    chance = np.random.default_rng(7)
    for number in range(0, 100, 5):
        one = placements[number]
        placements[number] = Placement(tuple(chance.uniform(0.6, 0.9) * np.array(one.change)), one.load_n)
    found = fit(placements, NOMINAL, WALK_NOISE)
    assert found.dropped == 20
    assert np.abs(off(found)).max() < 0.01


def test_many_loads_that_fit_with_none_are_not_thrown_out() -> None:
    """When half of them disagree nobody knows which half is right: the residual says so."""
    placements = loads(random_shares(60))
    for number in range(0, 60, 2):
        one = placements[number]
        placements[number] = Placement(tuple(0.6 * np.array(one.change)), one.load_n)
    found = fit(placements, NOMINAL, WALK_NOISE)
    assert found.dropped == 0
    assert found.residual_share > 0.1
    assert "the loads do not fit together (±" in refusal(BOARD, found)


def test_a_tile_that_was_never_loaded_is_known_as_well_as_before() -> None:
    """Its scale is that of the others, its error the spread that cells have; that is refused by name."""
    shares = random_shares(80)
    shares[:, 4] = 0
    shares /= shares.sum(axis=1, keepdims=True)
    found = fit(loads(shares), NOMINAL, WALK_NOISE)
    assert found.error_share[4] == pytest.approx(0.15, rel=0.1)
    assert max(np.delete(found.error_share, 4)) < 0.06
    assert refusal(BOARD, found) == "not known well enough: B2 (±15%); load these tiles more"


def test_more_places_reduce_the_expected_error() -> None:
    """And a tile nobody stood on is expected to stay unknown."""
    few, many = (expected_error(random_shares(number), WALK_NOISE) for number in (20, 200))
    assert (many < few).all()
    assert expected_error(np.zeros((1, 12)), WALK_NOISE).tolist() == pytest.approx([0.15] * 12)


def test_no_load_no_scale() -> None:
    """There is nothing to fit."""
    with pytest.raises(ValueError, match="no load: put something on the mat"):
        fit([], NOMINAL, WEIGHT_NOISE)


def test_what_is_no_calibration_is_refused_with_every_reason() -> None:
    """A cell upside down, another of another type, a third hardly known."""
    scales = [NOMINAL] * 12
    scales[1], scales[8] = -NOMINAL, 3 * NOMINAL
    found = Fit(tuple(scales), (0.02,) * 5 + (0.2,) + (0.02,) * 6, 0.01, 0.02, 48, 0)
    assert refusal(BOARD, found) == (
        "A2 read less under load: swap the wires A+ and A-; "
        "not what the board file says of the cells, in times of it: C3 (3.00); check mass and type; "
        "not known well enough: B3 (±20%); load these tiles more"
    )
    assert refusal(BOARD, Fit((NOMINAL,) * 12, (0.02,) * 12, 0.01, 0.02, 48, 0)) == ""


def test_a_third_that_weighs_nothing_is_not_thrown_out_either() -> None:
    """More than a fifth or so of all loads cannot be an accident."""
    placements = loads(random_shares(100))
    for number in range(35):
        one = placements[number]
        placements[number] = Placement(tuple(0.05 * np.array(one.change)), one.load_n)
    found = fit(placements, NOMINAL, WALK_NOISE)
    assert (found.used, found.dropped) == (100, 0)
    assert "the loads do not fit together" in refusal(BOARD, found)
