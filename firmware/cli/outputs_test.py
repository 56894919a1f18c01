"""`acumat outputs-test`: does every light and sound of the pod work, and its key?"""

from contextlib import closing
from pathlib import Path

import click
from rich.console import Console

from firmware import config, daemon
from firmware.cli import options
from firmware.cli.doors import doors
from firmware.clock import SystemClock
from firmware.diagnosis.outputs_test import show_outputs, wait_for_key
from firmware.terminal.calibration_prompt import CalibrationPrompt
from hardware import board as boards


@click.command("outputs-test")
@options.config_option
@click.option("--no-key", is_flag=True, help="Do not wait for the key.")
def command(*, config_file: Path | None, no_key: bool) -> None:
    """Show each light, tone and vibration in turn, then wait for the key; exit 1 when it is not pressed.

    Stop the service first.
    """
    board = boards.load_board(config.load_settings(config_file).board.file)
    clock = SystemClock()
    with daemon.stop_on_signals() as stop, closing(doors().pod(board)) as pod, CalibrationPrompt(Console()) as prompt:
        shown = show_outputs(board, pod, prompt, clock, stop)
        pressed = None if no_key else wait_for_key(board, pod, prompt, clock, stop)
    if pod.fault is not None:
        click.echo(f"acumat: {pod.fault}", err=True)
    click.echo(
        f"{shown} lights and sounds shown" + {True: ", key pressed", False: ", no press of the key", None: ""}[pressed]
    )
    raise SystemExit(int(pod.fault is not None or pressed is False))
