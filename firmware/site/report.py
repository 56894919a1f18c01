"""What a site did month by month: sessions, minutes, reasons; people and mats. Numbers, no names.

The tables behind it are kept by the triggers of migration 0003. A month is one of UTC.
"""

import datetime as dt
from typing import Any, Final

import psycopg

MONTHS: Final = """
WITH mats AS MATERIALIZED (
    SELECT month, sum(sessions) AS sessions, count(*) AS mats, sum(lying_s) / 60 AS minutes, sum(goal_reached) AS goal,
        sum(discomfort) AS hurt
    FROM month_mat WHERE site = %s AND month >= %s GROUP BY month
), people AS MATERIALIZED (
    SELECT month, count(*) AS people FROM month_person WHERE site = %s AND month >= %s GROUP BY month
)
SELECT to_char(month, 'YYYY-MM'), sessions, mats, coalesce(people, 0), minutes, minutes / sessions, goal, hurt
FROM mats LEFT JOIN people USING (month) ORDER BY month"""
BUSIEST: Final = """
SELECT mat, sum(sessions), sum(lying_s) / 60 FROM month_mat WHERE site = %s AND month >= %s
GROUP BY mat ORDER BY sum(sessions) DESC, mat LIMIT 10"""
NAMES: Final = ("month", "sessions", "mats", "people", "minutes", "minutes_each", "goal_reached", "discomfort")


def first_month(today: dt.date, months: int) -> dt.date:
    """Return the first day of a span of months that ends with the present one."""
    number = today.year * 12 + today.month - months
    return dt.date(number // 12, number % 12 + 1, 1)


def months(connection: psycopg.Connection, site: str, first: dt.date) -> list[dict[str, Any]]:
    """Return a row for each month with sessions, from the month of first."""
    rows = connection.execute(MONTHS, [site, first, site, first]).fetchall()
    return [dict(zip(NAMES, map(_plain, row), strict=True)) for row in rows]


def busiest(connection: psycopg.Connection, site: str, first: dt.date) -> list[dict[str, Any]]:
    """Return the ten mats with most sessions."""
    rows = connection.execute(BUSIEST, [site, first]).fetchall()
    return [dict(zip(("mat", "sessions", "minutes"), map(_plain, row), strict=True)) for row in rows]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of a row
    """Return a sum of PostgreSQL as a number of Python."""
    return value if isinstance(value, str | float) else int(value)
