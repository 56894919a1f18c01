"""`acumat probe`: how the chips of this mat behave on this computer. Nobody should be on the mat."""

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console, Group
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from firmware import config
from firmware.cli import options
from firmware.cli.ranges import Between
from firmware.diagnosis.probe import HIGH_EDGES_US, ProbeReport, probe
from firmware.drivers.factory import open_wires
from firmware.drivers.sampler import lock_memory, take_realtime
from hardware import board as boards

if TYPE_CHECKING:
    from rich.console import RenderableType

    from firmware.drivers.factory import Wires
    from hardware.board import Board

BAR = 30


@click.command("probe")
@options.config_option
@click.option("--seconds", type=Between(2, 3600), default=15.0, show_default=True, help="How long.")
@click.option("--backend", help="Way to the wires; without it the one of the settings.")
def command(*, config_file: Path | None, seconds: float, backend: str | None) -> None:
    """Measure rates, clock pulses and lost reads; exit 1 when something has to be mended. Stop the service first."""
    settings = config.load(config_file)
    board = boards.load(settings.board.file)
    wires = open_wires(board, backend or settings.cells.backend)
    realtime = take_realtime() and lock_memory()  # as the service reads them, where it may
    rights = f"{'with' if realtime else 'without'} real-time priority and locked memory"
    click.echo(f"{board.name} through {wires.choice.backend}, {rights}")
    report = measure(wires, board, seconds, Console())
    raise SystemExit(0 if report.ok else 1)


def measure(wires: "Wires", board: "Board", seconds: float, console: Console) -> ProbeReport:
    """Measure, with a bar while it lasts, and show the report; the lines are given back."""
    columns = TextColumn("reading"), BarColumn(BAR, complete_style="blue", finished_style="bright_blue")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=1.0)
        try:
            report = probe(wires, board, seconds, progress=lambda share: bar.update(task, completed=share))
        finally:
            wires.lines.close()
    console.print(picture(report))
    return report


def picture(report: ProbeReport) -> "RenderableType":
    """Give the whole report: a row for each chip, the clock pulses, the verdict."""
    table = Table(title=f"{report.frames} frames in {report.seconds:.0f} s, {report.good_frames} of them good")
    for name in ("cell", "rate", "reads", "good", "silent", "long clock", "collided", "desynced", "resets", "noise"):
        table.add_column(name, justify="left" if name == "cell" else "right")
    for one in report.cells:
        rate = "-" if one.rate_hz is None else f"{one.rate_hz:.2f} Hz"
        noise = "-" if one.spread_counts is None else f"{one.spread_counts:.0f}"
        mishaps = (one.silent, one.stretched, one.collided, one.desynced, one.resets)
        table.add_row(one.name, rate, str(one.reads), str(one.good), *(str(number or "") for number in mishaps), noise)
    verdict = [Text(("mend: " if not report.ok else "fine: ") + line) for line in report.verdict]
    read = f"reading a bank takes {report.read_us:.0f} us; longest clock pulse {report.longest_high_us:.1f} us"
    return Group(table, Text(read), histogram(report), *verdict)


def histogram(report: ProbeReport) -> Table:
    """Show how long the clock pulses were high; a chip may switch off above 60 us."""
    table = Table.grid(padding=(0, 2))
    edges = [0, *HIGH_EDGES_US]
    names = [*(f"{low} to {high} us" for low, high in pairwise(edges)), f"{edges[-1]} us and more"]
    most = max(*report.high_pulses, 1)
    for name, pulses in zip(names, report.high_pulses, strict=True):
        table.add_row(f"clock high {name}", f"{pulses}", "#" * -(-BAR * pulses // most))
    return table
