"""`acumat install-service`: user, folders and service for an installation by pipx or pip."""

import sys
from pathlib import Path

import click

from firmware.drivers import unit_files


@click.command("install-service")
def command() -> None:
    """Install and start the service; not needed with the Debian package. Needs root."""
    for path in unit_files.install_unit_files(Path(sys.argv[0]).resolve()):
        click.echo(str(path))
