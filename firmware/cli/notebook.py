"""The notes of a dashboard, kept in the journal of the database; the reminder in a file beside it."""

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from firmware.errors import StorageError
from firmware.mqtt.notes import NOTE_MOST, Notes
from firmware.storage import dashboard_notes
from firmware.storage.dashboard_notes import NotesReader
from firmware.words import journal as journal_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.clock import Clock
    from firmware.storage.database import Database

NOT_SAVED: Final = "not saved: the database takes nothing just now"
REMINDER: Final = "reminder"


class JournalNotebook:
    """A firmware.mqtt.notes.Notebook."""

    def __init__(self, database: "Database", clock: "Clock") -> None:
        self._database, self._clock = database, clock
        self._folder = database.path.parent

    def read(self, person: str | None) -> Notes | None:
        """Return what is noted, None when it cannot be read."""
        base = self._database.read()
        if base is None:
            return None
        try:
            with closing(base):
                found = self._reader(base, person)
                values, usable, morning = found.values(), found.usable, found.morning
        except sqlite3.Error:
            return None
        if (note := values["note"]) is not None:
            values["note"] = " ".join(note.split())[:NOTE_MOST]
        return Notes(
            **values,
            reminder=dashboard_notes.reminder(self._folder),
            question=journal_words.ASK["sleep"] if morning is not None and values["sleep"] is None else None,
            usable=(*usable, REMINDER),
        )

    def write(self, name: str, value: object, person: str | None, answer: "Callable[[str | None], None]") -> None:
        """Keep a value, and answer once it is on the disk."""
        try:
            if name == REMINDER:
                dashboard_notes.set_reminder(self._folder, str(value))
                answer(None)
                return
            base = self._database.read()
            if base is None or self._database.fault is not None or not self._database.alive:
                answer(NOT_SAVED)
                return
            with closing(base):
                writes = self._reader(base, person).writes(name, value)
        except (StorageError, sqlite3.Error) as error:
            answer(str(error))
            return
        self._database.write(*writes, done=lambda: answer(None))

    def _reader(self, base: sqlite3.Connection, person: str | None) -> NotesReader:
        at = self._database.boot_id, self._clock.boottime_ns()
        return NotesReader(base, person, at, self._clock.wall_s())
