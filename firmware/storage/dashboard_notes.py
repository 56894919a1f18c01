"""What a dashboard shows and sets of the journal, and the time of its reminder."""

import sqlite3
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from firmware.errors import StorageError
from firmware.storage import journal, json_file
from firmware.storage.atomic_write import atomic_write
from firmware.storage.connection import Write

FIELDS: Final[dict[str, tuple[journal.Phase, str]]] = {
    "pain_before": ("before", "back_pain"),
    "pain_after": ("after", "back_pain"),
    "sleep": ("morning", "sleep"),
    "note": ("after", "note"),
}
NO_SESSION: Final = "there is no session yet: this is asked after one"
NO_MORNING: Final = "this is asked from six hours to two days after a session"
REMINDER: Final = "reminder.json"
WHOSE: Final = "person IS (SELECT id FROM person WHERE name = ?)"


class _Reminder(msgspec.Struct):
    """The file of the reminder."""

    at: Annotated[str, msgspec.Meta(max_length=5)]


def reminder(folder: Path) -> str | None:
    """Return the time of the reminder, as it was written; None without one, or when it cannot be read."""
    try:
        return json_file.read(folder / REMINDER, _Reminder).at or None
    except (OSError, json_file.NotReadableError):
        return None


def set_reminder(folder: Path, at: str) -> None:
    """Store the time of the reminder; empty removes it. Raises StorageError."""
    atomic_write(folder / REMINDER, msgspec.json.encode(_Reminder(at)).decode() + "\n")


class NotesReader:
    """The notes of one person (None: the guest). at is the boot id and the nanoseconds since its power-on."""

    def __init__(self, base: sqlite3.Connection, person: str | None, at: tuple[str, int], now_s: float) -> None:
        self._base, self._person, self._at = base, person, at
        self.open = self._newest("end_ns IS NULL")
        self.closed = self._newest("end_ns IS NOT NULL")
        self.morning = journal.morning_session(base, person, now_s)

    def values(self) -> dict[str, Any]:
        """Return the values by the names of FIELDS, None where nothing was noted."""
        return {name: getattr(self._said(phase), field) for name, (phase, field) in FIELDS.items()}

    @property
    def usable(self) -> tuple[str, ...]:
        """Which can be set now."""
        there = {"before": True, "after": self.closed is not None, "morning": self.morning is not None}
        return tuple(name for name, (phase, _) in FIELDS.items() if there[phase])

    def writes(self, name: str, value: object) -> list[Write]:
        """Return the writes that set a value beside what was said already. Raises StorageError when it cannot be."""
        phase, field = FIELDS[name]
        if name not in self.usable:
            raise StorageError(NO_MORNING if phase == "morning" and self.closed is not None else NO_SESSION)
        given = {key: known for key, known in msgspec.to_builtins(self._said(phase)).items() if known is not None}
        said = journal.answers(given | {field: value}, phase)
        return journal.replace(self._at, phase, said, person=self._person, session=self._session(phase))

    def _session(self, phase: journal.Phase) -> int | None:
        """Return the session that an entry of this phase belongs to."""
        return {"before": self.open, "after": self.closed, "morning": self.morning}[phase]

    def _said(self, phase: journal.Phase) -> journal.JournalAnswers:
        """Return what was said; of a phase that cannot be asked now, that of the last session."""
        session = self._session(phase)
        if session is None and phase == "before" and (waiting := self._waiting()) is not None:
            return waiting
        session = session or self.closed
        found = {} if session is None else journal.of_session(self._base, session)
        return found.get(phase, journal.JournalAnswers())

    def _waiting(self) -> journal.JournalAnswers | None:
        """Return what was said before the session that has not begun yet."""
        boot_id, at_ns = self._at
        row = self._base.execute(
            f"SELECT body FROM entry WHERE {WHOSE} AND phase = 'before' AND session IS NULL AND at_ns > ? "  # noqa: S608 - constants
            "AND boot = (SELECT id FROM boot WHERE boot_id = ?) ORDER BY id DESC LIMIT 1",
            (self._person, at_ns - journal.LINKED_NS, boot_id),
        ).fetchone()
        return None if row is None else journal.decoded(row["body"])

    def _newest(self, condition: str) -> int | None:
        row = self._base.execute(
            f"SELECT id FROM session WHERE {WHOSE} AND {condition} ORDER BY id DESC LIMIT 1",  # noqa: S608 - constants
            (self._person,),
        ).fetchone()
        return None if row is None else int(row["id"])
