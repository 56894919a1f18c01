"""Sessions, one session in full and trends, on an invented history with known numbers."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.errors import StorageError
from firmware.storage import connection, history, journal
from sim import history as invented

END = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def base(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    assert invented.write_history(tmp_path, 12, 1, end=END) == 57
    made = connection.read_only(tmp_path / connection.NAME)
    yield made
    made.close()


def test_sessions_come_newest_first(base: sqlite3.Connection) -> None:
    """With a limit, of one person, marked as simulated."""
    found = history.sessions(base, person=invented.PERSON, limit=10)
    assert [one.id for one in found] == list(range(57, 47, -1))
    assert all(one.simulated for one in found)
    assert history.sessions(base, person="nobody") == []


def test_one_session_in_full(base: sqlite3.Connection) -> None:
    """Stages from its start on, curves as long as it was, answers by phase; an unknown number is None."""
    detail = history.session(base, 12, 12)
    assert detail is not None
    assert detail.stages[0] == history.Mark(0.0, "settling")
    assert detail.curves.t_s[-1] == pytest.approx(detail.session.lying_s, abs=5.1)
    assert detail.map_n.sum() == pytest.approx(detail.session.load_n, rel=0.01)
    assert {mark.kind for mark in detail.markers} <= {"wiggle", "eased"}
    assert history.session(base, 999, 12) is None


def test_trends_add_up(base: sqlite3.Connection) -> None:
    """Minutes a week are those of its sessions; pain is paired by session."""
    found = history.trends(base, person=None, weeks=12, now_s=END.timestamp())
    sessions = history.sessions(base)
    assert sum(week.sessions for week in found.weeks) == found.sessions == 57
    assert sum(week.minutes for week in found.weeks) == pytest.approx(sum(one.lying_s for one in sessions) / 60)
    assert sum(found.exits.values()) == 57
    assert 20 < len(found.pain) < 57
    assert found.simulated


def test_an_invented_history_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    """And it never writes over a database."""
    for name in ("a", "b"):
        invented.write_history(tmp_path / name, 4, 3, end=END)
    rows = []
    for name in ("a", "b"):
        with connection.reading(tmp_path / name / connection.NAME) as made:
            rows.append(history.sessions(made))
    assert rows[0] == rows[1]
    with pytest.raises(StorageError, match="is there already"):
        invented.write_history(tmp_path / "a", 4, 3, end=END)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"back_pain": 11}, "back_pain"),
        ({"back_pain": "much"}, "back_pain"),
        ({"sleep": 3}, "is not asked before"),
        ({"note": "x" * 2001}, "note"),
        ({"note": "a\x1b[2J"}, "control characters"),
        ({"cover": "silk"}, "cover"),
    ],
)
def test_an_answer_out_of_bounds_is_rejected(values: dict[str, object], reason: str) -> None:
    """With the question it belongs to."""
    with pytest.raises(StorageError, match=reason):
        journal.answers(values, "before")


def test_answers_are_read_from_text() -> None:
    """As a command line gives them."""
    assert journal.answers({"back_pain": "6", "knees": "true"}, "before") == journal.JournalAnswers(
        back_pain=6, knees=True
    )
    assert not journal.answers({}, "after")
