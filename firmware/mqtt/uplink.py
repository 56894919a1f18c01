"""What is sent to the broker and when, without its own thread or clock. Everything happens in step.

- Retained topics are slots: only the newest payload counts, at most one is in flight. A new connection, or a start of
  Home Assistant, makes every slot due again, because a broker may have lost its retained messages. `online` comes last.
- Events leave the outbox in order, as many as the broker allows in flight. Events not acknowledged when a connection
  ends are requeued, so an event may arrive twice (with the same event_id) but is not lost. Events that the broker
  refuses wait a minute: an access list may be corrected, a quota may end.
- Results of commands are sent once; a client whose connection was lost repeats its command.
- Live frames have QoS 0 and are sent only while nothing else fills the window.
- A message unacknowledged for ACK_S means that the connection is lost, whatever TCP reports.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from firmware.clock import Clock
from firmware.mqtt.backoff import Backoff, ConnectionFailure
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.connection_log import ConnectionLog
from firmware.mqtt.link import (
    Dial,
    Link,
    LinkClosed,
    LinkEvent,
    LinkOpened,
    MessageAcknowledged,
    MessageReceived,
    ProtocolVersion,
    SubscriptionRefused,
)
from firmware.mqtt.outbox import Outbox, QueuedEvent
from firmware.mqtt.retained_state import RetainedState, RetainedTopic
from firmware.mqtt.topics import OFFLINE, ONLINE, TopicNames
from firmware.mqtt.twin import TwinWatch

ACK_S: Final = 15.0
REFUSED_WAIT_S: Final = 60.0
HEADER_BYTES: Final = 16  # of a packet, beside topic and payload, at most

CHECK_ACCOUNT: Final = "; check mqtt.username and mqtt.password_file"
CHECK_CLIENT_ID: Final = "; another client uses the same client id: give every mat its own device.id"


@dataclass(slots=True)
class InFlight:
    """A message that the broker has not acknowledged."""

    item: RetainedTopic | QueuedEvent | bytes
    topic: str
    sent_s: float


@dataclass(slots=True)
class Counts:
    """What happened since the start of the program."""

    attempts: int = 0
    connections: int = 0
    messages_refused: int = 0


@dataclass(slots=True)
class _Connection:
    """One connection, open or being opened."""

    link: Link
    opened_s: float | None = None
    window: int = 0
    packet_max: int | None = None
    in_flight: dict[int, InFlight] = field(default_factory=dict)

    def publish(self, path: str, payload: bytes, item: RetainedTopic | QueuedEvent | bytes, now_s: float) -> None:
        number = self.link.publish(path, payload, retain=isinstance(item, RetainedTopic))
        self.in_flight[number] = InFlight(item, path, now_s)

    @property
    def room(self) -> bool:
        return len(self.in_flight) < self.window

    def fits(self, path: str, payload: bytes) -> bool:
        return self.packet_max is None or len(path.encode()) + len(payload) + HEADER_BYTES <= self.packet_max


class Uplink:
    """The exchange with one broker over any number of connections. refresh updates the retained topics before a send.

    live returns the topic and payload of a live frame that is due, else None.
    """

    def __init__(
        self,
        dial: Dial,
        outbox: Outbox,
        retained_state: RetainedState,
        clock: Clock,
        backoff: Backoff,
        *,
        names: TopicNames,
        commands: CommandReceiver | None = None,
        refresh: Callable[[], None] = lambda: None,
        live: Callable[[], tuple[str, bytes] | None] = lambda: None,
        run_id: str = "",
    ) -> None:
        self._commands = commands
        self._dial = dial
        self._outbox = outbox
        self._retained = retained_state
        self._clock = clock
        self._backoff = backoff
        self._names = names
        self._refresh, self._live = refresh, live
        self._version = ProtocolVersion.V5
        self._connection: _Connection | None = None
        self._events_wait_until_s = float("-inf")
        self._twin = TwinWatch(names, run_id)
        self._log = ConnectionLog(self._now_s)
        self.fault: str | None = None  # why there is no connection; None with one, and before the first attempt
        self.counts = Counts()

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the connection."""
        return self._connection is not None and self._connection.opened_s is not None

    @property
    def version(self) -> ProtocolVersion:
        """The version of MQTT of this connection, or of the next."""
        return self._version

    @property
    def drained(self) -> bool:
        """Whether the broker has acknowledged every event and the offline message."""
        idle = self._connection is None or not self._connection.in_flight
        return idle and not len(self._outbox) and self._retained.is_offline

    def step(self, timeout_s: float) -> bool:
        """Connect, receive and send, waiting at most timeout_s; False when there is nothing to wait for."""
        if self._connection is None:
            if self._now_s() < self._backoff.next_s:
                return False
            self._connect()
            return True
        for event in self._connection.link.poll(timeout_s):
            self._handle(event, self._now_s())
            if self._connection is None:
                return True
        if self.connected:
            self._send_due(self._connection, self._now_s())
        return True

    def disconnect(self) -> None:
        """Close the connection, if any; the broker publishes the last will unless it has acknowledged offline."""
        self._close(graceful=self._retained.availability.acked == OFFLINE)

    def connection_lost(self, failure: ConnectionFailure, text: str) -> None:
        """Close the connection and schedule the next attempt."""
        now_s = self._now_s()
        opened_s = None if self._connection is None else self._connection.opened_s
        lasted_s = 0.0 if opened_s is None else now_s - opened_s
        dialled = self._connection is not None
        self._close(graceful=False)
        # An old broker rejects MQTT 5 by its code, or just closes: the next attempt uses 3.1.1. After each connection
        # that ends the newer version is tried again, because brokers are updated.
        old = failure is ConnectionFailure.UNSUPPORTED_VERSION or (
            failure is ConnectionFailure.LOST and dialled and opened_s is None
        )
        if old and self._version is ProtocolVersion.V5:
            failure, self._version = ConnectionFailure.UNSUPPORTED_VERSION, ProtocolVersion.V311
        elif failure is ConnectionFailure.UNSUPPORTED_VERSION:
            failure = ConnectionFailure.REFUSED  # there is no older version to try
        elif failure is not ConnectionFailure.REFUSED:
            self._version = ProtocolVersion.V5
        wait_s = self._backoff.failed(failure, now_s, lasted_s)
        remedy = CHECK_CLIENT_ID if failure is ConnectionFailure.TAKEN_OVER else ""
        remedy = CHECK_ACCOUNT if failure is ConnectionFailure.REFUSED else remedy
        self.fault = f"{text}{remedy}; trying again"
        self._log.trouble(f"{text}{remedy}", f"trying again, next in {wait_s:.0f} s")

    def _now_s(self) -> float:
        return self._clock.boottime_ns() / 1e9

    def _connect(self) -> None:
        self._backoff.attempted(self._now_s())
        self.counts.attempts += 1
        try:
            self._connection = _Connection(self._dial(self._version))
        except OSError as error:
            self.connection_lost(ConnectionFailure.UNREACHABLE, f"no connection to the broker ({error})")

    def _handle(self, event: LinkEvent, now_s: float) -> None:
        connection = self._connection
        assert connection is not None  # noqa: S101 - step's condition
        match event:
            case LinkOpened(window, packet_max):
                connection.opened_s, connection.window, self.fault = now_s, window, None
                connection.packet_max = packet_max
                self.counts.connections += 1
                self._log.connected(self._version.value)
                self._events_wait_until_s = float("-inf")
                self._twin.connected()
                self._retained.reset_for_new_broker(
                    accepts_commands=self._commands is not None and self._version is ProtocolVersion.V5
                )
            case SubscriptionRefused(topic, reason):
                self._log.warn(f"the broker does not let this mat subscribe to {topic} ({reason}): allow this user to")
                if self._commands is not None and topic == self._commands.subscription:
                    self._retained.set_discovery(accepts_commands=False)
            case MessageAcknowledged(number) if number in connection.in_flight:
                self._acknowledged(connection.in_flight.pop(number), event, now_s)
            case MessageReceived(topic, payload) if topic == self._names.birth and payload == ONLINE:
                self._retained.republish()
            case MessageReceived(topic, payload) if self._twin.is_twin(topic, payload):
                self._log.warn(f"another mat publishes as {self._names.device_id}{CHECK_CLIENT_ID}")
            case MessageReceived(topic, payload, retained) if self._commands is not None:
                self._commands.receive(topic, payload, retained=retained)
            case LinkClosed(failure, text):
                self.connection_lost(failure, text)
            case _:
                pass  # an acknowledgement of an unknown message, or an unknown topic

    def _acknowledged(self, sent: InFlight, ack: MessageAcknowledged, now_s: float) -> None:
        item = sent.item
        if ack.refused:
            self.counts.messages_refused += 1
            remedy = "" if ack.temporary else ": allow this user to write to it"
            self._log.warn(f"the broker refuses messages to {sent.topic} ({ack.refused}){remedy}")
        if isinstance(item, RetainedTopic):
            item.acked, item.in_flight = item.in_flight, None
            self._twin.published(item.path)
        elif isinstance(item, QueuedEvent) and ack.refused:
            self._outbox.put_back([item])
            self._events_wait_until_s = now_s + REFUSED_WAIT_S
        elif isinstance(item, QueuedEvent):
            self._outbox.acked(item)

    def _send_due(self, connection: _Connection, now_s: float) -> None:
        """Send what is due, up to the window."""
        if any(now_s - sent.sent_s > ACK_S for sent in connection.in_flight.values()):
            self.connection_lost(ConnectionFailure.LOST, "the broker does not acknowledge")
            return
        self._refresh()
        self._send_retained(connection, now_s)
        if self._commands is not None:
            while connection.room and (answer := self._commands.next_result()) is not None:
                if connection.fits(self._commands.result_topic, answer):
                    connection.publish(self._commands.result_topic, answer, answer, now_s)
        if now_s >= self._events_wait_until_s:
            self._send_events(connection, now_s)
        if connection.room and (frame := self._live()) is not None and connection.fits(*frame):
            connection.link.publish(*frame, retain=False, qos=0)

    def _send_retained(self, connection: _Connection, now_s: float) -> None:
        for slot in self._retained.slots:
            if not connection.room or (payload := slot.due_payload(now_s)) is None:
                continue
            if connection.fits(slot.path, payload):
                slot.sent(payload, now_s)
                connection.publish(slot.path, payload, slot, now_s)
            else:
                slot.acked = payload
                self._warn_of_size(slot.path, connection)

    def _send_events(self, connection: _Connection, now_s: float) -> None:
        while connection.room and (item := self._outbox.next_event()) is not None:
            path, payload = self._names.below(item.topic), item.marked(now_s)
            if connection.fits(path, payload):
                connection.publish(path, payload, item, now_s)
            else:
                self._outbox.acked(item)
                self._warn_of_size(path, connection)

    def _warn_of_size(self, path: str, connection: _Connection) -> None:
        self._log.warn(f"the broker takes packets up to {connection.packet_max} bytes: {path} is not sent")

    def _close(self, *, graceful: bool) -> None:
        """Close the connection and requeue what was in flight."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        connection.link.close(graceful=graceful)
        items = [sent.item for sent in connection.in_flight.values()]
        self._outbox.put_back([item for item in items if isinstance(item, QueuedEvent)])
        for item in items:
            if isinstance(item, RetainedTopic):
                item.in_flight = None
