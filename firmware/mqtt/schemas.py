"""The JSON Schema of every payload, made from the types: one document a topic."""

from typing import Any, Final, get_type_hints

import msgspec

from firmware.commands import COMMANDS, CommandRow
from firmware.events import event_type
from firmware.mqtt.commands import LOCAL_ONLY
from firmware.mqtt.entities import ENTITIES
from firmware.mqtt.own_events import EVENT_CLASSES
from firmware.mqtt.payload_types import (
    VERSION,
    Availability,
    CommandEnvelope,
    DiagPayload,
    EventLabels,
    InfoPayload,
    LivePayload,
    ResultPayload,
    SessionPayload,
)

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
TYPES: Final[dict[str, type]] = {
    "info": InfoPayload,
    "session": SessionPayload,
    "live": LivePayload,
    "diag": DiagPayload,
    "cmd_result": ResultPayload,
}


def schemas() -> dict[str, Schema]:
    """Return every schema by the name of its file."""
    found = {name: _document(name, _inlined(kind)) for name, kind in TYPES.items()}
    found["availability"] = _document("availability", msgspec.json.schema(Availability))
    found["state"] = _document("state", state_schema())
    found["event"] = _document("event", {"oneOf": [event_schema(kind) for kind in EVENT_CLASSES]})
    found["command"] = _document("command", _inlined(CommandEnvelope))
    return found


def state_schema() -> Schema:
    """Return the schema of the state topic. After a clean end every key is null."""
    properties: Schema = {"v": _version()}
    for entity in ENTITIES:
        properties[entity.key] = _or_null(msgspec.json.schema(entity.kind)) | {"description": entity.meaning}
    return {"type": "object", "properties": properties, "required": list(properties)}


def event_schema(kind: type) -> Schema:
    """Return the schema of one type of event: its labels and its own fields."""
    labels, own = _inlined(EventLabels), _inlined(kind)
    properties = labels["properties"] | own["properties"]
    properties["event_type"] = {"const": event_type(kind)}
    optional = ("late", "replayed")
    doc = " ".join((kind.__doc__ or "").split())
    required = [name for name in properties if name not in optional]
    return {
        "title": kind.__name__,
        "description": doc,
        "type": "object",
        "properties": properties,
        "required": required,
    }


def remote_commands() -> dict[str, CommandRow]:
    """Return the commands of the mat that MQTT takes."""
    return {name: row for name, row in COMMANDS.items() if name not in LOCAL_ONLY}


def _document(name: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, "$id": f"urn:acumat:{VERSION}:{name}", "title": name} | schema


def _version() -> Schema:
    return {"const": VERSION, "description": "schema version"}


def _or_null(schema: Schema) -> Schema:
    if "null" in str(schema):
        return schema
    return {"anyOf": [schema, {"type": "null"}]}


def _inlined(kind: type) -> Schema:
    """Return the schema of a class with every reference replaced by what it refers to; fields with defaults are there.

    The program always writes them, so they are required, but for those of a command.
    """
    (schema,), components = msgspec.json.schema_components([kind], ref_template="{name}")

    def resolve(part: Any) -> Any:  # noqa: ANN401 - a JSON value
        if isinstance(part, dict):
            if "$ref" in part:
                rest = {key: value for key, value in part.items() if key != "$ref"}
                return resolve(components[part["$ref"]]) | rest
            return {key: resolve(value) for key, value in part.items()}
        return [resolve(value) for value in part] if isinstance(part, list) else part

    found: Schema = resolve(schema)
    found["description"] = " ".join((kind.__doc__ or "").split())
    if "v" in found["properties"]:
        found["properties"]["v"] = _version()
    if kind is not CommandEnvelope:
        found["required"] = [name for name in get_type_hints(kind) if name not in {"late", "replayed"}]
    for value in found["properties"].values():
        value.pop("default", None)
    return found
