"""Commands that are noted on the mat: what is legal, that each is answered, and when the values are read again."""

from collections.abc import Callable

import pytest

from firmware.commands import Request
from firmware.mqtt.notes import NOTE_MOST, NOTES, NotedCommands, Notes
from firmware.mqtt.parts import MatParts
from firmware.mqtt.snapshot import WeekSoFar
from firmware.mqtt.stored_values import AFTER_CHANGE_S, EVERY_S, StoredValues


class MemoryNotebook:
    """A notebook that keeps what it gets and answers later."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, object, str | None]] = []
        self.waiting: list[Callable[[str | None], None]] = []
        self.reads = 0

    def read(self, person: str | None) -> Notes:
        """Count the reads."""
        self.reads += 1
        return Notes(note=person)

    def write(self, name: str, value: object, person: str | None, answer: Callable[[str | None], None]) -> None:
        """Keep it."""
        self.kept.append((name, value, person))
        self.waiting.append(answer)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("pain_before", 0, 0),
        ("sleep", 10, 10),
        ("note", "cold feet", "cold feet"),
        ("note", 15, "15"),
        ("note", None, ""),
        ("note", "x" * NOTE_MOST, "x" * NOTE_MOST),
        ("reminder", "07:05", "07:05"),
        ("reminder", "", ""),
    ],
)
def test_a_legal_value_is_answered_once_it_is_kept(name: str, value: object, kept: object) -> None:
    """Not before: after "done" the mat may be switched off."""
    notebook = MemoryNotebook()
    answers: list[str | None] = []
    changes: list[int] = []
    noted = NotedCommands(notebook, lambda: "Ana", lambda: changes.append(1))
    noted.submit(Request(name, value, answers.append))
    assert (notebook.kept, answers, changes) == ([(name, kept, "Ana")], [], [])
    notebook.waiting.pop()(None)
    assert (answers, changes) == ([None], [1])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pain_before", 11),
        ("pain_after", -1),
        ("sleep", 2.5),
        ("sleep", True),
        ("note", "x" * (NOTE_MOST + 1)),
        ("note", "a\nb"),
        ("note", True),
        ("reminder", "24:00"),
        ("reminder", "7:05"),
        ("reminder", 7),
    ],
)
def test_an_illegal_value_changes_nothing(name: str, value: object) -> None:
    """The answer says what is legal."""
    notebook = MemoryNotebook()
    answers: list[str | None] = []
    NotedCommands(notebook, lambda: None, lambda: None).submit(Request(name, value, answers.append))
    assert answers == [f"give {NOTES[name].value.text}"]
    assert notebook.kept == []


def test_a_refusal_of_the_notebook_is_the_answer() -> None:
    """Nothing is read again then; without a database there is no journal."""
    notebook = MemoryNotebook()
    answers: list[str | None] = []
    changes: list[int] = []
    NotedCommands(notebook, lambda: None, lambda: changes.append(1)).submit(Request("sleep", 3, answers.append))
    notebook.waiting.pop()("no session yet")
    NotedCommands(None, lambda: None, lambda: None).submit(Request("sleep", 3, answers.append))
    assert (answers, changes) == (["no session yet", "this mat keeps no journal: it has no database"], [])


def test_what_is_stored_is_read_when_it_may_have_changed() -> None:
    """At first, after a session or another person now and once more, after a note, and every few minutes."""
    notebook = MemoryNotebook()
    stored = StoredValues(MatParts(notebook=notebook, week=lambda: WeekSoFar(1, 2, 3)))
    reads = []

    def at(now_s: float, session_id: str | None = None) -> None:
        stored.read(now_s, None, session_id)
        reads.append(notebook.reads)

    at(0.0)
    at(1.0)
    at(AFTER_CHANGE_S)
    at(EVERY_S)
    assert (reads, stored.week) == ([1, 1, 2, 2], WeekSoFar(1, 2, 3))
    at(EVERY_S + 1, "a")
    at(EVERY_S + 1.5, "a")
    stored.written()
    at(EVERY_S + 1.6, "a")
    at(EVERY_S + 1.7, "a")
    assert reads[4:] == [3, 3, 4, 4]
    at(2 * EVERY_S + 10, "a")
    assert reads[-1] == 5
