"""`acumat backup`: a copy of the database, made while the mat runs."""

import sqlite3
from pathlib import Path

import click

from firmware import config
from firmware.cli import options
from firmware.cli.stored import json_option, print_json
from firmware.errors import StorageError
from firmware.storage import backups, connection
from firmware.terminal.progress import progress_bar
from firmware.terminal.screen import time_text


@click.command("backup")
@options.config_option
@click.option("--to", "target", type=options.type_path, help="Write the copy to this new file instead of the ring.")
@click.option("--list", "only_list", is_flag=True, help="List the copies and make none.")
@json_option
def command(*, config_file: Path | None, target: Path | None, only_list: bool, as_json: bool) -> None:
    """Copy the database; the newest seven copies are kept."""
    path = config.load_settings(config_file).storage.state_dir / connection.NAME
    if not only_list:
        connection.read_only(path).close()
        if target is not None and target.exists():
            raise StorageError(f"{target}: is there already: choose another name")
        try:
            with progress_bar("copying") as advance:
                made = backups.make_backup(path, advance) if target is None else target
                if target is not None:
                    backups.copy(path, target, advance)
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"{path}: cannot be copied ({error}): is there room, and may you write there?"
            ) from error
        if not as_json:
            click.echo(f"{made}: {made.stat().st_size / 1e6:.1f} MB")
            return
    ring = backups.backup_ring(path.parent)
    if as_json:
        print_json([{"file": str(one), "bytes": one.stat().st_size} for one in ring])
        return
    for one in ring:
        click.echo(f"{one}: {one.stat().st_size / 1e6:.1f} MB, {time_text(one.stat().st_mtime)}")
    if not ring:
        click.echo(f"{path.parent}: no copies yet: the mat makes one a day, `acumat backup` makes one now")
