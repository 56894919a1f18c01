"""Device discovery for Home Assistant (2024.11 or newer): one message with the device and all of its entities.

One unknown key at the top level, or one component without unique_id, makes Home Assistant reject the whole message;
unknown keys of a component are dropped silently. The tests therefore compare every field. A component that is not
there, because the settings do not share it or commands are not accepted, is listed with its platform alone: that
removes what an earlier message made.
"""

from typing import Final

import msgspec

from firmware.config import Device
from firmware.mqtt.controls import CONTROLS, CommandEntity
from firmware.mqtt.entities import ENTITIES
from firmware.mqtt.other_entities import (
    EVENT_ENTITIES,
    OTHERS,
    RETIRED,
    TRIGGER_TEMPLATE,
    TRIGGER_TOPIC,
    TRIGGER_TYPES,
    TRIGGERS,
    TopicEntity,
    Trigger,
    event_options,
)
from firmware.mqtt.state_entity import StateEntity
from firmware.mqtt.topics import AVAILABILITY, EVENT, STATE, TopicNames
from hardware.board import Board

MANUFACTURER: Final = "acumat"
Options = dict[str, object]


class Discovery:
    """Makes the discovery message of one mat. shares: what the settings share, `pain` and `person`."""

    def __init__(self, names: TopicNames, device: Device, board: Board, software: str, shares: tuple[str, ...]) -> None:
        self._names, self._device, self._board, self._software = names, device, board, software
        self._shares = shares

    def payload(self, people: tuple[str, ...], *, accepts_commands: bool) -> bytes:
        """Return the JSON of the discovery topic; people are the names to choose from."""
        components: dict[str, Options] = {key: {"platform": platform} for key, platform in RETIRED.items()}
        for entity in ENTITIES:
            if entity.platform is not None:
                there = self._shared(entity.share)
                components[entity.key] = self._state(entity) if there else {"platform": entity.platform}
        components |= {entity.key: self._other(entity) for entity in OTHERS}
        components |= {f"events_{group}": self._events(group) for group in EVENT_ENTITIES}
        for trigger in TRIGGERS:
            there = self._shared(trigger.share)
            key = f"trigger_{trigger.event_type}"
            components[key] = self._trigger(trigger) if there else {"platform": "device_automation"}
        for control in CONTROLS:
            there = accepts_commands and self._shared(control.share)
            key = f"set_{control.command}"
            components[key] = self._control(control, people) if there else {"platform": control.platform}
        return msgspec.json.encode(
            {
                "device": {
                    "identifiers": [f"acumat_{self._device.id}"],
                    "name": self._device.name,
                    "manufacturer": MANUFACTURER,
                    "model": f"Acupressure mat with {len(self._board.cells)} cells",
                    "model_id": self._board.name,
                    "sw_version": self._software,
                },
                "origin": {"name": "acumat", "sw_version": self._software},
                "components": components,
            }
        )

    def _shared(self, share: str | None) -> bool:
        return share is None or share in self._shares

    def _common(self, platform: str, key: str, name: str | None, available: str | None = None) -> Options:
        """What every entity has. available is a template over the state topic, beside the mat's own availability."""
        conditions: list[Options] = [{"topic": self._names.of(AVAILABILITY)}]
        if available is not None:
            conditions.append(
                {"topic": self._names.of(STATE), "value_template": f"{{{{ 'online' if {available} else 'offline' }}}}"}
            )
        return {
            "platform": platform,
            "unique_id": f"acumat_{self._device.id}_{key}",  # identity in Home Assistant: must never change
            "name": name,
            "qos": 1,  # not inherited from the top by Home Assistant 2024
            "availability": conditions,
            "availability_mode": "all",
        }

    def _state(self, entity: StateEntity) -> Options:
        assert entity.platform is not None  # noqa: S101 - the caller's condition
        known = f"value_json.{entity.key} is not none" if entity.known else None
        options: Options = {
            **self._common(entity.platform, entity.key, entity.name, known),
            "state_topic": self._names.of(STATE),
            "value_template": f"{{{{ value_json.{entity.key} }}}}",
            **entity.options,
        }
        if "json_attributes_template" in options:
            options["json_attributes_topic"] = self._names.of(STATE)
        return options

    def _other(self, entity: TopicEntity) -> Options:
        return {
            **self._common(entity.platform, entity.key, entity.name),
            entity.topic_option: self._names.of(entity.topic),
            **entity.options,
        }

    def _events(self, group: str) -> Options:
        name, icon = EVENT_ENTITIES[group]
        return {
            **self._common("event", f"events_{group}", name),
            "state_topic": self._names.of(EVENT),
            "icon": icon,
            **event_options(group, pain=self._shared("pain")),
        }

    def _trigger(self, trigger: Trigger) -> Options:
        return {
            "platform": "device_automation",
            "automation_type": "trigger",
            "topic": self._names.of(TRIGGER_TOPIC),
            "payload": trigger.event_type,
            "value_template": TRIGGER_TEMPLATE,
            "type": TRIGGER_TYPES[trigger.event_type],
            "subtype": trigger.subtype,
            "qos": 1,
        }

    def _control(self, control: CommandEntity, people: tuple[str, ...]) -> Options:
        options: Options = {
            **self._common(
                control.platform, f"set_{control.command}", control.name, f"'{control.command}' in value_json.can"
            ),
            "command_topic": self._names.command(control.command),
        }
        if control.state is not None:
            options["state_topic"] = self._names.of(STATE)
            options["value_template"] = f"{{{{ value_json.{control.state} }}}}"
        return options | control.options(people)
