"""`acumat outputs-off`: called by the service manager after the daemon has ended, for whatever reason."""

from pathlib import Path

import click

from firmware import config
from firmware.drivers import pins
from firmware.drivers.kernel_pwm import channels_of
from hardware import board as boards


@click.command("outputs-off")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Settings file.")
def command(*, config_file: Path | None) -> None:
    """Switch light and buzzer off."""
    settings = config.load_settings(config_file)
    board = boards.load_board(settings.board.file)
    pins.all_off(board, channels=channels_of(settings.outputs.hardware_pwm))
