"""The database: it starts with whatever it finds, keeps what cannot be read, and says what is wrong."""

import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from firmware.storage import backups, schema
from firmware.storage.connection import NAME, Write, connect, migrate
from firmware.storage.database import Database
from tests.doubles.clock import ManualClock

FAULT = "INSERT INTO fault (boot, at_ns, name, text) SELECT max(id), ?, 'a', 'b' FROM boot"


def opened(folder: Path) -> Database:
    return Database(folder, ManualClock(), boot_id="one", wall_is_set=lambda: True)


def until(wish: Callable[[], object]) -> None:
    end_s = time.perf_counter_ns() + 20_000_000_000
    while not wish():
        assert time.perf_counter_ns() < end_s
        time.sleep(0.01)


def faults(folder: Path) -> list[int]:
    connection = sqlite3.connect(folder / NAME)
    try:
        return [number for (number,) in connection.execute("SELECT at_ns FROM fault ORDER BY id")]
    finally:
        connection.close()


def test_a_write_is_on_the_disk_when_it_is_acknowledged(tmp_path: Path) -> None:
    """Done is called after the commit, in the order of the writes."""
    base = opened(tmp_path)
    done: list[int] = []
    for number in range(5):
        base.write(Write(FAULT, (number,)), done=lambda number=number: done.append(number))  # type: ignore[misc]
    until(lambda: len(done) == 5)
    assert faults(tmp_path) == [0, 1, 2, 3, 4] == done
    base.close()
    assert not base.alive


def test_a_note_that_cannot_be_stored_takes_no_other_along(tmp_path: Path) -> None:
    """A lone surrogate, a number of 400 digits, a missing table: each is dropped and counted, the thread goes on."""
    base = opened(tmp_path)
    base.write(Write(FAULT, (1,)))
    base.write(Write("INSERT INTO person (name, level) VALUES (?, 1)", ("\ud800",)))
    base.write(Write("INSERT INTO person (name, level) VALUES ('Ana', ?)", (10**400,)))
    base.write(Write("INSERT INTO person (name, level) VALUES (NULL, 1)"))
    base.write(Write(FAULT, (2,)))
    base.close()
    assert faults(tmp_path) == [1, 2]
    assert base.dropped == 3


def test_damage_is_kept_aside_and_the_newest_backup_restored(tmp_path: Path) -> None:
    """A second damage overwrites nothing; without a backup a new database is made."""
    base = opened(tmp_path)
    base.write(Write(FAULT, (7,)))
    base.close()
    backups.make_backup(tmp_path / NAME)
    for number in (1, 2):
        (tmp_path / NAME).write_bytes(b"no database at all" * 100)
        base = opened(tmp_path)
        base.close()
        assert base.restored is not None
        assert "acumat-000001.db restored" in base.restored
        assert (tmp_path / "damaged" / f"acumat-{number}.db").read_bytes().startswith(b"no database")
        assert faults(tmp_path) == [7]
    backups.forget_copies(tmp_path / NAME)
    (tmp_path / NAME).write_bytes(b"no database at all" * 100)
    opened(tmp_path).close()
    assert faults(tmp_path) == []


def test_random_damage_never_keeps_the_mat_from_starting(tmp_path: Path) -> None:
    """Forty damages of 1 to 64 bytes anywhere in file or log: it opens and keeps the next note."""
    base = opened(tmp_path)
    for number in range(50):
        base.write(Write(FAULT, (number,)))
    base.close()
    backups.make_backup(tmp_path / NAME)
    whole = (tmp_path / NAME).read_bytes()
    chance = random.Random(5)  # noqa: S311 - damage by chance, no secret
    for _ in range(40):
        spoiled = bytearray(whole)
        place = chance.randrange(len(spoiled))
        for offset in range(chance.randint(1, 64)):
            spoiled[(place + offset) % len(spoiled)] = chance.randrange(256)
        (tmp_path / NAME).write_bytes(spoiled)
        base = opened(tmp_path)
        stored: list[bool] = []
        base.write(Write(FAULT, (99,)), done=lambda kept=stored: kept.append(True))  # type: ignore[misc]
        base.close()
        assert stored == [True]


def test_a_file_of_a_newer_program_is_left_untouched(tmp_path: Path) -> None:
    """One line says so; the mat runs without a database, and nothing is written."""
    made = connect(tmp_path / NAME)
    migrate(made)
    made.execute(f"PRAGMA user_version={schema.VERSION + 1}")
    made.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    made.close()
    before = (tmp_path / NAME).read_bytes()
    base = opened(tmp_path)
    base.write(Write(FAULT, (1,)))
    assert base.fault is not None
    assert "install the newer acumat again" in base.fault
    base.close()
    assert (tmp_path / NAME).read_bytes() == before


def test_a_disk_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    """A file stands where the folder should be and is taken away later: what waited in memory is stored then."""
    folder = tmp_path / "state"
    folder.write_text("")
    base = opened(folder)
    assert base.fault is not None
    base.write(Write(FAULT, (1,)))
    folder.unlink()
    until(lambda: base.fault is None)
    base.close()
    assert faults(folder) == [1]


def test_the_ring_keeps_seven_backups_and_damaged_files_are_bounded(tmp_path: Path) -> None:
    """Ten days: the newest seven stay. Five damages: the newest three stay."""
    opened(tmp_path).close()
    made = [backups.make_backup(tmp_path / NAME).name for _ in range(10)]
    assert [path.name for path in backups.backup_ring(tmp_path)] == made[3:]
    for _ in range(5):
        opened(tmp_path).close()
        backups.keep_aside(tmp_path / NAME)
    assert sorted(path.name for path in (tmp_path / "damaged").glob("*.db")) == [f"acumat-{n}.db" for n in (3, 4, 5)]


def test_the_reserve_is_real_bytes_and_given_up_once(tmp_path: Path) -> None:
    """It is written again when there is room again."""
    assert backups.fill_ballast(tmp_path)
    assert (tmp_path / backups.BALLAST).stat().st_blocks * 512 >= backups.BALLAST_LEAST
    assert backups.release_ballast(tmp_path)
    assert not backups.release_ballast(tmp_path)
    assert backups.fill_ballast(tmp_path)


@pytest.mark.parametrize("done", range(len(schema.MIGRATIONS)))
def test_every_older_version_migrates(done: int, tmp_path: Path) -> None:
    """From each released number to the present one, step by step."""
    made = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    for script in schema.MIGRATIONS[:done]:
        made.executescript(script)
    made.execute(f"PRAGMA user_version={done}")
    made.close()
    base = opened(tmp_path)
    base.write(Write(FAULT, (3,)))
    base.close()
    assert base.fault is None
    assert faults(tmp_path) == [3]


def test_a_damaged_name_of_a_column_is_damage(tmp_path: Path) -> None:
    """SQLite's own check does not look at it: the file is kept aside and the backup restored, the next note is kept."""
    opened(tmp_path).close()
    backups.make_backup(tmp_path / NAME)
    path = tmp_path / NAME
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"lying_s", b"lying_t", 1))
    assert path.read_bytes() != whole
    database = opened(tmp_path)
    database.write(Write(FAULT, (7,)))
    database.close()
    assert faults(tmp_path) == [7]
    assert database.restored is not None
    assert "the tables are not those of version" in database.restored
    assert path.read_bytes().count(b"lying_t") == 0


class DamagedLater:
    """A connection that meets damage at its first note, as one whose index page is broken; the next ones are sound."""

    met = 0

    def __init__(self, path: Path) -> None:
        self._made = connect(path)

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Any:  # noqa: ANN401 - as of a connection
        """Raise once."""
        if sql.startswith("INSERT INTO fault") and not DamagedLater.met:
            DamagedLater.met += 1
            raise sqlite3.DatabaseError("database disk image is malformed")
        return self._made.execute(sql, values)

    def close(self) -> None:
        """Close it."""
        self._made.close()


def test_damage_that_is_met_in_use_costs_no_note(tmp_path: Path) -> None:
    """The file is kept aside, the backup takes its place at once, and what waited is stored there."""
    opened(tmp_path).close()
    backups.make_backup(tmp_path / NAME)
    DamagedLater.met = 0
    database = Database(tmp_path, ManualClock(), boot_id="one", wall_is_set=lambda: True, connect_to=DamagedLater)
    database.write(Write(FAULT, (7,)))
    database.close()
    assert DamagedLater.met == 1
    assert database.restored is not None
    assert "malformed" in database.restored
    assert [path.name for path in (tmp_path / "damaged").glob("*.db")] == ["acumat-1.db"]
    assert faults(tmp_path) == [7]
