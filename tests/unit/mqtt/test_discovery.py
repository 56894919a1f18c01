"""Every field of the discovery message: Home Assistant drops unknown ones silently."""

import json
from typing import Any

import pytest

from firmware.commands import COMMANDS, request_refusal
from firmware.config import Device
from firmware.cues.settings import SoundMode
from firmware.enums import State
from firmware.mqtt.discovery import discovery_payload
from firmware.mqtt.entities import CONTROLS, ENTITIES, NO_CONTROL, CommandEntity
from firmware.mqtt.payloads import EVENT_TYPES, info_payload, state_payload
from firmware.mqtt.topics import TOPICS
from hardware.board import Board
from tests.doubles.ticks import tick


@pytest.fixture
def message(board: Board) -> dict[str, Any]:
    return shown(board, accepts_commands=True)


def shown(board: Board, *, accepts_commands: bool) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(
        discovery_payload(Device(id="attic", name="Mat"), board, "1.2.3", accepts_commands=accepts_commands)
    )
    return message


def test_every_field_is_the_one_that_is_meant(message: dict[str, Any], board: Board) -> None:
    """The whole message, written by hand."""

    def entity(key: str, name: str, platform: str = "sensor", **options: object) -> dict[str, object]:
        common = {"platform": platform, "unique_id": f"acumat_attic_{key}", "name": name, "qos": 1}
        return common | shows(key) | options

    def shows(key: str) -> dict[str, object]:
        return {"state_topic": "acumat/attic/state", "value_template": "{{ value_json." + key + " }}"}

    def control(key: str, name: str, platform: str, **options: object) -> dict[str, object]:
        common = {"platform": platform, "unique_id": f"acumat_attic_set_{key}", "name": name, "qos": 1}
        return common | {"command_topic": f"acumat/attic/cmd/{key}"} | options

    def button(key: str, name: str, **options: object) -> dict[str, object]:
        return control(key, name, "button", payload_press="true", **options)

    assert message == {
        "device": {
            "identifiers": ["acumat_attic"],
            "name": "Mat",
            "model": board.name,
            "sw_version": "1.2.3",
        },
        "origin": {"name": "acumat", "sw_version": "1.2.3"},
        "availability_topic": "acumat/attic/availability",
        "components": {
            "occupied": entity("occupied", "Occupancy", "binary_sensor", device_class="occupancy"),
            "stage": entity("stage", "Stage", device_class="enum", options=[state.value for state in State]),
            "guidance": entity("guidance", "Guidance"),
            "elapsed_s": entity("elapsed_s", "Session elapsed", device_class="duration", unit_of_measurement="s"),
            "load_kg": entity(
                "load_kg",
                "Load",
                device_class="weight",
                unit_of_measurement="kg",
                state_class="measurement",
                suggested_display_precision=1,
            ),
            "evenness_pct": entity(
                "evenness_pct", "Evenness", unit_of_measurement="%", state_class="measurement"
            ),
            "overlong": entity("overlong", "Still there after an hour", "binary_sensor"),
            "fault": entity(
                "fault", "Fault", "binary_sensor", device_class="problem", entity_category="diagnostic",
                json_attributes_topic="acumat/attic/state",
                json_attributes_template=(
                    "{{ {'faults': value_json.faults, 'lost_cells': value_json.lost_cells} | tojson }}"
                ),
            ),
            "frames_lost_s": entity(
                "frames_lost_s", "Lost readings",
                device_class="duration", unit_of_measurement="s", entity_category="diagnostic",
            ),
            "activity": {
                "platform": "event",
                "unique_id": "acumat_attic_activity",
                "name": "Activity",
                "qos": 1,
                "state_topic": "acumat/attic/event",
                "event_types": list(EVENT_TYPES),
            },
            "set_discomfort": button("discomfort", "It hurts now"),
            "set_easing": button("easing", "It turns warm"),
            "set_end": button("end", "End session"),
            "set_carry_on": button("carry_on", "Carry on"),
            "set_zero": button("zero", "Take zero", entity_category="config"),
            "set_show_state": button("show_state", "Identify", device_class="identify"),
            "set_mode": control("mode", "Sound", "select", options=["normal", "quiet", "silent"], **shows("mode")),
            "set_preset": control("preset", "Next session", "select", options=["quick", "normal", "long"]),
            "set_goal_min": control(
                "goal_min", "Goal", "number", min=5.0, max=40.0, step=1, unit_of_measurement="min",
                device_class="duration", **shows("goal_min"),
            ),
            "set_marks": control(
                "marks", "Marks on the skin", "select", options=["none", "light", "strong", "broken_skin"]
            ),
            "set_hurt": control("hurt", "Hurt after five minutes", "number", min=0, max=10, step=1, mode="slider"),
            "set_healed": button("healed", "Skin has healed"),
        },
    }  # fmt: skip


def test_without_commands_there_are_no_controls(message: dict[str, Any], board: Board) -> None:
    """Controls without commands would have no effect: only the entities with a state remain."""
    without = shown(board, accepts_commands=False)["components"]
    assert not [part for part in without.values() if "command_topic" in part]
    assert message["components"].keys() - without.keys() == {f"set_{control.command}" for control in CONTROLS}


def test_every_command_has_a_control_or_a_reason() -> None:
    """No command is missing, none has two."""
    assert sorted([*(control.command for control in CONTROLS), *NO_CONTROL]) == sorted(COMMANDS)


def given(control: CommandEntity) -> list[object]:
    """What Home Assistant can send for a control."""
    if control.platform == "button":
        return [json.loads(str(control.options["payload_press"]))]
    words = control.options.get("options")
    return list(words) if isinstance(words, list) else [control.options["min"], control.options["max"], 7]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.command)
def test_all_that_a_control_can_send_is_a_legal_request(control: CommandEntity) -> None:
    """Each option of a list, both ends of a slider, the press of a button."""
    assert [request_refusal(control.command, value) for value in given(control)] == [None] * len(given(control))
    values = [SoundMode(str(value)) for value in given(control)] if control.command == "mode" else list(SoundMode)
    assert values == list(SoundMode)


def test_no_personal_data_is_retained(board: Board) -> None:
    """A broker delivers retained messages to every subscriber: they have no name, level, pain or skin."""
    retained = state_payload(tick()) + info_payload(Device(), board, "1", "r")
    keys = json.loads(state_payload(tick())).keys() | json.loads(info_payload(Device(), board, "1", "r")).keys()
    assert not keys & {"person", "people", "level", "hurt", "marks", "discomforts", "reason", "note"}
    assert b"guest" not in retained


def test_every_template_finds_its_key_in_the_state(message: dict[str, Any]) -> None:
    """A template of a key that is not there would show "unknown" for ever."""
    state = json.loads(state_payload(tick()))
    templates = [part["value_template"] for part in message["components"].values() if "value_template" in part]
    shown = [entity.key for entity in ENTITIES if entity.platform] + [one.state for one in CONTROLS if one.state]
    assert templates == ["{{ value_json." + key + " }}" for key in shown]
    assert all(template.split(".")[1].split()[0] in state for template in templates)


def test_no_name_repeats_the_name_of_the_device(message: dict[str, Any]) -> None:
    """Home Assistant adds the name of the device itself."""
    names = [part["name"] for part in message["components"].values()]
    assert not any(message["device"]["name"].lower() in name.lower() for name in names)
    assert len(set(names)) == len(names)


def test_topics_of_a_mat() -> None:
    """Topics are used in automations of users: they must not change."""
    assert {topic.of("attic"): topic.retain for topic in TOPICS} == {
        "acumat/attic/availability": True,
        "acumat/attic/info": True,
        "acumat/attic/state": True,
        "acumat/attic/event": False,
        "acumat/attic/cmd/+": False,
        "acumat/attic/cmd_result": False,
        "homeassistant/device/attic/config": True,
    }
