"""The tables of a site: migrations in order, the role that sees one site, months made ahead and months dropped."""

import datetime as dt
from importlib import resources
from typing import Final

import psycopg
from psycopg import sql

from firmware.site.settings import Database, SiteSettings

AHEAD_DAYS: Final = 62
TABLES: Final = "mat, person, forgotten, forgotten_session, event, session, journal, dead_letter"
LOCK: Final = 7203151  # any number: two programs that migrate at once would both create the tables


def role_of(site: str) -> str:
    """Return the role that sees this site only."""
    return f"site_{site}"


def connect(settings: SiteSettings, *, timeout_s: int = 3) -> psycopg.Connection:
    """Return a connection that sees and writes the rows of this site only. Raises psycopg.Error."""
    connection = psycopg.connect(settings.database.conninfo, connect_timeout=timeout_s, autocommit=True)
    try:
        prepare(connection, settings)
    except psycopg.Error:
        connection.close()
        raise
    return connection


def prepare(connection: psycopg.Connection, settings: SiteSettings) -> None:
    """Make a connection see this site only. Raises psycopg.Error."""
    connection.autocommit = True
    connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role_of(settings.site.name))))
    connection.execute("SET statement_timeout = '20s'; SET timezone = 'UTC'")


def migrate(settings: SiteSettings) -> list[str]:
    """Bring the tables up to date and make the role of the site; returns the names of the migrations that ran."""
    done = []
    with psycopg.connect(settings.database.conninfo) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"
        )
        known = {name for (name,) in connection.execute("SELECT name FROM schema_version")}
        for name, statements in migrations():
            if name not in known:
                connection.execute(statements.encode())
                connection.execute("INSERT INTO schema_version (name) VALUES (%s)", [name])
                done.append(name)
        _grant(connection, role_of(settings.site.name))
    return done


def migrations() -> list[tuple[str, str]]:
    """Return name and statements of each migration, the oldest first."""
    folder = resources.files("firmware.site") / "migrations"
    return sorted((entry.name.removesuffix(".sql"), entry.read_text("utf-8")) for entry in folder.iterdir())


def _grant(connection: psycopg.Connection, role: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    name = sql.Identifier(role)
    if found is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLES} TO {{}}",
        "GRANT SELECT ON schema_version, month_mat, month_person TO {}",
    ):
        connection.execute(sql.SQL(statement).format(name))


def upkeep(database: Database, today: dt.date, *, make_from: dt.date | None = None) -> int:
    """Make the partitions of the months ahead and drop those that are too old; returns how many were dropped."""
    oldest = _months_before(today, database.months)
    with psycopg.connect(database.conninfo) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        row = connection.execute(
            "SELECT keep_months(%s, %s, %s)",
            [oldest, today + dt.timedelta(days=AHEAD_DAYS), make_from or _months_before(today, 1)],
        ).fetchone()
    return int(row[0]) if row else 0


def _months_before(day: dt.date, months: int) -> dt.date:
    number = day.year * 12 + day.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)
