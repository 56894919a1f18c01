"""An update and the way back: the database is copied before its schema changes, and an older program restores it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from firmware.storage import backups, schema
from firmware.storage.connection import NAME, connect, migrate, transaction
from firmware.storage.database import Database
from firmware.storage.versions import COPIES_KEPT, prepare_version
from tests.doubles.clock import ManualClock

PERSON = "INSERT INTO person (name, level) VALUES (?, 1)"


def old_file(folder: Path, *names: str) -> Path:
    """A database of the first schema, as its program left it: with a log beside it."""
    path = folder / NAME
    with closing(connect(path)) as made:
        for statement in schema.STEP_1.split(";\n"):
            if statement.strip():
                made.execute(statement)
        made.execute("PRAGMA user_version=1")
        for name in names:
            made.execute(PERSON, (name,))
    return path


def people(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as opened:
        return [name for (name,) in opened.execute("SELECT name FROM person ORDER BY id")]


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as opened:
        return int(opened.execute("PRAGMA user_version").fetchone()[0])


def opened_once(folder: Path) -> Database:
    base = Database(folder, ManualClock(), boot_id="one", wall_is_set=lambda: True)
    base.close()
    return base


def test_a_copy_is_made_before_the_schema_changes(tmp_path: Path) -> None:
    """The newer program migrates; the copy has the old schema and every row. It is made once, not at each start."""
    path = old_file(tmp_path, "Ana", "Bo")
    opened_once(tmp_path)
    copied = tmp_path / "backups" / "version-1.db"
    assert (version(path), version(copied)) == (schema.VERSION, 1)
    assert people(copied) == people(path) == ["Ana", "Bo"]
    made_ns = copied.stat().st_mtime_ns
    opened_once(tmp_path)
    assert copied.stat().st_mtime_ns == made_ns
    assert backups.backup_ring(tmp_path) == [], "the ring of daily copies is another thing"


def test_an_older_program_restores_its_copy(tmp_path: Path) -> None:
    """It finds a newer file: that is kept aside with what was added since, and the copy is in use."""
    path = old_file(tmp_path, "Ana")
    opened_once(tmp_path)
    with closing(connect(path)) as newer, transaction(newer):
        newer.execute(PERSON, ("since the update",))
    line = prepare_version(path, version=1)
    assert line is not None
    assert "version-1.db from before the update restored" in line
    assert (version(path), people(path)) == (1, ["Ana"])
    assert people(tmp_path / "backups" / f"newer-{schema.VERSION}.db") == ["Ana", "since the update"]


def test_the_database_of_this_program_restores_too(tmp_path: Path) -> None:
    """The whole of it opens, works, and reports what it did."""
    opened_once(tmp_path)
    path = tmp_path / NAME
    assert prepare_version(path, version=schema.VERSION + 1) is None
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"PRAGMA user_version={schema.VERSION + 1}")
    base = opened_once(tmp_path)
    assert base.fault is None
    assert base.restored is not None
    assert f"newer-{schema.VERSION + 1}.db" in base.restored
    assert version(path) == schema.VERSION


def test_a_copy_that_cannot_be_made_stops_the_migration(tmp_path: Path) -> None:
    """A file stands where the copies go: the old database stays as it is, and the mat runs without it."""
    path = old_file(tmp_path, "Ana")
    (tmp_path / "backups").write_text("")
    base = opened_once(tmp_path)
    assert base.fault is not None
    assert (version(path), people(path)) == (1, ["Ana"])


def test_a_damaged_copy_is_not_restored(tmp_path: Path) -> None:
    """The newer file stays where it is, and is refused as without a copy."""
    path = old_file(tmp_path, "Ana")
    opened_once(tmp_path)
    (tmp_path / "backups" / "version-1.db").write_bytes(b"no database" * 1000)
    assert prepare_version(path, version=1) is None
    assert version(path) == schema.VERSION


def test_the_newest_copies_stay(tmp_path: Path) -> None:
    """One for each version would fill the card over the years."""
    path = tmp_path / NAME
    with closing(connect(path)) as made:
        migrate(made)
    for number in range(10, 15):
        with closing(sqlite3.connect(path)) as made:
            made.execute(f"PRAGMA user_version={number}")
        assert prepare_version(path, version=number + 1) is None
    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert names == [f"version-{number}.db" for number in range(15 - COPIES_KEPT, 15)]


def test_the_copies_go_with_a_person(tmp_path: Path) -> None:
    """Deleting a person deletes every copy with them."""
    old_file(tmp_path, "Ana")
    opened_once(tmp_path)
    backups.forget_copies(tmp_path / NAME)
    assert not (tmp_path / "backups").exists()
