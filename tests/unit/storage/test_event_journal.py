"""The journal of MQTT messages in the database: what a restart finds."""

import sqlite3
from pathlib import Path

import pytest

from firmware.storage.connection import NAME
from firmware.storage.database import Database
from firmware.storage.event_journal import KEPT, PRUNE_EVERY, RESTORED_GAP, EventJournal
from tests.doubles.clock import ManualClock


def opened(folder: Path) -> tuple[Database, EventJournal]:
    database = Database(folder, ManualClock(), boot_id="one", wall_is_set=lambda: True)
    return database, EventJournal(database)


def test_a_restart_finds_what_was_not_acknowledged(tmp_path: Path) -> None:
    """Three events, one acknowledged, a session open, another ended: all of it is there after the restart."""
    database, journal = opened(tmp_path)
    stored: list[int] = []
    for seq, topic in ((1, "event"), (2, "session/x"), (3, "event")):
        journal.add((seq, topic), lambda seq=seq: b"%d" % seq, lambda seq=seq: stored.append(seq))  # type: ignore[misc]
    journal.remove([(1, "event")])
    journal.note_session("s")
    assert journal.working
    database.close()
    assert stored == [1, 2, 3]
    database, journal = opened(tmp_path)
    assert journal.read(10) == ([(2, "session/x", b"2"), (3, "event", b"3")], 3, "s", b"2")
    assert journal.read(1)[0] == [(3, "event", b"3")]
    assert journal.since(1, 1) == ([(2, "session/x", b"2")], 1)
    assert journal.since(0, 9)[0][0] == (1, "event", b"1")
    journal.note_session(None)
    database.close()
    database, journal = opened(tmp_path)
    assert journal.read(10)[2] is None
    database.close()


def test_an_empty_journal_is_empty(tmp_path: Path) -> None:
    """The first start of a mat."""
    database, journal = opened(tmp_path)
    assert journal.read(10) == ([], 0, None, None)
    assert journal.since(0, 10) == ([], 0)
    database.close()


def test_the_journal_is_bounded(tmp_path: Path) -> None:
    """The oldest go; what goes is not pending any more."""
    database, journal = opened(tmp_path)
    journal.add((1, "event"), bytes, lambda: None)
    journal.add((KEPT + PRUNE_EVERY, "event"), bytes, lambda: None)
    database.close()
    database, journal = opened(tmp_path)
    assert [row[0] for row in journal.read(10)[0]] == [KEPT + PRUNE_EVERY]
    database.close()


def test_a_restored_database_leaves_a_gap(tmp_path: Path) -> None:
    """Messages that the backup lacks may have been sent: their numbers are not used again."""
    database, journal = opened(tmp_path)
    journal.add((7, "event"), bytes, lambda: None)
    database.close()
    database, journal = opened(tmp_path)
    database.restored = "restored"
    assert journal.read(10)[1] == 7 + RESTORED_GAP
    database.close()


def test_without_a_database_nothing_is_stored(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file in the place of the folder, then a table that is gone: the mat works on, with a line in the log."""
    (tmp_path / "file").touch()
    database, journal = opened(tmp_path / "file" / "state")
    assert not journal.working
    assert journal.read(10) == ((), 0, None, None)
    assert journal.since(0, 10) == ([], 0)
    database.close()
    database, journal = opened(tmp_path)
    base = sqlite3.connect(tmp_path / NAME)
    base.execute("DROP TABLE outbox")
    base.execute("ALTER TABLE mqtt_event RENAME TO gone")
    base.close()
    assert journal.read(10) == ((), 0, None, None)
    assert journal.since(0, 10) == ([], 0)
    assert "events of the last run cannot be read" in caplog.text
    database.close()
