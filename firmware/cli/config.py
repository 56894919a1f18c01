"""`acumat config`: is the settings file in order, and which settings apply."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firmware import config
from firmware.cli import options
from firmware.cli.stored import json_option, print_json
from hardware import board as boards

if TYPE_CHECKING:
    from firmware.config import Settings


@click.command("config")
@click.argument("what", type=click.Choice(["check", "show"]))
@options.config_option
@json_option
def command(*, what: str, config_file: Path | None, as_json: bool) -> None:
    """Check settings and board file, or show every setting as it applies. Passwords are in files and never shown."""
    settings = config.load_settings(config_file)
    board = boards.load_board(settings.board.file)
    origin = config_file or "no file: the defaults"
    if what == "check":
        if as_json:
            print_json({"file": str(origin), "board": board.name, "cells": len(board.cells)})
        else:
            click.echo(f"{origin}: in order. Board {board.name}, {len(board.cells)} cells.")
    elif as_json:
        print_json(_plain(settings))
    else:
        click.echo(f"# {origin}")
        for section, values in _plain(settings).items():
            click.echo(f"\n[{section}]")
            for name, value in values.items():
                click.echo(f"{name} = {_toml(value)}")


def _plain(settings: "Settings") -> dict[str, dict[str, object]]:
    """Return sections and values; a path is text."""
    return {
        section: {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}
        for section, values in asdict(settings).items()
    }


def _toml(value: object) -> str:
    """Return a value as TOML has it; one that is not set is a comment."""
    if value is None:
        return '""  # not set'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(list(value) if isinstance(value, tuple) else value)
