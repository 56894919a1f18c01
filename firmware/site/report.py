"""What a site did in a span of days: sessions, minutes, reasons, by month; people and mats. Numbers, no names."""

import datetime as dt
from typing import Final

import psycopg

MONTHS: Final = """
SELECT to_char(date_trunc('month', started_at), 'YYYY-MM'), count(*), count(DISTINCT mat), count(DISTINCT person),
    sum(lying_s) / 60, avg(lying_s) / 60, count(*) FILTER (WHERE reason = 'goal_reached'),
    count(*) FILTER (WHERE reason = 'discomfort')
FROM session WHERE site = %s AND counted AND started_at >= %s AND started_at < %s GROUP BY 1 ORDER BY 1"""
BUSIEST: Final = """
SELECT mat, count(*), sum(lying_s) / 60 FROM session
WHERE site = %s AND counted AND started_at >= %s AND started_at < %s
GROUP BY mat ORDER BY count(*) DESC, mat LIMIT 10"""
NAMES: Final = ("month", "sessions", "mats", "people", "minutes", "minutes_each", "goal_reached", "discomfort")


def months(connection: psycopg.Connection, site: str, first: dt.date, last: dt.date) -> list[dict[str, object]]:
    """Return a row for each month with sessions; last is the day after the last one."""
    rows = connection.execute(MONTHS, [site, first, last]).fetchall()
    return [dict(zip(NAMES, row, strict=True)) for row in rows]


def busiest(connection: psycopg.Connection, site: str, first: dt.date, last: dt.date) -> list[dict[str, object]]:
    """Return the ten mats with most sessions."""
    rows = connection.execute(BUSIEST, [site, first, last]).fetchall()
    return [dict(zip(("mat", "sessions", "minutes"), row, strict=True)) for row in rows]
