"""`acumat trends`: some weeks at a glance."""

from pathlib import Path

import click

from firmware import config
from firmware.cli import options
from firmware.cli.stored import (
    json_option,
    known_person,
    open_for_reading,
    print_json,
    print_screen,
    programme_of,
    shown_now_s,
)
from firmware.storage import history, records
from firmware.storage.lumbar import lumbar_shares
from firmware.terminal.trends_screen import trends_screen
from hardware import board as boards


@click.command("trends")
@options.config_option
@click.option("--person", help="Whose; without it the person whose turn it is, or all sessions for a guest.")
@click.option("--weeks", type=click.IntRange(1, 1000), default=12, show_default=True, help="How many weeks back.")
@json_option
def command(*, config_file: Path | None, person: str | None, weeks: int, as_json: bool) -> None:
    """Show minutes a week, pain before and after, and how sessions went."""
    with open_for_reading(config_file) as base:
        who = records.people(base).who
        name = known_person(base, person) or (None if who.guest else who.name)
        found = history.trends(base, person=name, weeks=weeks, now_s=shown_now_s(base))
        board = boards.load_board(config.load_settings(config_file).board.file)
        lumbar = [cell.index for cell in board.cells if cell.row in board.lumbar_rows]
        towel = lumbar_shares(base, lumbar, person=name)
    if as_json:
        print_json(found)
    else:
        print_screen(trends_screen(found, programme_of(config.load_settings(config_file)).rules.week_target, towel))
