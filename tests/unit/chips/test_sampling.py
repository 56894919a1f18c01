"""The report on what reading costs: its quick rows, in the size that every change has to pass."""

import pytest

from tests.bench.sampling import cpu_rows, operation_rows, pulses_here, pulses_there


def test_clocking_out_keeps_to_the_fewest_operations() -> None:
    """76 on one clock line, four times 76 on four; the row says what all looks come to."""
    rows = list(operation_rows())
    assert [row.value for row in rows] == pytest.approx([76, 304, 912], abs=0.5)
    assert all(row.holds for row in rows)


def test_pulses_are_timed_in_both_places() -> None:
    """A second each, at rest: some reads, and pulses of some microseconds."""
    here, there = pulses_here(busy=False, seconds=1.0), pulses_there(busy=False, seconds=1.0)
    assert len(here) > 50
    assert len(there) > 20
    assert 0.5 < sorted(here)[len(here) // 2] < 500
    assert 0.5 < sorted(there)[len(there) // 2] < 500


def test_all_cells_unplugged_keep_the_loop_alive() -> None:
    """Two seconds: frames go on, and processor time is reported; its bound is for the report alone."""
    processor, frames = cpu_rows("unplugged", seconds=2.0, settle_s=0.5)
    assert frames.n > 10
    assert 0 <= processor.value < 150
