"""From ticks to the payload of the state topic: dead bands, and the moments of the open session."""

from typing import Final

import msgspec

from firmware.clock import Clock
from firmware.enums import State
from firmware.mqtt.entities import ENTITIES, UNKNOWN
from firmware.mqtt.payload_types import VERSION
from firmware.mqtt.snapshot import Snapshot
from firmware.mqtt.state_entity import StateEntity, Value
from firmware.view import Tick

REACHED: Final = (State.DONE, State.OVERTIME)


def unknown_state() -> bytes:
    """Return the state of a mat that is not there: every key null."""
    return msgspec.json.encode({"v": VERSION} | UNKNOWN)


class StateTopic:
    """Makes the payload, and what makes it urgent. shares: what the settings share, `pain` and `person`."""

    def __init__(self, shares: tuple[str, ...] = ()) -> None:
        self._shares = shares
        self._shown: dict[str, Value] = {}

    def payload(self, now: Snapshot) -> tuple[bytes, object]:
        """Return the JSON, and the values that make it urgent where they changed."""
        values = {entity.key: self._value(entity, now) for entity in ENTITIES}
        self._shown = values
        urgent = tuple(str(values[entity.key]) for entity in ENTITIES if not entity.slow)
        return msgspec.json.encode({"v": VERSION} | values), urgent

    def _value(self, entity: StateEntity, now: Snapshot) -> Value:
        if entity.share is not None and entity.share not in self._shares:
            return None
        value, before = entity.value_fn(now), self._shown.get(entity.key)
        if isinstance(value, int | float) and isinstance(before, int | float) and 0 < abs(value - before) < entity.band:
            return before if value != 0 else value  # an empty mat shows 0
        return value


class SessionMoments:
    """Wall times of the open session, each read once: it may step, and a time that moves is a change."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._number: int | None = None
        self.started_s: float | None = None
        self.goal_reached_s: float | None = None

    def follow(self, tick: Tick, *, wall_is_set: bool) -> None:
        """Look at the newest tick."""
        view = tick.view
        number = None if view.start_s is None else view.number
        if number != self._number:
            self._number, self.started_s, self.goal_reached_s = number, None, None
        if view.start_s is None or not wall_is_set:
            return
        if self.started_s is None:
            self.started_s = self._clock.wall_s() - (tick.t_s - view.start_s)
        if self.goal_reached_s is None and view.state in REACHED:
            self.goal_reached_s = self._clock.wall_s()
