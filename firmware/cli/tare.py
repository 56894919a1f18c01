"""`acumat tare`: the zero of the empty mat."""

from pathlib import Path

import click
from rich.console import Console

from firmware import daemon, mat
from firmware.cli import options
from firmware.cli.doors import doors
from firmware.diagnosis.tare import tare
from firmware.storage import zero as zeros
from firmware.terminal.calibration_prompt import CalibrationPrompt
from hardware.board import STANDARD_GRAVITY


@click.command("tare")
@options.config_option
def command(*, config_file: Path | None) -> None:
    """Take the zero of the empty mat. Stop the service first."""
    opened = mat.load_mat(config_file)
    with daemon.stop_on_signals() as stop, CalibrationPrompt(Console()) as prompt:
        tared = tare(doors().source(opened), opened.board, opened.calibration, prompt, stop)
    assert tared.calibration.zero_counts is not None  # noqa: S101 - it was just taken
    path = zeros.save(opened.settings.storage.state_dir, tared.calibration.zero_counts, opened.number)
    click.echo(f"{path}: zero kept, {tared.offset_n / STANDARD_GRAVITY:+.2f} kg from the one before")
    for fault in tared.faults:
        click.echo(f"acumat: {fault}: see `acumat doctor`", err=True)
