"""The AsyncAPI 3 document of the topics, made from the same tables as the page and the schemas."""

from typing import Any, Final

from firmware.mqtt.payload_types import VERSION
from firmware.mqtt.schemas import Schema, schemas
from firmware.mqtt.topics import (
    AVAILABILITY,
    COMMAND,
    DISCOVERY,
    LAST_SESSION,
    MAP,
    RESULT,
    SESSION,
    TOPICS,
    Topic,
)

SCHEMA_OF: Final = {
    AVAILABILITY.name: "availability",
    SESSION.name: "session",
    LAST_SESSION.name: "session",
    RESULT.name: "cmd_result",
    COMMAND.name: "command",
}
PLAIN: Final = "application/json"
TYPES: Final = {AVAILABILITY.name: "text/plain", MAP.name: "image/png"}


def document() -> Schema:
    """Return the document."""
    known = schemas()
    channels: Schema = {}
    operations: Schema = {}
    messages: Schema = {}
    for topic in TOPICS:
        name = _name(topic)
        messages[name] = _message(topic, known)
        channels[name] = {
            "address": _address(topic),
            "description": f"{topic.payload}; {topic.sent}",
            "parameters": {parameter: {"description": text} for parameter, text in _parameters(topic).items()},
            "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        }
        operations[f"on_{name}" if topic is COMMAND else f"send_{name}"] = {
            "action": "receive" if topic is COMMAND else "send",
            "channel": {"$ref": f"#/channels/{name}"},
            "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
            "bindings": {"mqtt": {"qos": topic.qos, "retain": topic.retain, "bindingVersion": "0.2.0"}},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "acumat",
            "version": f"{VERSION}.0.0",
            "description": "What an acupressure mat publishes and obeys. Within a version keys are only added.",
        },
        "defaultContentType": PLAIN,
        "servers": {"broker": {"host": "localhost:1883", "protocol": "mqtt", "protocolVersion": "5.0"}},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def _name(topic: Topic) -> str:
    named = {COMMAND.name: "command", SESSION.name: "session", DISCOVERY.name: "discovery"}
    return named.get(topic.name, topic.name.replace("/", "_").replace(".", "_"))


def _address(topic: Topic) -> str:
    if topic.name.startswith("/"):
        return "{prefix}" + topic.name.replace("<id>", "{device}")
    wildcard = {COMMAND.name: "cmd/{command}", SESSION.name: "session/{session}"}
    return "{root}/{device}/" + wildcard.get(topic.name, topic.name)


def _parameters(topic: Topic) -> dict[str, str]:
    texts = {
        "root": "setting mqtt.root, acumat by default",
        "prefix": "setting mqtt.discovery_prefix, homeassistant by default",
        "device": "id of the mat",
        "command": "name of a command",
        "session": "id of a session",
    }
    return {name: text for name, text in texts.items() if "{" + name + "}" in _address(topic)}


def _message(topic: Topic, known: dict[str, Schema]) -> dict[str, Any]:
    content = TYPES.get(topic.name, PLAIN)
    message: dict[str, Any] = {"title": topic.payload, "contentType": content}
    schema = known.get(SCHEMA_OF.get(topic.name, topic.name))
    if schema is not None:
        message["payload"] = {key: value for key, value in schema.items() if not key.startswith("$")}
    elif topic is DISCOVERY:
        message["payload"] = {"type": "object", "description": "device discovery of Home Assistant"}
    else:
        message["payload"] = {"type": "string", "description": "bytes of a PNG"}
    return message
