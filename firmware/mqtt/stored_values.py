"""What the state topic shows of the database: the week so far and the notes; read seldom, for it takes a moment."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from firmware.commands import Control
    from firmware.mqtt.notes import Notes
    from firmware.mqtt.parts import MatParts
    from firmware.mqtt.snapshot import WeekSoFar

EVERY_S: Final = 300.0
AFTER_CHANGE_S: Final = 2.0  # by then the database has the session, or whose turn it is


def person_of(control: "Control | None") -> str | None:
    """Return whose turn it is, None for the guest."""
    return None if control is None or control.plan.guest else control.plan.person


class StoredValues:
    """Everything is read in the thread that calls read."""

    def __init__(self, parts: "MatParts") -> None:
        self._parts = parts
        self._due_s = float("-inf")
        self._context: object = None
        self._written = False
        self.week: WeekSoFar | None = None
        self.notes: Notes | None = None

    def written(self) -> None:
        """Read again soon: a note was kept. May be called by any thread."""
        self._written = True

    def read(self, now_s: float, control: "Control | None", session_id: str | None) -> None:
        """Read what is due. A change of person or session is read at once, and once more when it is on the disk."""
        person = person_of(control)
        context = person, session_id
        if context == self._context and now_s < self._due_s and not self._written:
            return
        changed, self._context, self._written = context != self._context, context, False
        self._due_s = now_s + (AFTER_CHANGE_S if changed else EVERY_S)
        self.week = self._parts.week()
        self.notes = None if self._parts.notebook is None else self._parts.notebook.read(person)
