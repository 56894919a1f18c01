"""The database: one file, one thread that writes, a loop that never waits.

- Every `write` is one transaction, on the disk before `done` is called (WAL, synchronous FULL). Writes that wait are
  committed together, so that a slow disk costs one commit and not one each.
- Opening never raises for what is wrong with the file: damage is kept aside and the newest sound backup restored; a
  disk that cannot be written, or a file of a newer program, leaves the mat without a database and says so in `fault`.
- A full disk: the ballast is given up, then writes wait in memory and are tried again; beyond the bound, the oldest
  write that may be lost (a trace, a checkpoint) goes first. A disk that has recovered needs no restart.
- The thread goes on whatever it meets; only close() ends it. `current_fault` is what is wrong now, for the supervisor.

Use: `database = Database(folder, clock)`; `database.write(Write("INSERT ...", (values,)), done=callback)` from any
thread; reads by `connection.read_only(database.path)` or, before the loop, `database.read()`. Tables: schema.py.
"""

import logging
import queue
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware.clock import Clock, wall_clock_is_set
from firmware.errors import StorageError
from firmware.storage import backups, old_journal
from firmware.storage.boot import current_boot_id
from firmware.storage.connection import (
    FAULTY,
    NAME,
    Connection,
    Write,
    close_connection,
    connect,
    transaction,
)
from firmware.storage.disk import disk_fault
from firmware.storage.opening import open_database
from firmware.supervisor import Worker

WAITING_MOST: Final = 512  # transactions in memory while the disk does not take any
TOGETHER_MOST: Final = 64  # transactions in one commit
IDLE_S: Final = 1.0
RETRY_S: Final = 5.0
JOIN_S: Final = 4.0
SLOW_S: Final = 1.5  # a commit on a worn card takes tenths of a second

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One transaction. lasting: it is kept in memory as long as possible while the disk takes nothing."""

    writes: tuple[Write, ...]
    lasting: bool
    done: Callable[[], None] | None = None


class Database:
    """The file in a state folder. path is where it is; boot the number of this power-on's row."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        boot_id: str | None = None,
        wall_is_set: Callable[[], bool] = wall_clock_is_set,
        connect_to: Callable[[Path], Connection] = connect,
        idle: Callable[[Connection], None] | None = None,
    ) -> None:
        """Open, check, restore and migrate; then start the thread. idle is called there now and then."""
        self.path = folder / NAME
        self.boot = 0
        self.boot_id = boot_id or current_boot_id()
        self.fault: str | None = None
        self.restored: str | None = None
        self.dropped = 0
        self.idle = idle
        self._clock, self._wall_is_set, self._connect = clock, wall_is_set, connect_to
        self._queue: queue.Queue[Job | None] = queue.Queue(WAITING_MOST)
        self._waiting: deque[Job] = deque()
        self._dated = False
        self._refused = self._ending = self._replaced = False
        self._committing_ns: int | None = None
        self._connection: Connection | None = None
        self._disk = disk_fault(folder)
        self._open()
        self._worker = Worker("database", self._run, clock).start()

    @property
    def alive(self) -> bool:
        """Whether the thread that writes runs."""
        return self._worker.alive

    @property
    def waiting(self) -> int:
        """Transactions that are not on the disk yet."""
        return self._queue.qsize() + len(self._waiting)

    def current_fault(self) -> str | None:
        """Return what is wrong now, one line; a restored backup is shown as long as the program runs."""
        since_ns = self._committing_ns
        if since_ns is not None and self._clock.boottime_ns() - since_ns > SLOW_S * 1e9:
            return f"{self.path}: the disk does not answer: notes wait in memory; look at the card"
        return self.fault or self._disk or self._worker.fault or self.restored

    def read(self) -> sqlite3.Connection | None:
        """Return a new connection for reading; None without a database."""
        if self._connection is None:
            return None
        made = sqlite3.connect(self.path, timeout=1.0, isolation_level=None, check_same_thread=False)
        made.row_factory = sqlite3.Row
        made.execute("PRAGMA query_only=ON")
        return made

    def write(self, *writes: Write, lasting: bool = True, done: Callable[[], None] | None = None) -> None:
        """Queue one transaction; never blocks. done is called by the writer's thread once it is on the disk."""
        try:
            self._queue.put_nowait(Job(writes, lasting, done))
        except queue.Full:
            self._lose(lasting=lasting)

    def close(self) -> None:
        """Write what waits, and end within some seconds."""
        try:
            self._queue.put(None, timeout=JOIN_S)
        except queue.Full:
            log.warning("database: the disk does not keep up; what waits is lost")
        self._worker.close(JOIN_S)
        if self.dropped:
            log.warning("database: %d notes could not be kept", self.dropped)

    # --- opening ---------------------------------------------------------------------------------
    def _open(self, damage: sqlite3.DatabaseError | None = None) -> None:
        """Try to have a connection, in place of one that met damage; fault says why there is none."""
        try:
            opened = open_database(self.path, self._connect, damage)
            self._connection, self.restored = opened.connection, opened.restored or self.restored
            self._enter_boot(self._connection)
            old_journal.import_old_journal(self.path.parent, self._connection)
            backups.fill_ballast(self.path.parent)
        except StorageError as error:
            self._refused = True
            self._without(str(error))
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
            self._without(f"cannot be written ({error}): nothing is kept; give the service's user the right to")
        else:
            self.fault = None

    def _without(self, text: str) -> None:
        fault = f"{self.path}: {text}"
        if fault != self.fault:
            log.warning("database: %s", fault)
        self.fault = fault
        if self._connection is not None:
            close_connection(self._connection)
        self._connection = None

    def _enter_boot(self, connection: Connection) -> None:
        with transaction(connection):
            connection.execute("INSERT OR IGNORE INTO boot (boot_id) VALUES (?)", (self.boot_id,))
            [(self.boot,)] = connection.execute("SELECT id FROM boot WHERE boot_id = ?", (self.boot_id,))
        self._dated = False

    # --- the thread ------------------------------------------------------------------------------
    def _run(self) -> None:
        while not self._ending:
            self._ending = self._collect()
            try:
                self._step()
            except Exception:
                self.dropped += 1
                if self._waiting:
                    self._waiting.popleft()  # else it would fail again for ever
                raise
        if self._connection is not None:
            close_connection(self._connection)

    def _collect(self) -> bool:
        """Take what is queued, waiting when there is nothing to do; return whether this is the end."""
        try:
            job = self._queue.get(timeout=RETRY_S if self.fault else IDLE_S)
        except queue.Empty:
            return False
        while job is not None:
            self._waiting.append(job)
            while len(self._waiting) > WAITING_MOST:
                self._make_room()
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return False
        return True

    def _make_room(self) -> None:
        """Drop the oldest transaction that may be lost, else the oldest."""
        index = next((n for n, job in enumerate(self._waiting) if not job.lasting), 0)
        self._lose(lasting=self._waiting[index].lasting)
        del self._waiting[index]

    def _lose(self, *, lasting: bool) -> None:
        self.dropped += 1
        if lasting:
            log.warning("database: a note could not be kept: the disk takes nothing")

    def _step(self) -> None:
        """Commit what waits, date the boot, and let others use the idle time."""
        self._disk = disk_fault(self.path.parent)
        if self._connection is None and not self._refused:
            self._open()
        if self._connection is None:
            return
        if self.fault is not None and not self._waiting:  # ask the disk again
            self._waiting.append(
                Job((Write("UPDATE boot SET source = source WHERE id = ?", (self.boot,)),), lasting=False)
            )
        while self._waiting and self._connection is not None:
            jobs = [self._waiting[n] for n in range(min(TOGETHER_MOST, len(self._waiting)))]
            if not self._commit(jobs):
                return
        self._date()
        if self.idle is not None:
            self.idle(self._connection)

    def _commit(self, jobs: list[Job]) -> bool:
        """Commit jobs together, alone when one of them is faulty; return whether to go on."""
        assert self._connection is not None  # noqa: S101 - the caller's condition
        self._committing_ns = self._clock.boottime_ns()
        try:
            with transaction(self._connection):
                for job in jobs:
                    for sql, values in job.writes:
                        self._connection.execute(sql, values)
        except sqlite3.OperationalError as error:
            return self._on_disk_error(error)
        except FAULTY as error:
            return self._on_faulty(jobs, error)
        except sqlite3.DatabaseError as error:
            return self._on_damage(error)
        finally:
            self._committing_ns = None
        if self.fault is not None and backups.fill_ballast(self.path.parent):
            self.fault = None  # the disk takes notes, and there is room for the reserve
        for job in jobs:
            self._waiting.popleft()
            if job.done is not None:
                job.done()
        return True

    def _on_faulty(self, jobs: list[Job], error: Exception) -> bool:
        """Find the transaction that cannot be stored and drop it; return whether to go on."""
        if len(jobs) > 1:
            return all(self._commit([job]) for job in jobs)
        log.warning("database: a note that cannot be stored is dropped (%s)", error)
        self.dropped += 1
        self._waiting.popleft()
        return True

    def _on_damage(self, error: sqlite3.DatabaseError) -> bool:
        """Go on with the newest backup, once in a run: one that is damaged too is no help."""
        self._without(f"damaged while running ({error})")
        if not self._replaced:
            self._replaced = True
            self._open(error)
        return self._connection is not None

    def _on_disk_error(self, error: sqlite3.OperationalError) -> bool:
        """Release the ballast on a full disk; return whether to try again at once."""
        if "locked" in str(error):
            self.fault = f"{self.path}: another program holds it: notes wait in memory; end that program"
            return False
        if "full" not in str(error):
            self._without(f"cannot be written ({error}): notes wait in memory; look at the card")
            return False
        released = backups.release_ballast(self.path.parent)
        text = "the reserve is in use" if released else "notes wait in memory"
        fault = f"{self.path}: the disk is full, {text}: make room"
        if fault != self.fault:
            log.warning("database: %s", fault)
        self.fault = fault
        return released

    def _date(self) -> None:
        """Store the wall clock at power-on, once, when the clock is known to be set."""
        if self._dated or self._connection is None or not self._wall_is_set():
            return
        offset_s = self._clock.wall_s() - self._clock.boottime_ns() / 1e9
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE boot SET offset_s = ?, source = 'synchronized' WHERE id = ?", (offset_s, self.boot)
            )
        self._dated = True
