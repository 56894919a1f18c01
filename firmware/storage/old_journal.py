"""The journal.db of earlier versions, imported once: its sessions, people and what the programme knew."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firmware.events import SessionSummary
from firmware.programme.advice import SessionRecord
from firmware.programme.people import People
from firmware.storage import statements
from firmware.storage.connection import Write, transaction

if TYPE_CHECKING:
    from firmware.storage.connection import Connection

NAME: Final = "journal.db"
DONE: Final = "journal.imported"
SAME_S: Final = 30.0  # a session and what the programme kept of it end within this time
UNDATED: Final = "imported"

log = logging.getLogger(__name__)


def import_old_journal(folder: Path, connection: "Connection") -> int:
    """Import a journal.db of the folder in one transaction and rename it; return how many sessions it had."""
    path = folder / NAME
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as old:
            sessions = _sessions(old)
            people = _people(old)
            past = _past(old)
    except sqlite3.Error as error:
        log.warning("%s: cannot be read (%s): it is kept as it is, nothing of it was imported", path, error)
        return 0
    with transaction(connection):
        for boot_id, offset_s in {(one.boot_id, one.offset_s) for one in sessions} | {(UNDATED, 0.0)}:
            connection.execute("INSERT OR IGNORE INTO boot (boot_id, offset_s) VALUES (?, ?)", (boot_id, offset_s))
        for write in [*statements.save_people(people), *_writes(sessions, past)]:
            connection.execute(write.sql, write.values)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.replace(folder / DONE)
    return len(sessions)


class _Session(msgspec.Struct):
    boot_id: str
    closed_ns: int
    offset_s: float | None
    summary: SessionSummary

    @property
    def ended_s(self) -> float | None:
        """Wall clock at its end, where known."""
        return None if self.offset_s is None else self.offset_s + self.closed_ns / 1e9


def _sessions(old: sqlite3.Connection) -> list[_Session]:
    found = []
    for boot, closed_ns, wall_s, body in old.execute(
        "SELECT boot, closed_ns, closed_wall_s, summary FROM session ORDER BY id"
    ):
        offset_s = None if wall_s is None else wall_s - closed_ns / 1e9
        try:
            found.append(_Session(boot, closed_ns, offset_s, msgspec.json.decode(body, type=SessionSummary)))
        except (msgspec.MsgspecError, ValueError, TypeError) as error:
            log.warning("%s: a session is left out: %s", NAME, error)
    return found


def _people(old: sqlite3.Connection) -> People:
    for (body,) in old.execute("SELECT body FROM people"):
        try:
            return msgspec.json.decode(body, type=People)
        except (msgspec.MsgspecError, ValueError, TypeError) as error:
            log.warning("%s: the people are left out: %s", NAME, error)
    return People()


def _past(old: sqlite3.Connection) -> list[tuple[str, SessionRecord]]:
    found = []
    for name, body in old.execute("SELECT name, body FROM past ORDER BY end_s"):
        try:
            found.append((name, msgspec.json.decode(body, type=SessionRecord)))
        except (msgspec.MsgspecError, ValueError, TypeError) as error:
            log.warning("%s: a session of the programme is left out: %s", NAME, error)
    return found


def _writes(sessions: list[_Session], past: list[tuple[str, SessionRecord]]) -> list[Write]:
    """Join each session with what the programme kept of it; what has no session becomes one of its own."""
    writes, left = [], list(past)
    joined: list[Write] = []
    for one in sessions:
        summary, ended_s = one.summary, one.ended_s
        columns: dict[str, Any] = {**statements.of_summary(summary), "end_ns": one.closed_ns}
        known = next((entry for entry in left if ended_s is not None and abs(entry[1].end_s - ended_s) < SAME_S), None)
        if known is not None:
            left.remove(known)
            columns |= {**statements.of_record(known[1]), "person": known[0]}
        start_ns = one.closed_ns - round((summary.end_s - summary.start_s) * 1e9)
        joined.append(statements.upsert_session((one.boot_id, one.closed_ns), start_ns, columns))
    for name, record in left:
        end_ns = round(record.end_s * 1e9)
        columns = {
            **statements.of_record(record), "person": name, "end_ns": end_ns, "lying_s": record.lying_s,
            "goal_s": record.goal_s, "counted": record.counted, "confirmed": True, "eased_s": record.eased_s,
            "pressed_late": record.pressed_late, "stop_advised": record.stopped,
        }  # fmt: skip
        writes.append(statements.upsert_session((UNDATED, end_ns), end_ns - round(record.lying_s * 1e9), columns))
    return [*writes, *joined]  # the oldest first
