"""Export and import: the same database again, and nothing of a file that is not one of ours."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from firmware.errors import StorageError
from firmware.storage import connection, exchange
from sim import history as invented

Spoil = Callable[[dict[str, list[dict[str, Any]]]], object]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three weeks of one person, with curves, marks and notes; one session of a guest."""
    folder = tmp_path_factory.mktemp("full")
    invented.write_history(folder, 3, 1, end=dt.datetime(2027, 3, 1, tzinfo=dt.UTC))
    base = connection.connect(folder / connection.NAME)
    base.execute("UPDATE session SET person = NULL WHERE id = 2")
    base.execute("INSERT INTO boot (boot_id) VALUES ('unused')")
    base.execute("INSERT OR IGNORE INTO acknowledgement VALUES (1, 1, '2027-01-01')")
    base.execute("INSERT INTO event VALUES (3, 5, 'settled', '{}')")
    base.close()
    return folder / connection.NAME


def opened(path: Path) -> sqlite3.Connection:
    made = connection.connect(path)
    made.row_factory = connection.ROWS
    connection.migrate(made)
    return made


def rows(base: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    order = {"trace": "session, chunk", "acknowledgement": "person, version"}
    return {
        table: [tuple(row) for row in base.execute(f"SELECT * FROM {table} ORDER BY {order.get(table, 'rowid')}")]  # noqa: S608
        for table in exchange.TABLES
    }


def exported(path: Path, target: Path, person: str | None = None) -> Path:
    base = connection.read_only(path)
    target.write_bytes(msgspec.json.encode(exchange.document(base, person=person)))
    base.close()
    return target


def test_a_new_database_becomes_the_same(full: Path, tmp_path: Path) -> None:
    """Row for row, with their numbers, curves and maps."""
    found = exchange.read(exported(full, tmp_path / "all.json"))
    fresh, old = opened(tmp_path / "new.db"), connection.read_only(full)
    counts = exchange.import_document(fresh, found)
    assert rows(fresh) == rows(old)
    assert counts.sessions == len(rows(old)["session"]) > 5
    again = exchange.import_document(fresh, found)
    assert (again.sessions, again.entries, again.known) == (0, 0, counts.sessions + counts.entries)
    assert rows(fresh) == rows(old)
    fresh.close()
    old.close()


def test_one_person_is_added_to_another_mat(full: Path, tmp_path: Path) -> None:
    """Numbers that are taken give way, and each note stays with its session; the guest's session stays behind."""
    found = exchange.read(exported(full, tmp_path / "sam.json", invented.PERSON))
    assert [row["boot_id"] for row in found.tables["boot"]] == [invented.BOOT_ID]
    other = opened(tmp_path / "other.db")
    other.execute("INSERT INTO boot (boot_id) VALUES ('here')")
    other.execute("INSERT INTO person (name, level) VALUES ('Ana', 1)")
    other.execute("INSERT INTO session (boot, opened_ns, start_ns, end_ns, lying_s) VALUES (1, 7, 7, 8, 600)")
    exchange.import_document(other, found)
    mine = connection.read_only(full)
    text = (
        "SELECT boot_id, opened_ns, name, entry.phase, entry.body FROM session JOIN boot ON boot.id = session.boot "
        "JOIN person ON person.id = session.person LEFT JOIN entry ON entry.session = session.id ORDER BY 1, 2, 4"
    )
    assert [tuple(row) for row in other.execute(text)] == [tuple(row) for row in mine.execute(text)]
    assert other.execute("SELECT count(*) FROM session").fetchone()[0] == len(found.tables["session"]) + 1
    other.close()
    mine.close()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda tables: tables["session"][0].update(lying_s="long"), "session.lying_s"),
        (lambda tables: tables["session"][0].update(goal_s=1e400), "Number out of range"),
        (lambda tables: tables["session"][0].update({"x = 1; --": 1}), "session.x = 1; --"),
        (lambda tables: tables["session"][0].update(boot=99), "refers to boot 99"),
        (lambda tables: tables["session"][0].update(boot=None), "cannot be stored"),
        (lambda tables: tables["trace"][0].update(curves="%%"), "not base64"),
        (lambda tables: tables.update(sqlite_master=[{"name": "x"}]), "unknown table"),
        (lambda tables: tables["entry"][0].update(at_ns=1 << 63), "entry.at_ns"),
    ],
)
def test_a_file_that_was_tampered_with_changes_nothing(spoil: Spoil, said: str, full: Path, tmp_path: Path) -> None:
    """One line with the table and the column, and an empty database stays empty."""
    tables = msgspec.json.decode(exported(full, tmp_path / "all.json").read_bytes())
    spoil(tables["tables"])
    (tmp_path / "bad.json").write_text(_json(tables))
    base = opened(tmp_path / "new.db")
    with pytest.raises(StorageError, match=said.replace("=", ".")):
        exchange.import_document(base, exchange.read(tmp_path / "bad.json"))
    assert not any(rows(base).values())
    base.close()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode().replace('"goal_s":null', '"goal_s":1e400', 1)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version":3,"schema":1,"tables":{}}', "[" * 100_000])
def test_another_file_is_refused_with_one_line(text: str, tmp_path: Path) -> None:
    """Empty, of another kind, of a newer program, nested deeply."""
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(StorageError, match=r"other\.json: is "):
        exchange.read(tmp_path / "other.json")
