"""The session that the last run left open, read from its last checkpoint."""

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from firmware.events import SessionSummary

if TYPE_CHECKING:
    from firmware.storage.statements import Key


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that the last run left open, as its last checkpoint knew it. state is what resume needs, if any."""

    key: "Key"
    boot_id: str
    at_ns: int
    summary: SessionSummary
    state: bytes | None


def read_unfinished(connection: sqlite3.Connection) -> Unfinished | None:
    """Return the session of the checkpoint; None if the last run left none open."""
    text = (
        "SELECT boot.boot_id AS session_boot, session.opened_ns, now.boot_id, checkpoint.at_ns, checkpoint.summary, "
        "checkpoint.state FROM checkpoint JOIN session ON session.id = checkpoint.session "
        "JOIN boot ON boot.id = session.boot JOIN boot AS now ON now.id = checkpoint.boot"
    )
    for row in connection.execute(text):
        summary = msgspec.json.decode(row["summary"], type=SessionSummary)
        return Unfinished((row["session_boot"], row["opened_ns"]), row["boot_id"], row["at_ns"], summary, row["state"])
    return None
