"""What is generated from the tables of MQTT: the page, the schemas, the AsyncAPI document."""

import json
import re
from pathlib import Path

from docs import mqtt_files
from firmware.mqtt.controls import CONTROLS
from firmware.mqtt.entities import ENTITIES
from firmware.mqtt.own_events import EVENT_TYPES
from firmware.mqtt.reference import reference_page
from firmware.mqtt.schemas import schemas
from firmware.mqtt.topics import TOPICS, TopicNames

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_page_is_up_to_date_and_has_every_name() -> None:
    """A new row in a table without a new page would be documented nowhere."""
    page = reference_page()
    assert page == (DOCS / "mqtt.md").read_text(encoding="utf-8"), "stale: run make docs"
    names = [entity.key for entity in ENTITIES] + list(EVENT_TYPES) + [control.command for control in CONTROLS]
    assert [name for name in names if f"`{name}`" not in page] == []
    assert [topic for topic in TOPICS if TopicNames("<device id>").of(topic) not in page] == []


def test_the_files_for_machines_are_up_to_date() -> None:
    """One schema for each payload and the AsyncAPI document, and nothing that no table has any more."""
    made = mqtt_files.files()
    there = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "mqtt").glob("*.json")}
    assert there == made, "stale: run make docs"


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    """Channels, messages and operations refer to each other by pointers."""
    text = mqtt_files.files()["asyncapi.json"]
    document = json.loads(text)
    pointers = set(re.findall(r'"\$ref": "#/([^"]+)"', text))
    assert pointers
    for pointer in pointers:
        part = document
        for name in pointer.split("/"):
            part = part[name]
    assert len(document["channels"]) == len(document["operations"]) == len(TOPICS)


def test_every_property_of_a_schema_is_required_but_the_marks() -> None:
    """The program writes every key every time; late and replayed are there when they are true."""
    for name, schema in schemas().items():
        for one in schema.get("oneOf", [schema]):
            if name in {"availability", "command"}:
                continue
            assert set(one["properties"]) - set(one["required"]) <= {"late", "replayed"}, name
