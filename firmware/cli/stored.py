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
from firmware.storage import connection, history, journal, records, trace
from firmware.terminal.console import Terminal
from firmware.words import journal as journal_words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

DOZED_LEAST_MIN: Final = 3
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
