"""Sessions and people on their way into the database: a sink of ticks that never waits.

- A session is a row from its start on; its stages, markers, events and trace follow with each checkpoint.
- The checkpoint of every five seconds is what a power cut leaves. `unfinished` is the session that the last run left
  open: the caller that starts the mat uses `close_unfinished` (reason interrupted) or `resume`.
- Times are those of the frames since power-on, so that no step of the wall clock changes a duration or an order.
"""

import logging
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from firmware.enums import Exit, Reason, State
from firmware.events import (
    Confirmed,
    Discomfort,
    Eased,
    Lowered,
    Repositioned,
    SessionEnded,
    SessionSummary,
    Settled,
    StageChanged,
    Wiggle,
    event_type,
)
from firmware.programme.people import People
from firmware.storage import backups, journal, records, statements
from firmware.storage.connection import Write, transaction
from firmware.storage.database import Database
from firmware.storage.mailbox import Mailbox
from firmware.storage.trace import TraceRecorder, pack_map

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firmware.clock import Clock
    from firmware.commands import Request
    from firmware.events import Event
    from firmware.programme.advice import SessionRecord
    from firmware.storage.connection import Connection
    from firmware.storage.statements import Key
    from firmware.view import Tick

CHECKPOINT_S: Final = 5.0
COUNTED_S: Final = 60.0
MARKERS: Final = {Discomfort: "discomfort", Eased: "eased", Wiggle: "wiggle", Repositioned: "repositioned"}
UNSTORED: Final = (SessionEnded, StageChanged)  # they have columns or rows of their own

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that the last run left open, as its last checkpoint knew it. state is what resume needs, if any."""

    key: "Key"
    boot_id: str
    at_ns: int
    summary: SessionSummary
    state: bytes | None


@dataclass(slots=True)
class _Open:
    """The session that runs. base_ns is the power-on time of frame time 0."""

    key: "Key"
    base_ns: int
    start_s: float
    trace: TraceRecorder
    confirmed: bool = False
    checkpoint_s: float = 0.0
    columns: dict[str, Any] = field(default_factory=dict)
    load: list[float] = field(default_factory=list)
    breaths: list[float] = field(default_factory=list)
    map_n: Any = None
    resting_n: Any = None
    resting_hops: int = 0


class SessionStore:
    """A firmware.ports.Sink, and the store of people and their sessions behind the dispatcher."""

    def __init__(self, database: Database, clock: "Clock", *, cells: int, simulated: bool = False) -> None:
        self._database, self._clock, self._cells, self._simulated = database, clock, cells, simulated
        self._open: _Open | None = None
        self._resumed: Unfinished | None = None
        self._last: Tick | None = None
        self._record: tuple[str, SessionRecord] | None = None
        self._writes: list[Write] = []
        self.state_of: Callable[[], bytes | None] = lambda: None
        self.people, self.past = People(), {}  # type: People, dict[str, list[SessionRecord]]
        self.unfinished: Unfinished | None = None
        connection = database.read()
        if connection is not None:
            try:
                self.people = records.people(connection)
                self.past = records.of_people(connection)
                self.unfinished = _unfinished(connection)
            except (sqlite3.Error, ValueError) as error:
                log.warning("database: people or sessions cannot be read (%s)", error)
            finally:
                connection.close()

    @property
    def boot_id(self) -> str:
        """The id of this power-on."""
        return self._database.boot_id

    # --- the open session ------------------------------------------------------------------------
    def offer(self, tick: "Tick") -> None:
        """Store what a tick brings. Never blocks."""
        ended = [event.summary for event in tick.events if isinstance(event, SessionEnded)]
        start_s = ended[0].start_s if ended else tick.view.start_s
        if self._open is None and start_s is not None:
            self._start(tick, start_s)
        if self._open is None:
            return
        self._last = tick
        self._follow(self._open, tick)
        for event in tick.events:
            if isinstance(event, SessionEnded):
                self._close(self._open, event.summary)
                return
            self._note(self._open, event)
        if tick.t_s - self._open.checkpoint_s >= CHECKPOINT_S:
            self._checkpoint(self._open, tick)

    def close_unfinished(self) -> None:
        """Close the session that the last run left open, as interrupted at its last checkpoint."""
        left, self.unfinished = self.unfinished, None
        if left is None:
            return
        columns = {**statements.of_summary(left.summary), "end_ns": left.at_ns}
        start_ns = left.at_ns - round((left.summary.end_s - left.summary.start_s) * 1e9)
        self._database.write(
            statements.upsert_session(left.key, start_ns, columns), Write("DELETE FROM checkpoint"), lasting=True
        )
        log.warning("database: a session was interrupted after %.0f s of lying", left.summary.lying_s)

    def resume(self) -> None:
        """Go on with the session that the last run left open: the next tick with a session belongs to its row."""
        left, self.unfinished = self.unfinished, None
        if left is not None:
            self._resumed = left

    def close(self) -> None:
        """Store the open session as it is now and what waits, and close the database."""
        if self._open is not None and self._last is not None:
            self._checkpoint(self._open, self._last)
        self._flush()
        self._database.close()

    def _start(self, tick: "Tick", start_s: float) -> None:
        base_ns = self._clock.boottime_ns() - round(tick.t_s * 1e9)
        opened_ns = base_ns + round(start_s * 1e9)
        left, self._resumed = self._resumed, None
        key = (self._database.boot_id, opened_ns) if left is None else left.key
        trace = TraceRecorder(self._cells, tick.t_s - start_s)
        self._open = _Open(key, base_ns, start_s, trace, checkpoint_s=tick.t_s)
        self._open.confirmed = left is not None and left.summary.confirmed
        columns = {"simulated": int(self._simulated), "goal_s": tick.view.goal_s, "person": self._who()}
        self._writes.append(statements.upsert_session(key, opened_ns, columns))
        self._writes.append(journal.link(key))
        self._checkpoint(self._open, tick)

    def _follow(self, session: _Open, tick: "Tick") -> None:
        if tick.view.start_s is not None:
            session.start_s = tick.view.start_s
        signals = tick.signals
        for chunk in session.trace.add(tick.t_s - session.start_s, signals):
            self._chunk(session, *chunk)
        if signals is None or tick.view.state not in (State.SETTLING, State.EASING, State.RESTING, State.CLOSING):
            return
        session.load.append(signals.load_n)
        if signals.breaths_per_min is not None:
            session.breaths.append(signals.breaths_per_min)
        cells_n = np.array(signals.cells_n)
        session.map_n = cells_n if session.map_n is None else session.map_n + cells_n
        if tick.view.state is State.RESTING:
            session.resting_n = cells_n if session.resting_n is None else session.resting_n + cells_n
            session.resting_hops += 1

    def _note(self, session: _Open, event: "Event") -> None:
        at_ns = session.base_ns + round(event.t_s * 1e9)
        if isinstance(event, StageChanged):
            self._writes.append(statements.insert("stage", session.key, {"at_ns": at_ns, "state": event.state.value}))
        kind = MARKERS.get(type(event))
        if kind is not None:
            self._writes.append(statements.insert("marker", session.key, {"at_ns": at_ns, "kind": kind}))
        if isinstance(event, Confirmed):
            session.confirmed = True
        elif isinstance(event, Lowered):
            session.columns["lowering_s"] = event.lowering_s
        elif isinstance(event, Settled):
            session.columns["settled_s"] = event.after_s
        if not isinstance(event, UNSTORED):
            columns = {
                "at_ns": at_ns,
                "type": event_type(type(event)),
                "body": msgspec.json.encode(event).decode(),
            }
            self._writes.append(statements.insert("event", session.key, columns))

    def _chunk(self, session: _Open, number: int, curves: bytes, maps: bytes) -> None:
        self._writes.append(statements.insert("trace", session.key, {"chunk": number, "curves": curves, "maps": maps}))

    def _checkpoint(self, session: _Open, tick: "Tick") -> None:
        session.checkpoint_s = tick.t_s
        view = tick.view
        summary = SessionSummary(
            number=view.number, start_s=session.start_s, end_s=tick.t_s, lying_s=view.elapsed_s, goal_s=view.goal_s,
            reason=Reason.INTERRUPTED, exit=Exit.UNKNOWN, wiggles=view.wiggles,
            counted=session.confirmed and view.elapsed_s >= COUNTED_S, confirmed=session.confirmed,
        )  # fmt: skip
        at_ns = session.base_ns + round(tick.t_s * 1e9)
        self._writes.append(statements.checkpoint(session.key, self._database.boot_id, at_ns, summary, self.state_of()))
        self._flush(lasting=False)

    def _close(self, session: _Open, summary: SessionSummary) -> None:
        self._chunk(session, *session.trace.flush())
        start_ns = session.base_ns + round(summary.start_s * 1e9)
        columns = {
            "simulated": int(self._simulated), "end_ns": session.base_ns + round(summary.end_s * 1e9),
            **statements.of_summary(summary), **session.columns, **_averages(session), "person": self._who(),
        }  # fmt: skip
        if self._record is not None:
            columns |= statements.of_record(self._record[1])
            columns["person"] = self._record[0]
        self._record = None
        # The row itself first and alone: whatever is wrong with the rest, the session is kept.
        self._database.write(statements.upsert_session(session.key, start_ns, columns), Write("DELETE FROM checkpoint"))
        self._flush()
        self._open = None

    def _flush(self, *, lasting: bool = True) -> None:
        if self._writes:
            writes, self._writes = self._writes, []
            self._database.write(*writes, lasting=lasting)

    def take_commands(self, submit: "Callable[[Request], None]") -> None:
        """Pass on what the command line leaves for the running mat."""
        upkeep, mailbox = self._database.idle, Mailbox(submit, self._database.write)

        def idle(connection: "Connection") -> None:
            mailbox(connection)
            if upkeep is not None:
                upkeep(connection)

        self._database.idle = idle

    # --- people ----------------------------------------------------------------------------------
    def _who(self) -> str | None:
        who = self.people.who
        return None if who.guest else who.name

    def save_people(self, people: People) -> None:
        """Store the people; what belonged to a person who is gone is deleted for good. Never blocks."""
        gone = {person.name for person in self.people.persons} - {person.name for person in people.persons}
        self.people = people
        self._database.write(*statements.save_people(people), done=self._purge if gone else None)

    def save_record(self, name: str, record: "SessionRecord") -> None:
        """Store a session as the programme needs it, in place of the stored one. Never blocks."""
        if self._open is not None:
            self._record = (name, record)  # the row is written when the session closes, in this very tick
        else:
            self._database.write(statements.update_record(name, record))

    def _purge(self) -> None:
        """Leave no byte of a deleted person: not in the log, not in copies."""
        purge(self._database.path)


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
        backups.make_backup(path)
    except (sqlite3.Error, OSError) as error:
        log.warning("database: copies of the deleted notes may remain (%s): delete %s by hand", error, path.parent)
    finally:
        connection.close()


def _averages(session: _Open) -> dict[str, Any]:
    """Return load, breaths and map of the session: the map while resting, or while lying if it never came."""
    minute = 600
    lying = len(session.load)
    mean_n = None
    if session.resting_hops:
        mean_n = session.resting_n / session.resting_hops
    elif lying:
        mean_n = session.map_n / lying
    breaths = session.breaths
    return {
        "load_n": float(np.mean(session.load)) if lying else None,
        "breaths_start": float(np.mean(breaths[:minute])) if breaths else None,
        "breaths_end": float(np.mean(breaths[-minute:])) if breaths else None,
        "map": None if mean_n is None else pack_map(mean_n),
    }


def _unfinished(connection: sqlite3.Connection) -> Unfinished | None:
    text = (
        "SELECT boot.boot_id AS session_boot, session.opened_ns, now.boot_id, checkpoint.at_ns, checkpoint.summary, "
        "checkpoint.state FROM checkpoint JOIN session ON session.id = checkpoint.session "
        "JOIN boot ON boot.id = session.boot JOIN boot AS now ON now.id = checkpoint.boot"
    )
    for row in connection.execute(text):
        summary = msgspec.json.decode(row["summary"], type=SessionSummary)
        return Unfinished((row["session_boot"], row["opened_ns"]), row["boot_id"], row["at_ns"], summary, row["state"])
    return None
