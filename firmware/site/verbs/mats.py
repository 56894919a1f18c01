"""`acumat-site init`, `enrol`, `retire`, `mats`."""

import datetime as dt
import re

import click

from firmware.clock import SystemClock
from firmware.site import access, enrolment, schema
from firmware.site.authority import COLLECTOR, PRIVATE, SHARED, Authority, write
from firmware.site.broker import tls
from firmware.site.settings import SiteSettings
from firmware.site.verbs.options import with_settings


def now() -> dt.datetime:
    """Return the present time in UTC."""
    return dt.datetime.fromtimestamp(SystemClock().wall_s(), dt.UTC)


def _names(_ctx: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for name in value:
        if not re.fullmatch("[a-z0-9-]{1,32}", name):
            raise click.BadParameter(f"{name[:40]!r}: a mat has 1 to 32 of a-z, 0-9 and - in its name")
    return value


@click.command()
@click.option("--host", "hosts", multiple=True, required=True, help="Name or address that the mats use; may repeat.")
@click.option("--bind", default="", metavar="ADDRESS", help="Listen on this address only.")
@with_settings
def init(settings: SiteSettings, hosts: tuple[str, ...], bind: str) -> None:
    """Make the authority of the site, the certificates of broker and collector, and the broker's configuration."""
    folder = settings.site.folder / enrolment.BROKER
    authority = Authority.create(folder, settings.site.name, now())
    for name, found, mode in (("server", hosts, SHARED), (COLLECTOR, (), PRIVATE)):
        certificate, key, _ = authority.issue(hosts[0] if found else name, tuple(found))
        write(folder / f"{name}.crt", certificate, SHARED)
        write(folder / f"{name}.key", key, mode)
    access.write_access(folder, ())
    path = access.write_configuration(folder, settings.broker.port, bind)
    click.echo(f"{path}: link it into /etc/mosquitto/conf.d and restart mosquitto")


@click.command()
@click.argument("names", nargs=-1, required=True, callback=_names, metavar="MAT...")
@click.option("--journal", is_flag=True, help="The people of this mat agree that its journal is stored here.")
@with_settings
def enrol(settings: SiteSettings, names: tuple[str, ...], *, journal: bool) -> None:
    """Enrol mats: a certificate each, access at the broker, and a folder to copy to the mat as /etc/acumat."""
    authority = Authority(settings.site.folder / enrolment.BROKER, now())
    with schema.connect(settings) as connection:
        for name in names:
            folder = enrolment.enrol(connection, settings, authority, name, journal=journal)
            click.echo(f"{name}: copy {folder}/ to /etc/acumat of the mat")


@click.command()
@click.argument("name", callback=lambda ctx, option, value: _names(ctx, option, (value,))[0], metavar="MAT")
@with_settings
def retire(settings: SiteSettings, name: str) -> None:
    """Revoke a mat: it can no longer connect, and the broker shows nothing of it. What it sent stays."""
    authority = Authority(settings.site.folder / enrolment.BROKER, now())
    with schema.connect(settings) as connection:
        enrolment.retire(connection, settings, authority, name)
    count = enrolment.clear_retained(settings.broker, tls(settings.broker), name)
    click.echo(f"{name}: revoked, {count} retained topics cleared")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_settings
def mats(settings: SiteSettings, *, as_json: bool) -> None:
    """List the mats: online, stage, fault, program, sessions today, messages that are missing."""
    with schema.connect(settings) as connection:
        rows = enrolment.mats(connection, settings.site.name)
    if as_json:
        click.echo(enrolment.as_json(rows))
        return
    click.echo(f"{'mat':32} {'state':10} {'program':10} {'today':>5} {'missing':>7}")
    for row in rows:
        state = "retired" if row["retired_at"] else str(row["stage"] or "online") if row["online"] else "offline"
        fault = "  cell without readings" if row["fault"] else ""
        software = row["software"] or "-"
        click.echo(f"{row['mat']:32} {state:10} {software:10} {row['sessions_today']:>5} {row['missing']:>7}{fault}")
