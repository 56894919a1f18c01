"""`acumat doctor`: is this mat in order? One screen, no secrets; exit 1 on a fault."""

from pathlib import Path

import click

from firmware.cli import options
from firmware.cli.doors import doors
from firmware.cli.page_address import print_page_address
from firmware.cli.stored import json_option, print_json, print_screen
from firmware.clock import SystemClock
from firmware.diagnosis.checks import Severity, realtime_allowed, run_checks
from firmware.diagnosis.context import DiagnosticContext, open_or_defaults
from firmware.mqtt import connection_test
from firmware.terminal.arguments import FiniteRange
from firmware.terminal.doctor_screen import doctor_screen

SECONDS = 12.0  # a stuck cell is known after ten


@click.command("doctor")
@options.config_option
@click.option("--seconds", type=FiniteRange(2, 600), default=SECONDS, show_default=True, help="Of reading cells.")
@json_option
def command(*, config_file: Path | None, seconds: float, as_json: bool) -> None:
    """Examine settings, board, wires, cells, power, broker and storage; show the address of the page."""
    door = doors()
    opened, failures = open_or_defaults(config_file)
    context = DiagnosticContext(
        opened,
        config_file,
        seconds,
        source=lambda: door.source(opened),
        choose=lambda: door.choose(opened.settings.cells.backend),
        dial=lambda: connection_test.probe_dialer(opened.settings.mqtt, opened.settings.device),
        clock=SystemClock(),
        may_realtime=realtime_allowed,
        failures=failures,
    )
    rows = run_checks(context)
    if as_json:
        print_json(rows)
    else:
        print_screen(doctor_screen(rows, opened.board, simulated=door.origin.simulated))
        print_page_address(opened.settings)
    raise SystemExit(int(any(row.finding.severity is Severity.FAIL for row in rows)))
