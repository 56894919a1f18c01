"""The discovery message with every attribute spelled out: python -m tests.unit.mqtt.golden writes it after a change.

Read the difference before you commit it: Home Assistant drops unknown keys silently.
"""

import json
from pathlib import Path
from typing import Any, Final

from firmware.config import Device
from firmware.mqtt.discovery import Discovery
from firmware.mqtt.topics import TopicNames
from hardware.board import load_board

GOLDEN: Final = Path(__file__).with_name("discovery.json")
SHARES: Final = ("pain", "person")


def message(
    shares: tuple[str, ...] = SHARES, people: tuple[str, ...] = ("Ana",), *, accepts_commands: bool = True
) -> dict[str, Any]:
    """Return the message of a mat."""
    discovery = Discovery(TopicNames("attic"), Device(id="attic", name="Mat"), load_board(), "1.2.3", shares)
    found: dict[str, Any] = json.loads(discovery.payload(people, accepts_commands=accepts_commands))
    return found


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(message(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
