"""A consumer of events that is away for ten seconds after each restart of the broker, and asks for what it missed."""

import json
import threading
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion


@dataclass
class Ledger:
    """What has arrived. inversions: first deliveries, not asked for, with a seq below that of the one before."""

    bodies: dict[int, str] = field(default_factory=dict)
    inversions: int = 0
    differing: int = 0
    duplicates: int = 0
    newest: int = 0

    def note(self, payload: bytes) -> None:
        """Take in an event."""
        event: dict[str, Any] = json.loads(payload)
        seq, replayed = int(event["seq"]), event.get("replayed", False)
        if seq in self.bodies:
            self.duplicates += 1
            self.differing += self.bodies[seq] != event["event_id"]
            return
        self.bodies[seq] = event["event_id"]
        if not replayed:
            self.inversions += seq < self.newest
            self.newest = max(self.newest, seq)

    @property
    def contiguous(self) -> int:
        """The newest seq below which nothing is missing."""
        seq = 0
        while seq + 1 in self.bodies:
            seq += 1
        return seq


class Consumer:
    """A client without a session at the broker, as Home Assistant is."""

    def __init__(self, port: int) -> None:
        self.ledger = Ledger()
        self._port = port
        self._lock = threading.Lock()
        self._client: paho.Client | None = None

    def connect(self) -> None:
        """Connect, and ask for what was missed."""
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id="consumer", clean_session=True)
        client.reconnect_delay_set(10, 10)
        client.on_connect = lambda one, *_: one.subscribe("acumat/attic/event", qos=1)
        client.on_subscribe = lambda *_: self.ask()
        client.on_message = lambda _client, _userdata, message: self._note(bytes(message.payload))
        client.connect("127.0.0.1", self._port)
        client.loop_start()
        self._client = client

    def ask(self) -> None:
        """Ask for what comes after the newest seq below which nothing is missing."""
        if self._client is not None:
            with self._lock:
                since = self.ledger.contiguous
            self._client.publish("acumat/attic/cmd/replay", b'{"since_seq": %d}' % since, qos=1)

    def close(self) -> None:
        """Go away."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def _note(self, payload: bytes) -> None:
        with self._lock:
            self.ledger.note(payload)
