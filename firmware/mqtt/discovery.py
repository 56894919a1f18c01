"""The message by which Home Assistant (2024.11 or newer) finds the mat and all of its entities at once.

One unknown key at the top, or one component without unique_id, makes Home Assistant refuse the whole message, and it
drops unknown keys of a component in silence; so the tests compare every field.
"""

from typing import Final

import msgspec

from firmware.config import Device
from firmware.mqtt.entities import CONTROLS, ENTITIES, Control, Entity
from firmware.mqtt.payloads import EVENT_TYPES
from firmware.mqtt.topics import AVAILABILITY, COMMAND, EVENT, STATE
from hardware.board import Board

ACTIVITY: Final = "activity"  # key of the entity that shows events


def discovery_payload(device: Device, board: Board, software: str, *, accepts_commands: bool) -> bytes:
    """Give the JSON of the discovery topic; with the controls where the mat listens to commands."""
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


def _component(entity: Entity, device_id: str) -> dict[str, object]:
    return {
        "platform": entity.platform,
        "unique_id": _unique_id(device_id, entity.key),
        "name": entity.name,
        "qos": 1,  # not inherited from the top by Home Assistant 2024
        **_state_options(entity.key, device_id),
        **entity.options,
    }


def _control(control: Control, device_id: str) -> dict[str, object]:
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
    """Where a value is found. Not at the top of the message: a control without it would inherit the whole state."""
    return {"state_topic": STATE.of(device_id), "value_template": f"{{{{ value_json.{key} }}}}"}


def _unique_id(device_id: str, key: str) -> str:
    """What Home Assistant remembers an entity by; it outlives every renaming."""
    return f"acumat_{device_id}_{key}"
