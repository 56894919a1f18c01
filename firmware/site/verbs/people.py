"""`acumat-site forget` and `export`."""

import click
import msgspec

from firmware.site import privacy, schema
from firmware.site.settings import SiteSettings
from firmware.site.verbs.mats import now
from firmware.site.verbs.options import with_settings


@click.command()
@click.argument("name", metavar="PERSON")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_settings
def forget(settings: SiteSettings, name: str, *, yes: bool) -> None:
    """Delete a person across the site: sessions, events, journal; prints the proof. The name is not stored."""
    person = privacy.pseudonym_of(settings, name)
    if not yes:
        click.confirm(f"Delete everything of {person} at the site {settings.site.name}?", abort=True)
    with schema.connect(settings) as connection:
        proof = privacy.forget(connection, settings.site.name, person, now())
    privacy.clean(settings.database.conninfo)
    click.echo(msgspec.json.format(msgspec.json.encode(proof), indent=1).decode())


@click.command()
@click.argument("name", metavar="PERSON")
@with_settings
def export(settings: SiteSettings, name: str) -> None:
    """Print a person's sessions, events and journal, one JSON object a line."""
    person = privacy.pseudonym_of(settings, name)
    with schema.connect(settings) as connection:
        for line in privacy.export(connection, settings.site.name, person):
            click.echo(line.decode())
