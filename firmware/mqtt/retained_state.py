"""The retained topics, one slot each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from firmware.mqtt.topics import (
    AVAILABILITY,
    DIAG,
    DISCOVERY,
    INFO,
    LAST_SESSION,
    MAP,
    OFFLINE,
    ONLINE,
    STATE,
    Topic,
    TopicNames,
)

NEVER: Final = float("-inf")


@dataclass(slots=True)
class RetainedTopic:
    """A retained topic: the wanted payload, the acknowledged one, and the one in flight.

    marker is what makes a payload urgent: while it is that of the last payload sent, the slow gap of the topic holds.
    """

    path: str
    min_gap_s: float
    slow_gap_s: float = 0.0
    wanted: bytes | None = None
    marker: object = None
    acked: bytes | None = None
    in_flight: bytes | None = None
    sent_marker: object = None
    sent_s: float = NEVER

    def due_payload(self, now_s: float) -> bytes | None:
        """Return the payload to send now, or None."""
        gap_s = self.slow_gap_s if self.marker == self.sent_marker else self.min_gap_s
        free = self.in_flight is None and now_s - self.sent_s >= max(gap_s, self.min_gap_s)
        return self.wanted if free and self.wanted != self.acked else None

    def sent(self, payload: bytes, now_s: float) -> None:
        """The payload is in flight."""
        self.in_flight, self.sent_s, self.sent_marker = payload, now_s, self.marker


class RetainedState:
    """The retained topics of one mat in one run of the program.

    discovery is called with whether commands are accepted; it returns the payload of the discovery topic or None.
    """

    def __init__(self, names: TopicNames, info: bytes, discovery: Callable[[bool], bytes | None]) -> None:
        def slot(topic: Topic) -> RetainedTopic:
            return RetainedTopic(names.of(topic), topic.min_gap_s, topic.slow_gap_s)

        self.availability, self.state, self.diag = slot(AVAILABILITY), slot(STATE), slot(DIAG)
        self.last_session, self.map = slot(LAST_SESSION), slot(MAP)
        self._discovery, self.info = slot(DISCOVERY), slot(INFO)
        self._discovery_payload = discovery
        self.accepts_commands = False
        self.info.wanted = info
        # Discovery comes first, so that a dashboard knows the entities before their states; `online` comes last, so
        # that no dashboard shows what the last run left.
        self.slots: tuple[RetainedTopic, ...] = (
            self._discovery, self.info, self.state, self.last_session, self.diag, self.map, self.availability
        )  # fmt: skip

    def set_state(self, payload: bytes, marker: object) -> None:
        """Set the state topic; with the first state the mat is online, and after the end nothing changes."""
        if self.availability.wanted == OFFLINE:
            return
        if self.availability.wanted is None:
            self.availability.wanted = ONLINE
        self.state.wanted, self.state.marker = payload, marker

    def set_discovery(self, *, accepts_commands: bool | None = None) -> None:
        """Make the discovery topic again, after a change of what it depends on."""
        if accepts_commands is not None:
            self.accepts_commands = accepts_commands
        self._discovery.wanted = self._discovery_payload(self.accepts_commands)

    def go_offline(self, unknown_state: bytes) -> None:
        """Set availability to offline and the state to one in which nothing is known."""
        if self.availability.wanted is not None:
            self.state.wanted, self.state.marker = unknown_state, OFFLINE
        self.availability.wanted = OFFLINE
        # Offline comes first: nobody may see a mat that is online and knows nothing.
        self.slots = (self.availability, self.state)
        for slot in self.slots:
            slot.sent_s = NEVER

    @property
    def is_offline(self) -> bool:
        """Whether the broker has what is left at the end."""
        return self.availability.acked == OFFLINE and self.state.acked == self.state.wanted

    def republish(self) -> None:
        """Make every slot due again, after its minimum gap."""
        for slot in self.slots:
            slot.acked = None
            slot.sent_marker = None

    def reset_for_new_broker(self, *, accepts_commands: bool) -> None:
        """Make every slot due now: a broker may have lost its retained messages. accepts_commands adds the controls."""
        self.set_discovery(accepts_commands=accepts_commands)
        for slot in self.slots:
            slot.acked, slot.sent_marker, slot.sent_s = None, None, NEVER
