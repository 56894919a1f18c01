"""`acumat record`: the raw readings of a while, for a question, a test or a bug report."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from firmware import daemon, mat
from firmware.cli import options
from firmware.cli.ranges import Between
from firmware.errors import DriverError, RecordingError
from firmware.frames import Frames
from firmware.storage import recordings

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.ports import Source

LONGEST_S = 7200.0  # two hours of 12 cells at 93 Hz are 40 MB of memory


@click.command("record")
@click.argument("file", type=options.type_path)
@options.config_option
@click.option("--seconds", type=Between(1, LONGEST_S), default=900.0, show_default=True, help="How long.")
@click.option("--note", default="", help="A sentence to keep with it.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def command(*, file: Path, config_file: Path | None, seconds: float, note: str, force: bool) -> None:
    """Write the readings of the cells to FILE (.npz); ended early, by Ctrl-C or lost lines, it keeps what was read."""
    if file.exists() and not force:
        raise RecordingError(f"{file}: is there already: choose another name or give --force")
    if not file.parent.is_dir():
        raise RecordingError(f"{file}: there is no folder {file.parent}: make it first")
    if not os.access(file.parent, os.W_OK):
        raise RecordingError(f"{file}: {file.parent} is not yours to write: choose another folder")
    opened = mat.load(config_file)
    source = opened.source()
    with daemon.stop_on_signals() as stop:
        frames, gone = collect(source, seconds, stop)
    calibration = opened.calibration if opened.calibrated else None
    recordings.save(file, frames, board_text=opened.board.text, calibration=calibration, label="real", note=note)
    kept = f"{file}: {len(frames)} frames of {len(opened.board.cells)} cells"
    if gone is not None:
        raise DriverError(f"{gone}; what came before is kept in {kept}") from gone
    click.echo(kept)


def collect(source: "Source", seconds: float, stop: "Callable[[], bool]") -> tuple[Frames, DriverError | None]:
    """Gather frames for so long in frame time, or until stop() or the source's end; closes the source.

    Gives the frames, and the error where the lines went away after the first one. Raises that error when they went
    before, RecordingError when no frame came at all.
    """
    blocks: list[Frames] = []
    gone: DriverError | None = None
    try:
        for block in daemon.blocks_of(source, stop):
            blocks.append(block)
            if block.t_ns[-1] - blocks[0].t_ns[0] >= seconds * 1e9:
                break
    except DriverError as error:
        if not blocks:
            raise
        gone = error
    finally:
        source.close()
    if not blocks:
        raise RecordingError("no frame came from the cells: see `acumat doctor`")
    frames = Frames(
        blocks[0].seq,
        np.concatenate([block.t_ns for block in blocks]),
        np.concatenate([block.counts for block in blocks]),
        np.concatenate([block.status for block in blocks]),
    )
    return frames, gone
