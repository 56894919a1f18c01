"""`acumat export`: a person's data, or all of it, as JSON or CSV on standard output."""

import csv
import sys
from dataclasses import asdict
from pathlib import Path

import click

from firmware import config
from firmware.cli import options
from firmware.cli.stored import open_for_reading, print_json
from firmware.storage import history, records
from hardware import board as boards


@click.command("export")
@options.config_option
@click.option("--person", help="Only the sessions and notes of one person.")
@click.option("--csv", "as_csv", is_flag=True, help="One line a session, with the ratings before and after.")
def command(*, config_file: Path | None, person: str | None, as_csv: bool) -> None:
    """Write sessions, stages, events and notes to standard output."""
    cells = len(boards.load(config.load_settings(config_file).board.file).cells)
    with open_for_reading(config_file) as base:
        found = history.sessions(base, person=person)[::-1]
        details = [detail for one in found if (detail := history.session(base, one.id, cells)) is not None]
        people = [one for one in records.people(base).persons if person in (None, one.name)]
    if not as_csv:
        print_json({"version": 1, "people": people, "sessions": details})
        return
    rated = [
        f"{name}_{phase}" for phase in ("before", "after") for name in ("back_pain", "headache", "tension", "stress")
    ]
    writer = csv.writer(sys.stdout)
    names = list(asdict(found[0])) if found else []
    writer.writerow([*names, *rated])
    for detail in details:
        said = {phase: detail.said.get(phase) for phase in ("before", "after")}
        ratings = [getattr(said[name.rpartition("_")[2]], name.rpartition("_")[0], None) for name in rated]
        writer.writerow([*asdict(detail.session).values(), *ratings])
