"""One row of the state topic, and what the tables of rows share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from firmware.mqtt.snapshot import Snapshot

MINUTES: Final = {"device_class": "duration", "unit_of_measurement": "min", "suggested_display_precision": 0}
DIAGNOSTIC: Final = {"entity_category": "diagnostic"}
ON_OFF: Final = Literal["ON", "OFF"]

Value = str | int | float | list[int] | list[str] | None
Share = Literal["pain", "person"]


@dataclass(frozen=True, slots=True)
class StateEntity:
    """A key of the state topic. With a platform it is also an entity of Home Assistant.

    kind is the type of the value, for the schema. slow: a change of it alone waits for the slow gap; less than band is
    no change. share: it is null unless the settings share this. options are the discovery options of the entity, which
    hold a value_template of its own where that is not the plain value. known: unavailable while it is null.
    """

    key: str
    meaning: str
    kind: Any
    value_fn: Callable[[Snapshot], Value]
    platform: str | None = None
    name: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    slow: bool = False
    band: float = 0.0
    share: Share | None = None
    known: bool = False


def on_off(value: object) -> str:
    """Return the payload of a binary sensor."""
    return "ON" if value else "OFF"


def named_options(key: str, names: Mapping[str, str]) -> dict[str, object]:
    """Options of an enum that shows names in place of the values."""
    table = ", ".join(f"'{value}': '{name}'" for value, name in names.items())
    return {
        "device_class": "enum",
        "options": list(names.values()),
        "value_template": f"{{{{ {{{table}}}.get(value_json.{key}) }}}}",
    }


def of_plan(pick: Callable[[Any], Value]) -> Callable[[Snapshot], Value]:
    """Return the function of a value of the plan; None for a mat without one."""
    return lambda now: None if now.control is None else pick(now.control.plan)
