"""Entities of Home Assistant from other topics than the state: last session, diagnostics, events, picture, triggers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from firmware import words
from firmware.enums import Exit, Reason
from firmware.mqtt.own_events import GROUPS, LOG, PAIN
from firmware.mqtt.state_entity import DIAGNOSTIC, MINUTES, Share
from firmware.mqtt.topics import DIAG, EVENT, LAST_SESSION, MAP, Topic

OFF: Final = {**DIAGNOSTIC, "enabled_by_default": False}
REPLAYED: Final = "value_json.replayed | default(false)"
LATE: Final = "value_json.late | default(false)"
SECONDS: Final = {"device_class": "duration", "unit_of_measurement": "s"}


@dataclass(frozen=True, slots=True)
class TopicEntity:
    """An entity with a topic of its own; options hold everything but the common part."""

    key: str
    platform: str
    name: str
    topic: Topic
    options: Mapping[str, object] = field(default_factory=dict)
    topic_option: str = "state_topic"


def _enum(key: str, names: Mapping[str, str]) -> dict[str, object]:
    table = ", ".join(f"'{value}': '{name}'" for value, name in names.items())
    return {
        "device_class": "enum",
        "options": list(names.values()),
        "value_template": f"{{{{ {{{table}}}.get(value_json.{key}) }}}}",
    }


def _diag(key: str, name: str, options: Mapping[str, object], platform: str = "sensor") -> TopicEntity:
    return TopicEntity(
        f"diag_{key}", platform, name, DIAG, {"value_template": f"{{{{ value_json.{key} }}}}", **OFF, **options}
    )


OTHERS: Final = (
    TopicEntity(
        "last_ended",
        "sensor",
        "Last session",
        LAST_SESSION,
        {"device_class": "timestamp", "value_template": "{{ value_json.ended_at }}"},
    ),
    TopicEntity(
        "last_length",
        "sensor",
        "Last session length",
        LAST_SESSION,
        {**MINUTES, "value_template": "{{ (value_json.lying_s / 60) | round(1) }}", "suggested_display_precision": 1},
    ),
    TopicEntity(
        "last_reason",
        "sensor",
        "Last session end",
        LAST_SESSION,
        {**_enum("reason", {reason.value: words.REASON_SHORT[reason] for reason in Reason}), "icon": "mdi:flag"},
    ),
    TopicEntity(
        "last_exit",
        "sensor",
        "Last getting up",
        LAST_SESSION,
        {**_enum("exit", {way.value: words.EXIT_SHORT[way] for way in Exit}), "icon": "mdi:human-handsup"},
    ),
    TopicEntity(
        "last_wiggles",
        "sensor",
        "Last session wiggles",
        LAST_SESSION,
        {"value_template": "{{ value_json.wiggles }}", "icon": "mdi:wave"},
    ),
    TopicEntity(
        "map",
        "image",
        "Pressure map",
        MAP,
        {"content_type": "image/png", "icon": "mdi:grid"},
        topic_option="image_topic",
    ),
    _diag("rate_hz", "Evaluations", {"device_class": "frequency", "unit_of_measurement": "Hz"}),
    _diag("worst_age_ms", "Worst age of a reading", {"device_class": "duration", "unit_of_measurement": "ms"}),
    _diag("frames_dropped", "Dropped frames", {"icon": "mdi:alert"}),
    _diag("cpu_c", "Temperature of the computer", {"device_class": "temperature", "unit_of_measurement": "°C"}),
    _diag(
        "undervoltage",
        "Supply too weak",
        {
            "device_class": "problem",
            "value_template": "{{ {true: 'ON', false: 'OFF'}.get(value_json.undervoltage) }}",
        },
        "binary_sensor",
    ),
    _diag("rss_mb", "Memory", {"device_class": "data_size", "unit_of_measurement": "MB"}),
    _diag("uptime_s", "Uptime", SECONDS),
    _diag("outbox", "Events waiting", {"icon": "mdi:tray-full"}),
    _diag("reconnects", "Reconnects", {"icon": "mdi:connection"}),
    _diag("refused", "Refused messages", {"icon": "mdi:cancel"}),
    _diag("protocol", "Protocol", {"icon": "mdi:protocol"}),
)

EVENT_ENTITIES: Final = {
    "session": ("Session events", "mdi:bed-clock"),
    "posture": ("Posture events", "mdi:human"),
    "advice": ("Advice", "mdi:lightbulb-outline"),
    "system": ("System events", "mdi:cog"),
}
assert set(EVENT_ENTITIES) == set(GROUPS) - {LOG}  # noqa: S101 - a group without an entity would be seen by nobody


def event_options(group: str, *, pain: bool) -> dict[str, object]:
    """Return the options of the event entity of a group; what is sent again on request happened before."""
    return {
        "event_types": [name for name in GROUPS[group] if pain or name not in PAIN],
        "value_template": f"{{{{ value if value_json.group == '{group}' and not ({REPLAYED}) }}}}",
    }


@dataclass(frozen=True, slots=True)
class Trigger:
    """A device trigger: what automations want, at the moment in which it happens."""

    event_type: str
    subtype: str
    share: Share | None = None


TRIGGERS: Final = (
    Trigger("session_started", "Session"),
    Trigger("goal_reached", "Goal"),
    Trigger("get_up", "Person"),
    Trigger("stop_advised", "Advice", "pain"),
    Trigger("cells_silent", "Sensor"),
)
TRIGGER_TYPES: Final = {
    "session_started": "started",
    "goal_reached": "reached",
    "get_up": "got up",
    "stop_advised": "stop",
    "cells_silent": "fault",
}
TRIGGER_TOPIC: Final = EVENT
TRIGGER_TEMPLATE: Final = f"{{{{ value_json.event_type if not ({LATE}) and not ({REPLAYED}) }}}}"

# Components of earlier versions, by platform: removed from Home Assistant by name.
RETIRED: Final = {"activity": "event"}
