"""What is sent to the broker and when, without its own thread or clock. Everything happens in step.

- Retained topics are slots: only the newest payload counts, at most one is in flight. A new connection, or a start of
  Home Assistant, makes every slot due again, because a broker may have lost its retained messages.
- Events leave the outbox in order, as many as the broker allows in flight. Events not acknowledged when a connection
  ends are requeued, so an event may arrive twice (with the same event_id) but is not lost.
- Results of commands are sent once; a client whose connection was lost repeats its command.
- A message unacknowledged for ACK_S means that the connection is lost, whatever TCP reports.
- A repeated cause is logged once; alternating causes once in LOG_REPEAT_S each.
"""

import logging
from typing import Final

from firmware.clock import Clock
from firmware.mqtt.backoff import STABLE_AFTER_S, Backoff, ConnectionFailure
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.link import (
    Dial,
    Link,
    LinkClosed,
    LinkEvent,
    LinkOpened,
    MessageAcknowledged,
    MessageReceived,
    ProtocolVersion,
)
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.payloads import QueuedEvent
from firmware.mqtt.retained_state import RetainedState, RetainedTopic
from firmware.mqtt.topics import BIRTH, OFFLINE, ONLINE

ACK_S: Final = 15.0
LOG_REPEAT_S: Final = 600.0
CAUSES_MAX: Final = 20  # bound of the causes with a time of their last log line

CHECK_ACCOUNT: Final = "; check mqtt.username and mqtt.password_file"
CHECK_CLIENT_ID: Final = "; if this repeats, another client uses the same client id: give every mat its own device.id"

log = logging.getLogger(__name__)


class Uplink:
    """The exchange with one broker over any number of connections."""

    def __init__(
        self,
        dial: Dial,
        outbox: Outbox,
        retained_state: RetainedState,
        clock: Clock,
        backoff: Backoff,
        *,
        commands: CommandReceiver | None = None,
    ) -> None:
        self._commands = commands
        self._dial = dial
        self._outbox = outbox
        self._retained = retained_state
        self._clock = clock
        self._backoff = backoff
        self._version = ProtocolVersion.V5
        self._link: Link | None = None
        self._opened_s: float | None = None
        self._window = 0
        self._in_flight: dict[int, tuple[RetainedTopic | QueuedEvent | bytes, float]] = {}
        self._last_cause = ""
        self._logged_s: dict[str, float] = {}
        self.fault: str | None = None  # why there is no connection; None with one, and before the first attempt
        self.attempts = 0
        self.messages_refused = 0

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the connection."""
        return self._opened_s is not None

    @property
    def drained(self) -> bool:
        """Whether the broker has acknowledged every event and the offline message."""
        return not self._in_flight and not len(self._outbox) and self._retained.availability.acked == OFFLINE

    def step(self, timeout_s: float) -> bool:
        """Connect, receive and send, waiting at most timeout_s; False when there is nothing to wait for."""
        if self._link is None:
            if self._now_s() < self._backoff.next_s:
                return False
            self._link = self._connect()
            return True
        for event in self._link.poll(timeout_s):
            self._handle(event, self._now_s())
            if self._link is None:
                return True
        if self.connected:
            self._send_due(self._link, self._now_s())
        return True

    def disconnect(self) -> None:
        """Close the connection, if any; the broker publishes the last will unless it has acknowledged offline."""
        if self._link is not None:
            self._link.close(graceful=self._retained.availability.acked == OFFLINE)
            self._requeue_in_flight()

    def connection_lost(self, failure: ConnectionFailure, text: str) -> None:
        """Close the connection and schedule the next attempt."""
        now_s = self._now_s()
        lasted_s = 0.0 if self._opened_s is None else now_s - self._opened_s
        if self._link is not None:
            self._link.close(graceful=False)
            self._requeue_in_flight()
        if failure is ConnectionFailure.UNSUPPORTED_VERSION:
            failure = (
                ConnectionFailure.REFUSED if self._version is ProtocolVersion.V311 else failure
            )  # there is no older version to try
            self._version = ProtocolVersion.V311
        wait_s = self._backoff.failed(failure, now_s, lasted_s)
        # Some brokers (mosquitto 2.0.11) disconnect the older client with the same client id without a reason code.
        short = failure is ConnectionFailure.LOST and 0.0 < lasted_s < STABLE_AFTER_S
        remedy = CHECK_CLIENT_ID if short or failure is ConnectionFailure.TAKEN_OVER else ""
        remedy = CHECK_ACCOUNT if failure is ConnectionFailure.REFUSED else remedy
        self.fault = f"{text}{remedy}; trying again"
        self._log(f"{text}{remedy}; trying again, next in {wait_s:.0f} s")

    def _now_s(self) -> float:
        return self._clock.boottime_ns() / 1e9

    def _connect(self) -> Link | None:
        self._backoff.attempted(self._now_s())
        self.attempts += 1
        try:
            return self._dial(self._version)
        except OSError as error:
            self.connection_lost(ConnectionFailure.UNREACHABLE, f"no connection to the broker ({error})")
            return None

    def _handle(self, event: LinkEvent, now_s: float) -> None:
        match event:
            case LinkOpened(window):
                self._opened_s, self._window, self.fault = now_s, window, None
                self._log(f"connected to the broker with {self._version.value}", logging.INFO)
                self._retained.reset_for_new_broker(
                    accepts_commands=self._commands is not None and self._version is ProtocolVersion.V5
                )
            case MessageAcknowledged(number, refused) if number in self._in_flight:
                item, _ = self._in_flight.pop(number)
                if isinstance(item, RetainedTopic):
                    item.acked, item.in_flight = item.in_flight, None
                if refused:
                    self.messages_refused += 1
                    self._log(f"the broker rejects a message ({refused}); allow this user to write to the topic")
            case MessageReceived(topic, payload) if topic == BIRTH and payload == ONLINE:
                self._retained.republish()
            case MessageReceived(topic, payload, retained) if self._commands is not None:
                self._commands.receive(topic, payload, retained=retained)
            case LinkClosed(failure, text):
                self.connection_lost(failure, text)
            case _:
                pass  # an acknowledgement of an unknown message, or an unknown topic

    def _send_due(self, link: Link, now_s: float) -> None:
        """Send what is due, up to the window."""
        if any(now_s - sent_s > ACK_S for _, sent_s in self._in_flight.values()):
            self.connection_lost(ConnectionFailure.LOST, "the broker does not acknowledge")
            return
        self._retained.update(self._outbox.latest())
        for slot in self._retained.slots:
            if len(self._in_flight) < self._window and (payload := slot.due_payload(now_s)) is not None:
                slot.in_flight, slot.sent_s = payload, now_s
                self._in_flight[link.publish(slot.path, payload, retain=True)] = slot, now_s
        while len(self._in_flight) < self._window and (queued_event := self._outbox.next_event()) is not None:
            topic, payload = self._retained.event(queued_event)
            self._in_flight[link.publish(topic, payload, retain=False)] = queued_event, now_s
        if self._commands is not None:
            topic = self._commands.result_topic
            while len(self._in_flight) < self._window and (answer := self._commands.next_result()) is not None:
                self._in_flight[link.publish(topic, answer, retain=False)] = answer, now_s

    def _requeue_in_flight(self) -> None:
        """Requeue what was in flight."""
        items = [item for item, _ in self._in_flight.values()]
        self._outbox.put_back([item for item in items if isinstance(item, QueuedEvent)])
        for item in items:
            if isinstance(item, RetainedTopic):
                item.in_flight = None
        self._in_flight.clear()
        self._link = self._opened_s = None

    def _log(self, text: str, level: int = logging.WARNING) -> None:
        cause = text.partition("; trying")[0]
        repeats, self._last_cause = cause == self._last_cause, cause
        if repeats or self._now_s() - self._logged_s.get(cause, float("-inf")) < LOG_REPEAT_S:
            return
        if len(self._logged_s) >= CAUSES_MAX:
            self._logged_s.clear()
        self._logged_s[cause] = self._now_s()
        log.log(level, "mqtt: %s", text)
