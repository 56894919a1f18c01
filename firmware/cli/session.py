"""`acumat session N`: one session in full."""

from pathlib import Path

import click

from firmware import config
from firmware.cli import options
from firmware.cli.stored import json_option, open_for_reading, print_json, print_screen
from firmware.errors import StorageError
from firmware.storage import history
from firmware.terminal.session_screen import session_screen
from hardware import board as boards


@click.command("session")
@click.argument("number", type=click.IntRange(1))
@options.config_option
@json_option
def command(*, number: int, config_file: Path | None, as_json: bool) -> None:
    """Show session NUMBER: stages, marks, load, breaths, events and notes."""
    board = boards.load(config.load_settings(config_file).board.file)
    with open_for_reading(config_file) as base:
        detail = history.session(base, number, len(board.cells))
    if detail is None:
        raise StorageError(f"there is no session {number}: `acumat sessions` lists them")
    if as_json:
        print_json(detail)
    else:
        print_screen(session_screen(detail, board))
