"""Run inside the container: store a number of sessions through the store of the product."""

import sys
from pathlib import Path

from firmware.clock import SystemClock
from firmware.enums import Exit, Reason
from firmware.events import SessionEnded, SessionSummary
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from tests.doubles.ticks import tick

if __name__ == "__main__":
    clock = SystemClock()
    store = SessionStore(Database(Path("/var/lib/acumat"), clock), clock, cells=12)
    for number in range(1, int(sys.argv[1]) + 1):
        summary = SessionSummary(number, 10.0, 650.0, 640.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 2, counted=True)
        store.offer(tick(651.0, events=(SessionEnded(651.0, summary),)))
    store.close()
