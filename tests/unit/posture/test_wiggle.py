"""Wiggling: there and back is one, there is none, and breath is none."""

import numpy as np
import numpy.typing as npt
import pytest

from firmware.enums import WiggleGrade
from firmware.events import Repositioned, Wiggle
from firmware.posture.wiggle import WiggleDetector
from hardware import board as boards
from tests.doubles.detector_rig import DetectorRig

BOARD = boards.load_board()
LYING = np.repeat([50.0, 15.0, 45.0, 25.0], 3)
ALONG = np.array([1, 1, 1, 0, 0, 0, -1, -1, -1, 0, 0, 0]) / 3  # 1 N from the third row to the base
ACROSS = np.array([1, 0, -1] * 4) / 4


class WiggleRig(DetectorRig):
    """A person who lies; detector is the one under test."""

    def __init__(self) -> None:
        self.detector = WiggleDetector()
        super().__init__(lambda signals, _: self.detector.step(signals), LYING)


@pytest.mark.parametrize("way", [ALONG, ACROSS], ids=["along", "across"])
def test_to_and_fro_is_a_wiggle(way: npt.NDArray[np.float64]) -> None:
    """Two seconds of 40 N at one and a half a second: one wiggle, reported at once, about as large as it was."""
    mat = WiggleRig().hold(10.0).shake(2.0, 40.0, 1.5, way).hold(20.0)
    [wiggle] = mat.events
    assert isinstance(wiggle, Wiggle)
    assert 10.0 < wiggle.t_s < 11.5
    assert 20.0 < wiggle.moved_n < 160.0


def test_one_burst_is_one_wiggle() -> None:
    """Eight seconds without a rest are one; after a rest of three seconds it is another."""
    assert len(WiggleRig().hold(10.0).shake(8.0, 40.0, 1.0, ALONG).hold(20.0).events) == 1
    assert (
        len(WiggleRig().hold(10.0).shake(2.0, 40.0, 1.0, ALONG).hold(1.0).shake(2.0, 40.0, 1.0, ALONG).hold(9.0).events)
        == 1
    )
    assert (
        len(WiggleRig().hold(10.0).shake(2.0, 40.0, 1.0, ALONG).hold(6.0).shake(2.0, 40.0, 1.0, ALONG).hold(9.0).events)
        == 2
    )


def test_a_change_of_posture_is_no_wiggle() -> None:
    """60 N move along the mat and stay there, at any speed."""
    for seconds in (0.5, 1.0, 2.0, 4.0):
        assert WiggleRig().hold(10.0).go(LYING + 60.0 * ALONG, seconds).hold(20.0).events == []


TOGETHER = LYING / LYING.sum()
EDGE = np.array([1.0, 0.3, 0.0] * 4) * TOGETHER * 2


@pytest.mark.parametrize("way", [TOGETHER, EDGE, TOGETHER + 0.3 * ACROSS], ids=["together", "edge", "with a tilt"])
def test_a_bed_that_moves_is_no_wiggle_of_the_person(way: npt.NDArray[np.float64]) -> None:
    """A partner turns: all cells, or those of one edge, go up and down; the person's own wiggle after it counts."""
    mat = WiggleRig().hold(10.0).shake(2.0, 40.0, 1.5, way).hold(6.0)
    assert mat.events == []
    [wiggle] = mat.shake(2.0, 40.0, 1.5, ACROSS).hold(10.0).events
    assert isinstance(wiggle, Wiggle)
    assert wiggle.t_s > 18.0


def test_breathing_is_no_wiggle() -> None:
    """Deep breaths of 12 N, 6 to 20 a minute, for two minutes."""
    for breaths_per_min in (6, 12, 20):
        assert WiggleRig().hold(5.0).shake(120.0, 6.0, breaths_per_min / 60, ALONG).events == []


def test_small_movements_are_no_wiggle() -> None:
    """A heart, a finger: half a newton at any rate."""
    for rate_hz in (0.7, 1.2, 3.0):
        assert WiggleRig().hold(5.0).shake(30.0, 0.5, rate_hz, ACROSS).events == []


def test_a_lost_cell_is_no_wiggle() -> None:
    """A cell that goes and comes moves the centre of pressure; nobody moved, and detection starts again afterwards."""
    mat = WiggleRig().hold(10.0)
    for _ in range(5):
        mat.lost = 1
        mat.hold(0.5)
        mat.lost = 0
        mat.hold(0.5)
    assert mat.events == []
    assert len(mat.hold(5.0).shake(2.0, 40.0, 1.5, ALONG).events) == 1


def test_nobody_is_no_wiggle() -> None:
    """Without a load there is no centre of pressure."""
    mat = WiggleRig()
    mat.loads = np.zeros(12)
    assert mat.shake(10.0, 1.0, 1.5, ALONG).events == []


def test_after_a_reset_nothing_is_left_of_what_was_seen() -> None:
    """Two bursts in one would be one wiggle; a person who gets up in between and lies down again makes two."""
    mat = WiggleRig().hold(10.0).shake(2.0, 40.0, 1.5, ALONG)
    assert len(mat.shake(2.0, 40.0, 1.5, ALONG).events) == 1
    mat.detector.reset()
    assert len(mat.shake(2.0, 40.0, 1.5, ALONG).events) == 2


@pytest.mark.parametrize(
    ("newtons", "grade"), [(9.0, WiggleGrade.SLIGHT), (20.0, WiggleGrade.CLEAR), (45.0, WiggleGrade.STRONG)]
)
def test_the_grade_goes_by_the_newtons_that_went_and_came(newtons: float, grade: WiggleGrade) -> None:
    """Half a swing of newtons each way is one excursion of twice that."""
    [wiggle] = WiggleRig().hold(10.0).shake(2.0, newtons, 1.0, ACROSS).hold(9.0).events
    assert isinstance(wiggle, Wiggle)
    assert wiggle.grade is grade
    assert wiggle.moved_n == pytest.approx(2 * newtons, rel=0.15)


def test_the_place_is_the_cells_that_swing() -> None:
    """Between the second and the fifth cell, nowhere else."""
    between = np.zeros(12)
    between[1], between[4] = 1.0, -1.0
    [wiggle] = WiggleRig().hold(10.0).shake(2.0, 20.0, 1.0, between).hold(9.0).events
    assert isinstance(wiggle, Wiggle)
    assert wiggle.cells == (1, 4)


def lift(mat: WiggleRig, part: float, up_s: float) -> WiggleRig:
    """Take part of the load off the base rows for a while and lay it down again."""
    lifted = mat.loads.copy()
    lifted[:6] *= 1 - part
    for share in (*np.linspace(0, 1, 6), *(1.0,) * round(up_s * 10), *np.linspace(1, 0, 8)):
        mat.hop(mat.loads + share * (lifted - mat.loads))
    return mat


def test_a_lift_is_reported_as_a_change_of_place() -> None:
    """Load leaves the mat and comes back: no wiggle, reported once it is down, dated from when it left."""
    mat = lift(WiggleRig().hold(10.0), 0.7, 1.0).hold(20.0)
    [reported] = mat.events
    assert isinstance(reported, Repositioned)
    assert 10.0 < reported.t_s < 10.7


def test_a_lift_that_stays_is_a_new_posture() -> None:
    """After ten seconds it is how the person lies now; a wiggle after that is one."""
    mat = WiggleRig().hold(10.0)
    mat.loads[:6] *= 0.4
    assert mat.hold(12.0).events == []
    [reported] = mat.shake(2.0, 40.0, 1.0, ALONG).hold(5.0).events
    assert isinstance(reported, Wiggle)
