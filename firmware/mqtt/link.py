"""One connection to a broker, from its first packet to its last: the door behind which paho or a test's fake stands.

A link belongs to one thread. It never reconnects: a new connection is a new link, so nothing half sent is left over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from firmware.mqtt.backoff import Failure


class Version(Enum):
    """The protocols that are spoken, newest first."""

    V5 = "MQTT 5"
    V311 = "MQTT 3.1.1"


@dataclass(frozen=True, slots=True)
class Opened:
    """The broker took us in; it wants at most window unacknowledged messages at a time."""

    window: int


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The broker has the message with this number; refused says why it will not pass it on, or is empty."""

    number: int
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A message came for us."""

    topic: str
    payload: bytes
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is gone, or was never granted. Nothing follows."""

    failure: Failure
    text: str


LinkEvent = Opened | Acknowledged | Received | Closed


class Link(Protocol):
    """A connection that is being made, or is made."""

    def poll(self, timeout_s: float) -> Sequence[LinkEvent]:
        """Read and write what the network allows, waiting at most timeout_s. Never raises."""
        ...

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> int:
        """Send with QoS 1, without waiting; gives the number by which it will be acknowledged."""
        ...

    def close(self, *, graceful: bool) -> None:
        """End it. Politely: the broker forgets the last will. Otherwise it publishes the will."""
        ...


Dial = Callable[[Version], Link]
"""Begin a connection. Raises OSError when nobody answers; may take some seconds, so never called by the loop."""
