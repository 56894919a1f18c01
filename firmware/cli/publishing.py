"""Puts the publisher together with the database, the dispatcher and the figures of the computer."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.drivers.computer import memory_mb, temperature_c
from firmware.drivers.power import power_faults
from firmware.mqtt.diagnostics import MachineFigures
from firmware.mqtt.parts import MatParts
from firmware.mqtt.publisher import Publisher
from firmware.mqtt.snapshot import WeekSoFar
from firmware.storage.event_journal import EventJournal
from firmware.storage.week import week_so_far

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.dispatcher import CommandDispatcher
    from firmware.mat import Mat
    from firmware.storage.database import Database
    from firmware.supervisor import Supervisor

ROOT: Final = Path("/")


def publisher_of(
    opened: "Mat",
    clock: "Clock",
    supervisor: "Supervisor",
    *,
    dispatcher: "CommandDispatcher | None" = None,
    database: "Database | None" = None,
    dropped: Callable[[], int | None] = lambda: None,
) -> Publisher:
    """Start the publisher of a mat. Raises BrokerError for settings that cannot work."""

    def machine() -> MachineFigures:
        now, since = power_faults(ROOT)
        weak = None if now is None else "undervoltage" in (*now, *since)
        return MachineFigures(dropped(), temperature_c(), weak, memory_mb())

    parts = MatParts(machine=machine, faults=supervisor.current)
    if dispatcher is not None:
        parts = MatParts(
            store=None if database is None else EventJournal(database),
            submit=dispatcher.submit,
            settle=dispatcher.close,
            faults=supervisor.current,
            control=lambda: dispatcher.control,
            week=lambda: _week(database, clock),
            machine=machine,
        )
    return Publisher(opened.settings.mqtt, opened.settings.device, opened.board, clock, parts=parts)


def _week(database: "Database | None", clock: "Clock") -> WeekSoFar | None:
    connection = None if database is None else database.read()
    if connection is None:
        return None
    try:
        with closing(connection):
            return WeekSoFar(*week_so_far(connection, clock.wall_s()))
    except sqlite3.Error:
        return None
