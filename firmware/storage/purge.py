"""The deletion of a person for good: the log and all copies of the database are replaced."""

import logging
import sqlite3
from typing import TYPE_CHECKING

from firmware.storage import backups, old_journal
from firmware.storage.connection import transaction

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)


def purge(path: "Path") -> None:
    """Empty the log and replace all copies of a database by a new one; called by the writer's thread."""
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None)
    try:
        with transaction(connection):
            connection.execute("DELETE FROM request")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        backups.forget_copies(path)
        path.with_name(old_journal.DONE).unlink(missing_ok=True)
        backups.make_backup(path)
    except (sqlite3.Error, OSError) as error:
        log.warning("database: copies of the deleted notes may remain (%s): delete %s by hand", error, path.parent)
    finally:
        connection.close()
