"""`acumat sessions`: the sessions that were, newest first."""

from pathlib import Path
from typing import Final

import click

from firmware.cli import options
from firmware.cli.stored import json_option, morning_lines, open_for_reading, print_json, print_screen
from firmware.storage import history
from firmware.terminal.sessions_screen import sessions_screen

SHOWN: Final = 10


@click.command("sessions")
@options.config_option
@click.option("--person", help="Only those of one person.")
@click.option("--all", "everything", is_flag=True, help=f"All of them; without it the newest {SHOWN}.")
@json_option
def command(*, config_file: Path | None, person: str | None, everything: bool, as_json: bool) -> None:
    """List the sessions, newest first."""
    with open_for_reading(config_file) as base:
        found = history.sessions(base, person=person)
        asked = morning_lines(base)
    shown = found if everything else found[:SHOWN]
    if as_json:
        print_json(shown)
    else:
        *lines, more = sessions_screen(shown, len(found))
        print_screen([*lines, *asked, more])
