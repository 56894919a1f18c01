"""`acumat record`: raw readings to a file, for a question, a test or a bug report."""

import os
from pathlib import Path

import click

from firmware import daemon, mat
from firmware.cli import options
from firmware.cli.doors import doors
from firmware.errors import DriverError, RecordingError
from firmware.storage import recordings
from firmware.storage.capture import collect
from firmware.terminal.arguments import FiniteRange

LONGEST_S = 7200.0  # two hours of 12 cells at 93 Hz are 40 MB of memory


@click.command("record")
@click.argument("file", type=options.type_path)
@options.config_option
@click.option("--seconds", type=FiniteRange(1, LONGEST_S), default=900.0, show_default=True, help="How long.")
@click.option("--note", default="", help="A sentence to keep with it.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def command(*, file: Path, config_file: Path | None, seconds: float, note: str, force: bool) -> None:
    """Write the readings of the cells to FILE (.npz); ended early, by Ctrl-C or lost lines, it keeps what it has."""
    if file.exists() and not force:
        raise RecordingError(f"{file}: exists already: choose another name or add --force")
    if not file.parent.is_dir():
        raise RecordingError(f"{file}: there is no folder {file.parent}: make it first")
    if not os.access(file.parent, os.W_OK):
        raise RecordingError(f"{file}: {file.parent} is not yours to write: choose another folder")
    opened = mat.load_mat(config_file)
    door = doors()
    source = door.source(opened)
    with daemon.stop_on_signals() as stop:
        frames, lost = collect(source, seconds, stop)
    calibration = opened.calibration if opened.calibrated else None
    recordings.save(file, frames, board_text=opened.board.text, calibration=calibration, label=door.label, note=note)
    kept = f"{file}: {len(frames)} frames of {len(opened.board.cells)} cells"
    if lost is not None:
        raise DriverError(f"{lost}; the frames before that are kept in {kept}") from lost
    click.echo(kept)
