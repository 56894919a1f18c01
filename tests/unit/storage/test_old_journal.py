"""The journal.db of earlier versions is imported once, with its people and what the programme knew."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from firmware.enums import Exit, Reason
from firmware.events import SessionSummary
from firmware.programme.advice import SessionRecord, SkinMarks
from firmware.programme.people import People
from firmware.storage import old_journal
from firmware.storage.connection import NAME
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from tests.doubles.clock import ManualClock

SUMMARY = SessionSummary(1, 10.0, 650.0, 640.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 2, counted=True)
KNOWN = SessionRecord(1_800_000_700.0, 20_833, 2, 640.0, 600.0, marks=SkinMarks.LIGHT)
ALONE = SessionRecord(1_700_000_000.0, 19_675, 1, 500.0, 600.0)
OLD_SCHEMA = """
CREATE TABLE session (
    id INTEGER PRIMARY KEY, boot TEXT NOT NULL, closed_ns INTEGER NOT NULL, closed_wall_s REAL, summary TEXT NOT NULL);
CREATE TABLE people (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL);
CREATE TABLE past (name TEXT NOT NULL, end_s REAL NOT NULL, body TEXT NOT NULL, PRIMARY KEY (name, end_s));
"""


def write_old(folder: Path, *, spoiled: bool = False) -> None:
    """Two sessions, one of them undated; two people; two records, one of them without its session."""
    body = msgspec.json.encode(SUMMARY).decode()
    base = sqlite3.connect(folder / old_journal.NAME)
    base.executescript(OLD_SCHEMA)
    base.execute("INSERT INTO session VALUES (1, 'first', 700000000000, 1800000700.0, ?)", (body,))
    base.execute("INSERT INTO session VALUES (2, 'second', 90000000000, NULL, ?)", (body,))
    if spoiled:
        base.execute("INSERT INTO session VALUES (3, 'second', 95000000000, NULL, '{]')")
    people = People().add("Ana").add("Ben").choose("Ben")
    base.execute("INSERT INTO people VALUES (1, ?)", (msgspec.json.encode(people).decode(),))
    for record in (KNOWN, ALONE):
        base.execute("INSERT INTO past VALUES ('Ana', ?, ?)", (record.end_s, msgspec.json.encode(record).decode()))
    base.commit()
    base.close()


@pytest.mark.parametrize("spoiled", [False, True])
def test_everything_is_there_afterwards_and_imported_once(spoiled: bool, tmp_path: Path) -> None:
    """Three sessions in the order in which they were; a second start finds nothing to import."""
    write_old(tmp_path, spoiled=spoiled)
    for _ in range(2):
        kept = SessionStore(Database(tmp_path, ManualClock(), boot_id="third"), ManualClock(), cells=12)
        kept.close()
        assert [person.name for person in kept.people.persons] == ["Ana", "Ben"]
        assert kept.people.chosen == "Ben"
        assert kept.past == {"Ana": [ALONE, KNOWN]}
    base = sqlite3.connect(tmp_path / NAME)
    found = base.execute("SELECT end_s, lying_s, reason FROM session_dated ORDER BY id").fetchall()
    base.close()
    assert found == [(ALONE.end_s, 500.0, None), (KNOWN.end_s, 640.0, "goal_reached"), (None, 640.0, "goal_reached")]
    assert not (tmp_path / old_journal.NAME).exists()
    assert (tmp_path / old_journal.DONE).exists()


def test_an_unreadable_journal_is_kept_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line; the mat starts with a new database."""
    (tmp_path / old_journal.NAME).write_bytes(b"no database" * 50)
    base = Database(tmp_path, ManualClock(), boot_id="third")
    base.close()
    assert base.fault is None
    assert "cannot be read" in caplog.text
    assert (tmp_path / old_journal.NAME).exists()
