"""`acumat-site migrate` and `upkeep`."""

import datetime as dt

import click

from firmware.clock import SystemClock
from firmware.site import schema
from firmware.site.settings import SiteSettings
from firmware.site.verbs.options import with_settings


def today() -> dt.date:
    """Return the day in UTC."""
    return dt.datetime.fromtimestamp(SystemClock().wall_s(), dt.UTC).date()


@click.command()
@with_settings
def migrate(settings: SiteSettings) -> None:
    """Create the tables or bring them up to date, and make the role that sees this site only."""
    for name in schema.migrate(settings):
        click.echo(f"migration {name}")
    schema.upkeep(settings.database, today())
    click.echo(f"the tables are up to date; role {schema.role_of(settings.site.name)}")


@click.command()
@with_settings
def upkeep(settings: SiteSettings) -> None:
    """Make the partitions of the coming months, and drop those older than database.months. Run it daily."""
    dropped = schema.upkeep(settings.database, today())
    click.echo(f"partitions are ready; {dropped} dropped, older than {settings.database.months} months")
