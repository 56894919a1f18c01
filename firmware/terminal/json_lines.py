"""Ticks as JSON lines, one object a line: events, sessions and, on request, the measures."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Final, TextIO

from firmware.events import Event, SessionEnded, SessionSummary, event_type
from firmware.frames import Signals
from firmware.session.transitions import STAGES
from firmware.view import Fault, Tick


def _cells_n(signals: Signals) -> tuple[float | None, ...]:
    return tuple(None if signals.lost >> cell & 1 else load_n for cell, load_n in enumerate(signals.cells_n))


MEASURES: Final[dict[str, Callable[[Signals], object]]] = {
    "load_n": lambda signals: signals.load_n,
    "cop_m": lambda signals: signals.cop_m,
    "cells_n": _cells_n,  # null for a cell that does not answer
    "regions": lambda signals: {"rows": _value(signals.row_shares), "lumbar": _value(signals.lumbar_share)},
    "evenness": lambda signals: signals.evenness,
    "motion": lambda signals: signals.motion,
    "moving": lambda signals: signals.moving,
    "breaths_per_min": lambda signals: signals.breaths_per_min,
    "breath_quality": lambda signals: signals.breath_quality,
    "still_and_slow": lambda signals: signals.still_and_slow,
    "still_share": lambda signals: signals.still_share,
}


def _value(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return value


def event_line(event: Event) -> dict[str, object]:
    """One event: its type, t_s and its own fields, units in the names. A field named kind is renamed to the type."""
    name = event_type(type(event))
    own = {field.name: _value(getattr(event, field.name)) for field in fields(event)}
    if "kind" in own:
        own[name] = own.pop("kind")
    if isinstance(event, SessionEnded):
        own["summary"] = event.summary.number
        own["number"] = own.pop("summary")
    return {"kind": "event", "type": name, **own}


def session_line(summary: SessionSummary, label: str) -> dict[str, object]:
    """One closed session. label is the origin of the frames: real, semi-real, simulated or unlabelled."""
    own = {field.name: _value(getattr(summary, field.name)) for field in fields(summary)}
    return {"kind": "session", **own, "label": label}


def tick_line(tick: Tick) -> dict[str, object]:
    """The measures of one hop; null where a value is not known."""
    signals, state = tick.signals, tick.view.state
    measures = dict.fromkeys(MEASURES) if signals is None else {name: read(signals) for name, read in MEASURES.items()}
    return {
        "kind": "tick",
        "t_s": _value(tick.t_s),
        **{name: _value(value) for name, value in measures.items()},
        "occupied": tick.view.occupied,
        "state": state.value,
        "stage": state.value if state in STAGES else None,
    }


def faults_line(tick: Tick) -> dict[str, object]:
    """Everything that is wrong with the program from this hop on; an empty list when nothing is."""
    return {"kind": "faults", "t_s": _value(tick.t_s), "faults": [fault._asdict() for fault in tick.faults]}


class JsonlSink:
    """Writes lines to a stream. ticks_hz 0 writes events, sessions and changes of the faults only."""

    def __init__(self, stream: TextIO, label: str, ticks_hz: float = 0.0) -> None:
        self._stream, self._label = stream, label
        self._every_s = 1.0 / ticks_hz if ticks_hz else None
        self._next_s = 0.0
        self._faults: tuple[Fault, ...] = ()

    def offer(self, tick: Tick) -> None:
        """Write the lines of a tick."""
        if self._every_s is not None and tick.t_s >= self._next_s - 1e-6:
            self._next_s = (int(tick.t_s / self._every_s + 1e-6) + 1) * self._every_s
            self._write(tick_line(tick))
        if tick.faults != self._faults:
            self._faults = tick.faults
            self._write(faults_line(tick))
        for event in tick.events:
            self._write(event_line(event))
            if isinstance(event, SessionEnded):
                self._write(session_line(event.summary, self._label))

    def close(self) -> None:
        """Flush."""
        self._stream.flush()

    def _write(self, line: dict[str, object]) -> None:
        self._stream.write(json.dumps(line, separators=(",", ":"), allow_nan=False) + "\n")
