"""Scale and zero: what is a legal one."""

import pytest

from firmware.errors import CalibrationError
from firmware.signal.calibration import CODE_LIMIT, Calibration


@pytest.mark.parametrize("scale", [0.0, -1094.0, float("nan"), float("inf")])
def test_a_scale_that_is_no_positive_number_is_refused(scale: float) -> None:
    """The error names the cell, the value and the usual cause."""
    with pytest.raises(CalibrationError, match=r"cell 1 is .*positive number: calibrate again; .*swap A\+ and A-"):
        Calibration((1094.0, scale))


def test_lists_of_unequal_length_are_refused() -> None:
    """A zero of another mat does not fit."""
    with pytest.raises(CalibrationError, match="zero_counts has 1 cells, counts_per_newton has 2"):
        Calibration((1094.0, 1094.0), (5,))


def test_limits_follow_the_zero_and_never_reach_the_rails() -> None:
    """Within the clip load either side of the zero; without a zero only the rails are excluded."""
    low, high = Calibration((1000.0, 1000.0), (100_000, 8_000_000)).limits(clip_n=500.0)
    assert low.tolist() == [-400_000, 7_500_000]
    assert high.tolist() == [600_000, CODE_LIMIT - 1]
    low, high = Calibration((1000.0,)).limits(clip_n=500.0)
    assert (low.tolist(), high.tolist()) == ([-CODE_LIMIT], [CODE_LIMIT - 1])


def test_a_zero_that_no_converter_gives_is_refused() -> None:
    """24 bits reach from -8388607 to 8388607."""
    with pytest.raises(CalibrationError, match="zero_counts of cell 1 is 9000000, but a converter of 24 bits"):
        Calibration((1094.0, 1094.0), (5, 9_000_000))
