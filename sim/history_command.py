"""`acumat-sim history`: an invented history in a folder of its own, for trying the verbs that read the database."""

import datetime as dt
from pathlib import Path

import click

from firmware.clock import SystemClock
from sim import history

SETTINGS = "acumat.toml"


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--weeks", type=click.IntRange(1, 1000), default=12, help="How many weeks, up to today.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Of everything that is left to chance.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("acumat-history"), help="A new folder.")
def command(*, weeks: int, seed: int, folder: Path) -> None:
    """Make an invented history of sessions and journal. Every row is marked as simulated."""
    end = dt.datetime.fromtimestamp(SystemClock().wall_s()).astimezone()
    count = history.write_history(folder, weeks, seed, end=end)
    settings = folder / SETTINGS
    settings.write_text(
        '# An invented history: no person is behind it.\n[storage]\nstate_dir = "."\n', encoding="utf-8"
    )
    click.echo(f"{folder}: {count} simulated sessions in {weeks} weeks, seed {seed}. Look at them with")
    for verb in ("sessions", "session 1", "trends"):
        click.echo(f"  acumat {verb} --config {settings}")
