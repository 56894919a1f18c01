"""`acumat-site collect`: messages of the mats into the database, acknowledged to the broker only after the commit.

One thread reads, stores and acknowledges, so nothing can pile up: while the database takes nothing, the broker holds
what comes (see broker.py). Live frames and retained state have a reader of their own (live.py), measures a writer of
their own (measures.py); neither can hold up an event.
"""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec
import psycopg

from firmware.clock import Clock
from firmware.mqtt.topics import ONLINE
from firmware.site import store
from firmware.site.broker import KEPT_FIRST_S, KEPT_FURTHER_S, Arrived, BrokerLink
from firmware.site.live import LiveReader, Newest
from firmware.site.measures import MeasureWriter, lines
from firmware.site.messages import RejectedError, event_rows, last_number, session_rows, split_topic, status
from firmware.site.pseudonyms import load_key, pseudonym
from firmware.site.schema import connect
from firmware.site.settings import SiteSettings

BATCH_MAX: Final = 500
BATCH_WAIT_S: Final = 0.05  # from the first message of a batch to its transaction
RETRY_S: Final = 1.0
REPLAY_EVERY_S: Final = 2.0
STATUS_EVERY_S: Final = 2.0
ENROLLED_EVERY_S: Final = 10.0
DEAD_AN_HOUR: Final = 1000  # dead letters of one mat that are stored; the others are counted


class Collector:
    """One process of `collect`. number distinguishes the processes of one site for the broker: 1, 2, ..."""

    def __init__(self, settings: SiteSettings, number: int, clock: Clock, log: Callable[[str], None]) -> None:
        self._settings, self._clock, self._log = settings, clock, log
        self._site = settings.site.name
        self._key = load_key(settings.site.folder)
        kept_s = KEPT_FIRST_S if number == 1 else KEPT_FURTHER_S
        self._link = BrokerLink(settings.broker, f"acumat-collector-{self._site}-{number}", kept_s, log)
        self._live = LiveReader(settings.broker, clock, log)
        self._measures = MeasureWriter(settings.measures.url, clock, log)
        self._database: psycopg.Connection | None = None
        self._waiting: list[Arrived] = []
        self._first_s = 0.0
        self._retry_s = {"broker": 0.0, "database": 0.0}
        self._due_s = {"replay": 0.0, "status": 0.0, "enrolled": 0.0, "hour": 0.0, "measures": 0.0}
        self._status: dict[str, store.Status] = {}
        self._newest = Newest()
        self._enrolled: dict[str, None] = {}
        self._unknown: set[str] = set()
        self._dead: Counter[str] = Counter()
        self.stored = self.dead = 0

    def run(self, stop: threading.Event) -> None:
        """Collect until stop is set."""
        self._live.start()
        self._measures.start()
        try:
            while not stop.is_set():
                self._receive()
                self._flush()
                self._periodic()
        finally:
            self._live.stop()
            self._measures.close()
            with suppress(OSError, ValueError):
                self._link.close()
            self._forget_database()

    def _now_s(self) -> float:
        return self._clock.boottime_ns() / 1e9

    def _is_due(self, what: str, every_s: float) -> bool:
        if self._now_s() < self._due_s[what]:
            return False
        self._due_s[what] = self._now_s() + every_s
        return True

    def _receive(self) -> None:
        """Read for at most BATCH_WAIT_S, and connect again after a failure."""
        try:
            if not self._link.is_open:
                if self._now_s() < self._retry_s["broker"]:
                    self._clock.sleep_s(BATCH_WAIT_S)
                    return
                self._link.connect()
            arrived = self._link.poll(BATCH_WAIT_S)
        except OSError as error:
            self._log(f"broker: {error}; next attempt in {RETRY_S:g} s")
            self._retry_s["broker"] = self._now_s() + RETRY_S
            self._waiting.clear()  # not acknowledged: the broker or the mat sends it again
            return
        if arrived and not self._waiting:
            self._first_s = self._now_s()
        self._waiting += arrived

    def _flush(self) -> None:
        """Store what waits when it is enough or old enough, then acknowledge it."""
        full = len(self._waiting) >= BATCH_MAX
        if not self._waiting or not (full or self._now_s() - self._first_s >= BATCH_WAIT_S):
            return
        database = self._connected()
        if database is None:
            return
        messages = self._waiting[:BATCH_MAX]
        try:
            self._store(database, messages)
        except psycopg.OperationalError as error:
            self._lost_database(error)
            return
        del self._waiting[: len(messages)]
        for message in messages:
            self._link.acknowledge(message.packet_id)

    def _store(self, database: psycopg.Connection, messages: list[Arrived]) -> None:
        """Store messages together; when a value among them is refused, one by one, and the refused as dead letters."""
        batch = store.Batch()
        for message in messages:
            self._sort(message, batch)
        try:
            self._count(store.store(database, self._site, batch))
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            if len(messages) > 1:
                for message in messages:
                    self._store(database, [message])
                return
            dead = store.Batch(dead=[(messages[0].topic, messages[0].payload, f"refused by the database: {error}")])
            store.store(database, self._site, dead)
            self.dead += 1

    def _sort(self, message: Arrived, batch: store.Batch) -> None:
        """Put a message where it belongs."""
        try:
            mat, rest = split_topic(message.topic)
            if rest == "session/last":  # retained, and a copy
                return
            read = session_rows if rest.startswith("session/") else event_rows
            event, session = read(mat, message.payload)
        except RejectedError as error:
            mat = message.topic.split("/")[1] if message.topic.count("/") else ""
            self._dead[mat] += 1
            if self._dead[mat] <= DEAD_AN_HOUR:
                batch.dead.append((message.topic, message.payload, str(error)))
            self.dead += 1
            return
        event = event._replace(person=self._pseudonym(event.person))
        if rest == "journal":
            batch.journal.append(event)
            return
        batch.events.append(event)
        if session is not None:
            batch.sessions.append(session._replace(person=event.person))

    def _pseudonym(self, name: str | None) -> str | None:
        return None if name is None else pseudonym(self._key, name)

    def _count(self, stored: store.Stored) -> None:
        self.stored += stored.events
        for mat in stored.unknown - self._unknown:
            self._log(f"{mat} is not enrolled, or retired: nothing of it is stored")
        self._unknown |= stored.unknown

    def _periodic(self) -> None:
        """What happens every few seconds, where the database is there."""
        if self._is_due("hour", 3600.0):
            self._dead.clear()
            self._unknown.clear()
        if self._is_due("status", STATUS_EVERY_S):
            self._take_newest()
        if (database := self._connected()) is None:
            return
        try:
            if self._is_due("enrolled", ENROLLED_EVERY_S):
                query = "SELECT mat FROM mat WHERE site = %s AND retired_at IS NULL"
                self._enrolled = dict.fromkeys(mat for (mat,) in database.execute(query, [self._site]))
            if self._status:
                store.store_status(database, self._site, self._status)
                self._status = {}
            if self._link.connected and self._is_due("replay", REPLAY_EVERY_S):
                self._ask(database)
        except psycopg.OperationalError as error:
            self._lost_database(error)
        except psycopg.Error as error:  # a description that PostgreSQL refuses; the next one replaces it anyway
            self._log(f"what the mats do now is not stored: {error}")
            self._status = {}

    def _take_newest(self) -> None:
        """Take what the reader of live frames has: state for the database, numbers for the measures."""
        newest = self._live.take()
        for kind, payloads in newest.payloads.items():
            if kind != "live":
                for mat, payload in payloads.items():
                    self._note_status(mat, kind, payload)
            self._newest.payloads.setdefault(kind, {}).update(payloads)
        for mat, count in newest.frames.items():
            self._newest.frames[mat] = self._newest.frames.get(mat, 0) + count
        if self._is_due("measures", self._settings.measures.every_s):
            if block := lines(self._site, self._newest, self._enrolled, round(1000 * self._clock.wall_s())):
                self._measures.offer(block)
            self._newest = Newest()

    def _note_status(self, mat: str, kind: str, payload: bytes) -> None:
        one = self._status.setdefault(mat, store.Status())
        try:
            if kind == "availability":
                one.online = payload == ONLINE
            elif payload and kind == "diag":
                one.last_seq = last_number(payload)
            elif payload:
                setattr(one, kind, status(payload))
        except RejectedError:
            return

    def _ask(self, database: psycopg.Connection) -> None:
        """Ask mats for what is missing: after each of their connections, and when numbers are left out."""
        asked, given_up = store.due_replays(database, self._site)
        for mat, since in asked:
            payload = msgspec.json.encode({"since_seq": since})
            self._link.publish(f"acumat/{mat}/cmd/replay", payload)
        for mat, numbers in given_up:
            self._log(f"{mat} no longer has the messages {numbers}: see `acumat-site doctor`")

    def _connected(self) -> psycopg.Connection | None:
        """Return the connection to the database, a new one if needed and due."""
        if self._database is None and self._now_s() >= self._retry_s["database"]:
            try:
                self._database = connect(self._settings)
                self._log("connected to the database")
            except psycopg.Error as error:
                self._lost_database(error)
        return self._database

    def _lost_database(self, error: psycopg.Error) -> None:
        self._log(f"database: {str(error).strip()}; next attempt in {RETRY_S:g} s")
        self._retry_s["database"] = self._now_s() + RETRY_S
        self._forget_database()

    def _forget_database(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None
