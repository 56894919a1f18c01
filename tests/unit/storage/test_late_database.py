"""A database that cannot be opened at the start: people of it are not overwritten, and in use as soon as it can be."""

import sqlite3
from pathlib import Path

from firmware.programme.people import People
from firmware.storage.connection import NAME, connect
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
