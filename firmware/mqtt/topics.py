"""Every topic in one table. The root is acumat/<device id>; a name that starts with / stands beside the root.

All messages are published with QoS 1. Only the newest payload of a retained topic matters, so at most one copy of it is
on its way at a time and a slow broker is never sent a backlog. Events are each kept until the broker has acknowledged.
"""

from dataclasses import dataclass
from typing import Final

ONLINE: Final = b"online"
OFFLINE: Final = b"offline"
BIRTH: Final = "homeassistant/status"  # Home Assistant says "online" here when it starts, QoS 0, not retained


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic the mat publishes to. min_gap_s is the shortest time between two payloads of a retained one."""

    name: str
    sent: str
    payload: str
    retain: bool = True
    min_gap_s: float = 0.0

    def of(self, device_id: str) -> str:
        """Give the whole topic of one mat."""
        path = self.name.replace("<id>", device_id)
        return path.removeprefix("/") if path.startswith("/") else f"acumat/{device_id}/{path}"


AVAILABILITY: Final = Topic(
    "availability",
    sent="on connect, on shutdown, by the broker as last will",
    payload="bare `online` or `offline`",
)
INFO: Final = Topic("info", sent="on connect", payload="what this mat is", min_gap_s=5.0)
STATE: Final = Topic("state", sent="on change, at most once a second", payload="what there is to show", min_gap_s=1.0)
EVENT: Final = Topic("event", sent="when something happens", payload="one happening", retain=False)
RESULT: Final = Topic(
    "cmd_result",
    sent="after each command",
    payload="`id`, `name`, `ok`, `error` (null, or why it was refused), `t`",
    retain=False,
)
COMMAND: Final = Topic("cmd/+", sent="by others, to the mat", payload="see Commands", retain=False)
DISCOVERY: Final = Topic(
    "/homeassistant/device/<id>/config",
    sent="on connect and when Home Assistant starts",
    payload="device discovery",
    min_gap_s=5.0,
)

TOPICS: Final = (AVAILABILITY, INFO, STATE, EVENT, COMMAND, RESULT, DISCOVERY)
