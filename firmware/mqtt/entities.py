"""What the state topic says, and what Home Assistant makes of it: one table, one row a fact.

Values are rounded to what a person can use, so that a mat on which nothing happens publishes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from firmware.types import State, Tick
from hardware.board import STANDARD_GRAVITY

ELAPSED_STEP_S: Final = 10  # each step is a row in the dashboard's database for as long as somebody lies there
LOAD_STEP_DIGITS: Final = 1

Value = str | int | float | list[int] | None


@dataclass(frozen=True, slots=True)
class Entity:
    """A key of the state topic. With a platform it is an entity of Home Assistant as well.

    options are Home Assistant's own words for the entity. meaning goes into the docs.
    """

    key: str
    meaning: str
    value_fn: Callable[[Tick], Value]
    platform: str | None = None
    name: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)


def _load_kg(tick: Tick) -> Value:
    if tick.signals is None:
        return None
    return round(tick.signals.load_n / STANDARD_GRAVITY, LOAD_STEP_DIGITS) + 0.0  # -0.0 would be a change from 0.0


def _evenness_pct(tick: Tick) -> Value:
    if tick.signals is None or tick.signals.evenness is None:
        return None
    return round(100 * tick.signals.evenness)


def _lost_cells(tick: Tick) -> Value:
    if tick.signals is None:
        return []
    return [cell for cell in range(len(tick.signals.cells_n)) if tick.signals.lost >> cell & 1]


ENTITIES: Final = (
    Entity(
        "occupied",
        "`ON` while somebody is on the mat, else `OFF`",
        lambda tick: "ON" if tick.view.occupied else "OFF",
        "binary_sensor",
        "Occupancy",
        {"device_class": "occupancy"},
    ),
    Entity(
        "stage",
        "where the session is: " + ", ".join(f"`{state.value}`" for state in State),
        lambda tick: tick.view.state.value,
        "sensor",
        "Stage",
        {"device_class": "enum", "options": [state.value for state in State]},
    ),
    Entity(
        "elapsed_s",
        f"seconds of lying, in steps of {ELAPSED_STEP_S}",
        lambda tick: int(tick.view.elapsed_s // ELAPSED_STEP_S * ELAPSED_STEP_S),
        "sensor",
        "Session elapsed",
        {"device_class": "duration", "unit_of_measurement": "s"},
    ),
    Entity(
        "load_kg",
        "what rests on the mat, not a body weight; null until the zero is known",
        _load_kg,
        "sensor",
        "Load",
        {
            "device_class": "weight",
            "unit_of_measurement": "kg",
            "state_class": "measurement",
            "suggested_display_precision": LOAD_STEP_DIGITS,
        },
    ),
    Entity("goal_min", "minutes the session is meant to last", lambda tick: round(tick.view.goal_s / 60, 1)),
    Entity("evenness_pct", "100: left and right carry the same; null: not known", _evenness_pct),
    Entity("wiggles", "how often the person moved about in this session", lambda tick: tick.view.wiggles),
    Entity(
        "session",
        "number of the session since the program started; null: none",
        lambda tick: None if tick.view.start_s is None else tick.view.number,
    ),
    Entity(
        "attention",
        "`ON` when somebody lies there far longer than any session lasts",
        lambda tick: "ON" if tick.view.attention else "OFF",
        "binary_sensor",
        "Still there after an hour",
    ),
    Entity("lost_cells", "cells that do not answer, counted row by row from base and left hand", _lost_cells),
)
