"""`acumat bench`: what this computer can do for a mat, as a table and as a file to send."""

from pathlib import Path

import click
import msgspec

from firmware import config
from firmware.cli import options
from firmware.clock import SystemClock
from firmware.diagnosis.bench import BenchContext, measure_computer
from firmware.drivers.factory import open_lines
from firmware.drivers.sampler import lock_memory, take_realtime
from firmware.storage.atomic_write import atomic_write
from firmware.terminal.bench_table import bench_table
from firmware.terminal.console import Terminal
from hardware import board as boards


@click.command("bench")
@options.config_option
@click.option("--json", "json_file", type=options.type_path, help="Write the figures to this file too.")
def command(*, config_file: Path | None, json_file: Path | None) -> None:
    """Measure core, line operations, wake-up and disk of this computer. Stop the service first."""
    settings = config.load_settings(config_file)
    board = boards.load_board(settings.board.file)
    report = measure_computer(
        BenchContext(
            board,
            SystemClock(),
            lambda: open_lines(board, settings.cells.backend),
            lambda: take_realtime() and lock_memory(),
            settings.storage.state_dir,
        )
    )
    Terminal().print(bench_table(report))
    if json_file is not None:
        atomic_write(json_file, msgspec.json.format(msgspec.json.encode(report), indent=1).decode() + "\n")
