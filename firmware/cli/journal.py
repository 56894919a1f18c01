"""`acumat journal`: how it was, in the person's own words, before and after a session and on the next morning."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click
from rich.text import Text

from firmware import config
from firmware.cli import options
from firmware.cli.stored import json_option, morning_lines, print_json, print_screen
from firmware.clock import SystemClock
from firmware.errors import StorageError
from firmware.storage import boot, connection, history, journal, records
from firmware.terminal.screen import TITLE_STYLE, screen_header, time_text
from firmware.words import journal as journal_words

if TYPE_CHECKING:
    import sqlite3

PHASES: Final = ("before", "after", "morning")
SHOWN: Final = 10


@click.command("journal")
@click.argument("phase", type=click.Choice(PHASES), required=False)
@options.config_option
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="Answer without being asked; many times.")
@click.option("--session", type=click.IntRange(1), help="The session it belongs to; without it the newest.")
@json_option
def command(
    *, phase: str | None, config_file: Path | None, values: tuple[str, ...], session: int | None, as_json: bool
) -> None:
    """List the newest entries, or write one: PHASE is before, after or morning. Every question may be left empty."""
    path = config.load_settings(config_file).storage.state_dir / connection.NAME
    if phase is None:
        if values:
            raise click.UsageError("--set needs a phase: before, after or morning")
        _list(path, as_json=as_json)
        return
    chosen = cast("journal.Phase", phase)
    said = journal.answers(_given(values) if values else _asked(chosen), chosen)
    if not said:
        click.echo("Nothing was said, so nothing is stored.")
        return
    click.echo(_store(path, chosen, said, session))


def _given(values: tuple[str, ...]) -> dict[str, object]:
    parts = [value.partition("=") for value in values]
    for name, sign, _ in parts:
        if not sign:
            raise click.BadParameter(f"{name!r} is not NAME=VALUE, as in back_pain=4")
    return {name.strip(): value.strip() for name, _, value in parts}


def _asked(phase: "journal.Phase") -> dict[str, object]:
    """Ask one question after the other; an empty answer skips it, and a wrong one is asked again."""
    click.echo("Enter skips a question.")
    found: dict[str, object] = {}
    for name in journal.ASKED[phase]:
        while True:
            value = click.prompt(
                journal_words.ASK.get(name, name.replace("_", " ").capitalize()), default="", show_default=False
            )
            if not value:
                break
            try:
                journal.answers({name: value}, phase)
            except StorageError as error:
                click.echo(str(error))
                continue
            found[name] = value
            break
    return found


def _store(path: Path, phase: "journal.Phase", said: journal.JournalAnswers, session: int | None) -> str:
    if not path.exists():
        raise StorageError(f"{path}: no database yet: it is made by the first `acumat run`")
    base = connection.connect(path)
    try:
        connection.version_of(base)
        base.row_factory = connection.ROWS
        who = records.people(base).who
        if session is not None and history.session(base, session, 1) is None:
            raise StorageError(f"there is no session {session}: `acumat sessions` lists them")
        if session is None and phase != "before":
            found = history.sessions(base, person=None if who.guest else who.name, limit=1)
            session = found[0].id if found else None
        at = boot.current_boot_id(), SystemClock().boottime_ns()
        write = journal.add(at, phase, said, person=None if who.guest else who.name, session=session)
        with connection.transaction(base):
            base.execute("INSERT OR IGNORE INTO boot (boot_id) VALUES (?)", (at[0],))
            base.execute(write.sql, write.values)
    finally:
        base.close()
    if session is not None:
        return f"Stored for session {session}."
    return "Stored. It goes with the session that starts within two hours."


def _list(path: Path, *, as_json: bool) -> None:
    with connection.reading(path) as base:
        entries = _entries(base)
        asked = morning_lines(base)
    if as_json:
        print_json(entries)
        return
    lines = screen_header("acumat journal", simulated=False, line="The newest entries." if entries else "No entry yet.")
    for entry in entries[:SHOWN]:
        line = Text(f"{time_text(entry['at_s']):<17} {entry['phase']:<8}", TITLE_STYLE)
        said = ", ".join(
            f"{name.replace('_', ' ')} {str(value).replace('_', ' ')}" for name, value in entry["said"].items()
        )
        line.append(f" {said}", "not bold")
        lines.append(line)
    more = "More: acumat journal after   acumat journal --json"
    print_screen([*lines, Text(), *asked, Text(journal_words.TRENDS_SHORT), Text(more)])


def _entries(base: "sqlite3.Connection") -> list[dict[str, Any]]:
    found = []
    for row in base.execute("SELECT * FROM entry_dated ORDER BY id DESC"):
        said = journal.of_body(row["body"])
        if said is not None:
            found.append({"at_s": row["at_s"], "phase": row["phase"], "session": row["session"], "said": said})
    return found
