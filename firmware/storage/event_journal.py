"""MQTT messages that must arrive: a journal of the newest, and which of them the broker has not acknowledged.

`seq` is the number of a message, for ever: a database that was restored from a backup leaves a gap, because messages
that the backup lacks may have been sent.
"""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final, overload

from firmware.storage.connection import Write
from firmware.storage.database import Database

KEPT: Final = 20_000  # messages in the journal, about ten megabytes
PRUNE_EVERY: Final = 500
RESTORED_GAP: Final = 100_000

Row = tuple[int, str, bytes]
"""seq, topic below the root, payload."""

log = logging.getLogger(__name__)


class _Columns(Sequence[Any]):
    """The values of a row whose payload is made by the thread that stores it."""

    def __init__(self, key: tuple[int, str], payload: Callable[[], bytes]) -> None:
        self._key, self._payload = key, payload

    def __len__(self) -> int:
        return 3

    @overload
    def __getitem__(self, place: int) -> Any: ...  # noqa: ANN401 - a column

    @overload
    def __getitem__(self, place: slice) -> tuple[Any, ...]: ...

    def __getitem__(self, place: int | slice) -> Any:
        return (*self._key, self._payload())[place]


class EventJournal:
    """The store of events behind the outbox of MQTT."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def working(self) -> bool:
        """Whether what is added will be stored soon."""
        return self._database.fault is None and self._database.alive

    def read(self, most: int) -> tuple[Sequence[Row], int, str | None, bytes | None]:
        """Return what the last run left: the newest pending messages, at most so many, oldest first; the newest seq.

        Then the id of the session that was open, and the last session that ended.
        """
        connection = self._database.read()
        if connection is None:
            return (), 0, None, None
        try:
            with closing(connection):
                [(last,)] = connection.execute("SELECT coalesce(max(seq), 0) FROM mqtt_event")
                pending = connection.execute(
                    "SELECT seq, topic, payload FROM outbox JOIN mqtt_event USING (seq, topic) "
                    "ORDER BY seq DESC, topic DESC LIMIT ?",
                    (most,),
                ).fetchall()
                opened = connection.execute("SELECT id FROM mqtt_session").fetchone()
                ended = connection.execute(
                    "SELECT payload FROM mqtt_event WHERE topic GLOB 'session/*' ORDER BY seq DESC LIMIT 1"
                ).fetchone()
        except sqlite3.Error as error:
            log.warning("database: the events of the last run cannot be read (%s)", error)
            return (), 0, None, None
        last += RESTORED_GAP if self._database.restored else 0
        return (
            [(row[0], row[1], row[2]) for row in reversed(pending)],
            last,
            None if opened is None else opened[0],
            None if ended is None else ended[0],
        )

    def add(self, key: tuple[int, str], payload: Callable[[], bytes], done: Callable[[], None]) -> None:
        """Store a message as pending; never blocks. payload and done are called by the writer's thread.

        done: once it is on the disk.
        """
        writes = [
            Write("INSERT INTO mqtt_event (seq, topic, payload) VALUES (?, ?, ?)", _Columns(key, payload)),
            Write("INSERT INTO outbox (seq, topic) VALUES (?, ?)", key),
        ]
        if key[0] % PRUNE_EVERY == 0:
            writes.append(Write("DELETE FROM mqtt_event WHERE seq <= ?", (key[0] - KEPT,)))
        self._database.write(*writes, done=done)

    def remove(self, keys: Sequence[tuple[int, str]]) -> None:
        """Messages are no longer pending; never blocks. What is lost of this is sent twice."""
        writes = [Write("DELETE FROM outbox WHERE seq = ? AND topic = ?", key) for key in keys]
        self._database.write(*writes, lasting=False)

    def note_session(self, session_id: str | None) -> None:
        """Store the id of the open session; never blocks."""
        if session_id is None:
            self._database.write(Write("DELETE FROM mqtt_session"))
        else:
            self._database.write(Write("INSERT OR REPLACE INTO mqtt_session (one, id) VALUES (1, ?)", (session_id,)))

    def since(self, seq: int, most: int) -> tuple[list[Row], int]:
        """Return the oldest messages after a seq, at most so many, and the seq of the first of the journal."""
        connection = self._database.read()
        if connection is None:
            return [], 0
        try:
            with closing(connection):
                [(first,)] = connection.execute("SELECT coalesce(min(seq), 0) FROM mqtt_event")
                rows = connection.execute(
                    "SELECT seq, topic, payload FROM mqtt_event WHERE seq > ? ORDER BY seq, topic LIMIT ?", (seq, most)
                ).fetchall()
        except sqlite3.Error as error:
            log.warning("database: events cannot be read (%s)", error)
            return [], 0
        return [(row[0], row[1], row[2]) for row in rows], first
