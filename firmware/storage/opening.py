"""Opening the database: checked, brought to the present schema, and replaced by a backup when it is damaged."""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from firmware.storage import backups, versions
from firmware.storage.connection import Connection, check, close_connection, migrate, sync_folder

log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """A connection to a sound database; restored says which damaged file was replaced, None when none was."""

    connection: Connection
    restored: str | None


def open_database(
    path: Path, connect: Callable[[Path], Connection], damage: sqlite3.DatabaseError | None = None
) -> Opened:
    """Open or create the file. damage: what SQLite found while it was in use, which the check at the start may miss.

    Raises:
        StorageError: the file belongs to a newer program.
        OSError, sqlite3.Error: the disk cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    restored = versions.prepare_version(path)
    if restored is not None:
        log.warning("database: %s", restored)
    created = not path.exists()
    try:
        if damage is not None:
            raise damage
        made = _checked(path, connect)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if isinstance(error, sqlite3.OperationalError) and "schema" not in str(error):
            raise
        restored, created = _recover(path, error)
        made = _checked(path, connect)
    if created:
        sync_folder(path.parent)  # a name that is not on the disk yet is gone after a power cut
    return Opened(made, restored)


def _checked(path: Path, connect: Callable[[Path], Connection]) -> Connection:
    made = connect(path)
    try:
        check(made)
        if migrate(made):
            check(made)
    except BaseException:
        close_connection(made)
        raise
    return made


def _recover(path: Path, error: Exception) -> tuple[str, bool]:
    """Keep a damaged file aside and restore a backup; return what to say, and whether a new file will be made."""
    aside = backups.keep_aside(path)
    source = backups.restore(path)
    now = f"{source.name} restored" if source else "no backup: a new database is made"
    text = f"{path}: damaged ({error}): kept as {aside.parent.name}/{aside.name}; {now}"
    log.warning("database: %s", text)
    return text, source is None
