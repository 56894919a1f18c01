"""The interface to one connection to a broker; paho implements it, and a fake in tests.

A link is used by one thread. It never reconnects: each connection is a new link, so no half-sent message is left over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from firmware.mqtt.backoff import ConnectionFailure


class ProtocolVersion(Enum):
    """The supported protocol versions, newest first."""

    V5 = "MQTT 5"
    V311 = "MQTT 3.1.1"


@dataclass(frozen=True, slots=True)
class LinkOpened:
    """The broker accepted the connection; at most window messages may be in flight.

    packet_max is the size of packet in bytes that it accepts, None for any.
    """

    window: int
    packet_max: int | None = None


@dataclass(frozen=True, slots=True)
class MessageAcknowledged:
    """The broker acknowledged the message with this number; refused is the reason it was rejected, else empty.

    temporary: the same message may be accepted later.
    """

    number: int
    refused: str = ""
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class SubscriptionRefused:
    """The broker does not let this client subscribe to a topic; reason is its own word."""

    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message arrived on a subscribed topic."""

    topic: str
    payload: bytes
    retained: bool = False


@dataclass(frozen=True, slots=True)
class LinkClosed:
    """The connection ended or was rejected. No event follows."""

    failure: ConnectionFailure
    text: str


LinkEvent = LinkOpened | SubscriptionRefused | MessageAcknowledged | MessageReceived | LinkClosed


class Link(Protocol):
    """A connection, open or being opened."""

    def poll(self, timeout_s: float) -> Sequence[LinkEvent]:
        """Read and write without blocking longer than timeout_s; returns what happened. Never raises."""
        ...

    def publish(self, topic: str, payload: bytes, *, retain: bool, qos: int = 1) -> int:
        """Send without waiting; returns the packet number of the later acknowledgement, which QoS 0 does not have."""
        ...

    def close(self, *, graceful: bool) -> None:
        """Close. graceful: with DISCONNECT, so that the broker discards the last will; else it publishes it."""
        ...


Dial = Callable[[ProtocolVersion], Link]
"""Open a connection. Raises OSError when it fails; may block for seconds, so the main loop never calls it."""
