"""The backup ring, files kept aside, and the ballast for a full disk.

- `backups/acumat-000042.db`: whole copies, numbered without a gap in time; the newest seven stay.
- `damaged/acumat-1.db`: a file that could not be read, kept for inspection; the newest three stay, none is overwritten.
- `ballast`: bytes that are given up when the disk is full, so that the end of a session still fits.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from firmware.storage.connection import BUSY_S, check, sync_folder, version_of

Progress = Callable[[float], None]

BACKUPS: Final = "backups"
DAMAGED: Final = "damaged"
RING: Final = 7
DAMAGED_KEPT: Final = 3
STEPS_A_LOOK: Final = 2_000  # instructions of SQLite between two looks at the size of a copy
BALLAST: Final = "ballast"
BALLAST_BYTES: Final = 4 << 20
BALLAST_SHARE: Final = 0.25  # of the free space at the most: a small disk keeps room for the database itself
BALLAST_LEAST: Final = 64 << 10


def backup_ring(folder: Path) -> list[Path]:
    """Return the backups of a state folder, oldest first."""
    return sorted((folder / BACKUPS).glob("acumat-*.db"))


def make_backup(database: Path, progress: Progress | None = None) -> Path:
    """Copy the database into the ring and drop the oldest; readers and the writer go on meanwhile. Returns the copy.

    progress: called with the share that is done, 0 to 1. Raises sqlite3.Error or OSError; a copy that was not finished
    is removed.
    """
    folder = database.parent / BACKUPS
    folder.mkdir(exist_ok=True)
    newest = [int(path.stem.removeprefix("acumat-")) for path in backup_ring(database.parent)]
    made = folder / f"acumat-{max(newest, default=0) + 1:06d}.db"
    part = made.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        copy(database, part, progress)
        part.replace(made)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(folder)
    for old in backup_ring(database.parent)[:-RING]:
        old.unlink(missing_ok=True)
    return made


def copy(database: Path, target: Path, progress: Progress | None = None) -> None:
    """Write a whole, compact copy of the database to a new file, on the disk when this returns."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=BUSY_S, isolation_level=None)) as source:
        if progress is not None:
            _watch(source, target, progress)
        source.execute("VACUUM INTO ?", (str(target),))
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _watch(source: sqlite3.Connection, target: Path, progress: Progress) -> None:
    """Call progress with the size of the copy against the pages in use, now and then while SQLite works."""
    pages, free, size = (
        source.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    expected = max((pages - free) * size, 1)
    source.set_progress_handler(
        lambda: progress(min((target.stat().st_size if target.exists() else 0) / expected, 1.0)), STEPS_A_LOOK
    )


def restore(database: Path) -> Path | None:
    """Put the newest sound backup in the place of a database that is gone; None when there is none."""
    for path in reversed(backup_ring(database.parent)):
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as copied:
                check(copied)
                version_of(copied)
        except (sqlite3.Error, OSError, ValueError):
            continue
        part = database.with_suffix(".part")
        shutil.copyfile(path, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(database)
        sync_folder(database.parent)
        return path
    return None


def keep_aside(database: Path) -> Path:
    """Move a database that cannot be read to the damaged files, with its log; return where it is now."""
    folder = database.parent / DAMAGED
    folder.mkdir(exist_ok=True)
    known = sorted(folder.glob("acumat-*.db"), key=lambda path: int(path.stem.removeprefix("acumat-")))
    number = int(known[-1].stem.removeprefix("acumat-")) + 1 if known else 1
    aside = folder / f"acumat-{number}.db"
    for suffix in ("-wal", "-shm"):
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + suffix))
    database.replace(aside)
    for old in known[: max(0, len(known) + 1 - DAMAGED_KEPT)]:
        for suffix in ("", "-wal", "-shm"):
            old.with_name(old.name + suffix).unlink(missing_ok=True)
    sync_folder(database.parent)
    return aside


def forget_copies(database: Path) -> None:
    """Remove every backup and every damaged file: for the deletion of a person."""
    for name in (BACKUPS, DAMAGED):
        shutil.rmtree(database.parent / name, ignore_errors=True)


def fill_ballast(folder: Path) -> bool:
    """Write the ballast if it is missing and there is room; return whether it is there."""
    path = folder / BALLAST
    if path.exists():
        return True
    try:
        room = shutil.disk_usage(folder).free
        size = min(BALLAST_BYTES, int(room * BALLAST_SHARE))
        if size < BALLAST_LEAST:
            return False
        with path.open("wb") as file:
            file.write(os.urandom(1 << 12) * (size >> 12))  # not sparse, and not to be compressed away
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        return False
    return True


def release_ballast(folder: Path) -> bool:
    """Release the ballast; return whether there was any."""
    path = folder / BALLAST
    there = path.exists()
    path.unlink(missing_ok=True)
    return there
