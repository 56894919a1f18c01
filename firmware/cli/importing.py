"""`acumat import`: what `acumat export` wrote, into the database of this mat."""

import sqlite3
from pathlib import Path

import click

from firmware import config
from firmware.cli import options
from firmware.errors import StorageError
from firmware.storage import backups, connection, exchange
from firmware.storage.folder_lock import locked
from firmware.terminal.progress import progress_bar


@click.command("import")
@click.argument("file", type=options.type_path)
@options.config_option
def command(*, file: Path, config_file: Path | None) -> None:
    """Add the sessions, people and notes of FILE, a JSON export; what is there stays. Stop the service first."""
    folder = config.load_settings(config_file).storage.state_dir
    path = folder / connection.NAME
    found = exchange.read(file)
    with locked(folder):
        try:
            made = connection.connect(path)
            try:
                made.row_factory = connection.ROWS
                connection.migrate(made)
                if made.execute("SELECT 1 FROM session LIMIT 1").fetchone():
                    backups.make_backup(path)
                with progress_bar("importing") as advance:
                    counts = exchange.import_document(made, found, advance)
                made.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                made.close()
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"{path}: cannot be written ({error}); nothing was imported") from error
    known = f" {counts.known} were there already." if counts.known else ""
    click.echo(f"{path}: {counts.sessions} sessions and {counts.entries} notes added.{known}")
