"""Random faults for hours: what must never happen, does not. `make storm` does it for a thousand hours."""

import pytest

from sim.bench.storm import Tally, rows, run


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_an_hour_of_failing_cells(seed: int) -> None:
    """Two visits and two empty quarters of an hour, with all kinds of faults: every row of the report holds."""
    tally = run(1.0, seed)
    assert tally.errors == []
    assert tally.faults > 40
    assert [one.name for one in rows(tally) if not one.holds] == []


def test_each_count_can_fail() -> None:
    """A report that cannot say no says nothing."""
    bad = Tally(
        hours=1.0, faults=9, errors=["x"], false_starts=1, crowded_cues=1, crowded_sounds=1, opened=2, not_numbers=1
    )
    assert sum(not one.holds for one in rows(bad)) == 6
