"""How somebody came to lie: seconds of lowering, the landing, and when they had settled."""

import pytest

from firmware.enums import Exit
from firmware.events import Event, GetUp, LieDown, Lowered, Settled
from firmware.frames import Signals
from firmware.posture.lowering import LoweringAnalysis
from hardware import board as boards

SIT = (0.8, 0.2, 0.0, 0.0)
LIE = (0.35, 0.15, 0.3, 0.2)


class Mat:
    """Hops made by hand; what is said is kept."""

    def __init__(self) -> None:
        self.watch = LoweringAnalysis(boards.load())
        self.t_s = 0.0
        self.said: list[Event] = []

    def hop(
        self, rows: tuple[float, ...], *posture: Event, load_n: float = 400.0, settled: float | None = None
    ) -> "Mat":
        """One hop; the place of the load follows from the rows."""
        self.t_s = round(self.t_s + 0.1, 1)
        y_m = 0.14 * sum((row + 0.5) * share for row, share in enumerate(rows))
        cop_m = (0.2, y_m) if load_n > 10 else None
        signals = Signals(self.t_s, (), 0, load_n, cop_m, rows, 1.0, 0.0, settled=settled)
        self.said += self.watch.step(signals, posture)
        return self

    def hold(self, rows: tuple[float, ...], seconds: float, settled: float | None = None) -> "Mat":
        """Stay like this."""
        for _ in range(round(10 * seconds)):
            self.hop(rows, settled=settled)
        return self

    def lower(self, seconds: float) -> "Mat":
        """Go evenly from sitting to lying."""
        for hop in range(1, round(10 * seconds) + 1):
            done = hop / (10 * seconds)
            self.hop(tuple(sit + done * (lie - sit) for sit, lie in zip(SIT, LIE, strict=True)))
        return self


@pytest.mark.parametrize("seconds", [2.0, 4.0, 8.0])
def test_an_even_way_down_is_timed(seconds: float) -> None:
    """Eight tenths of it, over 0.7; no landing to speak of."""
    mat = Mat().hold(SIT, 5.0).lower(seconds)
    lies_s = mat.t_s
    mat.hold(LIE, 3.0).hop(LIE, LieDown(lies_s, lies_s + 3, 400.0))
    [lowered] = mat.said
    assert isinstance(lowered, Lowered)
    assert lowered.t_s == lies_s
    assert lowered.lowering_s == pytest.approx(0.8 / 0.7 * seconds, rel=0.02)
    assert lowered.overshoot == pytest.approx(0.0, abs=1e-9)


@pytest.mark.requirement("D13")
def test_a_hard_landing_overshoots() -> None:
    """For two hops the upper half carries a third more than what stays."""
    mat = Mat().hold(SIT, 5.0).lower(0.5)
    lies_s = mat.t_s
    for _ in range(2):
        mat.hop(LIE, load_n=400.0 * 4 / 3)
    mat.hold(LIE, 3.0).hop(LIE, LieDown(lies_s, lies_s + 3, 400.0))
    [lowered] = mat.said
    assert isinstance(lowered, Lowered)
    assert lowered.overshoot == pytest.approx(1 / 3)


def test_a_move_long_after_the_landing_is_none() -> None:
    """Two seconds later somebody presses into the mat."""
    mat = Mat().hold(SIT, 5.0).lower(3.0)
    lies_s = mat.t_s
    mat.hold(LIE, 2.0).hop(LIE, load_n=800.0).hold(LIE, 1.5).hop(LIE, LieDown(lies_s, lies_s + 3, 400.0))
    [lowered] = mat.said
    assert isinstance(lowered, Lowered)
    assert lowered.overshoot == pytest.approx(0.0, abs=1e-9)


def test_what_was_not_seen_is_not_known() -> None:
    """Power-up under somebody; hardly anything over the upper half."""
    mat = Mat().hop(LIE, LieDown(0.0, 0.1, 400.0), load_n=0.0)
    assert mat.said == [Lowered(0.0, None, None)]
    mat = Mat().hold(LIE, 3.0).hop(LIE, LieDown(0.0, 3.1, 400.0))
    assert mat.said == [Lowered(0.0, None, 0.0)]
    mat = Mat().hold((0.5, 0.49, 0.01, 0.0), 3.0).hop((0.5, 0.49, 0.01, 0.0), LieDown(0.0, 3.0, 400.0))
    [lowered] = mat.said
    assert isinstance(lowered, Lowered)
    assert lowered.overshoot is None


@pytest.mark.requirement("D19")
def test_settled_is_told_once_for_each_time_of_lying() -> None:
    """When nine tenths of the last minute were still; who got up before is not."""
    mat = Mat().hop(LIE, LieDown(0.0, 0.1, 400.0)).hold(LIE, 80.0, settled=0.85).hold(LIE, 60.0, settled=0.95)
    settled = [event for event in mat.said if isinstance(event, Settled)]
    assert settled == [Settled(80.2, 80.2)]
    mat.hop(LIE, LieDown(mat.t_s, mat.t_s, 400.0)).hop(LIE, GetUp(mat.t_s, mat.t_s, Exit.ROLLED, "left"))
    assert len([event for event in mat.hold(LIE, 10.0, settled=1.0).said if isinstance(event, Settled)]) == 1
