"""The message by which Home Assistant finds the mat: every field, because it drops unknown ones in silence."""

import json
from typing import Any

import pytest

from firmware.config import Device
from firmware.mqtt.discovery import discovery_payload
from firmware.mqtt.entities import ENTITIES
from firmware.mqtt.payloads import EVENT_TYPES, state_payload
from firmware.mqtt.topics import TOPICS
from firmware.types import State
from hardware.board import Board
from sim.ticks import tick


@pytest.fixture
def message(board: Board) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(discovery_payload(Device(id="attic", name="Mat"), board, "1.2.3"))
    return told


def test_every_field_is_the_one_that_is_meant(message: dict[str, Any], board: Board) -> None:
    """The whole message, written out once more by hand."""

    def entity(key: str, name: str, platform: str = "sensor", **options: object) -> dict[str, object]:
        common = {"platform": platform, "unique_id": f"acumat_attic_{key}", "name": name, "qos": 1}
        return common | {"value_template": "{{ value_json." + key + " }}"} | options

    assert message == {
        "device": {
            "identifiers": ["acumat_attic"],
            "name": "Mat",
            "model": board.name,
            "sw_version": "1.2.3",
        },
        "origin": {"name": "acumat", "sw_version": "1.2.3"},
        "availability_topic": "acumat/attic/availability",
        "state_topic": "acumat/attic/state",
        "components": {
            "occupied": entity("occupied", "Occupancy", "binary_sensor", device_class="occupancy"),
            "stage": entity("stage", "Stage", device_class="enum", options=[state.value for state in State]),
            "elapsed_s": entity("elapsed_s", "Session elapsed", device_class="duration", unit_of_measurement="s"),
            "load_kg": entity(
                "load_kg",
                "Load",
                device_class="weight",
                unit_of_measurement="kg",
                state_class="measurement",
                suggested_display_precision=1,
            ),
            "attention": entity("attention", "Still there after an hour", "binary_sensor"),
            "activity": {
                "platform": "event",
                "unique_id": "acumat_attic_activity",
                "name": "Activity",
                "qos": 1,
                "state_topic": "acumat/attic/event",
                "event_types": list(EVENT_TYPES),
            },
        },
    }


def test_every_template_finds_its_key_in_the_state(message: dict[str, Any]) -> None:
    """A template of a key that is not there would show "unknown" for ever."""
    state = json.loads(state_payload(tick()))
    templates = [part["value_template"] for part in message["components"].values() if "value_template" in part]
    assert templates == ["{{ value_json." + entity.key + " }}" for entity in ENTITIES if entity.platform]
    assert all(template.split(".")[1].split()[0] in state for template in templates)


def test_no_name_repeats_the_name_of_the_device(message: dict[str, Any]) -> None:
    """Home Assistant puts the device's name in front by itself."""
    names = [part["name"] for part in message["components"].values()]
    assert not any(message["device"]["name"].lower() in name.lower() for name in names)
    assert len(set(names)) == len(names)


def test_topics_of_a_mat() -> None:
    """The words that stand in other people's automations."""
    assert {topic.of("attic"): topic.retain for topic in TOPICS} == {
        "acumat/attic/availability": True,
        "acumat/attic/info": True,
        "acumat/attic/state": True,
        "acumat/attic/event": False,
        "acumat/attic/cmd/+": False,
        "acumat/attic/cmd_result": False,
        "homeassistant/device/attic/config": True,
    }
