"""`acumat doctor`: is this mat in order? One screen, no secrets; exit 1 when something has to be mended."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from rich.table import Table
from rich.text import Text

from firmware import config, mat
from firmware.cli import options
from firmware.cli.ranges import Between
from firmware.clock import SystemClock
from firmware.diagnosis.checks import DiagnosticContext, Row, Severity, examine, first_lines, may_realtime
from firmware.drivers import factory
from firmware.errors import AcumatError
from firmware.mqtt import connection_test as reach
from firmware.signal.calibration import Calibration
from firmware.terminal.console import Terminal
from hardware import board as boards
from hardware.board import BoardError

T = TypeVar("T")
SECONDS = 12.0  # a stuck cell is known after ten
STYLES = {Severity.FINE: "", Severity.NOTE: "yellow", Severity.FAIL: "bold reverse"}


@click.command("doctor")
@options.config_option
@click.option("--seconds", type=Between(2, 600), default=SECONDS, show_default=True, help="Of reading cells.")
def command(*, config_file: Path | None, seconds: float) -> None:
    """Look at settings, board, wires, cells, power, broker and storage."""
    opened, troubles = open_or_defaults(config_file)
    patient = DiagnosticContext(
        opened,
        config_file,
        seconds,
        source=opened.source,
        choose=lambda: factory.choose(opened.settings.cells.backend),
        dial=lambda: reach.dialer(opened.settings.mqtt, opened.settings.device),
        clock=SystemClock(),
        may_realtime=may_realtime,
        troubles=troubles,
    )
    rows = examine(patient)
    Terminal().print(picture(rows))
    raise SystemExit(int(any(row.finding.grade is Severity.FAIL for row in rows)))


def open_or_defaults(config_file: Path | None) -> tuple[mat.Mat, dict[str, str]]:
    """Open the mat, and say by the name of the check what cannot be opened: defaults stand for that alone."""
    troubles: dict[str, str] = {}

    def attempt(name: str, read: Callable[[], T], instead: Callable[[], T]) -> T:
        try:
            return read()
        except (AcumatError, BoardError) as error:
            troubles[name] = first_lines(error)
            return instead()

    settings = attempt("settings", lambda: config.load(config_file), config.Settings)
    board = attempt("board", lambda: boards.load(settings.board.file), boards.load)
    nominal = Calibration((board.counts_per_newton,) * len(board.cells))
    opened = attempt(
        "calibration",
        lambda: mat.described(settings, board),
        lambda: mat.Mat(settings, board, nominal, calibrated=False),
    )
    return opened, troubles


def picture(rows: list[Row]) -> Table:
    """Give the table; what is fine needs no advice."""
    table = Table(show_header=False, box=None, pad_edge=False)
    for row in rows:
        fact = Text(row.finding.fact)
        if row.finding.grade is not Severity.FINE:
            fact.append(f"\n-> {row.mend}", "italic")
        table.add_row(row.name, Text(row.finding.grade, STYLES[row.finding.grade]), fact)
    return table
