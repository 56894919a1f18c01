"""Standing is detected from two feet side by side, and sway from the centre of pressure."""

from math import cos, pi, sin

import numpy as np
import pytest

from firmware.events import Event, MatEmptied, Seated, StandingEnded, StandingStarted
from firmware.posture.standing import StandingDetector, Sway
from hardware import board as boards
from tests.doubles.detector_rig import DetectorRig

BOARD = boards.load_board()
FEET = 700.0 * np.array([1, 0, 1, 19, 9, 20, 19, 10, 19, 1, 0, 1]) / 100


def rig() -> DetectorRig:
    """A detector of standing on an empty mat."""
    detector = StandingDetector(BOARD)
    return DetectorRig(lambda signals, posture: detector.step(signals, posture, may_stand=True))


def test_two_feet_are_reported_after_a_moment_and_until_they_are_gone() -> None:
    """Stands after a second and a half, Stood a second after the last step."""
    mat = rig().hold(10.0, FEET)
    [stands] = mat.events
    assert stands == StandingStarted(1.5)
    stood = mat.hold(3.0, np.zeros(12)).events[-1]
    assert isinstance(stood, StandingEnded)
    assert stood.t_s == pytest.approx(11.0)
    assert stood.standing_s == pytest.approx(8.4, abs=0.11)
    assert stood.path_m == stood.ellipse_m2 == 0.0


@pytest.mark.parametrize(
    "cells",
    [
        [30, 30, 30, 3, 2, 3, 1, 0, 1, 0, 0, 0],  # sits on the base
        [19, 10, 19, 19, 10, 19, 2, 0, 2, 0, 0, 0],  # feet or a seat: over the base it is a seat
        [0, 0, 0, 8, 36, 8, 8, 32, 8, 0, 0, 0],  # sits in the middle
        [0, 0, 0, 40, 10, 0, 40, 10, 0, 0, 0, 0],  # one leg
        [24, 8, 24, 2, 0, 2, 1, 0, 1, 15, 8, 15],  # on all fours
        [9, 20, 9, 4, 6, 4, 9, 18, 9, 4, 4, 4],  # lies
    ],
)
def test_what_is_not_standing(cells: list[float]) -> None:
    """None of these is reported."""
    assert rig().hold(20.0, 700.0 * np.array(cells) / sum(cells)).events == []


def test_a_child_of_twenty_kilograms_is_too_light_to_be_reported() -> None:
    """Under 25 kg it may be anything."""
    assert rig().hold(20.0, FEET * 0.28).events == []


@pytest.mark.parametrize("posture", [Seated(5.0), MatEmptied(5.0)])
def test_another_posture_ends_it_at_once(posture: Event) -> None:
    """What the posture detector says comes first."""
    assert [type(event) for event in rig().hold(5.0, FEET).hold(0.1, FEET, posture).events] == [
        StandingStarted,
        StandingEnded,
    ]


def test_a_short_step_aside_is_still_standing() -> None:
    """Half a second on one foot."""
    mat = rig().hold(5.0, FEET).hold(0.5, FEET * np.array([2, 1, 0] * 4)).hold(5.0, FEET)
    assert [type(event) for event in mat.events] == [StandingStarted]


def test_the_sway_of_a_circle_is_known() -> None:
    """A radius of 5 mm, a turn a second for ten: path, time and area by hand."""
    sway = Sway()
    for hop in range(101):
        sway.add((0.2 + 0.005 * cos(2 * pi * hop / 10), 0.3 + 0.005 * sin(2 * pi * hop / 10)))
    assert sway.seconds == pytest.approx(10.0)
    assert sway.path_m == pytest.approx(100 * 2 * 0.005 * sin(pi / 10))
    assert sway.ellipse_m2 == pytest.approx(pi * 5.991 * 0.005**2 / 2, rel=0.02)


def test_one_place_has_no_sway() -> None:
    """Nothing is divided by nothing."""
    sway = Sway()
    sway.add((0.2, 0.3))
    assert (sway.seconds, sway.path_m, sway.ellipse_m2) == (0.0, 0.0, 0.0)
