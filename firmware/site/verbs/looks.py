"""`acumat-site report` and `doctor`."""

import click
import uvicorn

from firmware.site import doctor as checks
from firmware.site import enrolment, page, schema
from firmware.site import report as figures
from firmware.site.settings import SiteSettings
from firmware.site.verbs.mats import now
from firmware.site.verbs.options import with_settings


@click.command()
@click.option("--months", type=click.IntRange(1, 240), default=12, help="Up to the present one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_settings
def report(settings: SiteSettings, months: int, *, as_json: bool) -> None:
    """Sessions, minutes and reasons by month, and the busiest mats. Numbers of people, never who."""
    first = figures.first_month(now().date(), months)
    with schema.connect(settings) as connection:
        rows = figures.months(connection, settings.site.name, first)
        mats = figures.busiest(connection, settings.site.name, first)
    if as_json:
        click.echo(enrolment.as_json([*rows, *mats]))
        return
    click.echo(
        f"{'month':8} {'sessions':>8} {'mats':>5} {'people':>6} {'hours':>7} {'min each':>8} {'goal':>5} {'hurt':>5}"
    )
    for row in rows:
        click.echo(
            f"{row['month']:8} {row['sessions']:>8} {row['mats']:>5} {row['people']:>6} {row['minutes'] / 60:>7.1f}"
            f" {row['minutes_each']:>8.1f} {row['goal_reached']:>5} {row['discomfort']:>5}"
        )
    for row in mats:
        click.echo(f"{row['mat']:32} {row['sessions']:>6} sessions {row['minutes'] / 60:>7.1f} hours")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8090, help="On the loopback.")
@with_settings
def serve(settings: SiteSettings, port: int) -> None:
    """Serve the read-only page of the site on the loopback, until SIGTERM."""
    with page.pool_of(settings) as pool:
        app = page.application(settings.site.name, page.reader(settings, pool), now)
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", server_header=False)


@click.command()
@with_settings
def doctor(settings: SiteSettings) -> None:
    """Check database, mats, broker and measures; exit code 1 when something is to be done."""
    findings = checks.examine(settings, now())
    for finding in findings:
        click.echo(f"{'!!' if finding.remedy else 'ok'} {finding.what}: {finding.text}")
        if finding.remedy:
            click.echo(f"   {finding.remedy}")
    if any(finding.remedy for finding in findings):
        raise SystemExit(1)
