"""A person's rows across a site: export, and deletion with a proof. Names are turned into pseudonyms here only.

What belongs to a person: sessions, events and journal rows with the pseudonym, and the events of those sessions. After
a deletion the pseudonym stays in the table `forgotten`, and the ids of the sessions in `forgotten_session`, so
that a mat that sends its history again does not bring them back.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final

import msgspec
import psycopg
from psycopg import sql

from firmware.site.pseudonyms import load_key, pseudonym
from firmware.site.settings import SiteSettings

OWN: Final = "(site = %(site)s AND person = %(person)s)"
OF_SESSIONS: Final = (
    "(site = %(site)s AND (mat, session_id) IN (SELECT mat, session_id FROM session WHERE site = %(site)s AND"
    " person = %(person)s))"
)
# Sessions go last: the events of a session are found by them.
PERSON: Final = "(site = %(site)s AND pseudonym = %(person)s)"
BOTH: Final = f"({OWN} OR {OF_SESSIONS})"
TABLES: Final = {"journal": BOTH, "event": BOTH, "session": OWN, "person": PERSON}
SESSIONS: Final = """
INSERT INTO forgotten_session SELECT site, mat, session_id FROM session WHERE site = %(site)s AND person = %(person)s
ON CONFLICT DO NOTHING"""
LATER: Final = """
INSERT INTO forgotten (site, pseudonym, proof) VALUES (%s, %s, %s)
ON CONFLICT (site, pseudonym) DO UPDATE SET deleted_at = clock_timestamp(), proof = excluded.proof"""


class Proof(msgspec.Struct):
    """What a deletion did, by a count of the rows before and after it in one transaction."""

    site: str
    pseudonym: str
    deleted_at: dt.datetime
    rows_before: dict[str, int]
    rows_after: dict[str, int]


def pseudonym_of(settings: SiteSettings, name: str) -> str:
    """Return the pseudonym of a person of this site."""
    return pseudonym(load_key(settings.site.folder), name)


def _where(table: str) -> sql.SQL:
    return sql.SQL(TABLES[table])


def _count(connection: psycopg.Connection, given: dict[str, str]) -> dict[str, int]:
    query = sql.SQL("SELECT count(*) FROM {} WHERE {}")
    counts = {}
    for table in TABLES:
        row = connection.execute(query.format(sql.Identifier(table), _where(table)), given).fetchone()
        counts[table] = int(row[0]) if row else 0
    return counts


def forget(connection: psycopg.Connection, site: str, person: str, now: dt.datetime) -> Proof:
    """Delete a person's rows; returns the proof, which is stored too."""
    given = {"site": site, "person": person}
    with connection.transaction():
        before = _count(connection, given)
        connection.execute(SESSIONS, given)
        for table in TABLES:
            connection.execute(sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(table), _where(table)), given)
        proof = Proof(site, person, now, before, _count(connection, given))
        connection.execute(LATER, [site, person, msgspec.json.encode(proof).decode()])
    return proof


def clean(conninfo: str) -> None:
    """Write the tables again without the deleted rows. What was written ahead and in backups goes when those go."""
    with psycopg.connect(conninfo, autocommit=True) as owner:
        for table in TABLES:
            owner.execute(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier(table)))


def export(connection: psycopg.Connection, site: str, person: str) -> Iterator[bytes]:
    """Yield a person's rows as JSON, one object a line, each with its table."""
    given = {"site": site, "person": person}
    query = sql.SQL("SELECT to_jsonb(found) FROM (SELECT * FROM {} WHERE {}) found")
    for table in TABLES:
        for (row,) in connection.execute(query.format(sql.Identifier(table), _where(table)), given):
            yield msgspec.json.encode({"table": table, **row})
