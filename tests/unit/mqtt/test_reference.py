"""docs/mqtt.md, generated from the tables."""

from pathlib import Path

from firmware.mqtt.entities import ENTITIES
from firmware.mqtt.payloads import EVENT_TYPES, INFO_KEYS
from firmware.mqtt.reference import reference_page
from firmware.mqtt.topics import TOPICS

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_page_in_docs_is_current() -> None:
    """docs/mqtt.md is up to date."""
    assert (DOCS / "mqtt.md").read_text(encoding="utf-8") == reference_page(), (
        "stale: run python -m firmware.mqtt > docs/mqtt.md"
    )


def test_every_topic_key_and_event_is_on_the_page() -> None:
    """All topics, keys and events are documented."""
    text = reference_page()
    words = [topic.of("<device id>") for topic in TOPICS] + [entity.key for entity in ENTITIES]
    words += [*INFO_KEYS, *EVENT_TYPES]
    assert [word for word in words if f"`{word}`" not in text] == []
