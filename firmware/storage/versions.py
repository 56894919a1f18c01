"""The way back of an update: the database is copied before its schema changes, and an older program restores the copy.

- `backups/version-2.db`: the database as it was before the step from version 2 on; the newest two stay.
- `backups/newer-3.db`: the file of a newer program, kept aside by an older one that restored its own copy.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from firmware.storage import schema
from firmware.storage.backups import BACKUPS, copy
from firmware.storage.connection import check, sync_folder

COPIES: Final = "version-"
NEWER: Final = "newer-"
COPIES_KEPT: Final = 2
BESIDE: Final = ("", "-wal", "-shm")


def prepare_version(database: Path, version: int = schema.VERSION) -> str | None:
    """Copy an older database before its migration, or restore the copy in place of a newer one.

    version is the schema of this program. Returns a line for the log when a copy was restored, else None. A file that
    cannot be read is left to the checks that follow. Raises sqlite3.Error or OSError when there is no room for a copy.
    """
    found = _version(database)
    if 0 < found < version:
        _copy_before(database, found)
    if found > version:
        return _restore(database, found, version)
    return None


def _version(database: Path) -> int:
    """Return the version of a file, 0 when there is none to read."""
    if not database.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            [(found,)] = opened.execute("PRAGMA user_version")
    except sqlite3.Error:
        return 0
    return int(found)


def _copies(database: Path) -> dict[int, Path]:
    found = (database.parent / BACKUPS).glob(f"{COPIES}*.db")
    return {int(path.stem.removeprefix(COPIES)): path for path in found}


def _copy_before(database: Path, found: int) -> None:
    folder = database.parent / BACKUPS
    folder.mkdir(exist_ok=True)
    made = folder / f"{COPIES}{found}.db"
    part = made.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        copy(database, part)
        part.replace(made)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return  # damaged: the checks that follow keep it aside
    finally:
        part.unlink(missing_ok=True)
    sync_folder(folder)
    copies = _copies(database)
    for old in sorted(copies)[:-COPIES_KEPT]:
        copies[old].unlink()


def _restore(database: Path, found: int, version: int) -> str | None:
    copies = {number: path for number, path in _copies(database).items() if number <= version}
    if not copies:
        return None
    source = copies[max(copies)]
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro&immutable=1", uri=True)) as copied:
            check(copied)
    except sqlite3.Error:
        return None
    part = database.with_suffix(".part")
    shutil.copyfile(source, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    aside = source.with_name(f"{NEWER}{found}.db")
    for suffix in reversed(BESIDE):  # the file itself last: without it there is nothing to be restored again
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + suffix))
    part.replace(database)
    sync_folder(database.parent)
    return (
        f"{database}: of a newer acumat, kept as {BACKUPS}/{aside.name}; {source.name} from before the update restored"
    )
