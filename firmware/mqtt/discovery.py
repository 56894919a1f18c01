"""Device discovery for Home Assistant (2024.11 or newer): one message with the device and all of its entities.

One unknown key at the top level, or one component without unique_id, makes Home Assistant reject the whole message;
unknown keys of a component are dropped silently. The tests therefore compare every field.
"""

from typing import Final

import msgspec

from firmware.config import Device
from firmware.mqtt.entities import CONTROLS, ENTITIES, CommandEntity, StateEntity
from firmware.mqtt.payloads import EVENT_TYPES
from firmware.mqtt.topics import AVAILABILITY, COMMAND, EVENT, STATE
from hardware.board import Board

ACTIVITY: Final = "activity"  # key of the entity that shows events


def discovery_payload(device: Device, board: Board, software: str, *, accepts_commands: bool) -> bytes:
    """Return the JSON of the discovery topic; accepts_commands adds the controls."""
    components = {entity.key: _component(entity, device.id) for entity in ENTITIES if entity.platform}
    components[ACTIVITY] = {
        "platform": "event",
        "unique_id": _unique_id(device.id, ACTIVITY),
        "name": "Activity",
        "qos": 1,
        "state_topic": EVENT.of(device.id),
        "event_types": EVENT_TYPES,
    }
    if accepts_commands:
        components |= {f"set_{control.command}": _control(control, device.id) for control in CONTROLS}
    return msgspec.json.encode(
        {
            "device": {
                "identifiers": [f"acumat_{device.id}"],
                "name": device.name,
                "model": board.name,
                "sw_version": software,
            },
            "origin": {"name": "acumat", "sw_version": software},
            "availability_topic": AVAILABILITY.of(device.id),
            "components": components,
        }
    )


def _component(entity: StateEntity, device_id: str) -> dict[str, object]:
    return {
        "platform": entity.platform,
        "unique_id": _unique_id(device_id, entity.key),
        "name": entity.name,
        "qos": 1,  # not inherited from the top by Home Assistant 2024
        **_state_options(entity.key, device_id),
        **_attributes(entity, device_id),
        **entity.options,
    }


def _attributes(entity: StateEntity, device_id: str) -> dict[str, object]:
    if not entity.attributes:
        return {}
    pairs = ", ".join(f"'{key}': value_json.{key}" for key in entity.attributes)
    return {
        "json_attributes_topic": STATE.of(device_id),
        "json_attributes_template": f"{{{{ {{{pairs}}} | tojson }}}}",
    }


def _control(control: CommandEntity, device_id: str) -> dict[str, object]:
    return {
        "platform": control.platform,
        "unique_id": _unique_id(device_id, f"set_{control.command}"),
        "name": control.name,
        "qos": 1,
        "command_topic": COMMAND.of(device_id).replace("+", control.command),
        **({} if control.state is None else _state_options(control.state, device_id)),
        **control.options,
    }


def _state_options(key: str, device_id: str) -> dict[str, object]:
    """State topic and template of a value; at the top level a control without a state would inherit them."""
    return {"state_topic": STATE.of(device_id), "value_template": f"{{{{ value_json.{key} }}}}"}


def _unique_id(device_id: str, key: str) -> str:
    """Identity of an entity in Home Assistant; must never change."""
    return f"acumat_{device_id}_{key}"
