"""What a person notes on a dashboard: pain before and after, the night, a note, when to be reminded.

The values are those of the journal on the mat, so that page, command line and dashboard show the same. The commands
here are answered once they are on the disk.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from firmware.commands import SCALE, NumberValue, Request

NOTE_MOST: Final = 160  # characters, so that a note in any script fits into a command
TIME: Final = r"([01]\d|2[0-3]):[0-5]\d"


@dataclass(frozen=True, slots=True)
class TextValue:
    """A text of at most so many characters, that matches a pattern where there is one; the empty text is legal."""

    most: int
    text: str
    pattern: str | None = None

    def parse(self, value: object) -> str:
        """Return the text; a number that was sent bare is one too."""
        shown = "" if value is None else str(value) if isinstance(value, int | float | str) else None
        if shown is None or isinstance(value, bool) or len(shown) > self.most or not (shown + " ").isprintable():
            raise ValueError(f"give {self.text}")
        if shown and self.pattern is not None and re.fullmatch(self.pattern, shown) is None:
            raise ValueError(f"give {self.text}")
        return shown


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A command that is noted on the mat; does is the sentence of the documentation."""

    name: str
    value: NumberValue | TextValue
    does: str


_RATING: Final = NumberValue(*SCALE, whole=True)
_ROWS: Final = (
    NoteRow("pain_before", _RATING, "How much the back hurts before the session that is next, or runs now."),
    NoteRow("pain_after", _RATING, "How much the back hurts after the last session."),
    NoteRow("sleep", _RATING, "How you slept after the last session, 0 very badly to 10 very well."),
    NoteRow(
        "note", TextValue(NOTE_MOST, f"a text of at most {NOTE_MOST} characters"), "A note about the last session."
    ),
    NoteRow(
        "reminder",
        TextValue(5, "a time such as 20:15, or nothing", TIME),
        "When to be reminded each day; an automation of the dashboard does it. Empty: never.",
    ),
)
NOTES: Final = {row.name: row for row in _ROWS}


class Notes(NamedTuple):
    """What is noted; None where nothing was. question: the one that waits for its answer; usable: names of NOTES."""

    pain_before: int | None = None
    pain_after: int | None = None
    sleep: int | None = None
    note: str | None = None
    reminder: str | None = None
    question: str | None = None
    usable: tuple[str, ...] = ()


class Notebook(Protocol):
    """Where notes are kept. person is whose turn it is, None for the guest."""

    def read(self, person: str | None) -> Notes | None:
        """Return what is noted, None when it cannot be read; may take a moment."""
        ...

    def write(self, name: str, value: object, person: str | None, answer: Callable[[str | None], None]) -> None:
        """Keep a value; answer is called once, by any thread: with None when it is on the disk, or why it is not."""
        ...


class NotedCommands:
    """Takes the commands of NOTES. changed is called after each that was kept."""

    def __init__(
        self, notebook: Notebook | None, person: Callable[[], str | None], changed: Callable[[], None]
    ) -> None:
        self._notebook, self._person, self._changed = notebook, person, changed

    def submit(self, request: Request) -> None:
        """Check a request and pass it on."""
        if self._notebook is None:
            request.answer("this mat keeps no journal: it has no database")
            return
        try:
            value = NOTES[request.name].value.parse(request.value)
        except ValueError as error:
            request.answer(str(error))
            return

        def answer(error: str | None) -> None:
            if error is None:
                self._changed()
            request.answer(error)

        self._notebook.write(request.name, value, self._person(), answer)
