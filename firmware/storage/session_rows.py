"""The session that runs, as the database stores it: its stages, markers, events, trace and averages."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from firmware.enums import Exit, Reason, State
from firmware.events import (
    Confirmed,
    Discomfort,
    Eased,
    Lowered,
    Repositioned,
    SessionEnded,
    SessionSummary,
    Settled,
    StageChanged,
    Wiggle,
    event_type,
)
from firmware.storage import statements
from firmware.storage.trace import TraceRecorder, encode_pressure_map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.events import Event
    from firmware.storage.connection import Write
    from firmware.storage.statements import Key
    from firmware.view import Tick

COUNTED_S: Final = 60.0
MINUTE_HOPS: Final = 600
MARKERS: Final = {Discomfort: "discomfort", Eased: "eased", Wiggle: "wiggle", Repositioned: "repositioned"}
UNSTORED: Final = (SessionEnded, StageChanged)  # they have columns or rows of their own
LYING: Final = (State.SETTLING, State.EASING, State.RESTING, State.CLOSING)


@dataclass(slots=True)
class SessionRows:
    """The session that runs. base_ns is the power-on time of frame time 0."""

    key: "Key"
    base_ns: int
    start_s: float
    trace: TraceRecorder
    confirmed: bool = False
    checkpoint_s: float = 0.0
    columns: dict[str, Any] = field(default_factory=dict)
    load: list[float] = field(default_factory=list)
    breaths: list[float] = field(default_factory=list)
    depths: list[float] = field(default_factory=list)
    moving: list[bool] = field(default_factory=list)
    map_n: Any = None
    resting_n: Any = None
    resting_hops: int = 0

    def at_ns(self, t_s: float) -> int:
        """Return the power-on time of a frame time."""
        return self.base_ns + round(t_s * 1e9)

    def follow(self, tick: "Tick") -> "Iterator[Write]":
        """Take the signals of a tick; yield each chunk of the trace that is full."""
        if tick.view.start_s is not None:
            self.start_s = tick.view.start_s
        signals = tick.signals
        for chunk in self.trace.add(tick.t_s - self.start_s, signals):
            yield self._chunk(*chunk)
        if signals is None or tick.view.state not in LYING:
            return
        self.load.append(signals.load_n)
        if signals.breaths_per_min is not None:
            self.breaths.append(signals.breaths_per_min)
        if signals.breath_depth_n is not None:
            self.depths.append(signals.breath_depth_n)
        if signals.moving is not None:
            self.moving.append(signals.moving)
        cells_n = np.array(signals.cells_n)
        self.map_n = cells_n if self.map_n is None else self.map_n + cells_n
        if tick.view.state is State.RESTING:
            self.resting_n = cells_n if self.resting_n is None else self.resting_n + cells_n
            self.resting_hops += 1

    def note(self, event: "Event") -> "Iterator[Write]":
        """Yield the rows of an event: stage, marker and the event itself."""
        at_ns = self.at_ns(event.t_s)
        if isinstance(event, StageChanged):
            yield statements.insert("stage", self.key, {"at_ns": at_ns, "state": event.state.value})
        kind = MARKERS.get(type(event))
        if kind is not None:
            yield statements.insert("marker", self.key, {"at_ns": at_ns, "kind": kind})
        if isinstance(event, Confirmed):
            self.confirmed = True
        elif isinstance(event, Lowered):
            self.columns["lowering_s"] = event.lowering_s
        elif isinstance(event, Settled):
            self.columns["settled_s"] = event.after_s
        if not isinstance(event, UNSTORED):
            body = msgspec.json.encode(event).decode()
            yield statements.insert("event", self.key, {"at_ns": at_ns, "type": event_type(type(event)), "body": body})

    def last_chunk(self) -> "Write":
        """Return the rest of the trace."""
        return self._chunk(*self.trace.flush())

    def _chunk(self, number: int, curves: bytes, maps: bytes) -> "Write":
        return statements.insert("trace", self.key, {"chunk": number, "curves": curves, "maps": maps})

    def interrupted(self, tick: "Tick") -> SessionSummary:
        """Return the summary of a session that a power cut would end at this tick."""
        view = tick.view
        return SessionSummary(
            number=view.number, start_s=self.start_s, end_s=tick.t_s, lying_s=view.elapsed_s, goal_s=view.goal_s,
            reason=Reason.INTERRUPTED, exit=Exit.UNKNOWN, wiggles=view.wiggles,
            counted=self.confirmed and view.elapsed_s >= COUNTED_S, confirmed=self.confirmed,
        )  # fmt: skip

    def averages(self) -> dict[str, Any]:
        """Return load, breaths, stillness and map of the session: the map while resting, or lying if it never came.

        Share of still time and depth of the breath need a minute in which they were known.
        """
        lying = len(self.load)
        mean_n = None
        if self.resting_hops:
            mean_n = self.resting_n / self.resting_hops
        elif lying:
            mean_n = self.map_n / lying
        breaths = self.breaths
        return {
            "load_n": float(np.mean(self.load)) if lying else None,
            "breaths_start": float(np.mean(breaths[:MINUTE_HOPS])) if breaths else None,
            "breaths_end": float(np.mean(breaths[-MINUTE_HOPS:])) if breaths else None,
            "still_share": 1.0 - float(np.mean(self.moving)) if len(self.moving) >= MINUTE_HOPS else None,
            "breath_depth_n": float(np.median(self.depths)) if len(self.depths) >= MINUTE_HOPS else None,
            "map": None if mean_n is None else encode_pressure_map(mean_n),
        }
