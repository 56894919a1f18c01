"""Payloads: JSON with v, the schema version. Within a version keys are only added."""

from dataclasses import dataclass
from typing import Final, get_args

import msgspec

from firmware.config import Device
from firmware.events import Event, SessionEnded, event_type
from firmware.mqtt.entities import ENTITIES
from firmware.mqtt.topics import AVAILABILITY, EVENT, STATE
from firmware.view import Tick
from hardware.board import Board

VERSION: Final = 1
DIGITS: Final = 3  # of every float in an event: milliseconds, millinewtons


EVENT_TYPES: Final = tuple(event_type(kind) for kind in get_args(Event))


@dataclass(frozen=True, slots=True)
class QueuedEvent:
    """An event with its metadata.

    seq counts from 1 in each run of the program. wall_s is the time of the event in seconds since 1970, None while the
    wall clock is not synchronised. session is the number of its session, if any.
    """

    seq: int
    wall_s: float | None
    session: int | None
    event: Event


def queued_event(seq: int, tick: Tick, event: Event, wall_s: float | None) -> QueuedEvent:
    """Return an event of a tick with its metadata; wall_s is the time of the tick."""
    happened_s = None if wall_s is None else wall_s - (tick.t_s - event.t_s)
    session = None if tick.view.start_s is None else tick.view.number
    if isinstance(event, SessionEnded):  # the view no longer has this session
        session = event.summary.number
    return QueuedEvent(seq, happened_s, session, event)


def event_payload(item: QueuedEvent, device_id: str, run_id: str) -> bytes:
    """Return the JSON of one event: its type, its metadata, then its own fields."""
    labels = {
        "v": VERSION,
        "event_type": event_type(type(item.event)),
        "event_id": f"{device_id}-{run_id}-{item.seq}",
        "seq": item.seq,
        "t": item.wall_s,
        "session": item.session,
    }
    return msgspec.json.encode(_rounded(labels | msgspec.to_builtins(item.event)))


def _rounded(value: object) -> object:
    """Return value with every float rounded to DIGITS."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value


def state_payload(tick: Tick) -> bytes:
    """Return the JSON of the state topic."""
    return msgspec.json.encode({"v": VERSION} | {entity.key: entity.value_fn(tick) for entity in ENTITIES})


INFO_KEYS: Final = {
    "id": "device id in topics",
    "name": "display name",
    "software": "version of the program",
    "run": "id of this run of the program, as in `event_id`",
    "board": "name of the board",
    "rows": "rows of cells, from base to head",
    "cols": "cells in a row, from left hand to right hand of a person lying on the back",
    "mat_mm": "width and length of the field of cells",
    "rate_hz": "nominal rate of the converters",
    "topics": "what is published under the root",
    "event_types": "all types of events",
}


def info_payload(device: Device, board: Board, software: str, run_id: str) -> bytes:
    """Return the JSON of the info topic."""
    return msgspec.json.encode(
        {
            "v": VERSION,
            "id": device.id,
            "name": device.name,
            "software": software,
            "run": run_id,
            "board": board.name,
            "rows": board.rows,
            "cols": board.cols,
            "mat_mm": [round(1000 * board.width_m), round(1000 * board.length_m)],
            "rate_hz": board.rate_hz,
            "topics": [AVAILABILITY.name, STATE.name, EVENT.name],
            "event_types": EVENT_TYPES,
        }
    )
