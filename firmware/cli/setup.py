"""`acumat setup`: five questions, and the mat is ready. Each can be answered by an option instead."""

import os
from pathlib import Path
from typing import TextIO

import click

from firmware.diagnosis.setup import run_setup
from firmware.diagnosis.setup_context import SetupContext
from firmware.drivers.service import CREDENTIAL, Service
from firmware.errors import ConfigError
from firmware.terminal.console import Terminal
from firmware.terminal.setup_questions import SetupQuestions

SETTINGS = Path("/etc/acumat/acumat.toml")


@click.command("setup")
@click.option(
    "--config", "config_file", type=click.Path(path_type=Path), default=SETTINGS, show_default=True,
    help="Settings file that is written.",
)  # fmt: skip
@click.option("--board", help="standard, the name of a board that comes with the program, or a file.")
@click.option("--pins", type=click.Choice(["yes", "skip"]), help="Test cells, light and sound.")
@click.option("--broker", help="none, HOST or HOST:PORT.")
@click.option("--username", help="At the broker; empty for none.")
@click.option("--password-file", type=click.File("r"), help="File with the password, - for standard input.")
@click.option("--tls/--no-tls", default=None, help="Encrypt the connection to the broker.")
@click.option("--person", help="Who uses the mat: a name, or guest.")
@click.option("--zero", type=click.Choice(["yes", "skip"]), help="Take the zero of the empty mat.")
def command(*, config_file: Path, password_file: TextIO | None, tls: bool | None, **answers: str | None) -> None:
    """Ask what this mat needs, test it, start the service and look at the whole; exit 1 when something is not in order.

    An option answers its question. With all of them nothing is asked.
    """
    if not os.access(config_file if config_file.exists() else config_file.absolute().parent, os.W_OK):
        raise ConfigError(
            f"{config_file}: cannot be written by this user: use sudo, or --config with a file of your own"
        )
    given = {name: value for name, value in answers.items() if value is not None}
    if "broker" in given:
        given.setdefault("username", "")
    if password_file is not None:
        given["password"] = password_file.readline().rstrip("\n")
    service = Service()
    credential = CREDENTIAL if service.installed and config_file == SETTINGS else None
    questions = SetupQuestions(Terminal(highlight=False))
    context = SetupContext(config_file.absolute(), questions, service, given, tls=tls, credential=credential)
    raise SystemExit(run_setup(context))
