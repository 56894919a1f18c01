"""A body on the tiles weighs what its parts weigh, where they lie."""

import numpy as np
import pytest

from hardware import board as boards
from hardware.board import STANDARD_GRAVITY
from sim.people.body import Body, Poses
from sim.sensors.tiles import Contact, Newtons, Tiles, tilt_moment

BOARD = boards.load_board()
TILES = Tiles(BOARD)


def rows(newtons: Newtons) -> Newtons:
    """Return the share of each row, base first."""
    shares: Newtons = newtons.reshape(BOARD.rows, BOARD.cols).sum(axis=1) / newtons.sum()
    return shares


def columns(newtons: Newtons) -> Newtons:
    """Return the share of each column, left hand first."""
    shares: Newtons = newtons.reshape(BOARD.rows, BOARD.cols).sum(axis=0) / newtons.sum()
    return shares


def test_what_presses_in_the_middle_is_carried_whole() -> None:
    """A narrow weight in the middle of a tile is on that tile; one beside the mat is on none."""
    cell = BOARD.cells[4]
    newtons = TILES.press([Contact(100, cell.x_m, cell.y_m, 0.01, 0.01)])
    assert newtons[4] == pytest.approx(100)
    assert newtons.sum() == pytest.approx(100)
    assert TILES.press([Contact(100, -0.3, 0.3, 0.02, 0.02)]).sum() == pytest.approx(0, abs=1e-9)


def test_a_contact_must_push_down() -> None:
    """A negative weight or one without a width is refused by its value."""
    with pytest.raises(ValueError, match="-1"):
        Contact(-1, 0, 0, 0.1, 0.1)
    with pytest.raises(ValueError, match="sigma"):
        Contact(1, 0, 0, 0.0, 0.1)


@pytest.mark.parametrize("mass_kg", [45, 60, 75, 90, 120])
def test_share_of_body_weight_on_the_mat(mass_kg: float) -> None:
    """Hips on, head beside it: the mat carries 0.42 to 0.58 of the body weight, and four rows feel it."""
    lying = Poses(Body(mass_kg=mass_kg), TILES).lying()
    assert 0.42 < lying.sum() / (mass_kg * STANDARD_GRAVITY) < 0.58
    assert (rows(lying) > 0.04).all()


def test_little_of_it_rests_on_the_lumbar_arch() -> None:
    """On a floor the lumbar arch carries 3 to 12 % of the load; with the knees up the lumbar row carries more."""
    poses = Poses(Body(lumbar_share=0.07), TILES)
    flat = poses.lying()
    without = Poses(Body(lumbar_share=0.0), TILES).lying()
    assert 0.03 < np.abs(flat - without).sum() / 2 / flat.sum() < 0.12
    assert rows(poses.lying(knees_up=True))[1] > rows(flat)[1] + 0.03


def test_hips_off_the_mat() -> None:
    """45 kg with the hips off leave less than half of the body weight, none of it the pelvis."""
    on, off = (Poses(Body(mass_kg=45, hips_on=hips_on), TILES).lying().sum() for hips_on in (True, False))
    assert 12 * STANDARD_GRAVITY < off < 17 * STANDARD_GRAVITY
    assert off < 0.75 * on


def test_sitting_is_heavier_than_lying_and_on_the_base() -> None:
    """A sitter has more on the mat than somebody lying, nearly all of it in the two base rows."""
    poses = Poses(Body(), TILES)
    assert poses.seated().sum() > 1.3 * poses.lying().sum()
    assert rows(poses.seated())[:2].sum() > 0.95


@pytest.mark.parametrize(("side", "outer"), [(-1.0, 0), (1.0, 2)])
def test_on_the_side_one_outer_column_carries(side: float, outer: int) -> None:
    """Rolled to the left hand, column 0 carries most; to the right hand, the last one."""
    assert columns(Poses(Body(), TILES).on_side(side))[outer] > 0.6


def test_head_and_towel_and_bed() -> None:
    """A head on the mat adds its weight there; a towel and a bed spread the load over more tiles."""
    off, on = (Poses(Body(hips_on=False, head_on=head_on), TILES).lying().sum() for head_on in (False, True))
    assert 30 < on - off < 50
    plain = Poses(Body(), TILES).lying()
    thick = Poses(Body(cover="thick_towel", surface="bed"), TILES).lying()
    assert thick.max() < plain.max()


def test_further_up_the_thighs_come_onto_the_mat() -> None:
    """10 cm towards the head: more load in all, and the hips are no longer in the base row alone."""
    usual, up = Poses(Body(), TILES).lying(), Poses(Body(up_m=0.1), TILES).lying()
    assert up.sum() > 1.05 * usual.sum()
    assert rows(up)[1] > 1.5 * rows(usual)[1]


def test_a_person_off_the_middle() -> None:
    """5 cm towards the right hand load the right column more."""
    shares = columns(Poses(Body(offset_m=0.05), TILES).lying())
    assert shares[2] > shares[0] + 0.1


@pytest.mark.parametrize(
    ("wrong", "word"), [({"mass_kg": 5}, "mass_kg is 5"), ({"lumbar_share": 0.9}, "0.9"), ({"offset_m": 1}, "offset_m")]
)
def test_impossible_bodies(wrong: dict[str, float], word: str) -> None:
    """A body that cannot be is refused by name and value."""
    with pytest.raises(ValueError, match=word):
        Body(**wrong)  # type: ignore[arg-type]


def test_tipping_moves_one_newton_and_adds_none() -> None:
    """What a shake takes from one end it gives to the other."""
    change = tilt_moment(Poses(Body(), TILES).lying(), TILES.y_m)
    assert change.sum() == pytest.approx(0, abs=1e-9)
    assert np.abs(change).sum() / 2 == pytest.approx(1)
    assert change.reshape(BOARD.rows, BOARD.cols)[-1].sum() > 0
