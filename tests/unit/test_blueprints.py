"""The blueprints and the example view of Home Assistant, by their schema: they use what the mat announces."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from firmware.mqtt.other_entities import TRIGGER_TYPES, TRIGGERS
from tests.unit.mqtt.golden import message

FOLDER = Path(__file__).resolve().parents[2] / "docs/homeassistant"
BLUEPRINTS = sorted(FOLDER.glob("*_*.yaml"))
CARDS = {"heading", "tile", "markdown", "gauge", "picture-entity", "entities", "history-graph", "logbook"}


class Input(str):
    """A `!input name` of a blueprint."""

    __slots__ = ()


class Loader(yaml.SafeLoader):  # type: ignore[misc]  # it has no types
    """YAML with the tag of blueprints."""


Loader.add_constructor("!input", lambda loader, node: Input(loader.construct_scalar(node)))


def inputs(part: object) -> set[str]:
    """Every `!input` in a part of a blueprint."""
    if isinstance(part, Input):
        return {str(part)}
    children: list[object] = list(part.values()) if isinstance(part, dict) else part if isinstance(part, list) else []
    return {name for child in children for name in inputs(child)}


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe loader with one tag
    return found


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_a_blueprint_keeps_the_schema(path: Path) -> None:
    """Domain, least version, an input for each `!input`, a selector for each input."""
    found = load(path)
    head = found.pop("blueprint")
    assert head["domain"] == "automation"
    assert head["homeassistant"]["min_version"] == "2024.11.0"
    assert all(len(one["selector"]) == 1 and one["name"] for one in head["input"].values())
    assert inputs(found) == set(head["input"])
    assert set(found) <= {"mode", "trigger_variables", "triggers", "conditions", "actions"}


def test_every_device_trigger_is_one_that_the_mat_announces() -> None:
    """Type and subtype are part of automations: they must not change."""
    announced = {(TRIGGER_TYPES[one.event_type], one.subtype) for one in TRIGGERS}
    used = {
        (trigger["type"], trigger["subtype"])
        for path in BLUEPRINTS
        for trigger in load(path)["triggers"]
        if trigger["trigger"] == "device"
    }
    assert len(BLUEPRINTS) == 3
    assert used
    assert used <= announced


def test_the_view_uses_entities_that_exist_and_standard_cards() -> None:
    """Ids are made by Home Assistant from the names of device and entity."""
    known = {
        f"{part['platform']}.acupressure_mat_{(part['name'] or '').lower().replace(' ', '_')}".rstrip("_")
        for part in message()["components"].values()
        if "unique_id" in part
    }
    text = (FOLDER / "view.yaml").read_text(encoding="utf-8")
    cards = [card for section in load(FOLDER / "view.yaml")["views"][0]["sections"] for card in section["cards"]]
    assert {card["type"] for card in cards} <= CARDS
    used = {word.strip("'\" -{}()") for word in text.replace("states('", " ").replace("')", " ").split()}
    used = {word for word in used if "acupressure_mat_" in word}
    assert len(used) > 20
    assert used - known == set()
