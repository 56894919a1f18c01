"""The files about MQTT for machines: a JSON Schema for each payload, and the AsyncAPI document."""

import json

from firmware.mqtt import asyncapi
from firmware.mqtt.schemas import schemas


def files() -> dict[str, str]:
    """Return the text of each file of docs/mqtt by its name."""
    documents = {f"{name}.schema.json": schema for name, schema in schemas().items()}
    documents["asyncapi.json"] = asyncapi.document()
    return {name: json.dumps(one, indent=1, ensure_ascii=False) + "\n" for name, one in documents.items()}
