"""How somebody came to lie: seconds of lowering, the landing, and when they had settled."""

import numpy as np
import pytest

from firmware.enums import Exit
from firmware.events import GetUp, LieDown, Lowered, Settled
from firmware.posture.lowering import LoweringAnalysis
from hardware import board as boards
from tests.doubles.detector_rig import DetectorRig
from tests.doubles.hops import Loads


def rig() -> DetectorRig:
    """The analysis of lowering on an empty mat."""
    return DetectorRig(LoweringAnalysis(boards.load_board()).step)


def under(rows: tuple[float, ...], load_n: float = 400.0) -> Loads:
    """Spread a load over rows in these shares, evenly across."""
    return np.repeat(np.array(rows) * load_n / 3, 3)


SIT = under((0.8, 0.2, 0.0, 0.0))
LIE = under((0.35, 0.15, 0.3, 0.2))


@pytest.mark.parametrize("seconds", [2.0, 4.0, 8.0])
def test_an_even_way_down_is_timed(seconds: float) -> None:
    """Eight tenths of it, over 0.7; no landing to speak of."""
    mat = rig().hold(5.0, SIT).go(LIE, seconds)
    lies_s = mat.t_s
    mat.hold(3.0).hop(LIE, LieDown(lies_s, lies_s + 3, 400.0))
    [lowered] = mat.events
    assert isinstance(lowered, Lowered)
    assert lowered.t_s == lies_s
    assert lowered.lowering_s == pytest.approx(0.8 / 0.7 * seconds, rel=0.02)
    assert lowered.overshoot == pytest.approx(0.0, abs=1e-9)


@pytest.mark.requirement("D13")
def test_a_hard_landing_overshoots() -> None:
    """For two hops the upper half carries a third more than what stays."""
    mat = rig().hold(5.0, SIT).go(LIE, 0.5)
    lies_s = mat.t_s
    for _ in range(2):
        mat.hop(LIE * 4 / 3)
    mat.hold(3.0).hop(LIE, LieDown(lies_s, lies_s + 3, 400.0))
    [lowered] = mat.events
    assert isinstance(lowered, Lowered)
    assert lowered.overshoot == pytest.approx(1 / 3)


def test_a_move_long_after_the_landing_is_none() -> None:
    """Two seconds later somebody presses into the mat."""
    mat = rig().hold(5.0, SIT).go(LIE, 3.0)
    lies_s = mat.t_s
    mat.hold(2.0).hop(LIE * 2).hold(1.5).hop(LIE, LieDown(lies_s, lies_s + 3, 400.0))
    [lowered] = mat.events
    assert isinstance(lowered, Lowered)
    assert lowered.overshoot == pytest.approx(0.0, abs=1e-9)


def test_what_was_not_seen_is_not_known() -> None:
    """Power-up under somebody; hardly anything over the upper half."""
    mat = rig().hop(0.0 * LIE, LieDown(0.0, 0.1, 400.0))
    assert mat.events == [Lowered(0.0, None, None)]
    mat = rig().hold(3.0, LIE).hop(LIE, LieDown(0.0, 3.1, 400.0))
    assert mat.events == [Lowered(0.0, None, 0.0)]
    low = under((0.5, 0.49, 0.01, 0.0))
    mat = rig().hold(3.0, low).hop(low, LieDown(0.0, 3.0, 400.0))
    [lowered] = mat.events
    assert isinstance(lowered, Lowered)
    assert lowered.overshoot is None


@pytest.mark.requirement("D19")
def test_settled_is_reported_once_for_each_time_of_lying() -> None:
    """When nine tenths of the last minute were still; who got up before is not."""
    mat = rig().hop(LIE, LieDown(0.0, 0.1, 400.0))
    mat.still_share = 0.85
    mat.hold(80.0, LIE)
    mat.still_share = 0.95
    mat.hold(60.0)
    settled = [event for event in mat.events if isinstance(event, Settled)]
    assert settled == [Settled(80.2, 80.2)]
    mat.still_share = None
    mat.hop(LIE, LieDown(mat.t_s, mat.t_s, 400.0)).hop(LIE, GetUp(mat.t_s, mat.t_s, Exit.ROLLED, "left"))
    mat.still_share = 1.0
    assert len([event for event in mat.hold(10.0).events if isinstance(event, Settled)]) == 1
