"""Sessions and people on their way into the database: a sink of ticks that never waits.

- A session is a row from its start on; its stages, markers, events and trace follow with each checkpoint.
- The checkpoint of every three seconds is what a power cut leaves. `unfinished` is the session that the last run left
  open: the caller that starts the mat uses `close_unfinished` (reason interrupted) or `resume`.
- Times are those of the frames since power-on, so that no step of the wall clock changes a duration or an order.
"""

import logging
import sqlite3
from typing import TYPE_CHECKING, Final, NamedTuple

from firmware.events import SessionEnded, SessionSummary
from firmware.programme.people import People
from firmware.storage import journal, records, statements
from firmware.storage.connection import Write
from firmware.storage.database import Database
from firmware.storage.mailbox import Mailbox
from firmware.storage.purge import purge
from firmware.storage.session_rows import SessionRows
from firmware.storage.trace import TraceRecorder
from firmware.storage.unfinished import Unfinished, read_unfinished

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.clock import Clock
    from firmware.commands import Request
    from firmware.programme.advice import SessionRecord
    from firmware.storage.connection import Connection
    from firmware.view import Tick

CHECKPOINT_S: Final = 3.0  # of frame time; so a disk that takes nothing is noticed within 5 s

log = logging.getLogger(__name__)


class Remembered(NamedTuple):
    """What the database knows at the start: people, their sessions, and the session that the last run left open."""

    people: People
    past: "dict[str, list[SessionRecord]]"
    unfinished: Unfinished | None


class SessionStore:
    """A firmware.ports.Sink, and the store of people and their sessions behind the dispatcher."""

    def __init__(self, database: Database, clock: "Clock", *, cells: int, simulated: bool = False) -> None:
        self.database, self._clock, self._cells, self._simulated = database, clock, cells, simulated
        self._open: SessionRows | None = None
        self._resumed: Unfinished | None = None
        self._last: Tick | None = None
        self._record: tuple[str, SessionRecord] | None = None
        self._writes: list[Write] = []
        self.state_of: Callable[[], bytes | None] = lambda: None
        self.origin_ns: Callable[[], int] | None = None  # of frame time 0; without it, by the time a tick comes
        self.on_late: Callable[[Remembered], None] = lambda _: None  # called by the writer's thread, once
        self._unread: str | None = "people and levels are not known yet: sessions count for the guest"
        self._asked = False
        found = self._read()
        self.people, self.past, self.unfinished = found or Remembered(People(), {}, None)
        if found is not None:
            self._unread = None

    def _read(self) -> Remembered | None:
        """Return what the database remembers; None without one, or when its rows are damaged."""
        connection = self.database.read()
        if connection is None:
            return None
        try:
            return Remembered(records.people(connection), records.of_people(connection), read_unfinished(connection))
        except (sqlite3.Error, ValueError) as error:
            self._unread = f"people or sessions cannot be read ({error}): sessions count for the guest"
            log.warning("database: %s", self._unread)
            return None
        finally:
            connection.close()

    @property
    def fault(self) -> str | None:
        """Why people are not known; as long as that is so, none is stored, for storing replaces all of them."""
        return self._unread

    def remember(self, found: Remembered) -> None:
        """Use what could not be read at the start; a session that was left open then is closed."""
        self._unread = None
        self.people, self.past, self.unfinished = found
        if self.unfinished is not None and (self._open is None or self._open.key != self.unfinished.key):
            self.close_unfinished()

    @property
    def boot_id(self) -> str:
        """The id of this power-on."""
        return self.database.boot_id

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
        self._writes.extend(self._open.follow(tick))
        for event in tick.events:
            if isinstance(event, SessionEnded):
                self._close(self._open, event.summary)
                return
            self._writes.extend(self._open.note(event))
        if tick.t_s - self._open.checkpoint_s >= CHECKPOINT_S:
            self._checkpoint(self._open, tick)

    def close_unfinished(self) -> None:
        """Close the session that the last run left open, as interrupted at its last checkpoint."""
        left, self.unfinished = self.unfinished, None
        if left is None:
            return
        columns = {**statements.of_summary(left.summary), "end_ns": left.at_ns}
        start_ns = left.at_ns - round((left.summary.end_s - left.summary.start_s) * 1e9)
        self.database.write(
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
        self.database.close()

    def _start(self, tick: "Tick", start_s: float) -> None:
        now_ns, known = self._clock.boottime_ns(), self.origin_ns
        base_ns = now_ns - round(tick.t_s * 1e9) if known is None else known()
        opened_ns = base_ns + round(start_s * 1e9)
        left, self._resumed = self._resumed, None
        key = (self.database.boot_id, opened_ns) if left is None else left.key
        trace = TraceRecorder(self._cells, tick.t_s - start_s)
        self._open = SessionRows(key, base_ns, start_s, trace, checkpoint_s=tick.t_s)
        self._open.confirmed = left is not None and left.summary.confirmed
        columns = {"simulated": int(self._simulated), "goal_s": tick.view.goal_s, "person": self._who()}
        self._writes.append(statements.upsert_session(key, opened_ns, columns))
        self._writes.append(journal.link(key))
        self._checkpoint(self._open, tick)

    def _checkpoint(self, session: SessionRows, tick: "Tick") -> None:
        session.checkpoint_s = tick.t_s
        boot, at_ns, summary = self.database.boot_id, session.at_ns(tick.t_s), session.interrupted(tick)
        self._writes.append(statements.checkpoint(session.key, boot, at_ns, summary, self.state_of()))
        self._flush(lasting=False)

    def _close(self, session: SessionRows, summary: SessionSummary) -> None:
        self._writes.append(session.last_chunk())
        start_ns = session.at_ns(summary.start_s)
        columns = {
            "simulated": int(self._simulated), "end_ns": session.at_ns(summary.end_s),
            **statements.of_summary(summary), **session.columns, **session.averages(), "person": self._who(),
        }  # fmt: skip
        if self._record is not None:
            columns |= statements.of_record(self._record[1])
            columns["person"] = self._record[0]
        self._record = None
        # The row itself first and alone: whatever is wrong with the rest, the session is kept.
        self.database.write(statements.upsert_session(session.key, start_ns, columns), Write("DELETE FROM checkpoint"))
        self._flush()
        self._open = None

    def _flush(self, *, lasting: bool = True) -> None:
        if self._writes:
            writes, self._writes = self._writes, []
            self.database.write(*writes, lasting=lasting)

    def take_commands(self, submit: "Callable[[Request], None]") -> None:
        """Pass on what the command line leaves for the running mat."""
        upkeep, mailbox = self.database.idle, Mailbox(submit, self.database.write)

        def idle(connection: "Connection") -> None:
            if self._unread is not None and not self._asked:
                self._asked = True
                if (found := self._read()) is not None:
                    self.on_late(found)
            mailbox(connection)
            if upkeep is not None:
                upkeep(connection)

        self.database.idle = idle

    # --- people ----------------------------------------------------------------------------------
    def _who(self) -> str | None:
        who = self.people.who
        return None if who.guest else who.name

    def save_people(self, people: People) -> None:
        """Store the people; what belonged to a person who is gone is deleted for good. Never blocks."""
        gone = {person.name for person in self.people.persons} - {person.name for person in people.persons}
        self.people = people
        if self._unread is not None:
            log.warning("database: a change of people is not stored: %s", self._unread)
            return
        self.database.write(*statements.save_people(people), done=self._purge if gone else None)

    def save_record(self, name: str, record: "SessionRecord") -> None:
        """Store a session as the programme needs it, in place of the stored one. Never blocks."""
        if self._open is not None:
            self._record = (name, record)  # the row is written when the session closes, in this very tick
        else:
            self.database.write(statements.update_record(name, record))

    def _purge(self) -> None:
        """Leave no byte of a deleted person: not in the log, not in copies."""
        purge(self.database.path)
