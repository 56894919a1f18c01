"""All topics in one table. The root is <mqtt.root>/<device id>; with a / in front it is the discovery prefix.

Only the newest payload of a retained topic matters, so at most one is in flight and a slow broker never gets a
backlog. Each event is kept until the broker has acknowledged it.
"""

from dataclasses import dataclass
from typing import Final

from firmware.config import Mqtt

ONLINE: Final = b"online"
OFFLINE: Final = b"offline"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. min_gap_s is the shortest time between two payloads; slow_gap_s that where only slow keys changed."""

    name: str
    sent: str
    payload: str
    retain: bool = True
    qos: int = 1
    min_gap_s: float = 0.0
    slow_gap_s: float = 0.0


AVAILABILITY: Final = Topic(
    "availability",
    sent="after the state on connect, on shutdown, by the broker as last will",
    payload="bare `online` or `offline`",
)
INFO: Final = Topic("info", sent="on connect", payload="description of this mat", min_gap_s=5.0)
STATE: Final = Topic(
    "state",
    sent="on change, at most once a second; where only slow keys changed every 10 s",
    payload="present state",
    min_gap_s=1.0,
    slow_gap_s=10.0,
)
LIVE: Final = Topic(
    "live", sent="5 times a second while `cmd/live_lease` is renewed", payload="loads of all cells", retain=False, qos=0
)
MAP: Final = Topic("map", sent="on change, at most every 10 s", payload="picture of the load (PNG)", min_gap_s=10.0)
EVENT: Final = Topic("event", sent="on each event", payload="one event", retain=False)
SESSION: Final = Topic("session/+", sent="at the end of a session", payload="the session", retain=False)
LAST_SESSION: Final = Topic("session/last", sent="at the end of a session, on connect", payload="the newest session")
DIAG: Final = Topic("diag", sent="every two minutes", payload="figures of the program", min_gap_s=60.0)
RESULT: Final = Topic(
    "cmd_result",
    sent="after each command",
    payload="the answer to a command",
    retain=False,
)
COMMAND: Final = Topic("cmd/+", sent="by clients, to the mat", payload="see Commands", retain=False)
DISCOVERY: Final = Topic(
    "/device/<id>/config",
    sent="on connect and when Home Assistant starts",
    payload="device discovery",
    min_gap_s=5.0,
)

TOPICS: Final = (
    AVAILABILITY, INFO, STATE, LIVE, MAP, EVENT, SESSION, LAST_SESSION, DIAG, COMMAND, RESULT, DISCOVERY
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TopicNames:
    """The full topics of one mat."""

    device_id: str
    root: str = Mqtt.root
    prefix: str = Mqtt.discovery_prefix
    birth: str = Mqtt.birth_topic

    @classmethod
    def of_settings(cls, mqtt: Mqtt, device_id: str) -> "TopicNames":
        """Return the names that the settings give."""
        return cls(device_id, mqtt.root, mqtt.discovery_prefix, mqtt.birth_topic)

    def of(self, topic: Topic) -> str:
        """Return the full topic, with its wildcard where it has one."""
        if topic.name.startswith("/"):
            return self.prefix + topic.name.replace("<id>", self.device_id)
        return self.below(topic.name)

    def below(self, name: str) -> str:
        """Return a topic below the root."""
        return f"{self.root}/{self.device_id}/{name}"

    def command(self, name: str) -> str:
        """Return the topic of a command."""
        return self.below(f"cmd/{name}")
