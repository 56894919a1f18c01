"""Commands from the command line: to the running mat, or done here when none runs."""

import sqlite3
from pathlib import Path
from typing import Final

from firmware import mat
from firmware.cli.run import core_of
from firmware.cli.stored import programme_of
from firmware.cli.storing import store_of
from firmware.clock import SystemClock
from firmware.commands import Request, request_refusal
from firmware.dispatcher import CommandDispatcher
from firmware.errors import StorageError
from firmware.programme.plan import Plan
from firmware.storage import connection, mailbox

ELSEWHERE: Final = "no mat runs; done in the database"


def request_command(config_file: Path | None, name: str, value: object = None) -> None:
    """Have a command carried out. Raises StorageError with the reason when it is refused."""
    if (reason := request_refusal(name, value)) is not None:
        raise StorageError(f"{name}: {reason}")
    opened = mat.load_mat(config_file)
    path = opened.settings.storage.state_dir / connection.NAME
    if path.exists():
        connection.read_only(path).close()  # a file of a newer program is left alone
        try:
            answer = mailbox.leave(path, name, value)
        except sqlite3.Error as error:
            raise StorageError(f"{path}: cannot be written ({error}): try `sudo -u acumat acumat ...`") from error
        if answer == mailbox.DONE:
            return
        if answer is not None:
            raise StorageError(answer)
    _here(opened, name, value)


def _here(opened: mat.Mat, name: str, value: object) -> None:
    clock = SystemClock()
    store = store_of(opened, clock)
    try:
        plan = Plan(programme_of(opened.settings), store.people, store.past, guest_min=opened.settings.session.goal_min)
        dispatcher = CommandDispatcher(core_of(opened), plan, clock, store=store)
        answers: list[str | None] = []
        dispatcher.submit(Request(name, value, answers.append))
        dispatcher.process_pending()
    finally:
        store.close()
    if answers != [None]:
        raise StorageError(answers[0] or "the command was not carried out")
