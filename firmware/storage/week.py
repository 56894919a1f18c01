"""The last seven days in three numbers, for a dashboard."""

import datetime as dt
import sqlite3
from typing import Final

from firmware.storage import history

WEEK_S: Final = 7 * 86_400.0


def week_so_far(connection: sqlite3.Connection, now_s: float) -> tuple[int, int, int]:
    """Return sessions today, sessions of the last seven days, and their minutes of lying; what counted, of everybody.

    Raises sqlite3.Error.
    """
    midnight_s = (
        dt.datetime.fromtimestamp(now_s).astimezone().replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    )
    counted = [one for one in history.sessions(connection, since_s=now_s - WEEK_S) if one.counted]
    today = sum((one.start_s or 0.0) >= midnight_s for one in counted)
    return today, len(counted), round(sum(one.lying_s for one in counted) / 60)
