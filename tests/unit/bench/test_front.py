"""The report on the live view, in the size that every change has to pass."""

from tests.bench.front import MOMENTS, SOME, backwards, cost, ends, interrupted, pictures, seconds_of


def test_pictures_of_every_state_hold() -> None:
    """Three sizes and six palettes: whole, nothing cut, readable."""
    rows = list(pictures())
    assert [row for row in rows if not row.holds] == []
    assert len(rows) == 3 * (6 * 2 + 4)


def test_stories_end_with_a_summary() -> None:
    """A session that was given up, one with pain, and an evening without one; `make front` plays all stories."""
    rows = list(ends(SOME, (1,)))
    assert [row for row in rows if not row.holds] == []


def test_times_that_go_back_are_counted() -> None:
    """Minutes on the mat begin again with a session, and never go back within one."""
    assert [seconds_of(at) for at in ("0:07", "10:36", "1:02:03")] == [7, 636, 3723]
    assert backwards([(0, 5), (0, 5), (0, 636), (1, 0), (1, 7)]) == 0
    assert backwards([(0, 5), (0, 4), (1, 0)]) == 1
    assert backwards(["00:00:18", "00:00:18", "00:00:17"]) == 1


def test_ctrl_c_leaves_the_terminal_in_order() -> None:
    """The real command in a pseudo terminal, interrupted while it rests; `make front` interrupts at six moments."""
    rows = list(interrupted(MOMENTS[2:3]))
    assert [row for row in rows if not row.holds] == []


def test_at_most_five_pictures_a_second() -> None:
    """However many ticks come; the cost of one is stated too."""
    rows = list(cost())
    assert [row for row in rows if not row.holds] == []
    assert {row.name for row in rows} >= {"pictures a second", "a full picture"}
