"""Wiggling: there and back is one, there is none, and breath is none."""

from math import pi, sin

import numpy as np
import numpy.typing as npt
import pytest

from firmware.enums import WiggleGrade
from firmware.events import Event, Repositioned, Wiggle
from firmware.posture.wiggle import WiggleDetector
from hardware import board as boards
from tests.doubles.hops import Hops

BOARD = boards.load()
LYING = np.repeat([50.0, 15.0, 45.0, 25.0], 3)
ALONG = np.array([1, 1, 1, 0, 0, 0, -1, -1, -1, 0, 0, 0]) / 3  # 1 N from the third row to the base
ACROSS = np.array([1, 0, -1] * 4) / 4


class Mat:
    """Somebody lies; movements go in, wiggles come out."""

    def __init__(self) -> None:
        self.watch = WiggleDetector()
        self.hops = Hops(BOARD)
        self.lying = LYING.copy()
        self.said: list[Event] = []
        self.lost = 0

    def show(self, loads: npt.NDArray[np.float64]) -> None:
        """One hop."""
        self.said += self.watch.step(self.hops.next(loads, self.lost))

    def rest(self, seconds: float) -> "Mat":
        """Lie still."""
        return self.shake(seconds, 0.0, 1.0, ALONG)

    def shake(self, seconds: float, newtons: float, rate_hz: float, way: npt.NDArray[np.float64]) -> "Mat":
        """Move newtons to and fro."""
        for hop in range(round(seconds * 10)):
            self.show(self.lying + newtons * sin(2 * pi * rate_hz * hop / 10) * way)
        return self

    def shift(self, seconds: float, newtons: float) -> "Mat":
        """Move newtons along the mat, for good."""
        for part in np.linspace(0, 1, round(seconds * 10) + 1)[1:]:
            self.show(self.lying + newtons * part * ALONG)
        self.lying = self.lying + newtons * ALONG
        return self


@pytest.mark.parametrize("way", [ALONG, ACROSS], ids=["along", "across"])
def test_to_and_fro_is_a_wiggle(way: npt.NDArray[np.float64]) -> None:
    """Two seconds of 40 N at one and a half a second: one wiggle, told at once, about as large as it was."""
    mat = Mat().rest(10.0).shake(2.0, 40.0, 1.5, way).rest(20.0)
    [wiggle] = mat.said
    assert isinstance(wiggle, Wiggle)
    assert 10.0 < wiggle.t_s < 11.5
    assert 20.0 < wiggle.moved_n < 160.0


def test_one_burst_is_one_wiggle() -> None:
    """Eight seconds without a rest are one; after a rest of three seconds it is another."""
    assert len(Mat().rest(10.0).shake(8.0, 40.0, 1.0, ALONG).rest(20.0).said) == 1
    assert len(Mat().rest(10.0).shake(2.0, 40.0, 1.0, ALONG).rest(1.0).shake(2.0, 40.0, 1.0, ALONG).rest(9.0).said) == 1
    assert len(Mat().rest(10.0).shake(2.0, 40.0, 1.0, ALONG).rest(6.0).shake(2.0, 40.0, 1.0, ALONG).rest(9.0).said) == 2


def test_a_change_of_posture_is_no_wiggle() -> None:
    """60 N move along the mat and stay there, at any speed."""
    for seconds in (0.5, 1.0, 2.0, 4.0):
        assert Mat().rest(10.0).shift(seconds, 60.0).rest(20.0).said == []


def test_breathing_is_no_wiggle() -> None:
    """Deep breaths of 12 N, 6 to 20 a minute, for two minutes."""
    for breaths_per_min in (6, 12, 20):
        assert Mat().rest(5.0).shake(120.0, 6.0, breaths_per_min / 60, ALONG).said == []


def test_small_movements_are_no_wiggle() -> None:
    """A heart, a finger: half a newton at any rate."""
    for rate_hz in (0.7, 1.2, 3.0):
        assert Mat().rest(5.0).shake(30.0, 0.5, rate_hz, ACROSS).said == []


def test_a_lost_cell_is_no_wiggle() -> None:
    """A cell that goes and comes moves the centre of pressure; nobody moved, and it is looked at anew afterwards."""
    mat = Mat().rest(10.0)
    for _ in range(5):
        mat.lost = 1
        mat.rest(0.5)
        mat.lost = 0
        mat.rest(0.5)
    assert mat.said == []
    assert len(mat.rest(5.0).shake(2.0, 40.0, 1.5, ALONG).said) == 1


def test_nobody_is_no_wiggle() -> None:
    """Without a load there is no centre of pressure."""
    mat = Mat()
    mat.lying = np.zeros(12)
    assert mat.shake(10.0, 1.0, 1.5, ALONG).said == []


def test_after_a_reset_nothing_is_left_of_what_was_seen() -> None:
    """Two bursts in one would be one wiggle; who got up in between and lies down anew has made two."""
    mat = Mat().rest(10.0).shake(2.0, 40.0, 1.5, ALONG)
    assert len(mat.shake(2.0, 40.0, 1.5, ALONG).said) == 1
    mat.watch.reset()
    assert len(mat.shake(2.0, 40.0, 1.5, ALONG).said) == 2


@pytest.mark.parametrize(
    ("newtons", "grade"), [(9.0, WiggleGrade.SLIGHT), (20.0, WiggleGrade.CLEAR), (45.0, WiggleGrade.STRONG)]
)
def test_the_grade_goes_by_the_newtons_that_went_and_came(newtons: float, grade: WiggleGrade) -> None:
    """Half a swing of newtons each way is one excursion of twice that."""
    [wiggle] = Mat().rest(10.0).shake(2.0, newtons, 1.0, ACROSS).rest(9.0).said
    assert isinstance(wiggle, Wiggle)
    assert wiggle.grade is grade
    assert wiggle.moved_n == pytest.approx(2 * newtons, rel=0.15)


def test_the_place_is_the_cells_that_swing() -> None:
    """Between the second and the fifth cell, nowhere else."""
    between = np.zeros(12)
    between[1], between[4] = 1.0, -1.0
    [wiggle] = Mat().rest(10.0).shake(2.0, 20.0, 1.0, between).rest(9.0).said
    assert isinstance(wiggle, Wiggle)
    assert wiggle.cells == (1, 4)


def lift(mat: Mat, part: float, up_s: float) -> Mat:
    """Take part of the load off the base rows for a while and lay it down again."""
    lifted = mat.lying.copy()
    lifted[:6] *= 1 - part
    for share in (*np.linspace(0, 1, 6), *(1.0,) * round(up_s * 10), *np.linspace(1, 0, 8)):
        mat.show(mat.lying + share * (lifted - mat.lying))
    return mat


def test_a_lift_is_told_as_what_it_is() -> None:
    """Load leaves the mat and comes back: no wiggle, told once it is down, dated from when it left."""
    mat = lift(Mat().rest(10.0), 0.7, 1.0).rest(20.0)
    [told] = mat.said
    assert isinstance(told, Repositioned)
    assert 10.0 < told.t_s < 10.7


def test_a_lift_that_stays_is_a_new_posture() -> None:
    """After ten seconds it is how the person lies now; a wiggle after that is one."""
    mat = Mat().rest(10.0)
    mat.lying[:6] *= 0.4
    assert mat.rest(12.0).said == []
    [told] = mat.shake(2.0, 40.0, 1.0, ALONG).rest(5.0).said
    assert isinstance(told, Wiggle)


@pytest.mark.parametrize("share", [1.0, 0.95, 0.882])
def test_no_lift_begins_within_the_room(share: float) -> None:
    """After a tenth of the load has left: so much farther a hop may be that it is no lift, and hardly less."""
    mat = Mat().rest(30.0)
    lying = mat.lying.copy()
    mat.lying = share * lying
    mat.rest(2.0)
    usual_n = share * lying.sum() + (1 - share) * lying.sum() * (1 - 0.1 / 5.0) ** 20
    falls_n = share * lying.sum() - 0.88 * usual_n
    assert 0 < mat.watch.room_n <= falls_n + 1e-6
    if share == 0.882:  # where the usual load is what is near, nearer than a wiggle or what may come first
        assert mat.watch.room_n == pytest.approx(falls_n, abs=0.1)


def test_no_wiggle_begins_within_the_room() -> None:
    """Who has lain still may be the least wiggle away; who has moved so far within the last seconds is looked at."""
    mat = Mat().rest(30.0).shift(1.0, 20.0)
    assert mat.watch.room_n < 0
    assert mat.rest(2.0).watch.room_n == pytest.approx(15.0, abs=0.1)
    assert Mat().rest(30.0).shake(2.0, 40.0, 1.0, ACROSS).watch.room_n < 0
