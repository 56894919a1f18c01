"""`acumat session N`: one session in full."""

from pathlib import Path

import click

from firmware import config
from firmware.cli import options
from firmware.cli.stored import json_option, print_json, reading, show
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
    board = boards.load(config.load(config_file).board.file)
    with reading(config_file) as base:
        detail = history.session(base, number, len(board.cells))
    if detail is None:
        raise StorageError(f"there is no session {number}: `acumat sessions` lists them")
    if as_json:
        print_json(detail)
    else:
        show(session_screen(detail, board))
