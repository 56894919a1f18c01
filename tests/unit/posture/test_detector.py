"""Who is on the mat and how: loads go in hop by hop, posture events come out. No frames, no noise, no person."""

from collections.abc import Sequence
from math import tau
from typing import Self

import numpy as np
import numpy.typing as npt
import pytest

from firmware.enums import Exit
from firmware.events import (
    GetUp,
    LieDown,
    Lowering,
    LyingReversed,
    MatEmptied,
    ObjectDetected,
    Seated,
    SensorBack,
    SensorLost,
)
from firmware.posture.detector import Phase, PostureDetector
from firmware.posture.history import since_crossing
from hardware import board as boards
from tests.doubles.detector_rig import DetectorRig

BOARD = boards.load_board()
Pose = npt.NDArray[np.float64]
POSTURES = (Seated, Lowering, LieDown, LyingReversed, GetUp, MatEmptied, ObjectDetected, SensorLost, SensorBack)


def pose(load_n: float, rows: Sequence[float], cols: Sequence[float] = (1, 1, 1)) -> Pose:
    """Spread a load over rows (base to head) and columns (left hand to right) in these proportions."""
    shares = np.outer(np.array(rows, dtype=float), np.array(cols, dtype=float)).ravel()
    made: Pose = load_n * shares / shares.sum()
    return made


NOBODY = pose(0.0, (1, 1, 1, 1))
SEATED = pose(550.0, (80, 20, 0, 0))
HALF_DOWN = pose(480.0, (60, 30, 8, 2))
LYING = pose(400.0, (35, 13, 34, 18))
ON_SIDE = pose(400.0, (35, 13, 34, 18), (1, 2, 12))
PUSHING = pose(300.0, (45, 10, 30, 15), (0, 1, 9))
LUMP = pose(60.0, (1, 0, 0, 0))
ELBOWS = pose(480.0, (50, 25, 17, 8))
NINE_TENTHS_S = (
    16.65  # of the way from SEATED to LYING by HALF_DOWN, in the story of the first test; a hop before its end
)


class PostureRig(DetectorRig):
    """An empty mat; detector is the one under test."""

    def __init__(self) -> None:
        self.detector = PostureDetector(BOARD)
        super().__init__(lambda signals, _: [one for one in self.detector.step(signals) if isinstance(one, POSTURES)])

    def breathe(self, seconds: float, newtons: float = 3.0) -> Self:
        """Stay, but alive: some newtons go to and fro between two cells, six times a minute."""
        shift = np.zeros(12)
        shift[0], shift[7] = 1, -1
        return self.shake(seconds, newtons, 10 / 16 / tau, shift)


def lying() -> PostureRig:
    """Sits at 5, goes down from 13 to 17, lies on; what was said so far is checked and forgotten."""
    mat = PostureRig().hold(4.0).go(SEATED, 1.0).hold(8.0).go(HALF_DOWN, 2.0).go(LYING, 2.0).breathe(15.0)
    assert mat.names == ["Seated", "Lowering", "LieDown"]
    mat.events.clear()
    return mat


# --- coming ---------------------------------------------------------------------------------------------------
def test_sitting_lowering_lying() -> None:
    """Each is said once; the start is back-dated to where nine tenths of the way from sitting are done."""
    mat = PostureRig().hold(4.0).go(SEATED, 1.0).hold(8.0).go(HALF_DOWN, 2.0).go(LYING, 2.0).breathe(15.0)
    seated, lowering, lies = mat.events
    assert isinstance(seated, Seated)
    assert 5.0 < seated.t_s < 7.0
    assert isinstance(lowering, Lowering)
    assert 13.0 < lowering.t_s < 17.0
    assert isinstance(lies, LieDown)
    assert lies.t_s == pytest.approx(NINE_TENTHS_S, abs=0.1)
    assert lies.detected_s < 21.0
    assert lies.load_n == pytest.approx(400.0, rel=0.01)


def test_sitting_alone_is_never_lying() -> None:
    """Five minutes on the base, with shifts to and fro; then away."""
    mat = PostureRig().hold(4.0).go(SEATED, 1.0)
    for side in (2, 1, 3) * 10:
        mat.go(pose(550.0, (80, 20, 0, 0), (1, 1, side)), 1.0).breathe(9.0)
    mat.go(NOBODY, 1.0).hold(5.0)
    assert mat.names == ["Seated", "MatEmptied"]


def test_who_sits_up_again_on_the_way_down_sits() -> None:
    """Lowers, thinks better of it, lowers again: said each time."""
    mat = PostureRig().hold(4.0).go(SEATED, 1.0).hold(5.0).go(ELBOWS, 2.0).hold(0.5).go(SEATED, 2.0).hold(3.0)
    mat.go(HALF_DOWN, 2.0).go(LYING, 2.0).breathe(6.0)
    assert mat.names == ["Seated", "Lowering", "Seated", "Lowering", "LieDown"]


def test_the_load_falls_when_a_sitter_lies_down() -> None:
    """A light body with the hips off: 15 kg is enough, because the way it is spread decides."""
    light = pose(150.0, (5, 30, 40, 25))
    mat = PostureRig().hold(4.0).go(pose(350.0, (85, 15, 0, 0)), 1.0).hold(8.0).go(light, 4.0).breathe(10.0)
    assert mat.names == ["Seated", "Lowering", "LieDown"]


BESIDE = pose(190.0, (28, 56, 15, 1))  # a light person, hips and head beside the mat: the upper half has a sixth


def test_a_light_person_with_the_hips_beside_the_mat() -> None:
    """Little reaches the upper half; the load that moved and fell since sitting decides, and no sitting follows."""
    mat = PostureRig().hold(4.0).go(SEATED, 1.0).hold(8.0).go(1.6 * BESIDE, 2.0).breathe(15.0)
    assert mat.names == ["Seated", "Lowering", "LieDown"]
    lies = mat.only(LieDown)
    assert isinstance(lies, LieDown)
    assert lies.t_s == pytest.approx(14.75, abs=0.15)
    assert lies.detected_s < 19.5
    mat.events.clear()
    mat.go(NOBODY, 0.7).hold(5.0)
    assert mat.names == ["GetUp", "MatEmptied"]
    emptied = mat.only(MatEmptied)
    assert isinstance(emptied, MatEmptied)
    assert emptied.evidence == "load below 66 N"


def test_who_moves_up_the_mat_and_sits_on_does_not_lie() -> None:
    """The same shape under the whole weight: sitting in the middle of the mat."""
    mat = PostureRig().hold(4.0).go(SEATED, 1.0).hold(8.0).go(pose(540.0, (28, 56, 15, 1)), 2.0).breathe(60.0)
    assert LieDown not in {type(event) for event in mat.events}


def test_a_light_person_who_was_not_seen_sitting() -> None:
    """Straight from nothing a shape alone is not enough: it has to stay for five seconds more, and is back-dated."""
    mat = PostureRig().hold(4.0).go(BESIDE, 1.0).breathe(15.0)
    lies = mat.only(LieDown)
    assert isinstance(lies, LieDown)
    assert mat.names == ["LieDown"]
    assert lies.t_s == pytest.approx(4.9, abs=0.2)
    assert 11.0 < lies.detected_s < 14.0


def test_lying_straight_from_nothing() -> None:
    """Dropped onto the mat: no sitting is made up, and the start is when nine tenths of the load were there."""
    mat = PostureRig().hold(10.0).go(LYING, 1.0).breathe(8.0)
    assert mat.names == ["LieDown"]
    [event] = mat.events
    assert event.t_s == pytest.approx(10.9, abs=0.1)


def test_lying_there_at_power_up() -> None:
    """From the first hop on: the start is the beginning, not before it."""
    mat = PostureRig().hold(0.1, LYING).breathe(8.0)
    [event] = mat.events
    assert isinstance(event, LieDown)
    assert event.t_s == 0.0
    assert 3.0 < event.detected_s < 4.5


def test_moving_is_not_lying() -> None:
    """On all fours, rocking a fifth of the load between the halves all the time."""
    mat = PostureRig().hold(4.0)
    one, other = pose(500.0, (60, 10, 20, 10)), pose(500.0, (40, 10, 30, 20))
    for _ in range(30):
        mat.go(one, 0.4).go(other, 0.5)
    assert mat.names == []


@pytest.mark.parametrize(
    ("series", "rearm", "ago_s"),
    [
        ((0, 0, 1, 1, 1), None, 0.36),  # between the second and the third, at nine tenths of the step
        ((0, 0.8, 1, 1, 1), None, 0.4),
        ((1, 1, 1, 1, 1), None, 0.55),  # since before the series began
        ((0, 1, 0.7, 1, 1), None, 0.283),
        ((0, 1, 0.7, 1, 1), 0.6, 0.46),  # a dip that stays above 0.6 is no new beginning
        ((0, 1, 0.5, 1, 1), 0.6, 0.27),
        ((0, 1, 1, 1, 0.5), 0.6, 0.1),  # gone again in this very hop: now, less what the median lags
    ],
)
def testsince_crossing(series: tuple[float, ...], rearm: float | None, ago_s: float) -> None:
    """When a series of hops rose through nine tenths for the last time; hops speak of their middle, a hop late."""
    assert since_crossing(np.array(series), 0.9, rearm) == pytest.approx(ago_s, abs=0.001)


# --- things ---------------------------------------------------------------------------------------------------
def test_an_object_is_nobody() -> None:
    """Six kilograms are put down, stay, are taken away: nothing is said, and afterwards somebody is found as ever."""
    mat = PostureRig().hold(4.0).go(LUMP, 0.3).hold(60.0).go(NOBODY, 0.3).hold(10.0)
    assert mat.names == []
    mat.go(SEATED, 1.0).hold(4.0)
    assert mat.names == ["Seated"]


def test_a_heavy_object_is_nobody_after_a_minute() -> None:
    """Fourteen kilograms that never move: present, then part of the mat, and somebody can lie beside them."""
    box = pose(140.0, (1, 0, 0, 0), (1, 0, 0))
    mat = PostureRig().hold(4.0).go(box, 0.5).hold(59.0)
    phases = [mat.detector.phase]
    mat.hold(5.0)
    phases.append(mat.detector.phase)
    assert phases == [Phase.PRESENT, Phase.EMPTY]
    assert mat.names == ["ObjectDetected", "MatEmptied"]
    emptied = mat.only(MatEmptied)
    assert isinstance(emptied, MatEmptied)
    assert emptied.evidence == "140 N lay as still as an object for 60 s"
    mat.go(box + LYING, 2.0).breathe(8.0)
    event = mat.only(LieDown)
    assert isinstance(event, LieDown)
    assert event.load_n == pytest.approx(400.0, rel=0.02)


def test_an_object_left_on_the_mat_holds_no_session_open() -> None:
    """A small one, there before or left behind, does not occupy the mat; a bag of 12 kg is an object in ten seconds."""
    mat = PostureRig().hold(4.0).go(LUMP, 0.3).hold(20.0).go(LUMP + LYING, 2.0).breathe(20.0).go(LUMP, 1.0).hold(5.0)
    assert mat.names == ["LieDown", "GetUp", "MatEmptied"]
    mat = lying()
    mat.go(LUMP, 1.0).hold(12.0)
    assert mat.names == ["GetUp", "MatEmptied"]
    mat.go(LUMP + LYING, 2.0).breathe(10.0)
    assert mat.names == ["GetUp", "MatEmptied", "LieDown"]
    mat = lying()
    mat.go(2 * LUMP, 1.0).hold(8.0)
    assert mat.names == ["GetUp"]
    mat.hold(5.0)
    assert mat.names == ["GetUp", "ObjectDetected", "MatEmptied"]


def test_a_slow_drift_is_followed() -> None:
    """A kilogram in three minutes while nobody is there: nobody comes by it, and the next one starts from there."""
    mat = PostureRig().hold(4.0).go(pose(9.8, (1, 1, 1, 1)), 180.0).hold(30.0)
    assert mat.names == []
    mat.go(pose(400.0, (35, 13, 34, 18)), 2.0).breathe(6.0)
    event = mat.only(LieDown)
    assert isinstance(event, LieDown)
    assert event.load_n == pytest.approx(390.0, rel=0.02)


def test_a_touch_is_too_short_to_be_somebody() -> None:
    """Two hops of 30 kg, as of a person who stumbles against it."""
    mat = PostureRig().hold(4.0).hold(0.2, pose(300.0, (1, 0, 0, 0))).hold(3.0, NOBODY)
    assert mat.names == []
    assert mat.detector.phase is Phase.EMPTY


# --- lying ----------------------------------------------------------------------------------------------------
def test_a_small_shift_ends_nothing() -> None:
    """Three centimetres further; the settled pattern follows slowly."""
    mat = lying()
    mat.go(pose(400.0, (33, 14, 35, 18)), 1.5).breathe(120.0).go(pose(400.0, (31, 15, 36, 18)), 1.5).breathe(120.0)
    assert mat.names == []


def test_a_new_posture_becomes_the_settled_one() -> None:
    """Over to the side and staying there: ten seconds later leaving is judged from the side."""
    mat = lying()
    mat.go(ON_SIDE, 2.0).breathe(30.0)
    assert mat.names == []
    mat.go(NOBODY, 0.6).hold(3.0)
    event = mat.only(GetUp)
    assert isinstance(event, GetUp)
    assert event.exit is Exit.ABRUPT


def test_a_lift_of_the_hips_is_no_end() -> None:
    """Half the load stays on the shoulders for two seconds."""
    mat = lying()
    mat.go(pose(250.0, (3, 5, 60, 32)), 0.8).hold(1.0).go(LYING, 1.0).breathe(10.0)
    assert mat.names == []


# --- leaving --------------------------------------------------------------------------------------------------
def test_rolled() -> None:
    """To the side, a hand, away: the end is where half of the load has left."""
    mat = lying()
    mat.go(ON_SIDE, 2.0).hold(1.5).go(PUSHING, 0.8).go(NOBODY, 0.8)
    end_s = mat.t_s - 0.8 + 0.8 / 3 - 0.05
    mat.hold(3.0)
    up, emptied = mat.events
    assert isinstance(up, GetUp)
    assert (up.exit, up.evidence) == (Exit.ROLLED, "load below 200 N, half of that when lying")
    assert up.t_s == pytest.approx(end_s, abs=0.15)
    assert 0.2 < up.detected_s - up.t_s < 0.7
    assert isinstance(emptied, MatEmptied)


def test_abrupt() -> None:
    """From lying flat to nothing in half a second."""
    mat = lying()
    at_s = mat.t_s
    mat.go(NOBODY, 0.5).hold(3.0)
    up = mat.only(GetUp)
    assert isinstance(up, GetUp)
    assert up.exit is Exit.ABRUPT
    assert up.t_s == pytest.approx(at_s + 0.25, abs=0.1)


def test_gone_between_two_hops() -> None:
    """As when the cable of the mat is pulled: getting up, a moment later an empty mat."""
    mat = lying()
    at_s = mat.t_s
    mat.hold(3.0, NOBODY)
    up, _ = mat.events
    assert isinstance(up, GetUp)
    assert up.exit is Exit.ABRUPT
    assert up.t_s == pytest.approx(at_s, abs=0.15)
    assert mat.names == ["GetUp", "MatEmptied"]


def test_sat_up() -> None:
    """The load is back over the base rows: that is the end, long before the mat is empty."""
    mat = lying()
    at_s = mat.t_s
    mat.go(HALF_DOWN, 1.0).go(SEATED, 1.0).hold(5.0).go(NOBODY, 1.0).hold(3.0)
    assert mat.names == ["GetUp", "Seated", "MatEmptied"]
    up = mat.only(GetUp)
    assert isinstance(up, GetUp)
    assert (up.exit, up.evidence) == (Exit.SAT_UP, "the load was no longer spread as when lying for 0.5 s")
    assert at_s + 0.3 < up.t_s < at_s + 2.0


def test_rolled_first_then_sat_up_is_rolled() -> None:
    """By the side into sitting, as one should."""
    mat = lying()
    mat.go(ON_SIDE, 1.5).hold(1.0).go(pose(500.0, (80, 20, 0, 0), (1, 2, 9)), 1.0).hold(3.0)
    up = mat.only(GetUp)
    assert isinstance(up, GetUp)
    assert (up.exit, up.evidence) == (Exit.ROLLED, "the load was no longer spread as when lying for 0.5 s")


def test_a_roll_long_ago_is_no_way_of_getting_up() -> None:
    """Rolled over and back a minute ago, then straight up."""
    mat = lying()
    mat.go(ON_SIDE, 1.5).hold(3.0).go(LYING, 1.5).breathe(60.0).go(NOBODY, 0.5).hold(2.0)
    up = mat.only(GetUp)
    assert isinstance(up, GetUp)
    assert up.exit is Exit.ABRUPT


def test_away_slowly_by_no_way_that_is_known() -> None:
    """Slid down over the base for five seconds: neither rolled nor abrupt."""
    mat = lying()
    mat.go(pose(300.0, (50, 20, 24, 6)), 3.0).hold(3.0).go(NOBODY, 1.0).hold(3.0)
    up = mat.only(GetUp)
    assert isinstance(up, GetUp)
    assert up.exit is Exit.UNKNOWN


def test_who_lay_on_the_side_all_the_time_and_slides_off_is_unknown() -> None:
    """There is no rolling away from one's own place for a side-lyer who shifts before leaving."""
    mat = PostureRig().hold(4.0).go(ON_SIDE, 2.0).breathe(20.0)
    assert mat.names == ["LieDown"]
    mat.go(pose(330.0, (45, 22, 22, 11), (1, 2, 12)), 1.5).hold(3.0).go(NOBODY, 1.0).hold(2.0)
    up = mat.only(GetUp)
    assert isinstance(up, GetUp)
    assert up.exit is Exit.UNKNOWN


def test_inclined_people_have_their_own_base_share() -> None:
    """Two thirds of the load over the base rows while lying: that is no sitting, here or at the end."""
    inclined = pose(400.0, (45, 27, 18, 10))
    mat = PostureRig().hold(4.0).go(SEATED, 1.0).hold(6.0).go(inclined, 3.0).breathe(60.0)
    assert mat.names == ["Seated", "Lowering", "LieDown"]
    mat.go(SEATED, 1.5).hold(3.0)
    assert mat.names[3:] == ["GetUp", "Seated"]


# --- lift and return ------------------------------------------------------------------------------------------
def test_back_in_the_old_place_is_found_within_a_second_or_so() -> None:
    """Up and down again: the remembered pattern needs no three seconds of stillness."""
    mat = lying()
    mat.go(NOBODY, 0.5).hold(20.0).go(LYING, 0.5).breathe(10.0)
    assert mat.names == ["GetUp", "MatEmptied", "LieDown"]
    back = mat.only(LieDown)
    assert isinstance(back, LieDown)
    assert back.detected_s - back.t_s < 5.0


def test_back_at_once_is_not_taken_for_less() -> None:
    """Empty for hardly more than a second: what is lying there now counts from nothing, not from what lay before."""
    mat = lying()
    mat.go(NOBODY, 0.5).hold(1.6)
    assert mat.names == ["GetUp", "MatEmptied"]
    mat.go(LYING, 0.5).breathe(10.0)
    back = mat.only(LieDown)
    assert isinstance(back, LieDown)
    assert back.load_n == pytest.approx(400.0, rel=0.01)


def test_a_lift_without_an_empty_mat_is_found_sooner() -> None:
    """A foot stays on the base, so the mat was never empty: a second in the old pattern is enough."""
    mat = lying()
    mat.go(pose(120.0, (1, 0, 0, 0)), 0.5).breathe(20.0).go(LYING, 0.5).breathe(10.0)
    assert mat.names == ["GetUp", "LieDown"]
    back = mat.only(LieDown)
    assert isinstance(back, LieDown)
    assert back.detected_s - back.t_s < 1.8


# --- cells ----------------------------------------------------------------------------------------------------
def test_three_lost_cells_are_borne() -> None:
    """Nine of twelve: sitting, lying and leaving are found all the same."""
    mat = PostureRig()
    mat.lost = 0b000000101001
    mat.hold(4.0).go(SEATED, 1.0).hold(6.0).go(LYING, 3.0).breathe(20.0).go(NOBODY, 0.8).hold(3.0)
    assert mat.names == ["Seated", "Lowering", "LieDown", "GetUp", "MatEmptied"]


def test_a_cell_lost_while_lying_is_no_getting_up() -> None:
    """Shares and loads are taken over the cells that answer, then over all again."""
    mat = lying()
    mat.lost = 0b000100000000
    mat.breathe(30.0)
    mat.lost = 0
    mat.breathe(30.0)
    assert mat.names == []


def test_too_few_cells_are_said_and_nothing_is_decided() -> None:
    """Eight of twelve for two seconds: lost. Nothing is decided from the rest; then the posture is decided again."""
    mat = lying()
    mat.lost = 0b1111
    mat.breathe(1.5)
    assert mat.names == []
    mat.breathe(1.0)
    assert mat.events == [SensorLost(mat.t_s - 0.5, 0b1111)]
    mat.hold(5.0, NOBODY).hold(5.0, LYING)
    assert mat.names == ["SensorLost"]
    mat.lost = 0
    mat.breathe(10.0)
    assert mat.names == ["SensorLost", "SensorBack", "LieDown"]


@pytest.mark.parametrize("lost", [0xFFF, 0b111111110000])
def test_all_cells_gone_for_a_moment_is_no_getting_up(lost: int) -> None:
    """A second and a half without a reading, shorter than a reported loss: nothing is decided from the rest."""
    mat = lying()
    mat.lost = lost
    mat.breathe(1.5)
    mat.lost = 0
    mat.breathe(20.0)
    assert mat.names == []


def test_nobody_got_up_before_they_were_last_seen_lying() -> None:
    """A roll with three cells lost looks odd; however it is read, the end lies behind the last settled hop."""
    mat = lying()
    mat.lost = 0b000001100010
    mat.breathe(30.0)
    at_s = mat.t_s
    mat.go(ON_SIDE, 2.0).hold(1.5).go(PUSHING, 0.8).go(NOBODY, 0.8).hold(3.0)
    up = mat.only(GetUp)
    assert isinstance(up, GetUp)
    assert at_s - 0.3 < up.t_s <= up.detected_s


def test_too_few_cells_on_an_empty_mat() -> None:
    """Said as well; nobody lay, so nobody is looked for."""
    mat = PostureRig().hold(5.0)
    mat.lost = 0xFFF
    mat.hold(3.0)
    mat.lost = 0
    mat.hold(5.0)
    assert mat.names == ["SensorLost", "SensorBack"]
    assert mat.detector.phase is Phase.EMPTY
