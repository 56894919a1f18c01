"""Commands that the command line leaves in the database for the running mat, and the answers to them.

The writer's thread of the mat looks for them when it is idle and takes each one once; the caller waits for the
answer, or takes the command back when no mat is there to take it.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from firmware.commands import Request
from firmware.storage.connection import Connection, Write, connect, transaction

TAKEN_S: Final = 4.0  # a mat that runs takes a command within a second or two
ANSWERED_S: Final = 6.0
POLL_S: Final = 0.1
DONE: Final = "ok"


class Mailbox:
    """Called with the writer's connection now and then; submit passes a command to the dispatcher."""

    def __init__(self, submit: Callable[[Request], None], write: Callable[[Write], None]) -> None:
        self._submit, self._write = submit, write

    def __call__(self, connection: Connection) -> None:
        """Take what was left and pass it on."""
        for number, name, value in list(connection.execute("SELECT id, name, value FROM request WHERE answer IS NULL")):
            with transaction(connection):
                connection.execute("UPDATE request SET answer = '' WHERE id = ?", (number,))
            self._submit(Request(name, msgspec.json.decode(value), self._answering(number)))

    def _answering(self, number: int) -> Callable[[str | None], None]:
        def answer(refused: str | None) -> None:
            self._write(Write("UPDATE request SET answer = ? WHERE id = ?", (refused or DONE, number)))

        return answer


def leave(path: Path, name: str, value: object) -> str | None:
    """Leave a command and wait for its answer: "ok", or why it was refused; None when no mat took it.

    Raises sqlite3.Error.
    """
    with closing(connect(path)) as base:
        encoded = msgspec.json.encode(value).decode()
        number = base.execute("INSERT INTO request (name, value) VALUES (?, ?)", (name, encoded)).lastrowid
        answer = _waited(base, number, TAKEN_S, lambda found: found is not None)
        if answer is None and base.execute("DELETE FROM request WHERE id = ? AND answer IS NULL", (number,)).rowcount:
            return None
        answer = _waited(base, number, ANSWERED_S, bool)
        base.execute("DELETE FROM request WHERE id = ?", (number,))
        return answer or "the mat took the command and did not answer"


def _waited(
    base: sqlite3.Connection, number: int | None, seconds: float, enough: Callable[[str | None], bool]
) -> str | None:
    for _ in range(round(seconds / POLL_S)):
        row = base.execute("SELECT answer FROM request WHERE id = ?", (number,)).fetchone()
        found: str | None = None if row is None else row[0]
        if enough(found):
            return found
        time.sleep(POLL_S)
    return None
