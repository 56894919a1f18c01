"""Keys of the state topic, commands, and their Home Assistant entities: two tables with one row for each.

Values are rounded to a useful resolution, so that an idle mat publishes nothing. State is retained at the broker, so
it holds no personal data: no name, no level, nothing about pain or skin.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from firmware.commands import COMMANDS, ChoiceValue, NoValue, NumberValue
from firmware.enums import Command, State
from firmware.view import Tick
from firmware.words.guidance import guidance
from hardware.board import STANDARD_GRAVITY

ELAPSED_STEP_S: Final = 10  # each step is a row in the database of the dashboard during a session
LOAD_STEP_DIGITS: Final = 1

Value = str | int | float | list[int] | list[str] | None


@dataclass(frozen=True, slots=True)
class StateEntity:
    """A key of the state topic. With a platform it is also an entity of Home Assistant.

    options are the discovery options of the entity, attributes the keys of the state topic shown with it. meaning is
    printed in the docs.
    """

    key: str
    meaning: str
    value_fn: Callable[[Tick], Value]
    platform: str | None = None
    name: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()


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
    StateEntity(
        "occupied",
        "`ON` while 10 kg and more are on the mat (a person until shown otherwise), else `OFF`",
        lambda tick: "ON" if tick.view.occupied else "OFF",
        "binary_sensor",
        "Occupancy",
        {"device_class": "occupancy"},
    ),
    StateEntity(
        "stage",
        "state of the session: " + ", ".join(f"`{state.value}`" for state in State),
        lambda tick: tick.view.state.value,
        "sensor",
        "Stage",
        {"device_class": "enum", "options": [state.value for state in State]},
    ),
    StateEntity(
        "guidance",
        "the sentence for the person now; nothing of why",
        lambda tick: guidance(tick.view),
        "sensor",
        "Guidance",
    ),
    StateEntity(
        "elapsed_s",
        f"lying time in seconds, in steps of {ELAPSED_STEP_S}",
        lambda tick: int(tick.view.elapsed_s // ELAPSED_STEP_S * ELAPSED_STEP_S),
        "sensor",
        "Session elapsed",
        {"device_class": "duration", "unit_of_measurement": "s"},
    ),
    StateEntity(
        "load_kg",
        "load on the mat, not the body weight; null before taring",
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
    StateEntity("goal_min", "goal of the session in minutes", lambda tick: round(tick.view.goal_s / 60, 1)),
    StateEntity("mode", "sound mode: `normal`, `quiet` or `silent`", lambda tick: tick.mode),
    StateEntity(
        "evenness_pct",
        "100: equal load left and right; null: not known",
        _evenness_pct,
        "sensor",
        "Evenness",
        {"unit_of_measurement": "%", "state_class": "measurement"},
    ),
    StateEntity("wiggles", "number of wiggles in this session", lambda tick: tick.view.wiggles),
    StateEntity(
        "session",
        "number of the open session, counted from the start of the program; null: none",
        lambda tick: None if tick.view.start_s is None else tick.view.number,
    ),
    StateEntity(
        "overlong",
        "`ON` when a person stays far longer than any session lasts",
        lambda tick: "ON" if tick.view.overlong else "OFF",
        "binary_sensor",
        "Still there after an hour",
    ),
    StateEntity("lost_cells", "cells without readings, counted row by row from the base, left hand first", _lost_cells),
    StateEntity(
        "faults",
        "what is not in order now, one line each: the part of the program and the remedy",
        lambda tick: [f"{fault.name}: {fault.text}" for fault in tick.faults],
    ),
    StateEntity(
        "fault",
        "`ON` while a cell has no readings or a part of the program is not in order",
        lambda tick: "ON" if _lost_cells(tick) or tick.faults else "OFF",
        "binary_sensor",
        "Fault",
        {"device_class": "problem", "entity_category": "diagnostic"},
        attributes=("faults", "lost_cells"),
    ),
    StateEntity(
        "frames_lost_s",
        "seconds without readings in the last minute",
        lambda tick: None if tick.signals is None else round(tick.signals.frames_lost_s, 1),
        "sensor",
        "Lost readings",
        {"device_class": "duration", "unit_of_measurement": "s", "entity_category": "diagnostic"},
    ),
)


@dataclass(frozen=True, slots=True)
class CommandEntity:
    """The Home Assistant entity of a row of commands.COMMANDS; platform and bounds follow from the value of the row.

    state is the key of the state topic with the current choice, if any; without one Home Assistant shows what it last
    sent. more is its own options.
    """

    command: str
    name: str
    more: Mapping[str, object] = field(default_factory=dict)
    state: str | None = None

    @property
    def platform(self) -> str:
        """Home Assistant's platform for the value."""
        return _PLATFORMS[type(COMMANDS[self.command].value)]

    @property
    def options(self) -> dict[str, object]:
        """Home Assistant's options for the value, and more."""
        value = COMMANDS[self.command].value
        if isinstance(value, ChoiceValue):
            return {"options": [str(option) for option in value.options], **self.more}
        if isinstance(value, NumberValue):
            return {"min": value.low, "max": value.high, "step": 1, **self.more}
        return {"payload_press": "true", **self.more}


_PLATFORMS: Final = {NoValue: "button", ChoiceValue: "select", NumberValue: "number"}

CONTROLS: Final = (
    CommandEntity(Command.DISCOMFORT, "It hurts now"),
    CommandEntity(Command.EASING, "It turns warm"),
    CommandEntity(Command.END, "End session"),
    CommandEntity(Command.CARRY_ON, "Carry on"),
    CommandEntity(Command.ZERO, "Take zero", {"entity_category": "config"}),
    CommandEntity(Command.SHOW_STATE, "Identify", {"device_class": "identify"}),
    CommandEntity("mode", "Sound", state="mode"),
    CommandEntity("preset", "Next session"),
    CommandEntity("goal_min", "Goal", {"unit_of_measurement": "min", "device_class": "duration"}, state="goal_min"),
    CommandEntity("marks", "Marks on the skin"),
    CommandEntity("hurt", "Hurt after five minutes", {"mode": "slider"}),
    CommandEntity("healed", "Skin has healed"),
)

NO_CONTROL: Final = {
    Command.SILENT: "`mode` does the same and has a state",
    "remove_person": "rejected over MQTT",
    **dict.fromkeys(
        ("person", "add_person", "acknowledge", "accept", "decline", "level", "confirm_level"),
        "names and levels are personal data and are not published, so an entity could not show the present value",
    ),
}
