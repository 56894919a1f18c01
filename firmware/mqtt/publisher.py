"""The MQTT sink: runs the uplink in its own thread, so that the main loop never waits for the network."""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from firmware.clock import Clock, wall_clock_is_set
from firmware.commands import Request
from firmware.config import Device, Mqtt
from firmware.mqtt.backoff import Backoff, ConnectionFailure
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.link import Dial
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.paho_link import PahoDialer
from firmware.mqtt.retained_state import RetainedState
from firmware.mqtt.topics import AVAILABILITY, BIRTH, OFFLINE
from firmware.mqtt.uplink import Uplink
from firmware.supervisor import Worker
from firmware.view import Fault, Tick
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
        submit: Callable[[Request], None] | None = None,
        faults: Callable[[], tuple[Fault, ...]] = tuple,
    ) -> None:
        """Prepare everything that can fail, then start.

        run_id distinguishes the events of this run of the program from those of others. dial opens a connection. submit
        receives each command, in the thread of the publisher; without it no command topic is subscribed to. faults are
        asked for here and not taken from the ticks, because without frames there are no ticks.

        Raises BrokerError: the password or certificate file of the settings cannot be used.
        """
        self._clock = clock
        self._wall_is_set = wall_is_set
        self._outbox = Outbox()
        self._retained = RetainedState(device, board, _software(), run_id or secrets.token_hex(4), faults)
        client_id = f"acumat-{device.id}"
        commands = None if submit is None else CommandReceiver(device.id, submit, clock, wall_is_set)
        if dial is None:
            subscriptions = (BIRTH,) if commands is None else (BIRTH, commands.subscription)
            dial = PahoDialer(mqtt, client_id, AVAILABILITY.of(device.id), OFFLINE, subscriptions)
        self._uplink = Uplink(dial, self._outbox, self._retained, clock, Backoff(client_id), commands=commands)
        self._stop = threading.Event()
        self._worker = Worker("mqtt", self._run, clock).start()

    def offer(self, tick: Tick) -> None:
        """Take a tick. Never blocks."""
        known = tick.events and self._wall_is_set()
        self._outbox.put(tick, self._clock.wall_s() if known else None)

    def close(self) -> None:
        """Deliver what is queued for at most DRAIN_S, publish offline, and end within two seconds."""
        self._stop.set()
        self._worker.close(JOIN_S)  # a thread that is blocked in a name lookup is abandoned
        if len(self._outbox):
            log.warning("mqtt: %d events were not delivered", len(self._outbox))

    @property
    def fault(self) -> str | None:
        """Why nothing is published now."""
        return self._worker.fault or self._uplink.fault

    @property
    def health(self) -> LinkHealth:
        """Snapshot of the state and counters."""
        return LinkHealth(
            connected=self._uplink.connected,
            attempts=self._uplink.attempts,
            events_waiting=len(self._outbox),
            events_dropped=self._outbox.events_dropped,
            ticks_replaced=self._outbox.ticks_replaced,
            messages_refused=self._uplink.messages_refused,
        )

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._step():
                self._stop.wait(POLL_S)
        self._retained.go_offline()
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
