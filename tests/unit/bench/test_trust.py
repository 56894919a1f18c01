"""The report on zero, wrong samples and calibration, in the size that every change has to pass."""

from tests.bench.trust import Effort, parts, run

TINY = Effort(drift_hours=0.05, wrong_hours=0.05, power_ups=1, calibrations=1, broken=1)


def test_every_row_holds_in_the_small() -> None:
    """Minutes of everything; `make trust` has days of drift and hours of wrong samples."""
    rows = [row for part in parts(TINY) for row in run(part)]
    assert [row for row in rows if not row.holds] == []
    assert sum(bool(row.bound) for row in rows) == 4 + 4 + 2 + 4 + 3
