"""What the verbs share that read the database: the settings' own file, printing of screens and of JSON."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec
from rich.text import Text

from firmware import config
from firmware.clock import SystemClock
from firmware.errors import ConfigError, StorageError
from firmware.programme import levels
from firmware.storage import connection, history, journal, records, trace
from firmware.terminal.console import Terminal
from firmware.words import journal as journal_words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from firmware.config import Settings

DOZED_LEAST_MIN: Final = 3
DAY_S: Final = 86_400.0
json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of a screen.")


@contextmanager
def open_for_reading(config_file: Path | None) -> "Iterator[sqlite3.Connection]":
    """Open the database of the settings for reading. Raises ConfigError or StorageError."""
    with connection.reading(config.load_settings(config_file).storage.state_dir / connection.NAME) as made:
        yield made


def print_screen(lines: "Sequence[Text]") -> None:
    """Print a screen; nothing is wrapped and nothing is cut."""
    console = Terminal(soft_wrap=True, highlight=False)
    for line in lines:
        console.print(line)


def programme_of(settings: "Settings") -> levels.Programme:
    """Return the programme that the settings name, else the shipped one. Raises ConfigError."""
    path = settings.session.programme_file
    if path is None:
        return levels.shipped_programme()
    try:
        return levels.parse_programme(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}): `acumat doctor` says more") from error


def known_person(base: "sqlite3.Connection", name: str | None) -> str | None:
    """Return a person's name as it is stored; None for None. Raises StorageError for a name that nobody has."""
    people = records.people(base)
    if name is None:
        return None
    found = people.named(name)
    if found.guest:
        names = ", ".join(one.name for one in people.persons)
        raise StorageError(
            f"{name!r}: nobody of that name; people are {names}" if names else f"{name!r}: no people yet"
        )
    return found.name


def shown_now_s(base: "sqlite3.Connection") -> float:
    """Return the end of the weeks that are shown: now, or a simulated history's own end."""
    newest = history.sessions(base, limit=1)
    simulated = bool(newest) and newest[0].simulated and newest[0].start_s is not None
    return (newest[0].start_s or 0.0) + DAY_S if simulated else SystemClock().wall_s()


def morning_lines(base: "sqlite3.Connection") -> list[Text]:
    """Return the question of the next morning, as long as it waits for its answer."""
    who = records.people(base).who
    due = journal.morning_due(base, None if who.guest else who.name, SystemClock().wall_s())
    detail = None if due is None else history.session(base, due, 1)
    if due is None or detail is None:
        return []
    minutes = round(trace.still_and_slow_s(detail.curves) / 60)
    dozed = [Text(journal_words.DOZED.format(minutes=minutes, number=due))] if minutes >= DOZED_LEAST_MIN else []
    return [*dozed, Text(journal_words.MORNING.format(number=due))]


def print_json(value: object) -> None:
    """Print one JSON document, indented."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain)).decode() + "\n")


def _plain(value: object) -> object:
    to_list: Callable[[], Any] | None = getattr(value, "tolist", None)
    if to_list is None:
        raise NotImplementedError(type(value).__name__)
    return to_list()
