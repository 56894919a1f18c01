"""Is the site in order? Each check is a row: what was looked at, whether it is well, and what to do if not."""

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final, NamedTuple

import psycopg
from cryptography import x509

from firmware.errors import AcumatError
from firmware.site import schema
from firmware.site.broker import CONNECT_TIMEOUT_S, tls
from firmware.site.measures import Metrics
from firmware.site.settings import SiteSettings

RENEW: Final = dt.timedelta(days=60)


class Finding(NamedTuple):
    """One check. remedy is empty when it is well."""

    what: str
    text: str
    remedy: str = ""


def examine(settings: SiteSettings, now: dt.datetime) -> list[Finding]:
    """Return all findings; a check that cannot be made is a finding too."""
    findings: list[Finding] = []
    for what, check in CHECKS.items():
        try:
            findings += [Finding(what, *rest) for rest in check(settings, now)]
        except (OSError, psycopg.Error, AcumatError) as error:
            findings.append(Finding(what, str(error).strip(), REMEDIES[what]))
    return findings


def _database(settings: SiteSettings, now: dt.datetime) -> Iterator[tuple[str, ...]]:
    with schema.connect(settings) as connection:
        known = {name for (name,) in connection.execute("SELECT name FROM schema_version")}
        left = [name for name, _ in schema.migrations() if name not in known]
        yield ("answers", f"run `acumat-site migrate`: {', '.join(left)} is missing") if left else ("answers",)
        part = f"event_{now + dt.timedelta(days=20):%Y_%m}"
        there = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [part]).fetchone() == (True,)
        yield ("partitions ahead",) if there else (f"{part} is missing", "enable acumat-site-upkeep.timer")


def _mats(settings: SiteSettings, _now: dt.datetime) -> Iterator[tuple[str, ...]]:
    site = [settings.site.name]
    with schema.connect(settings) as connection:
        for query, text, remedy in QUERIES:
            found = [str(name) for (name,) in connection.execute(query.encode(), site)]
            if found:
                yield f"{len(found)} {text}: {', '.join(found[:10])}", remedy
        row = connection.execute("SELECT count(*) FROM mat WHERE site = %s AND retired_at IS NULL", site).fetchone()
        yield (f"{row[0] if row else 0} enrolled",)


QUERIES: Final = (
    (
        "SELECT mat FROM mat WHERE site = %s AND NOT isempty(given_up)",
        "mats lost messages for good",
        "they were off the broker for longer than they keep messages; nothing can be done now",
    ),
    (
        "SELECT mat FROM mat WHERE site = %s AND online AND seen_at < now() - interval '1 hour' AND retired_at IS NULL",
        "mats are online but silent for an hour",
        "is `acumat-site collect` running?",
    ),
    (
        "SELECT DISTINCT split_part(topic, '/', 2) FROM dead_letter WHERE site = %s",
        "mats sent what is no event",
        "look at the table dead_letter; a newer program on a mat needs a newer acumat-site",
    ),
    (
        "SELECT mat FROM mat WHERE site = %s AND state->>'fault' = 'ON' AND retired_at IS NULL",
        "mats have a cell without readings",
        "run `acumat doctor` on the mat",
    ),
)


def _broker(settings: SiteSettings, now: dt.datetime) -> Iterator[tuple[str, ...]]:
    address, context = (settings.broker.host, settings.broker.port), tls(settings.broker)
    with closing(socket.create_connection(address, CONNECT_TIMEOUT_S)) as plain:
        if context is None:
            yield "answers, without TLS", "set ca_file, certificate_file and key_file of [broker]"
            return
        with closing(context.wrap_socket(plain, server_hostname=address[0])) as stream:
            data = stream.getpeercert(binary_form=True) or b""
    until = x509.load_der_x509_certificate(data).not_valid_after_utc
    left = (until - now).days
    yield (f"answers, certificate for {left} days", "issue it again: see docs/site.md" if left < RENEW.days else "")


def _measures(settings: SiteSettings, _now: dt.datetime) -> Iterator[tuple[str, ...]]:
    with closing(Metrics(settings.measures.url)) as metrics:
        metrics.request("GET", "/health")
    yield ("answer",)


CHECKS: Final[dict[str, Callable[[SiteSettings, dt.datetime], Iterator[tuple[str, ...]]]]] = {
    "database": _database,
    "mats": _mats,
    "broker": _broker,
    "measures": _measures,
}
REMEDIES: Final = {
    "database": "is PostgreSQL running, and database.conninfo right?",
    "mats": "see the database",
    "broker": "is mosquitto running, and [broker] right?",
    "measures": "is victoria-metrics running, and measures.url right?",
}
