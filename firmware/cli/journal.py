"""`acumat journal`: how it was, in the person's own words, before and after a session and on the next morning."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import click
import msgspec
from rich.text import Text

from firmware import config
from firmware.cli import options
from firmware.cli.stored import json_option, morning_lines, print_json, print_screen
from firmware.clock import SystemClock
from firmware.errors import StorageError
from firmware.storage import boot, connection, history, journal, records
from firmware.terminal.screen import SCREEN_WIDTH, TITLE_STYLE, screen_header, time_text, wrapped
from firmware.words import journal as journal_words

if TYPE_CHECKING:
    import sqlite3

PHASES: Final = ("before", "after", "morning")
SHOWN: Final = 10


@click.command("journal")
@click.argument("phase", type=click.Choice(PHASES), required=False)
@options.config_option
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    help="Answer without being asked; many times. A wrong NAME lists them all.",
)
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
    whom = _whom(path, chosen, session)
    said = journal.answers(_given(values) if values else _asked(chosen, whom), chosen)
    if not said:
        click.echo("Nothing was said, so nothing is stored.")
        return
    click.echo(_store(path, chosen, said, whom))
    if chosen == "after" and session is None and whom.person is not None:
        _onward(config_file, said)


def _onward(config_file: Path | None, said: journal.JournalAnswers) -> None:
    """Let the programme know what it takes too; that it has no such session is no fault of the entry."""
    for name, wanted in journal.ONWARD.items():
        value = getattr(said, name)
        if value is None:
            continue
        from firmware.cli.ask import request_command  # noqa: PLC0415 - it imports the core, which a list does not need

        with suppress(StorageError):
            request_command(config_file, wanted, value)
    if said.marks == "broken_skin":
        click.echo(journal_words.BROKEN_SKIN)


class _Whom(NamedTuple):
    """The person whose entry it is, None for a guest, and the session that it belongs to."""

    person: str | None
    session: int | None


def _whom(path: Path, phase: "journal.Phase", session: int | None) -> _Whom:
    """Return whose entry it is, before anything is asked. Raises StorageError when there is no such session."""
    with connection.reading(path) as base:
        who = records.people(base).who
        person = None if who.guest else who.name
        if session is not None and history.session(base, session, 1) is None:
            raise StorageError(f"there is no session {session}: `acumat sessions` lists them")
        if session is None and phase != "before":
            found = history.sessions(base, person=person, limit=1)
            if not found:
                raise StorageError("there is no session yet: `acumat journal before` notes how it is now")
            session = found[0].id
    return _Whom(person, session)


def _given(values: tuple[str, ...]) -> dict[str, object]:
    parts = [value.partition("=") for value in values]
    for name, sign, _ in parts:
        if not sign:
            raise click.BadParameter(f"{name!r} is not NAME=VALUE, as in back_pain=4")
    return {name.strip(): value.strip() for name, _, value in parts}


def _asked(phase: "journal.Phase", whom: _Whom) -> dict[str, object]:
    """Ask one question after the other; an empty answer skips it, and a wrong one is asked again."""
    click.echo(journal_words.WHOM[phase].format(who=whom.person or "the guest", number=whom.session))
    click.echo(journal_words.SKIP)
    found: dict[str, object] = {}
    for name in journal.ASKED[phase]:
        choices = journal.joined_choices(journal.CHOICES[name]) if name in journal.CHOICES else ""
        while True:
            question = journal_words.ASK[name].format(choices=choices)
            end = " " if question.endswith("?") else ": "
            value = click.prompt(question, default="", show_default=False, prompt_suffix=end)
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


def _store(path: Path, phase: "journal.Phase", said: journal.JournalAnswers, whom: _Whom) -> str:
    base = connection.connect(path)
    try:
        at = boot.current_boot_id(), SystemClock().boottime_ns()
        write = journal.add(at, phase, said, person=whom.person, session=whom.session)
        with connection.transaction(base):
            base.execute("INSERT OR IGNORE INTO boot (boot_id) VALUES (?)", (at[0],))
            base.execute(write.sql, write.values)
    finally:
        base.close()
    if whom.session is not None:
        return f"Stored for session {whom.session}."
    return "Stored. It goes with the session that starts within two hours."


def _list(path: Path, *, as_json: bool) -> None:
    with connection.reading(path) as base:
        entries = _entries(base)
        asked = morning_lines(base)
        simulated = history.simulated(base)
    if as_json:
        print_json(entries)
        return
    found = f"{len(entries)} entries, the newest first." if len(entries) > 1 else "One entry." if entries else ""
    lines = screen_header("acumat journal", simulated=simulated, line=found or journal_words.NO_ENTRIES_YET)
    lines += [Text(f"{'No':>4}  {'When':<16}", TITLE_STYLE)] if entries else []
    for entry in entries[:SHOWN]:
        number = "" if entry["session"] is None else f"{entry['session']:>4}"
        said = journal.said_texts(msgspec.convert(entry["said"], journal.JournalAnswers))
        label = f"{number:>4}  {time_text(entry['at_s']):<16}  {entry['phase']:<9}"
        first, *others = wrapped(", ".join(said), SCREEN_WIDTH - len(label))
        lines += [Text(label + first), *(Text(" " * len(label) + other) for other in others)]
    more = "More: acumat journal before   acumat journal after   acumat journal --json"
    lines += [Text()] if entries else []
    print_screen([*lines, *asked, Text(journal_words.TRENDS_SHORT), Text(more)])


def _entries(base: "sqlite3.Connection") -> list[dict[str, Any]]:
    found = []
    for row in base.execute("SELECT * FROM entry_dated ORDER BY id DESC"):
        said = journal.of_body(row["body"])
        if said is not None:
            found.append({"at_s": row["at_s"], "phase": row["phase"], "session": row["session"], "said": said})
    return found
