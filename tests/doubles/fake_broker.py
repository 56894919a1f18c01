"""A broker in memory behind the link interface, on a clock that moves only while the client waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from firmware.mqtt.backoff import ConnectionFailure
from firmware.mqtt.link import (
    LinkClosed,
    LinkEvent,
    LinkOpened,
    MessageAcknowledged,
    MessageReceived,
    ProtocolVersion,
    SubscriptionRefused,
)
from tests.doubles.clock import ManualClock


@dataclass(frozen=True)
class Message:
    """What was published, and when."""

    at_s: float
    topic: str
    payload: bytes
    retain: bool
    qos: int = 1


@dataclass
class FakeBroker:
    """The behaviour of a broker, set by fields that may be changed while it runs.

    versions are the supported ones. refuse is how it rejects connections, or None. acknowledges: whether it sends
    PUBACK. forbids: endings of topics that it rejects, temporarily or not. unreadable: topics that it lets nobody
    subscribe to. hangs_up: it closes before it has accepted. disconnects_after_s: duration of every connection.
    """

    clock: ManualClock
    reachable: bool = True
    versions: tuple[ProtocolVersion, ...] = tuple(ProtocolVersion)
    refuse: ConnectionFailure | None = None
    acknowledges: bool = True
    window: int = 16
    packet_max: int | None = None
    disconnects_after_s: float | None = None
    disconnect_failure: ConnectionFailure = ConnectionFailure.LOST
    forbids: tuple[str, ...] = ()
    forbids_temporarily: bool = False
    unreadable: tuple[str, ...] = ()
    hangs_up: tuple[ProtocolVersion, ...] = ()
    messages: list[Message] = field(default_factory=list)
    attempts: list[tuple[float, ProtocolVersion]] = field(default_factory=list)
    graceful_closes: list[bool] = field(default_factory=list)
    greeting: list[MessageReceived] = field(default_factory=list)
    link: "FakeLink | None" = None

    def dial(self, version: ProtocolVersion) -> "FakeLink":
        """Accept a connection, or raise OSError."""
        self.attempts.append((self.clock.now_s, version))
        if not self.reachable:
            raise ConnectionRefusedError(111, "Connection refused")
        assert self.link is None, "a client has one connection at a time"
        self.link = FakeLink(self, version)
        return self.link

    def publish_to_client(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        """Send a message to the client."""
        assert self.link is not None, "no client is connected"
        self.link.events.append(MessageReceived(topic, payload, retained))

    def publish_to_client_later(self, topic: str, payload: bytes) -> None:
        """Send a retained message to the client as soon as it has connected."""
        self.greeting.append(MessageReceived(topic, payload, retained=True))

    def on(self, ending: str) -> list[Message]:
        """All messages on topics with this ending."""
        return [message for message in self.messages if message.topic.endswith(ending)]


class FakeLink:
    """One connection to a FakeBroker."""

    def __init__(self, broker: FakeBroker, version: ProtocolVersion) -> None:
        self._broker = broker
        self._began_s = broker.clock.now_s
        self._last_number = 0
        self._in_flight: dict[int, str] = {}
        self._closed = False
        refuse = broker.refuse if version in broker.versions else ConnectionFailure.UNSUPPORTED_VERSION
        self.events: list[LinkEvent] = [
            LinkOpened(broker.window, broker.packet_max)
            if refuse is None
            else LinkClosed(refuse, "refused by the fake")
        ]
        if version in broker.hangs_up:
            self.events = [LinkClosed(ConnectionFailure.LOST, "hung up by the fake")]
        self.events += broker.greeting
        self.events += [SubscriptionRefused(topic, "Not authorized") for topic in broker.unreadable]

    def poll(self, timeout_s: float) -> Sequence[LinkEvent]:
        """Return the queued events; without any, time passes."""
        assert not self._closed, "polled after its end"
        broker = self._broker
        if not self.events:
            broker.clock.sleep_s(timeout_s)
        if broker.acknowledges:
            for number, topic in self._in_flight.items():
                self.events.append(
                    MessageAcknowledged(
                        number, "Not authorized" if topic.endswith(broker.forbids) else "", broker.forbids_temporarily
                    )
                )
            self._in_flight.clear()
        limit_s = broker.disconnects_after_s
        if limit_s is not None and broker.clock.now_s - self._began_s >= limit_s:
            self.events.append(LinkClosed(broker.disconnect_failure, "disconnected by the fake"))
        events, self.events = self.events, []
        return events

    def publish(self, topic: str, payload: bytes, *, retain: bool, qos: int = 1) -> int:
        """Store a message; acknowledged at the next poll, but with QoS 0 never."""
        assert not self._closed, "published after its end"
        if qos == 0:
            self._broker.messages.append(Message(self._broker.clock.now_s, topic, payload, retain, qos))
            return 0
        assert len(self._in_flight) < self._broker.window, "more in flight than the broker allows"
        self._last_number += 1
        self._in_flight[self._last_number] = topic
        self._broker.messages.append(Message(self._broker.clock.now_s, topic, payload, retain))
        return self._last_number

    def close(self, *, graceful: bool) -> None:
        """End it."""
        assert not self._closed, "closed twice"
        self._closed = True
        self._broker.graceful_closes.append(graceful)
        self._broker.link = None
