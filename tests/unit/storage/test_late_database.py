"""A database that cannot be opened at the start: people of it are not overwritten, and in use as soon as it can be."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from firmware.programme.people import People
from firmware.storage.connection import NAME, Write, connect
from firmware.storage.database import Database
from firmware.storage.session_store import Remembered, SessionStore
from tests.doubles.clock import ManualClock
from tests.unit.storage.test_database import until


class Card:
    """A disk that refuses to be opened until it is sound."""

    def __init__(self) -> None:
        self.sound = False

    def connect(self, path: Path) -> sqlite3.Connection:
        """Open it."""
        if not self.sound:
            raise sqlite3.OperationalError("unable to open database file")
        return connect(path)


def with_ana(folder: Path) -> People:
    """A database in which Ana is the only person."""
    database = Database(folder, ManualClock(), boot_id="one")
    store = SessionStore(database, ManualClock(), cells=12)
    people = People().add("Ana")
    store.save_people(people)
    store.close()
    return people


def names(folder: Path) -> list[str]:
    connection = sqlite3.connect(folder / NAME)
    try:
        return [name for (name,) in connection.execute("SELECT name FROM person")]
    finally:
        connection.close()


def test_people_that_could_not_be_read_are_kept_and_used_later(tmp_path: Path) -> None:
    """The card is dead at the start; a change of people meanwhile deletes nobody; Ana is back without a restart."""
    people = with_ana(tmp_path)
    card = Card()
    database = Database(tmp_path, ManualClock(), boot_id="two", connect_to=card.connect)
    store = SessionStore(database, ManualClock(), cells=12)
    late: list[Remembered] = []
    store.on_late = late.append
    store.take_commands(lambda _: None)
    assert store.fault is not None
    store.save_people(People())
    card.sound = True
    until(lambda: late)
    store.save_people(People())  # still: the loop has not taken it over yet
    store.remember(late[0])
    assert store.fault is None
    assert store.people == people
    store.close()
    assert names(tmp_path) == ["Ana"]


class Stuck:
    """A connection whose commit waits until it is released, as on a card that does not answer."""

    def __init__(self, made: sqlite3.Connection) -> None:
        self._made = made
        self.armed = False
        self.released = threading.Event()

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Any:  # noqa: ANN401 - as the protocol
        """Run a statement; a commit may wait."""
        if self.armed and sql == "COMMIT":
            self.released.wait(30)
        return self._made.execute(sql, values)

    def close(self) -> None:
        """Close."""
        self._made.close()


def test_a_commit_that_does_not_come_back_is_a_fault(tmp_path: Path) -> None:
    """No error is raised by such a disk, so the time decides; it goes when the commit is through."""
    made: list[Stuck] = []

    def connect_to(path: Path) -> Stuck:
        made.append(Stuck(connect(path)))
        return made[-1]

    clock = ManualClock()
    database = Database(tmp_path, clock, boot_id="one", connect_to=connect_to)
    assert database.current_fault() is None
    made[-1].armed = True
    done: list[bool] = []
    database.write(Write("UPDATE boot SET source = 'x'"), done=lambda: done.append(True))
    until(lambda: database.waiting)
    clock.now_s += 2.0
    until(lambda: database._committing_ns is not None)  # noqa: SLF001 - that it waits shows nowhere else
    clock.now_s += 4.0
    assert "does not answer" in str(database.current_fault())
    made[-1].armed = False
    made[-1].released.set()
    until(lambda: done)
    until(lambda: database.current_fault() is None)
    database.close()
