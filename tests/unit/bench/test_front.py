"""The report on the live view, in the size that every change has to pass."""

from tests.bench.front import SOME, cost, ends, pictures


def test_pictures_of_every_state_hold() -> None:
    """Three sizes and six palettes: whole, nothing cut, readable."""
    rows = list(pictures())
    assert [row for row in rows if not row.holds] == []
    assert len(rows) == 3 * (6 * 2 + 4)


def test_stories_end_with_a_summary() -> None:
    """A session that was given up, one with pain, and an evening without one; `make front` plays all stories."""
    rows = list(ends(SOME, (1,)))
    assert [row for row in rows if not row.holds] == []


def test_at_most_five_pictures_a_second() -> None:
    """However many ticks come; the cost of one is stated too."""
    rows = list(cost())
    assert [row for row in rows if not row.holds] == []
    assert {row.name for row in rows} >= {"pictures a second", "a full picture"}
