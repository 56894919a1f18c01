"""Every field of the discovery message: Home Assistant drops unknown ones silently."""

import json
import re
from typing import Any

import pytest

from firmware.commands import COMMANDS, Control, request_refusal
from firmware.config import Device
from firmware.cues.settings import SoundMode
from firmware.mqtt.controls import CONTROLS, NO_CONTROL, CommandEntity
from firmware.mqtt.entities import ENTITIES
from firmware.mqtt.notes import NOTES, Notes
from firmware.mqtt.other_entities import OTHERS, RETIRED
from firmware.mqtt.own_events import EVENT_TYPES, GROUPS, PAIN
from firmware.mqtt.payloads import info_payload
from firmware.mqtt.schemas import schemas
from firmware.mqtt.snapshot import Snapshot
from firmware.mqtt.state_topic import StateTopic, unknown_state
from firmware.mqtt.topics import TOPICS, TopicNames
from firmware.programme.levels import shipped_programme
from firmware.programme.people import People
from firmware.programme.plan import Plan
from hardware.board import Board
from tests.doubles.ticks import tick
from tests.unit.mqtt.golden import GOLDEN, message

# What Home Assistant 2024.11 and newer know, as far as the mat uses it; its own schema drops everything else silently.
COMMON = {
    "platform", "unique_id", "name", "qos", "availability", "availability_mode", "icon", "entity_category",
    "enabled_by_default", "device_class",
}  # fmt: skip
STATE = {"state_topic", "value_template"}
KNOWN = {
    "binary_sensor": COMMON | STATE | {"json_attributes_topic", "json_attributes_template"},
    "sensor": COMMON | STATE | {"unit_of_measurement", "state_class", "suggested_display_precision", "options"},
    "event": COMMON | STATE | {"event_types"},
    "image": COMMON | {"image_topic", "content_type"},
    "button": COMMON | {"command_topic", "payload_press"},
    "select": COMMON | STATE | {"command_topic", "options", "optimistic"},
    "number": COMMON | STATE | {"command_topic", "min", "max", "step", "mode", "unit_of_measurement", "optimistic"},
    "text": COMMON | STATE | {"command_topic", "command_template", "min", "max", "pattern"},
    "device_automation": {
        "platform", "automation_type", "topic", "payload", "value_template", "type", "subtype", "qos",
    },
}  # fmt: skip


def parts(**options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - those of message
    components: dict[str, dict[str, Any]] = message(**options)["components"]
    return components


def entities(**options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - those of message
    """The components that are entities."""
    return {key: part for key, part in parts(**options).items() if "unique_id" in part}


def test_the_message_is_the_golden_one() -> None:
    """The whole message, every attribute spelled out in a file that changes only by hand."""
    assert message() == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_every_attribute_is_one_that_home_assistant_knows() -> None:
    """A typing error would be dropped without a word. A component with its platform alone removes an entity."""
    assert message().keys() == {"device", "origin", "components"}
    for key, part in parts().items():
        assert part.keys() <= KNOWN[part["platform"]] or set(part) == {"platform"}, key
        if "unit_of_measurement" in part or "state_class" in part:
            assert "options" not in part, key


def test_without_commands_the_controls_are_removed() -> None:
    """Controls without commands would have no effect, and those of an earlier message would stay: each is removed."""
    without = parts(accepts_commands=False)
    assert not [part for part in without.values() if "command_topic" in part]
    removed = {key for key, part in without.items() if set(part) == {"platform"}}
    assert removed == {f"set_{control.command}" for control in CONTROLS} | set(RETIRED)


def test_what_is_not_shared_is_removed() -> None:
    """Switched off again, nothing about pain or a person stays in Home Assistant."""
    private = parts(shares=())
    removed = {key for key, part in private.items() if set(part) == {"platform"}} - set(RETIRED)
    assert removed == {
        "level", "offer", "question", "set_person", "set_accept", "set_decline", "set_marks", "set_hurt", "set_healed",
        "set_pain_before", "set_pain_after", "set_sleep", "set_note", "trigger_stop_advised",
    }  # fmt: skip
    assert not {name for part in private.values() for name in part.get("event_types", ())} & set(PAIN)


def test_every_control_shows_the_true_value_and_when_it_cannot_be_used() -> None:
    """A state topic, no optimism, and an availability of its own beside that of the mat."""
    for key, part in entities().items():
        if "command_topic" not in part:
            continue
        mat, usable = part["availability"]
        assert mat == {"topic": "acumat/attic/availability"}
        command = key.removeprefix("set_")
        assert usable["value_template"] == "{{ 'online' if '" + command + "' in value_json.can else 'offline' }}"
        if part["platform"] != "button":
            assert part["state_topic"] == "acumat/attic/state"
            assert part["platform"] == "text" or part["optimistic"] is False  # a text with a state topic never is


def test_every_command_has_a_control_or_a_reason() -> None:
    """No command is missing, none has two."""
    assert sorted([*(control.command for control in CONTROLS), *NO_CONTROL]) == sorted((*COMMANDS, *NOTES))


def given(control: CommandEntity) -> list[object]:
    """What Home Assistant can send for a control."""
    options = control.options(("Ana",))
    if control.platform == "button":
        return [json.loads(str(options["payload_press"]))]
    if control.platform == "text":
        return ["", "20:15"]
    words = options.get("options")
    return list(words) if isinstance(words, list) else [options["min"], options["max"], 7]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.command)
def test_all_that_a_control_can_send_is_a_legal_request(control: CommandEntity) -> None:
    """Each option of a list, both ends of a slider, the press of a button."""
    for value in given(control):
        control.value.parse(value)
        assert control.command in NOTES or request_refusal(control.command, value) is None
    values = [SoundMode(str(value)) for value in given(control)] if control.command == "mode" else list(SoundMode)
    assert values == list(SoundMode)


def state(board: Board, shares: tuple[str, ...]) -> dict[str, Any]:
    plan = Plan(shipped_programme(), People().add("Ana").choose("Ana"))
    notes = Notes(4, 2, 7, "cold", "20:15", "How did you sleep?", ("pain_before", "reminder"))
    now = Snapshot(tick(), board, control=Control.of(tick().view, plan.view), notes=notes)
    found: dict[str, Any] = json.loads(StateTopic(shares).payload(now)[0])
    return found


def test_no_personal_data_is_retained_unless_it_is_shared(board: Board) -> None:
    """A broker delivers retained messages to every subscriber: name, level, pain and skin are null by default."""
    private, shared = state(board, ()), state(board, ("pain", "person"))
    personal = {
        "person", "level", "offer", "marks", "hurt", "pain_before", "pain_after", "sleep", "note", "question",
    }  # fmt: skip
    assert {key for key, value in private.items() if value is not None} & personal == set()
    assert (shared["person"], shared["level"]) == ("Ana", 1)
    assert (shared["pain_before"], shared["pain_after"], shared["sleep"], shared["note"]) == (4, 2, 7, "cold")
    assert private["reminder"] == "20:15"
    assert {"pain_before", "reminder"} <= set(shared["can"])
    retained = json.dumps([private, parts(shares=(), people=())]).encode() + info_payload(Device(), board, "1", "r")
    assert b'"Ana"' not in retained


def test_every_template_finds_its_keys(board: Board) -> None:
    """A template of a key that is not there would show "unknown" for ever; after a clean end all keys are there."""
    keys = {
        "acumat/attic/state": set(state(board, ())) | {"cells"},
        "acumat/attic/session/last": set(schemas()["session"]["properties"]),
        "acumat/attic/diag": set(schemas()["diag"]["properties"]),
        "acumat/attic/event": set(schemas()["event"]["oneOf"][0]["properties"]),
    }
    seen = 0
    for part in parts().values():
        sources = [(part.get("state_topic", part.get("topic")), part.get("value_template"))]
        sources += [(one["topic"], one.get("value_template")) for one in part.get("availability", ())]
        for topic, template in sources:
            for key in re.findall(r"value_json\.(\w+)", template or ""):
                seen += 1
                assert key in keys[str(topic)], template
    assert seen > len(ENTITIES)
    assert set(json.loads(unknown_state())) == set(state(board, ()))


def test_no_name_repeats_the_name_of_the_device() -> None:
    """Home Assistant adds the name of the device itself; the main entity has that name alone."""
    found = [part["name"] for part in entities().values()]
    names = [name for name in found if name is not None]
    assert len(found) - len(names) == 1
    assert not any(message()["device"]["name"].lower() in name.lower() for name in names)
    assert len(set(names)) == len(names)


def test_every_event_belongs_to_one_group() -> None:
    """Events of the group log have no entity."""
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(EVENT_TYPES)


def test_figures_of_the_program_are_disabled_until_somebody_wants_them() -> None:
    """They would fill the page of the device and the database."""
    found = entities()
    figures = [key for key in found if key.startswith("diag_")]
    assert len(figures) == len([one for one in OTHERS if one.key.startswith("diag_")]) > 8
    assert all(found[key]["enabled_by_default"] is False for key in figures)


def test_topics_of_a_mat() -> None:
    """Topics are used in automations of users: they must not change. Roots are settings."""
    names = TopicNames("attic")
    assert {names.of(topic): (topic.qos, topic.retain) for topic in TOPICS} == {
        "acumat/attic/availability": (1, True),
        "acumat/attic/info": (1, True),
        "acumat/attic/state": (1, True),
        "acumat/attic/live": (0, False),
        "acumat/attic/map": (1, True),
        "acumat/attic/event": (1, False),
        "acumat/attic/session/+": (1, False),
        "acumat/attic/session/last": (1, True),
        "acumat/attic/diag": (1, True),
        "acumat/attic/cmd/+": (1, False),
        "acumat/attic/cmd_result": (1, False),
        "homeassistant/device/attic/config": (1, True),
    }
    assert not [topic.name for topic in TOPICS if set(topic.name) & set(". ")]  # nats-server closes the connection
    other = TopicNames("attic", root="home/mat", prefix="ha")
    assert other.command("end") == "home/mat/attic/cmd/end"
    assert other.of(TOPICS[-1]) == "ha/device/attic/config"
