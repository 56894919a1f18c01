"""`acumat probe`: how the chips of this mat behave on this computer. The mat must be empty."""

from pathlib import Path

import click
from rich.console import Console

from firmware import config
from firmware.cli import options
from firmware.cli.doors import doors
from firmware.diagnosis.probe import probe
from firmware.drivers.sampler import lock_memory, take_realtime
from firmware.terminal.arguments import FiniteRange
from firmware.terminal.probe_report import probe_report_view
from firmware.terminal.progress import progress_bar
from hardware import board as boards


@click.command("probe")
@options.config_option
@click.option("--seconds", type=FiniteRange(2, 3600), default=15.0, show_default=True, help="How long.")
@click.option("--backend", help="Backend of the wires; without it the one of the settings.")
def command(*, config_file: Path | None, seconds: float, backend: str | None) -> None:
    """Measure rates, clock pulses and lost reads; exit 1 on a fault. Stop the service first."""
    settings = config.load_settings(config_file)
    board = boards.load_board(settings.board.file)
    wires = doors().lines(board, backend or settings.cells.backend)
    realtime = take_realtime() and lock_memory()  # as in the service, where permitted
    rights = f"{'with' if realtime else 'without'} real-time priority and locked memory"
    click.echo(f"{board.name} through {wires.choice.backend}, {rights}")
    console = Console()
    with progress_bar("reading", console) as advance:
        report = probe(wires, board, seconds, progress=advance)
    console.print(probe_report_view(report))
    raise SystemExit(0 if report.ok else 1)
