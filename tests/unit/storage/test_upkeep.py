"""What is done when nothing waits: a backup a day, and an end for old curves."""

import datetime as dt
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firmware.programme.people import People
from firmware.storage import backups, connection, journal, old_journal, purge
from firmware.storage.connection import NAME, Write
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from firmware.storage.upkeep import BACKUP_S, LOOK_S, Upkeep
from sim import history as invented
from tests.doubles.clock import ManualClock

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "canary-quincunx-4402"
END = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def base(tmp_path: Path) -> "Iterator[connection.Connection]":
    """A database with two weeks of sessions, open for writing."""
    invented.write_history(tmp_path, 2, 1, end=END, a_week=7.0)
    made = connection.connect(tmp_path / NAME)
    yield made
    made.close()


def session(made: "connection.Connection") -> None:
    """One more session."""
    made.execute(
        "INSERT INTO session (boot, opened_ns, start_ns, end_ns, lying_s) "
        "SELECT 1, max(opened_ns) + 1, max(opened_ns) + 1, max(opened_ns) + 2, 1 FROM session"
    )


def test_one_backup_a_day_however_often_programs_start(base: "connection.Connection", tmp_path: Path) -> None:
    """A command a minute must not push the copies of the last week out of the ring."""
    clock = ManualClock(now_s=1000.0)
    for _ in range(10):
        Upkeep(tmp_path / NAME, clock, sessions_kept=100)(base)
        session(base)
        clock.now_s += 2 * LOOK_S
    assert len(backups.backup_ring(tmp_path)) == 1
    clock.now_s += BACKUP_S
    Upkeep(tmp_path / NAME, clock, sessions_kept=100)(base)
    assert len(backups.backup_ring(tmp_path)) == 2


def test_a_backup_waits_for_the_end_of_the_session(base: "connection.Connection", tmp_path: Path) -> None:
    """While one is open there is a checkpoint, and no copy is made."""
    base.execute("INSERT INTO checkpoint (one, session, boot, at_ns, summary) VALUES (1, 1, 1, 1, '')")
    clock = ManualClock(now_s=1000.0)
    upkeep = Upkeep(tmp_path / NAME, clock, sessions_kept=100)
    upkeep(base)
    assert backups.backup_ring(tmp_path) == []
    base.execute("DELETE FROM checkpoint")
    clock.now_s += 2 * LOOK_S
    upkeep(base)
    assert len(backups.backup_ring(tmp_path)) == 1


def test_curves_end_and_sessions_stay(base: "connection.Connection", tmp_path: Path) -> None:
    """Of the newest sessions as many as the setting says keep their curves, stages and marks."""
    [(newest,)] = base.execute("SELECT max(id) FROM session")
    [(before,)] = base.execute("SELECT count(*) FROM entry")
    Upkeep(tmp_path / NAME, ManualClock(now_s=1000.0), sessions_kept=5)(base)
    for table in ("trace", "stage", "marker", "event"):
        [(oldest,)] = base.execute(f"SELECT min(session) FROM {table}")  # noqa: S608 - names of ours
        assert oldest is None or oldest > newest - 5, table
    assert base.execute("SELECT count(DISTINCT session) FROM trace").fetchone() == (5,)
    assert base.execute("SELECT count(*) FROM session").fetchone() == (newest,)
    assert base.execute("SELECT count(*) FROM entry").fetchone() == (before,)


@pytest.mark.usefixtures("base")
def test_a_copy_reports_how_far_it_is(tmp_path: Path) -> None:
    """Shares that grow, from the size of the new file; the last is the whole or near it."""
    made = connection.connect(tmp_path / NAME)
    numbers = "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one LIMIT 9000)"
    made.execute(f"CREATE TABLE filler AS {numbers} SELECT n, randomblob(900) AS data FROM one")  # noqa: S608 - ours
    made.close()
    shares: list[float] = []
    backups.copy(tmp_path / NAME, tmp_path / "copy.db", shares.append)
    assert shares == sorted(shares)
    assert len(set(shares)) > 3
    assert 0.5 < shares[-1] <= 1.0
    assert (tmp_path / "copy.db").stat().st_size > 8e6


@pytest.mark.usefixtures("base")
def test_a_deletion_ends_every_copy(tmp_path: Path) -> None:
    """Backups, damaged files, copies from before an update, and the journal of an earlier version."""
    backups.make_backup(tmp_path / NAME)
    kept = (tmp_path / "backups" / "version-1.db", tmp_path / "damaged" / "acumat-1.db", tmp_path / old_journal.DONE)
    for path in kept:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"a note")
    purge.purge(tmp_path / NAME)
    assert [path for path in kept if path.exists()] == []
    assert len(backups.backup_ring(tmp_path)) == 1


def test_a_running_mat_that_deletes_a_person_leaves_no_byte(tmp_path: Path) -> None:
    """Notes in the database, its log, backups, a damaged file and an update's copy; the mat has the file open."""
    base = Database(tmp_path, ManualClock(), boot_id="one")
    kept = SessionStore(base, ManualClock(), cells=12)
    people = People().add("Ana").add("Ben")
    kept.save_people(people)
    said = journal.answers({"note": CANARY}, "before")
    base.write(journal.add(("one", 1), "before", said, person="Ana", session=None))
    stored_all(base)
    for made in (tmp_path / "damaged" / "acumat-1.db", tmp_path / "backups" / "version-1.db"):
        made.parent.mkdir(exist_ok=True)
        backups.copy(tmp_path / NAME, made)
    backups.make_backup(tmp_path / NAME)
    assert len(files_with(tmp_path, CANARY)) == 4  # the log, or the database, and three copies
    kept.save_people(people.remove("Ana"))
    stored_all(base)  # the purge is the end of that write
    assert files_with(tmp_path, CANARY) == []
    assert files_with(tmp_path, "Ben") != []
    kept.close()
    assert files_with(tmp_path, CANARY) == []


def stored_all(base: Database) -> None:
    """Wait until what was written so far is on the disk, and what follows a write is done."""
    done = threading.Event()
    base.write(Write("SELECT 1"), done=done.set)
    assert done.wait(60)


def files_with(folder: Path, text: str) -> list[Path]:
    """Return the files in which a text is."""
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
