"""All that a person or everybody has in the database as one JSON document, and the way back into a database.

The document has the rows of the tables below with the names of their columns; bytes (curves and maps) are base64. Read
into an empty database it makes the same rows again. Read into another one it adds what is missing there: a boot is
known by its id, a person by name, a session by boot and start, an entry by boot and time.
"""

import base64
import binascii
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from firmware.errors import StorageError
from firmware.storage import schema
from firmware.storage.connection import transaction

VERSION: Final = 2
SIZE_MAX: Final = 512 << 20  # bytes; ten years of one person have 20 MB
TEXT_MAX: Final = 1 << 20
TABLES: Final = (
    "boot", "person", "acknowledgement", "chosen", "session", "stage", "marker", "event", "trace", "entry"
)  # fmt: skip
OF_SESSION: Final = ("stage", "marker", "event", "trace")
KNOWN_BY: Final = {
    "boot": ("boot_id",),
    "person": ("name",),
    "session": ("boot", "opened_ns"),
    "entry": ("boot", "at_ns", "phase"),
    "acknowledgement": ("person", "version"),
    "chosen": ("one",),
}
REFERS_TO: Final = {"boot": "boot", "person": "person", "session": "session"}  # a column of the name of a table

Record = dict[str, Any]
Progress = Callable[[float], None]


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: version is that of this form, schema that of the tables."""

    version: int
    schema: int
    tables: dict[str, list[dict[str, int | float | str | None]]]


def document(connection: sqlite3.Connection, *, person: str | None = None) -> Document:
    """Return everything, or what belongs to one person."""
    tables = {table: list(_rows(connection, table, person)) for table in TABLES}
    if person is not None:
        boots = {row["boot"] for table in ("session", "entry") for row in tables[table]}
        tables["boot"] = [row for row in tables["boot"] if row["id"] in boots]
        theirs = {row["id"] for row in tables["session"]}
        for row in tables["entry"]:  # a note on a session that counts for nobody stays a note
            row["session"] = row["session"] if row["session"] in theirs else None
    return Document(VERSION, schema.VERSION, tables)


def _rows(connection: sqlite3.Connection, table: str, person: str | None) -> Iterator[Record]:
    text = f"SELECT * FROM {table}"  # noqa: S608 - names of ours
    one = "(SELECT id FROM person WHERE name = ?)"
    if table == "person":
        text += " WHERE ? IS NULL OR name = ?"
    elif table in ("acknowledgement", "session", "entry"):
        text += f" WHERE ? IS NULL OR person = {one}"
    elif table in OF_SESSION:
        text += f" WHERE ? IS NULL OR session IN (SELECT id FROM session WHERE person = {one})"  # noqa: S608
    elif table == "chosen":
        text += " WHERE ? IS NULL OR name = ?"
    else:
        text += " WHERE ? IS ?"  # everything: boots are chosen by the caller
    order = " ORDER BY session, chunk" if table == "trace" else " ORDER BY rowid" if table != "acknowledgement" else ""
    for row in connection.execute(text + order, (person, person)):
        yield {
            name: base64.b64encode(row[name]).decode() if isinstance(row[name], bytes) else row[name]
            for name in row.keys()  # noqa: SIM118 - a row iterates over its values
        }


def read(path: Path) -> Document:
    """Read a file. Raises StorageError with what is wrong with it."""
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_MAX + 1)
        if len(data) > SIZE_MAX:
            raise StorageError(f"{path}: larger than {SIZE_MAX >> 20} MB: this is no export of acumat")
        found = msgspec.json.decode(data, type=Document)
    except OSError as error:
        raise StorageError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise StorageError(f"{path}: is no export of `acumat export` ({error})") from error
    if found.version != VERSION or found.schema > schema.VERSION:
        raise StorageError(f"{path}: is of another version of acumat: export it again, or update this one")
    unknown = [name for name in found.tables if name not in TABLES]
    if unknown:
        raise StorageError(f"{path}: unknown table {unknown[0]!r}: is no export of `acumat export`")
    return found


@dataclass(slots=True)
class Imported:
    """How many sessions and entries were added, and how many were there already."""

    sessions: int = 0
    entries: int = 0
    known: int = 0


@dataclass(slots=True)
class _Import:
    """One import at work: numbers maps the ids of each table in the document to those of the database."""

    connection: sqlite3.Connection
    numbers: dict[str, dict[int, int]] = field(default_factory=dict)
    added: set[int] = field(default_factory=set)  # sessions of the document that are new
    counts: Imported = field(default_factory=Imported)

    def put(self, table: str, row: Record) -> None:
        """Insert a row, unless the database has it."""
        if table in OF_SESSION and row.get("session") not in self.added:
            return
        old, values = row.get("id"), dict(row)
        for column, target in REFERS_TO.items():
            if column in values and values[column] is not None:
                if values[column] not in self.numbers.get(target, {}):
                    raise StorageError(
                        f"{table}: a row refers to {target} {values[column]!r}, which is not in the file"
                    )
                values[column] = self.numbers[target][values[column]]
        known = self._known(table, values)
        if known is not None:
            self.counts.known += table in ("session", "entry")
            if old is not None:
                self.numbers.setdefault(table, {})[old] = known
            return
        if old is not None and self.connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (old,)).fetchone():  # noqa: S608 - names of ours
            values.pop("id")
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        made = self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608
        if old is not None:
            self.numbers.setdefault(table, {})[old] = int(made.lastrowid or 0)
        if table == "session":
            self.added.add(int(old or 0))
        self.counts.sessions += table == "session"
        self.counts.entries += table == "entry"

    def _known(self, table: str, values: Record) -> int | None:
        columns = KNOWN_BY.get(table)
        if columns is None:
            return None
        where = " AND ".join(f"{name} IS ?" for name in columns)
        found = self.connection.execute(
            f"SELECT rowid FROM {table} WHERE {where}"  # noqa: S608 - names of ours
            if table != "acknowledgement"
            else f"SELECT person FROM {table} WHERE {where}",  # noqa: S608
            tuple(values.get(name) for name in columns),
        ).fetchone()
        return None if found is None else int(found[0])


def import_document(connection: sqlite3.Connection, found: Document, progress: Progress = lambda _: None) -> Imported:
    """Add a document to a database, all of it or nothing. Raises StorageError for a row that cannot be."""
    work = _Import(connection)
    total, done = sum(map(len, found.tables.values())) or 1, 0
    try:
        with transaction(connection):
            for table in TABLES:
                kinds = {row["name"]: row["type"] for row in connection.execute(f"PRAGMA table_info({table})")}
                for row in found.tables.get(table, ()):
                    work.put(table, _checked(table, kinds, row))
                    done += 1
                    if done % 100 == 0:
                        progress(done / total)
    except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError) as error:
        raise StorageError(f"the file has a row that cannot be stored ({error}); nothing was imported") from error
    return work.counts


def _checked(table: str, kinds: Mapping[str, str], row: Record) -> Record:
    """Return a row with values of the types of its columns. Raises StorageError."""
    values: Record = {}
    for name, value in row.items():
        kind = kinds.get(name)
        fits = {
            "INTEGER": isinstance(value, int) and abs(value) < 1 << 63,
            "REAL": isinstance(value, int | float),  # JSON has no others than finite ones
            "TEXT": isinstance(value, str) and len(value) <= TEXT_MAX,
            "BLOB": isinstance(value, str),
        }
        if kind is None or not (value is None or fits[kind]):
            raise StorageError(f"{table}.{name}: has a value that cannot be; nothing was imported")
        values[name] = value
        if kind == "BLOB" and isinstance(value, str):
            try:
                values[name] = base64.b64decode(value, validate=True)
            except binascii.Error as error:
                raise StorageError(f"{table}.{name}: is not base64; nothing was imported") from error
    return values
