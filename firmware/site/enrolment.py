"""A mat joins a site, or leaves it: row, certificate, access, and the folder that is copied to the mat."""

import shutil
import ssl
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from firmware.errors import AcumatError
from firmware.site.access import write_access
from firmware.site.authority import PRIVATE, Authority, write
from firmware.site.settings import Broker, SiteSettings

CREDENTIALS: Final = "credentials"
BROKER: Final = "broker"
CLEAR_S: Final = 10.0
RETAINED: Final = ("state", "availability", "info", "session/last", "diag", "map")

ENROL: Final = """
INSERT INTO mat (site, mat, journal_consent) VALUES (%s, %s, %s)
ON CONFLICT (site, mat) DO UPDATE SET retired_at = NULL, enrolled_at = now(), received = '{}', given_up = '{}',
    replay_wanted = true, replay_asks = 0, journal_consent = excluded.journal_consent
WHERE mat.retired_at IS NOT NULL RETURNING mat"""
RETIRE: Final = """
UPDATE mat SET retired_at = now(), online = false, state = NULL WHERE site = %s AND mat = %s AND retired_at IS NULL
RETURNING mat"""
ENROLLED: Final = "SELECT mat FROM mat WHERE site = %s AND retired_at IS NULL ORDER BY mat"


class EnrolmentError(AcumatError, ValueError):
    """A mat is enrolled already, or is not."""


def enrol(
    connection: psycopg.Connection, settings: SiteSettings, authority: Authority, mat: str, *, journal: bool
) -> Path:
    """Enrol a mat; returns the folder with its credentials. Raises EnrolmentError when it is enrolled."""
    with connection.transaction():
        row = connection.execute(ENROL, [settings.site.name, mat, journal]).fetchone()
        if row is None:
            raise EnrolmentError(f"{mat} is enrolled already: retire it first, or choose another name")
        certificate, key, _ = authority.issue(mat)
        folder = settings.site.folder / CREDENTIALS / mat
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, data in (("ca.crt", authority.certificate), ("mat.crt", certificate), ("mat.key", key)):
            write(folder / name, data, PRIVATE)
        write(folder / "acumat.toml", _settings(settings.broker, mat).encode(), PRIVATE)
        refresh_access(connection, settings)
    return folder


def _settings(broker: Broker, mat: str) -> str:
    """Return what belongs into the settings of the mat, beside these files in /etc/acumat."""
    return (
        f'[device]\nid = "{mat}"\n\n[mqtt]\nenabled = true\nhost = "{broker.host}"\nport = {broker.port}\n'
        'tls = true\ntls_ca_file = "ca.crt"\ntls_cert_file = "mat.crt"\ntls_key_file = "mat.key"\n'
    )


def refresh_access(connection: psycopg.Connection, settings: SiteSettings) -> None:
    """Write the list of access from the table of mats."""
    mats = [mat for (mat,) in connection.execute(ENROLLED, [settings.site.name])]
    write_access(settings.site.folder / BROKER, mats)


def retire(connection: psycopg.Connection, settings: SiteSettings, authority: Authority, mat: str) -> None:
    """Revoke a mat, and remove its credentials here. What it sent stays. Raises EnrolmentError when it is not enrolled.

    clear_retained takes what the broker still shows of it.
    """
    with connection.transaction():
        if connection.execute(RETIRE, [settings.site.name, mat]).fetchone() is None:
            raise EnrolmentError(f"{mat} is not enrolled at the site {settings.site.name}")
        folder = settings.site.folder / CREDENTIALS / mat
        if (folder / "mat.crt").exists():
            authority.revoke(folder / "mat.crt")
        shutil.rmtree(folder, ignore_errors=True)
        refresh_access(connection, settings)


def clear_retained(broker: Broker, context: ssl.SSLContext | None, mat: str) -> int:
    """Remove everything that the broker retains of a mat; returns how many topics were cleared. Raises OSError."""
    topics = [f"acumat/{mat}/{rest}" for rest in RETAINED]
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    if context is not None:
        client.tls_set_context(context)
    client.connect(broker.host, broker.port)
    client.loop_start()
    try:
        for topic in topics:
            client.publish(topic, b"", qos=1, retain=True).wait_for_publish(CLEAR_S)
    finally:
        client.disconnect()
        client.loop_stop()
    return len(topics)


def mats(connection: psycopg.Connection, site: str) -> list[dict[str, Any]]:
    """Return the mats of a site with what is known of each."""
    rows = connection.execute(MATS, [site, site]).fetchall()
    names = ("mat", "online", "stage", "fault", "software", "seen_at", "sessions_today", "missing", "retired_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


MATS: Final = """
SELECT mat.mat, online, state->>'stage', coalesce(state->>'fault' = 'ON', false), software, seen_at,
    coalesce(today.sessions, 0),
    coalesce(upper(received) - 1 - (SELECT sum(upper(one) - lower(one)) FROM unnest(received) one), 0)::int, retired_at
FROM mat LEFT JOIN (
    SELECT mat, count(*) AS sessions FROM session WHERE site = %s AND started_at >= date_trunc('day', now())
    GROUP BY mat
) today USING (mat)
WHERE site = %s ORDER BY mat.mat"""


def as_json(rows: list[dict[str, object]]) -> str:
    """Return rows as JSON, one object a line."""
    return "\n".join(msgspec.json.encode(row).decode() for row in rows)
