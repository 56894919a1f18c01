"""`acumat export`: a person's data, or all of it, as JSON (which `acumat import` reads) or CSV on standard output."""

import csv
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firmware.cli import options
from firmware.cli.stored import known_person, open_for_reading, print_json
from firmware.storage import exchange, history, journal
from firmware.terminal.progress import progress_bar

if TYPE_CHECKING:
    import sqlite3

RATED = tuple((phase, name) for phase in ("before", "after") for name in journal.RATINGS)


@click.command("export")
@options.config_option
@click.option("--person", help="Only the sessions and notes of one person.")
@click.option("--csv", "as_csv", is_flag=True, help="One line a session, with the ratings before and after.")
def command(*, config_file: Path | None, person: str | None, as_csv: bool) -> None:
    """Write sessions, stages, events, curves and notes to standard output."""
    with open_for_reading(config_file) as base:
        person = known_person(base, person)
        if as_csv:
            _write_csv(base, person)
        else:
            print_json(exchange.document(base, person=person))


def _write_csv(base: "sqlite3.Connection", person: str | None) -> None:
    writer = csv.writer(sys.stdout)
    found = history.sessions(base, person=person)[::-1]
    names = [field.name for field in fields(history.Session)]
    writer.writerow([*names, *(f"{name}_{phase}" for phase, name in RATED)])
    with progress_bar("exporting") as advance:
        for number, one in enumerate(found):
            said = journal.of_session(base, one.id)
            ratings = [getattr(said.get(phase), name, None) for phase, name in RATED]
            writer.writerow([*asdict(one).values(), *ratings])
            advance(number / len(found))
