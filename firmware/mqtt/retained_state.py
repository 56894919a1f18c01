"""The retained topics, one slot each, and the encoding of events."""

from collections.abc import Callable
from dataclasses import dataclass

from firmware.config import Device
from firmware.mqtt.discovery import discovery_payload
from firmware.mqtt.payloads import QueuedEvent, event_payload, info_payload, state_payload
from firmware.mqtt.topics import AVAILABILITY, DISCOVERY, EVENT, INFO, OFFLINE, ONLINE, STATE
from firmware.view import Fault, Tick
from hardware.board import Board


@dataclass(slots=True)
class RetainedTopic:
    """A retained topic: the wanted payload, the acknowledged one, and the one in flight."""

    path: str
    min_gap_s: float
    wanted: bytes | None = None
    acked: bytes | None = None
    in_flight: bytes | None = None
    sent_s: float = float("-inf")

    def due_payload(self, now_s: float) -> bytes | None:
        """Return the payload to send now, or None."""
        free = self.in_flight is None and now_s - self.sent_s >= self.min_gap_s
        return self.wanted if free and self.wanted != self.acked else None


class RetainedState:
    """The retained topics of one mat in one run of the program."""

    def __init__(
        self,
        device: Device,
        board: Board,
        software: str,
        run_id: str,
        faults: Callable[[], tuple[Fault, ...]] = tuple,
    ) -> None:
        self._faults = faults
        self._device_id = device.id
        self._run_id = run_id
        self._event_topic = EVENT.of(device.id)
        self.availability, self.state = (
            RetainedTopic(topic.of(device.id), topic.min_gap_s) for topic in (AVAILABILITY, STATE)
        )
        self.availability.wanted = ONLINE
        self._discovery, info = (RetainedTopic(topic.of(device.id), topic.min_gap_s) for topic in (DISCOVERY, INFO))
        self._identity = device, board, software
        info.wanted = info_payload(device, board, software, run_id)
        # Discovery comes first, so that a dashboard knows the entities before their states.
        self.slots = (self._discovery, self.availability, info, self.state)

    def update(self, tick: Tick | None) -> None:
        """Set the state topic from a tick, with the faults of this moment."""
        if tick is not None:
            self.state.wanted = state_payload(tick._replace(faults=self._faults()))

    def go_offline(self) -> None:
        """Set the availability topic to offline."""
        self.availability.wanted = OFFLINE

    def republish(self) -> None:
        """Make every slot due again, after its minimum gap."""
        for slot in self.slots:
            slot.acked = None

    def reset_for_new_broker(self, *, accepts_commands: bool) -> None:
        """Make every slot due now: a broker may have lost its retained messages. accepts_commands adds the controls."""
        self._discovery.wanted = discovery_payload(*self._identity, accepts_commands=accepts_commands)
        for slot in self.slots:
            slot.acked, slot.sent_s = None, float("-inf")

    def event(self, item: QueuedEvent) -> tuple[str, bytes]:
        """Return topic and payload of an event."""
        return self._event_topic, event_payload(item, self._device_id, self._run_id)
