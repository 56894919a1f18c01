"""`acumat-site collect`."""

import signal
import threading

import click

from firmware.clock import SystemClock
from firmware.site.collector import Collector
from firmware.site.settings import SiteSettings
from firmware.site.verbs.options import with_settings


@click.command()
@click.option("--number", type=click.IntRange(1, 99), default=1, help="Of this process, when a site has several.")
@with_settings
def collect(settings: SiteSettings, number: int) -> None:
    """Store what the mats publish, until SIGTERM. A message is acknowledged after its commit."""
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    Collector(settings, number, SystemClock(), lambda line: click.echo(line, err=True)).run(stop)
