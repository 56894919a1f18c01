"""`acumat outputs-test`: does every light and sound of the pod work, and its key? How loud should it be?"""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from firmware import config, daemon
from firmware.cli import options
from firmware.cli.doors import doors
from firmware.clock import SystemClock
from firmware.diagnosis.listening_test import find_loudness
from firmware.diagnosis.outputs_test import show_outputs, wait_for_key
from firmware.errors import ConfigError
from firmware.storage.settings_file import change_settings
from firmware.terminal.calibration_prompt import CalibrationPrompt
from hardware import board as boards

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.cli.doors import Pod
    from hardware.board import Board


@click.command("outputs-test")
@options.config_option
@click.option("--no-key", is_flag=True, help="Do not wait for the key.")
@click.option("--listen", is_flag=True, help="Find how loud the sounds shall be, with the key, and store it.")
def command(*, config_file: Path | None, no_key: bool, listen: bool) -> None:
    """Show each light, tone and vibration in turn, then wait for the key; exit 1 when it is not pressed.

    With --listen notes grow louder instead: press at the first that you hear, and where louder would be too loud. The
    steps of loudness are stored in the settings file; without --config they are printed. Stop the service first.
    """
    settings = config.load_settings(config_file)
    board, outputs = boards.load_board(settings.board.file), settings.outputs
    with daemon.stop_on_signals() as stop, closing(doors().pod(board, outputs.hardware_pwm)) as pod:
        done = _listen(board, pod, outputs.volume, config_file, stop) if listen else _show(board, pod, stop, no_key)
    if pod.fault is not None:
        click.echo(f"acumat: {pod.fault}", err=True)
    raise SystemExit(int(pod.fault is not None or not done))


def _show(board: "Board", pod: "Pod", stop: "Callable[[], bool]", no_key: bool) -> bool:
    """Show all; return whether the key was pressed where it was waited for."""
    clock = SystemClock()
    with CalibrationPrompt(Console()) as prompt:
        shown = show_outputs(board, pod, prompt, clock, stop)
        pressed = None if no_key else wait_for_key(board, pod, prompt, clock, stop)
    said = {True: ", key pressed", False: ", no press of the key", None: ""}[pressed]
    click.echo(f"{shown} lights and sounds shown{said}")
    return pressed is not False


def _listen(board: "Board", pod: "Pod", volume: float, file: Path | None, stop: "Callable[[], bool]") -> bool:
    """Carry out the listening test and store what was found; return whether anything was heard."""
    if board.buzzer_bcm is None or board.button_bcm is None:
        raise ConfigError("this board has no buzzer or no key: set outputs.loudness by hand, or leave it")
    if not volume:
        raise ConfigError("outputs.volume is 0, so nothing sounds: set it first")
    with CalibrationPrompt(Console()) as prompt:
        found = find_loudness(pod, prompt, SystemClock(), stop, volume=volume)
    if found is None:
        click.echo("no press of the key: the loudness stays as it is")
        return False
    if file is not None:
        change_settings(file, "outputs", {"loudness": list(found)})
    where = f"{file}: " if file is not None else "put this into the section [outputs]: "
    click.echo(f"{where}loudness = {list(found)}")
    return True
