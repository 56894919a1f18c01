"""Connections to the database: how they are set, checked and brought to the present schema."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from firmware.errors import AcumatError, StorageError
from firmware.storage import schema

NAME: Final = "acumat.db"
BUSY_S: Final = 5.0
# What is wrong with one note, not with the file.
FAULTY: Final = (
    sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, ValueError, OverflowError, TypeError
)  # fmt: skip
ROWS: Final = sqlite3.Row  # rows by name, for what is read


class Connection(Protocol):
    """What this room uses of sqlite3.Connection; the crash tests put a library with a fault-injecting disk here."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Any:  # noqa: ANN401 - a cursor: rows in order
        """Run one statement."""
        ...


class Write(NamedTuple):
    """One statement and its values."""

    sql: str
    values: Sequence[Any] = ()


def connect(path: Path) -> sqlite3.Connection:
    """Open or create the file for writing. Raises sqlite3.Error."""
    made = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        prepare(made)
    except BaseException:
        made.close()
        raise
    return made


def prepare(connection: Connection) -> None:
    """Set what holds for one connection. WAL and FULL: a commit is on the disk before the next begins."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        list(connection.execute(f"PRAGMA {pragma}"))


def check(connection: Connection) -> None:
    """Look for damage, also in the names of tables and columns. Raises sqlite3.DatabaseError with the first finding."""
    [(result,)] = connection.execute("PRAGMA quick_check(1)")
    if result != "ok":
        raise sqlite3.DatabaseError(result)
    [(version,)] = connection.execute("PRAGMA user_version")
    if version == schema.VERSION and (odd := _columns(connection) ^ _columns_of_schema()):
        raise sqlite3.DatabaseError(f"the tables are not those of version {version}: {min(odd)}")


def _columns(connection: Connection) -> frozenset[str]:
    """Return every column of every table, with its type; a damaged name need not be text."""
    found = connection.execute(
        "SELECT hex(m.name || '.' || c.name || ' ' || c.type) FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
        " WHERE m.type = 'table' AND m.name NOT GLOB 'sqlite_*'"  # SQLite's own come and go
    )
    return frozenset(bytes.fromhex(name).decode(errors="replace") for (name,) in found)


@cache
def _columns_of_schema() -> frozenset[str]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        migrate(made)
        return _columns(made)


def version_of(connection: Connection) -> int:
    """Return the number of the last migration. Raises StorageError when the file belongs to a newer program."""
    [(found,)] = connection.execute("PRAGMA user_version")
    if found > schema.VERSION:
        raise StorageError(
            f"the database has version {found}, this program knows {schema.VERSION}: install the newer acumat again"
        )
    return int(found)


def migrate(connection: Connection) -> int:
    """Bring a database to the present schema, each step in a transaction of its own; return the number of steps."""
    done = version_of(connection)
    for number, script in enumerate(schema.MIGRATIONS[done:], start=done + 1):
        with transaction(connection):
            for statement in script.split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={number}")
    return schema.VERSION - done


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Commit at the end, or roll everything back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(Exception):  # the first error is the one to report; SQLite may have rolled back by itself
            connection.execute("ROLLBACK")
        raise


def close_connection(connection: Connection) -> None:
    """Close a connection of whichever library."""
    close: Callable[[], None] = connection.close  # type: ignore[attr-defined]  # every connection has it
    close()


def read_only(path: Path) -> sqlite3.Connection:
    """Open an existing database for reading.

    Raises:
        StorageError: there is none, it cannot be read, or it belongs to a newer program.
    """
    if not path.exists():
        raise StorageError(f"{path}: no database yet: it is made by the first `acumat run`")
    try:
        made = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_S, isolation_level=None)
        try:
            made.row_factory = ROWS
            version_of(made)
        except BaseException:
            made.close()
            raise
    except sqlite3.Error as error:
        raise StorageError(f"{path}: cannot be read ({error}): `acumat doctor` shows what is wrong") from error
    return made


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database for reading, and close it. A damaged page or row is a StorageError, wherever it is met.

    So is a file of an earlier version, whose tables are not those that are read here.
    """
    made = read_only(path)
    try:
        if version_of(made) < schema.VERSION:
            raise StorageError(f"{path}: is of an earlier version of acumat: the next start of the mat updates it")
        yield made
    except AcumatError:
        raise
    except (sqlite3.Error, ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise StorageError(f"{path}: damaged ({error}): the next start of the mat restores a backup") from error
    finally:
        made.close()


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
