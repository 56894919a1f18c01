"""The notes of a dashboard in the journal of a real database, beside what the page and the command line note there."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware.cli.notebook import NOT_SAVED, JournalNotebook
from firmware.cli.publishing import parts_of
from firmware.mqtt.notes import NOTES, Notes
from firmware.storage import dashboard_notes, journal, statements
from firmware.storage.connection import Write
from firmware.storage.database import Database
from firmware.words.journal import ASK
from tests.doubles.clock import ManualClock

HOUR_S = 3600.0
LYING = {"lying_s": 1200.0, "counted": 1}
Answers = list[str | None]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(now_s=100_000.0)


@pytest.fixture
def database(tmp_path: Path, clock: ManualClock) -> Iterator[Database]:
    database = Database(tmp_path, clock, boot_id="one", wall_is_set=lambda: True)
    for name in ("Ana", "Ben"):
        database.write(Write("INSERT INTO person (name, level) VALUES (?, 1)", (name,)))
    yield database
    database.close()


@pytest.fixture
def notebook(database: Database, clock: ManualClock) -> JournalNotebook:
    return JournalNotebook(database, clock)


@pytest.fixture
def flush(database: Database) -> Callable[[], None]:
    """Wait until everything is on the disk."""

    def flush() -> None:
        stored = threading.Event()
        database.write(Write("UPDATE boot SET source = source"), done=stored.set)
        assert stored.wait(60)

    return flush


@pytest.fixture
def session(database: Database, clock: ManualClock, flush: Callable[[], None]) -> Callable[[str | None, bool], None]:
    """Start a session of a person now, and end it."""

    def session(person: str | None, ends: bool) -> None:
        clock.now_s += 60.0
        key = "one", clock.boottime_ns()
        database.write(statements.upsert_session(key, key[1], {"person": person}), journal.link(key))
        if ends:
            clock.now_s += 1200.0
            done = {"person": person, "end_ns": clock.boottime_ns(), **LYING}
            database.write(statements.upsert_session(key, key[1], done))
        flush()

    return session


@pytest.fixture
def write(notebook: JournalNotebook, flush: Callable[[], None]) -> Callable[..., str | None]:
    """Note something and return the answer."""

    def write(name: str, value: object, person: str | None = "Ana") -> str | None:
        answers: Answers = []
        notebook.write(name, value, person, answers.append)
        flush()
        assert len(answers) == 1
        return answers[0]

    return write


def read(notebook: JournalNotebook, person: str | None = "Ana") -> Notes:
    found = notebook.read(person)
    assert found is not None
    return found


def test_before_the_first_session(notebook: JournalNotebook, write: Callable[..., str | None]) -> None:
    """Only the pain before can be noted; what is asked after a session is refused with the reason."""
    assert read(notebook) == Notes(usable=("pain_before", "reminder"))
    assert write("pain_after", 3) == write("sleep", 3) == write("note", "a") == dashboard_notes.NO_SESSION
    assert write("pain_before", 6) is None
    assert write("pain_before", 5) is None
    assert read(notebook).pain_before == 5
    assert read(notebook, None).pain_before is None


def test_a_session_from_before_to_the_next_morning(
    notebook: JournalNotebook,
    write: Callable[..., str | None],
    session: Callable[[str | None, bool], None],
    clock: ManualClock,
    database: Database,
) -> None:
    """Each answer belongs to its session and stays beside those that were given elsewhere."""
    assert write("pain_before", 6) is None
    session("Ana", True)  # noqa: FBT003 - a fixture
    assert read(notebook).usable == ("pain_before", "pain_after", "note", "reminder")
    assert write("sleep", 7) == dashboard_notes.NO_MORNING
    assert write("pain_after", 2) is None
    assert write("note", "cold\nfeet") is None
    assert read(notebook)[:4] == (6, 2, None, "cold feet")
    assert read(notebook, "Ben")[:4] == (None,) * 4
    clock.now_s += 8 * HOUR_S
    assert read(notebook).question == ASK["sleep"]
    assert write("sleep", 7) is None
    assert (read(notebook).sleep, read(notebook).question) == (7, None)
    assert write("sleep", 8) is None
    base = database.read()
    assert base is not None
    assert journal.of_session(base, 1) == {
        "before": journal.JournalAnswers(back_pain=6),
        "after": journal.JournalAnswers(back_pain=2, note="cold\nfeet"),
        "morning": journal.JournalAnswers(sleep=8),
    }
    base.close()
    clock.now_s += 48 * HOUR_S
    assert "sleep" not in read(notebook).usable
    assert read(notebook).pain_before == 6


def test_pain_before_that_is_given_late_belongs_to_the_open_session(
    notebook: JournalNotebook, write: Callable[..., str | None], session: Callable[[str | None, bool], None]
) -> None:
    """Not to the next one."""
    session("Ana", False)  # noqa: FBT003 - a fixture
    assert write("pain_before", 4) is None
    assert read(notebook).pain_before == 4
    session("Ana", False)  # noqa: FBT003 - a fixture
    assert read(notebook).pain_before is None


def test_the_guest_has_notes_too(
    notebook: JournalNotebook, write: Callable[..., str | None], session: Callable[[str | None, bool], None]
) -> None:
    """Those of nobody else."""
    session("Ana", True)  # noqa: FBT003 - a fixture
    assert write("pain_after", 2, None) == dashboard_notes.NO_SESSION
    session(None, True)  # noqa: FBT003 - a fixture
    assert write("pain_after", 2, None) is None
    assert (read(notebook, None).pain_after, read(notebook).pain_after) == (2, None)


def test_the_reminder_is_kept(notebook: JournalNotebook, write: Callable[..., str | None]) -> None:
    """Over a restart; an empty one removes it."""
    assert write("reminder", "20:15") is None
    assert read(notebook).reminder == "20:15"
    assert write("reminder", "") is None
    assert read(notebook).reminder is None


def test_a_database_that_does_not_work_is_the_answer(
    write: Callable[..., str | None], database: Database, tmp_path: Path
) -> None:
    """It is not pretended that the note was kept."""
    database.fault = "the disk is full"
    assert write("pain_before", 4) == NOT_SAVED
    (tmp_path / dashboard_notes.REMINDER).mkdir()
    assert "cannot be written" in str(write("reminder", "20:15"))


def test_the_names_are_those_of_the_commands(database: Database, clock: ManualClock) -> None:
    """Each command has its place; without a database and a dispatcher a mat has neither."""
    assert {*dashboard_notes.FIELDS, "reminder"} == set(NOTES)
    assert isinstance(parts_of(None, database, clock).notebook, JournalNotebook)
    assert parts_of(None, None, clock).notebook is None
