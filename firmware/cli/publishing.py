"""Puts the publisher together with the database, the dispatcher and the figures of the computer."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.cli.notebook import JournalNotebook
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
    parts = replace(
        parts_of(dispatcher, database, clock), machine=lambda: machine_figures(dropped()), faults=supervisor.current
    )
    return Publisher(opened.settings.mqtt, opened.settings.device, opened.board, clock, parts=parts)


def machine_figures(frames_dropped: int | None) -> MachineFigures:
    """Return what the computer says of itself, and the frames that its sampler dropped."""
    now, since = power_faults(ROOT)
    weak = None if now is None else "undervoltage" in (*now, *since)
    return MachineFigures(frames_dropped, temperature_c(), weak, memory_mb())


def parts_of(dispatcher: "CommandDispatcher | None", database: "Database | None", clock: "Clock") -> MatParts:
    """Return what a publisher gets from the dispatcher and the database; without a dispatcher there are no commands."""
    parts = MatParts()
    if dispatcher is not None:
        parts = replace(parts, submit=dispatcher.submit, settle=dispatcher.close, control=lambda: dispatcher.control)
    if database is not None:
        parts = replace(
            parts,
            store=EventJournal(database),
            week=lambda: _week(database, clock),
            notebook=JournalNotebook(database, clock),
        )
    return parts


def _week(database: "Database", clock: "Clock") -> WeekSoFar | None:
    connection = database.read()
    if connection is None:
        return None
    try:
        with closing(connection):
            return WeekSoFar(*week_so_far(connection, clock.wall_s()))
    except sqlite3.Error:
        return None
