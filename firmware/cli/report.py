"""`acumat report`: one month as a page to print or to take along."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firmware import config
from firmware.cli import options
from firmware.cli.stored import known_person, open_for_reading
from firmware.clock import SystemClock
from firmware.errors import StorageError
from firmware.storage import history, records
from firmware.terminal.progress import progress_bar
from firmware.web.month_report import Month, month_page
from hardware import board as boards

if TYPE_CHECKING:
    import sqlite3


@click.command("report")
@click.argument("file", type=options.type_path)
@options.config_option
@click.option(
    "--month",
    type=click.DateTime(["%Y-%m"]),
    metavar="YYYY-MM",
    help="As in 2026-11; without it that of the newest session.",
)
@click.option("--person", help="Whose; without it the person whose turn it is, or all sessions for a guest.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def command(
    *, file: Path, config_file: Path | None, month: dt.datetime | None, person: str | None, force: bool
) -> None:
    """Write one month as a page (HTML) with pictures to FILE. Nothing in it is fetched from anywhere."""
    if file.exists() and not force:
        raise StorageError(f"{file}: is there already: choose another name or add --force")
    board = boards.load_board(config.load_settings(config_file).board.file)
    with open_for_reading(config_file) as base:
        who = records.people(base).who
        name = known_person(base, person) or (None if who.guest else who.name)
        found = _month(base, name, None if month is None else month.date(), len(board.cells))
    try:
        file.write_text(month_page(found, board), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{file}: cannot be written ({error.strerror})") from error
    click.echo(f"{file}: {len(found.details)} sessions of {found.first:%B %Y}; open it in a browser and print it")


def _month(base: "sqlite3.Connection", name: str | None, first: dt.date | None, cells: int) -> Month:
    """Return the sessions of a month by the local calendar."""
    dated = [(one.id, one.start_s) for one in history.sessions(base, person=name) if one.start_s is not None]
    if first is None:
        newest_s = dated[0][1] if dated else SystemClock().wall_s()
        first = _day(newest_s).replace(day=1)
    chosen = [number for number, start_s in dated if _day(start_s).replace(day=1) == first][::-1]
    details = []
    with progress_bar("reading") as advance:
        for done, number in enumerate(chosen):
            detail = history.session(base, number, cells)
            details += [] if detail is None else [detail]
            advance(done / len(chosen))
    return Month(name or "everybody", first, tuple(details))


def _day(wall_s: float) -> dt.date:
    return dt.datetime.fromtimestamp(wall_s).astimezone().date()
