"""The MQTT sink: runs the uplink in its own thread, so that the main loop never waits for the network."""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from firmware.clock import Clock, wall_clock_is_set
from firmware.config import Device, Mqtt
from firmware.mqtt.backoff import Backoff, ConnectionFailure
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.discovery import Discovery
from firmware.mqtt.identity import identified
from firmware.mqtt.link import Dial
from firmware.mqtt.live import LiveLease
from firmware.mqtt.notes import NOTES, NotedCommands
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.paho_link import PahoDialer
from firmware.mqtt.parts import MatParts
from firmware.mqtt.payloads import info_payload
from firmware.mqtt.replay import replay_command
from firmware.mqtt.retained_state import RetainedState
from firmware.mqtt.state_topic import unknown_state
from firmware.mqtt.stored_values import person_of
from firmware.mqtt.telemetry import Telemetry
from firmware.mqtt.topics import AVAILABILITY, INFO, LIVE, OFFLINE, TopicNames
from firmware.mqtt.uplink import Uplink
from firmware.supervisor import Worker
from firmware.view import Tick
from hardware.board import Board

POLL_S: Final = 0.1  # longest delay of an event; ticks come at the same interval
DRAIN_S: Final = 1.0  # for delivering what is queued when the program ends
JOIN_S: Final = 1.8

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkHealth:
    """State and counters of the connection; counters start with the program."""

    connected: bool
    attempts: int
    events_waiting: int
    events_dropped: int
    ticks_replaced: int
    messages_refused: int


class Publisher:
    """A Sink. The constructor starts the thread; a broker that is not reachable is retried for ever."""

    def __init__(
        self,
        mqtt: Mqtt,
        device: Device,
        board: Board,
        clock: Clock,
        *,
        run_id: str | None = None,
        wall_is_set: Callable[[], bool] = wall_clock_is_set,
        dial: Dial | None = None,
        parts: MatParts | None = None,
    ) -> None:
        """Prepare everything that can fail, then start.

        run_id distinguishes the events of this run of the program from those of others. dial opens a connection.

        Raises BrokerError: a password or certificate file of the settings cannot be used.
        """
        self._clock, self._wall_is_set = clock, wall_is_set
        parts, device, run_id = parts or MatParts(), identified(device), run_id or secrets.token_hex(4)
        self._parts = parts
        names = TopicNames.of_settings(mqtt, device.id)
        shares = tuple(share for share in ("pain", "person") if getattr(mqtt, f"share_{share}"))
        self._outbox = Outbox(
            device.id,
            run_id,
            tuple(cell.name for cell in board.cells),
            store=parts.store,
            pain=mqtt.share_pain,
            boottime_s=self._now_s,
        )
        software = _software()
        discovery = Discovery(names, device, board, software, shares)
        info = info_payload(device, board, software, run_id, durable=self._outbox.durable, shares=shares)

        def discovery_payload(accepts_commands: bool) -> bytes | None:
            if not mqtt.discovery:
                return None
            return discovery.payload(self._telemetry.people(), accepts_commands=accepts_commands)

        self._retained = RetainedState(names, info, discovery_payload)
        lease = LiveLease()
        self._commands = self._receiver(names, lease)
        self._telemetry = Telemetry(
            self._outbox,
            self._retained,
            parts,
            board=board,
            clock=clock,
            wall_is_set=wall_is_set,
            shares=shares,
            commands=self._commands,
            lease=lease,
            live_topic=names.of(LIVE),
        )
        if self._commands is not None:
            noted = NotedCommands(parts.notebook, lambda: person_of(parts.control()), self._telemetry.stored.written)
            self._commands.routes = dict.fromkeys(NOTES, noted.submit)
        client_id = f"acumat-{device.id}"
        if dial is None:
            subscriptions = [names.birth, names.of(INFO)]
            if self._commands is not None:
                subscriptions.append(self._commands.subscription)
            dial = PahoDialer(mqtt, client_id, names.of(AVAILABILITY), OFFLINE, tuple(subscriptions))
        self._uplink = Uplink(
            dial,
            self._outbox,
            self._retained,
            clock,
            Backoff(client_id),
            names=names,
            commands=self._commands,
            refresh=lambda: self._telemetry.refresh(self._uplink),
            live=self._telemetry.live,
            run_id=run_id,
        )
        self._stop = threading.Event()
        self._worker = Worker("mqtt", self._run, clock).start()

    def offer(self, tick: Tick) -> None:
        """Take a tick. Never blocks."""
        starts = self._outbox.session_id is None and tick.view.start_s is not None
        known = (tick.events or starts) and self._wall_is_set()
        self._telemetry.ages.note(self._now_s(), tick)
        self._outbox.put(tick, self._clock.wall_s() if known else None)

    def close(self) -> None:
        """Deliver what is queued for at most DRAIN_S, publish offline, and end within two seconds."""
        self._parts.settle()
        self._stop.set()
        self._worker.close(JOIN_S)  # a thread that is blocked in a name lookup is abandoned
        if len(self._outbox):
            later = ": they are kept for the next start" if self._outbox.durable else ""
            log.warning("mqtt: %d events were not delivered%s", len(self._outbox), later)

    @property
    def fault(self) -> str | None:
        """Why nothing is published now."""
        return self._worker.fault or self._uplink.fault

    @property
    def health(self) -> LinkHealth:
        """Snapshot of the state and counters."""
        return LinkHealth(
            connected=self._uplink.connected,
            attempts=self._uplink.counts.attempts,
            events_waiting=len(self._outbox),
            events_dropped=self._outbox.events_dropped,
            ticks_replaced=self._outbox.ticks_replaced,
            messages_refused=self._uplink.counts.messages_refused,
        )

    def _receiver(self, names: TopicNames, lease: LiveLease) -> CommandReceiver | None:
        if self._parts.submit is None:
            return None

        def refused(name: str, error: str) -> None:
            self._outbox.put_refusal(name, error, self._clock.wall_s() if self._wall_is_set() else None)

        receiver = CommandReceiver(names, self._parts.submit, self._clock, self._wall_is_set, refused=refused)
        receiver.own["live_lease"] = lease.command
        receiver.own["replay"] = replay_command(self._outbox)
        return receiver

    def _now_s(self) -> float:
        return self._clock.boottime_ns() / 1e9

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._step():
                self._stop.wait(POLL_S)
        if self._commands is not None:
            self._commands.ending = True
        self._retained.go_offline(unknown_state())
        end_ns = self._clock.boottime_ns() + int(DRAIN_S * 1e9)
        while self._uplink.connected and not self._uplink.drained and self._clock.boottime_ns() < end_ns:
            self._step()
        self._uplink.disconnect()

    def _step(self) -> bool:
        """One step of the uplink; a defect ends the connection, and the worker starts again with a new one."""
        try:
            return self._uplink.step(POLL_S)
        except Exception:
            self._uplink.connection_lost(ConnectionFailure.LOST, "connection closed after a defect in this program")
            raise


def _software() -> str:
    """Version of the installed program."""
    try:
        return version("acumat")
    except PackageNotFoundError:
        return "not installed"
