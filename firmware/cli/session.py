"""`acumat session N`: one session in full, at one moment, or played once more."""

from pathlib import Path

import click

from firmware import config, daemon
from firmware.cli import options
from firmware.cli.stored import json_option, open_for_reading, print_json, print_screen
from firmware.clock import SystemClock
from firmware.errors import StorageError
from firmware.storage import history
from firmware.terminal.arguments import FiniteRange
from firmware.terminal.console import Terminal
from firmware.terminal.session_replay import moment_screen, replay
from firmware.terminal.session_screen import session_screen
from hardware import board as boards


@click.command("session")
@click.argument("number", type=click.IntRange(1))
@options.config_option
@click.option("--at", "at_min", type=FiniteRange(0, 1000), metavar="MINUTES", help="How it was so many minutes in.")
@click.option("--replay", "again", is_flag=True, help="Play it from the beginning.")
@click.option(
    "--speed", type=FiniteRange(0.1, 10_000), default=60.0, show_default=True, help="Of --replay: times as fast."
)
@json_option
def command(
    *, number: int, config_file: Path | None, at_min: float | None, again: bool, speed: float, as_json: bool
) -> None:
    """Show session NUMBER: stages, marks, load, breaths, events and notes."""
    if sum((at_min is not None, again, as_json)) > 1:
        raise click.UsageError("--at, --replay and --json are three ways to show it: give one of them")
    board = boards.load_board(config.load_settings(config_file).board.file)
    with open_for_reading(config_file) as base:
        detail = history.session(base, number, len(board.cells))
        usual = None if detail is None else history.usual_calm(base, detail.session.person, without=number)
    if detail is None:
        raise StorageError(f"there is no session {number}: `acumat sessions` lists them")
    if as_json:
        print_json(detail)
    elif again:
        with daemon.stop_on_signals() as stop:
            replay(detail, board, Terminal(), clock=SystemClock(), speed=speed, stop=stop)
    elif at_min is not None:
        print_screen(moment_screen(detail, board, at_min * 60))
    else:
        print_screen(session_screen(detail, board, usual))
