"""All topics in one table. The root is acumat/<device id>; a name that starts with / is outside the root.

All messages have QoS 1. Only the newest payload of a retained topic matters, so at most one is in flight and a slow
broker never gets a backlog. Each event is kept until the broker has acknowledged it.
"""

from dataclasses import dataclass
from typing import Final

ONLINE: Final = b"online"
OFFLINE: Final = b"offline"
BIRTH: Final = "homeassistant/status"  # Home Assistant publishes "online" here when it starts, QoS 0, not retained


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. min_gap_s is the shortest time between two payloads of a retained topic."""

    name: str
    sent: str
    payload: str
    retain: bool = True
    min_gap_s: float = 0.0

    def of(self, device_id: str) -> str:
        """Return the full topic of one mat."""
        path = self.name.replace("<id>", device_id)
        return path.removeprefix("/") if path.startswith("/") else f"acumat/{device_id}/{path}"


AVAILABILITY: Final = Topic(
    "availability",
    sent="on connect, on shutdown, by the broker as last will",
    payload="bare `online` or `offline`",
)
INFO: Final = Topic("info", sent="on connect", payload="description of this mat", min_gap_s=5.0)
STATE: Final = Topic("state", sent="on change, at most once a second", payload="present state", min_gap_s=1.0)
EVENT: Final = Topic("event", sent="on each event", payload="one event", retain=False)
RESULT: Final = Topic(
    "cmd_result",
    sent="after each command",
    payload="`id`, `name`, `ok`, `error` (null, or why it was rejected), `t`",
    retain=False,
)
COMMAND: Final = Topic("cmd/+", sent="by clients, to the mat", payload="see Commands", retain=False)
DISCOVERY: Final = Topic(
    "/homeassistant/device/<id>/config",
    sent="on connect and when Home Assistant starts",
    payload="device discovery",
    min_gap_s=5.0,
)

TOPICS: Final = (AVAILABILITY, INFO, STATE, EVENT, COMMAND, RESULT, DISCOVERY)
