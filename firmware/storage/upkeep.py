"""What the writer's thread does when nothing waits: a backup a day, and an end for old traces.

A backup is made while no session is open, when there is a session that the newest one lacks: the first at the end of
the first session of a boot, then one a day, however often programs start meanwhile. Traces and events of sessions older
than the newest `sessions_kept` go; the sessions themselves, their measures and the journal stay.
"""

import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.storage import backups
from firmware.storage.connection import Connection, transaction

if TYPE_CHECKING:
    from firmware.clock import Clock

LOOK_S: Final = 60.0
BACKUP_S: Final = 86_400.0
FAULTS_KEPT: Final = 100

log = logging.getLogger(__name__)


class Upkeep:
    """Called with the writer's connection now and then; does something at most once a minute."""

    def __init__(self, database: Path, clock: "Clock", *, sessions_kept: int) -> None:
        self._database, self._clock, self._kept = database, clock, sessions_kept
        self._looked_s: float | None = None
        self._backed_up_s: float | None = None
        self._last: int | None = None

    def __call__(self, connection: Connection) -> None:
        """Do what is due. Errors are logged; the next attempt is a day later."""
        now_s = self._clock.boottime_ns() / 1e9
        if self._looked_s is not None and now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        [(newest, still_open)] = connection.execute(
            "SELECT max(id), (SELECT count(*) FROM checkpoint) FROM session WHERE end_ns IS NOT NULL"
        )
        if newest is None or still_open or newest == self._last:
            return
        self._backed_up_s = self._backed_up_s or _of_this_boot_s(connection, now_s)
        if self._backed_up_s is not None and now_s - self._backed_up_s < BACKUP_S:
            return
        self._last, self._backed_up_s = newest, now_s
        self._prune(connection, newest)
        try:
            made = backups.make_backup(self._database)
        except (sqlite3.Error, OSError) as error:
            log.warning("database: no backup today: %s", error)
            return
        with transaction(connection):
            connection.execute(
                "INSERT INTO backup (boot, at_ns, file) SELECT max(id), ?, ? FROM boot", (round(now_s * 1e9), made.name)
            )
            connection.execute("DELETE FROM backup WHERE id <= (SELECT max(id) FROM backup) - ?", (backups.RING,))

    def _prune(self, connection: Connection, newest: int) -> None:
        """Delete traces, events, stages and maps of sessions beyond the newest, and old faults."""
        with transaction(connection):
            for table in ("trace", "event", "stage", "marker"):
                connection.execute(f"DELETE FROM {table} WHERE session <= ?", (newest - self._kept,))  # noqa: S608 - names of ours
            connection.execute("DELETE FROM fault WHERE id <= (SELECT max(id) FROM fault) - ?", (FAULTS_KEPT,))


def _of_this_boot_s(connection: Connection, now_s: float) -> float | None:
    """Return when the newest backup of this boot was made, in seconds since power-on; None without one."""
    text = "SELECT max(at_ns) FROM backup WHERE boot = (SELECT max(id) FROM boot)"
    [(at_ns,)] = connection.execute(text)
    return None if at_ns is None or at_ns / 1e9 > now_s else float(at_ns) / 1e9
