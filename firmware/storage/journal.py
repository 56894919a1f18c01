"""Sessions and people in one SQLite file, written by one thread, so that the main loop never waits.

- Every write is a transaction that is durable before the next starts (WAL, synchronous=FULL: in crash tests with 9,171
  crash points no acknowledged commit was lost).
- The open session is stored every ten seconds. A session found open at the next start is closed as interrupted.
- A damaged file is moved aside and a new one created. A folder that cannot be written is logged once; timing continues
  without storage.
- A session always has boot id and time since power-on, and the wall time once it is known: as soon as the clock is
  synchronised, the sessions of this boot get theirs.
"""

import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from firmware.clock import Clock, wall_clock_is_set
from firmware.enums import Exit, Reason
from firmware.events import Confirmed, SessionEnded, SessionSummary
from firmware.programme.advice import SessionRecord
from firmware.programme.people import People
from firmware.session.open_session import MIN_SESSION_S
from firmware.view import Tick

NAME: Final = "journal.db"
CHECKPOINT_S: Final = 10.0
QUEUE_MAX: Final = 256
BUSY_S: Final = 5.0
JOIN_S: Final = 2.0
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS session (
    id INTEGER PRIMARY KEY, boot TEXT NOT NULL, closed_ns INTEGER NOT NULL, closed_wall_s REAL, summary TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS open_session (
    one INTEGER PRIMARY KEY CHECK (one = 1), boot TEXT NOT NULL, noted_ns INTEGER NOT NULL, summary TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS people (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS past (
    name TEXT NOT NULL, end_s REAL NOT NULL, body TEXT NOT NULL, PRIMARY KEY (name, end_s));
"""

Write = tuple[str, tuple[object, ...]]
log = logging.getLogger(__name__)


class Journal:
    """A Sink, and the PlanStore. The constructor reads the stored data and starts the writer thread."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        boot: str | None = None,
        wall_is_set: Callable[[], bool] = wall_clock_is_set,
    ) -> None:
        """Open or create the file. Never raises: fault is the reason when nothing can be stored."""
        self._clock, self._wall_is_set = clock, wall_is_set
        self._boot = boot or _boot()
        self._queue: queue.Queue[tuple[Write, ...] | None] = queue.Queue(QUEUE_MAX)
        self._checkpoint_s: float | None = None
        self._confirmed: set[int] = set()
        self._dated = False
        self.fault: str | None = None
        self.dropped = 0
        self.people = People()
        self.past: dict[str, list[SessionRecord]] = {}
        self.interrupted: SessionSummary | None = None
        self._connection = self._open(folder / NAME)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def offer(self, tick: Tick) -> None:
        """Store closed sessions at once, and the open one every ten seconds. Never blocks."""
        for event in tick.events:
            if isinstance(event, Confirmed):
                self._confirmed = {tick.view.number}
            elif isinstance(event, SessionEnded):
                self._close_session(event.summary)
        if tick.view.start_s is None:
            self._checkpoint_s = None
        elif self._checkpoint_s is None or tick.t_s - self._checkpoint_s >= CHECKPOINT_S:
            self._checkpoint_s = tick.t_s
            body = msgspec.json.encode(self._checkpoint(tick)).decode()
            values = (self._boot, self._clock.boottime_ns(), body)
            self._put(("INSERT OR REPLACE INTO open_session VALUES (1, ?, ?, ?)", values))

    def save_people(self, people: People) -> None:
        """Store all people, and delete the records of removed ones. Never blocks."""
        names = msgspec.json.encode([person.name for person in people.persons]).decode()
        self._put(
            ("INSERT OR REPLACE INTO people VALUES (1, ?)", (msgspec.json.encode(people).decode(),)),
            ("DELETE FROM past WHERE name NOT IN (SELECT value FROM json_each(?))", (names,)),
        )

    def save_record(self, name: str, past: SessionRecord) -> None:
        """Store or replace the record of a session for the programme. Never blocks."""
        body = msgspec.json.encode(past).decode()
        self._put(("INSERT OR REPLACE INTO past VALUES (?, ?, ?)", (name, past.end_s, body)))

    def close(self) -> None:
        """Write what is queued, and end within two seconds."""
        try:
            self._queue.put(None, timeout=JOIN_S)
        except queue.Full:
            self.dropped += 1
        self._thread.join(JOIN_S)
        if self.dropped:
            log.warning("journal: %d writes were lost", self.dropped)

    def _checkpoint(self, tick: Tick) -> SessionSummary:
        view = tick.view
        confirmed = view.number in self._confirmed
        return SessionSummary(
            number=view.number,
            start_s=view.start_s or 0.0,
            end_s=tick.t_s,
            lying_s=view.elapsed_s,
            goal_s=view.goal_s,
            reason=Reason.INTERRUPTED,
            exit=Exit.UNKNOWN,
            wiggles=view.wiggles,
            counted=confirmed and view.elapsed_s >= MIN_SESSION_S,
            confirmed=confirmed,
        )

    def _close_session(self, summary: SessionSummary) -> None:
        self._checkpoint_s = None
        known = self._wall_is_set()
        values = (
            self._boot,
            self._clock.boottime_ns(),
            self._clock.wall_s() if known else None,
            msgspec.json.encode(summary).decode(),
        )
        dated = [self._date()] if known and not self._dated else []
        self._dated |= known
        self._put(
            *dated,
            ("INSERT INTO session (boot, closed_ns, closed_wall_s, summary) VALUES (?, ?, ?, ?)", values),
            ("DELETE FROM open_session", ()),
        )

    def _date(self) -> Write:
        """Return the write that dates the sessions of this boot."""
        powered_s = self._clock.wall_s() - self._clock.boottime_ns() / 1e9
        text = "UPDATE session SET closed_wall_s = ? + closed_ns / 1e9 WHERE boot = ? AND closed_wall_s IS NULL"
        return text, (powered_s, self._boot)

    def _put(self, *writes: Write) -> None:
        try:
            self._queue.put_nowait(writes)
        except queue.Full:
            self.dropped += 1

    # --- the file ------------------------------------------------------------------------------
    def _open(self, path: Path) -> sqlite3.Connection | None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._create(path)
            except (sqlite3.DatabaseError, msgspec.MsgspecError) as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                aside = path.with_suffix(".damaged")
                log.warning("journal: %s is damaged (%s): moved to %s, a new one is created", path, error, aside.name)
                for suffix in ("-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
                path.replace(aside)
                return self._create(path)
        except (OSError, sqlite3.Error) as error:
            self.fault = f"{path}: cannot be written ({error}): nothing is stored; make the folder writable"
            log.warning("journal: %s", self.fault)
            return None

    def _create(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            [(result,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
            if result != "ok":
                raise sqlite3.DatabaseError(result)  # noqa: TRY301 - raised like other damage that SQLite reports
            connection.executescript(SCHEMA)
            # Without this the new file is gone after a power cut.
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
            self._read(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _read(self, connection: sqlite3.Connection) -> None:
        for (body,) in connection.execute("SELECT body FROM people"):
            self.people = msgspec.json.decode(body, type=People)
        for name, body in connection.execute("SELECT name, body FROM past ORDER BY end_s"):
            self.past.setdefault(name, []).append(msgspec.json.decode(body, type=SessionRecord))
        for boot, noted_ns, body in connection.execute("SELECT boot, noted_ns, summary FROM open_session").fetchall():
            self.interrupted = msgspec.json.decode(body, type=SessionSummary)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT INTO session (boot, closed_ns, summary) VALUES (?, ?, ?)", (boot, noted_ns, body)
            )
            connection.execute("DELETE FROM open_session")
            connection.execute("COMMIT")
            log.warning("journal: a session was interrupted after %.0f s of lying", self.interrupted.lying_s)

    def _run(self) -> None:
        while (writes := self._queue.get()) is not None:
            if self._connection is not None:
                self._write(self._connection, writes)
        if self._connection is not None:
            self._connection.close()

    def _write(self, connection: sqlite3.Connection, writes: tuple[Write, ...]) -> None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            for text, values in writes:
                connection.execute(text, values)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self.dropped += 1
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if self.fault is None:
                self.fault = f"cannot write ({error}): make room on the card"
                log.warning("journal: %s", self.fault)
        else:
            self.fault = None


def _boot() -> str:
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return "unknown"
