"""What may be lost: live frames and retained state, read in a thread of its own; only the newest of each mat counts.

Nothing queues here: a frame replaces the one before it, so memory is bounded by the number of mats.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from firmware.clock import Clock
from firmware.site import wire
from firmware.site.broker import CONNECT_TIMEOUT_S, GROUP, tls
from firmware.site.messages import PAYLOAD_MAX_BYTES
from firmware.site.settings import Broker

KEEPALIVE_S: Final = 30
RETRY_S: Final = 1.0
MATS_MAX: Final = 20_000  # of whom the newest is kept: a limit for names that nobody enrolled
TOPICS: Final = (
    f"$share/{GROUP}-live/acumat/+/live",
    *(f"acumat/+/{rest}" for rest in ("availability", "info", "state", "diag")),
)


@dataclass
class Newest:
    """The newest payloads since the last look, by kind and mat, and how many frames came."""

    payloads: dict[str, dict[str, bytes]] = field(default_factory=dict)
    frames: dict[str, int] = field(default_factory=dict)


class LiveReader:
    """Reads until stop is set, connects again by itself."""

    def __init__(self, broker: Broker, clock: Clock, log: Callable[[str], None]) -> None:
        self._broker, self._clock, self._log = broker, clock, log
        self._tls = tls(broker)
        self._lock = threading.Lock()
        self._newest = Newest()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self.messages = 0

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def take(self) -> Newest:
        """Return what is new since the last call."""
        with self._lock:
            newest, self._newest = self._newest, Newest()
        return newest

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._read()
            except (OSError, ValueError, IndexError) as error:  # a broken connection, or bytes that are not MQTT
                self._log(f"live frames: {error}; next attempt in {RETRY_S:g} s")
                self._stop.wait(RETRY_S)

    def _read(self) -> None:
        address = (self._broker.host, self._broker.port)
        with ExitStack() as closing:
            stream = closing.enter_context(socket.create_connection(address, CONNECT_TIMEOUT_S))
            if self._tls is not None:
                stream = closing.enter_context(self._tls.wrap_socket(stream, server_hostname=address[0]))
            stream.settimeout(1.0)
            stream.sendall(wire.connect("", KEEPALIVE_S) + wire.subscribe(TOPICS))
            self._follow(stream)

    def _follow(self, stream: socket.socket) -> None:
        packets = wire.Packets(PAYLOAD_MAX_BYTES + 512)
        heard_ns = pinged_ns = self._clock.boottime_ns()
        while not self._stop.is_set():
            now_ns = self._clock.boottime_ns()
            if now_ns - pinged_ns > KEEPALIVE_S * 1e9 / 2:
                stream.sendall(wire.PING)
                pinged_ns = now_ns
            if now_ns - heard_ns > KEEPALIVE_S * 1e9:
                raise TimeoutError("the broker is silent")
            try:
                data = stream.recv(1 << 18)
            except TimeoutError:
                continue
            if not data:
                raise ConnectionError("the broker ended the connection")
            heard_ns = now_ns
            with self._lock:
                self._note(packets, data)

    def _note(self, packets: wire.Packets, data: bytes) -> None:
        payloads, frames = self._newest.payloads, self._newest.frames
        for kind, body in packets.feed(data):
            if kind != wire.PUBLISH:
                if kind == wire.CONNACK and body[1]:
                    raise ConnectionError(f"the broker refuses: reason {body[1]:#x}")
                continue
            topic, payload = wire.message(body)
            _, mat, rest = topic.split("/", 2)
            newest = payloads.setdefault(rest, {})
            if mat in newest or len(newest) < MATS_MAX:
                newest[mat] = payload
            if rest == "live":
                self.messages += 1
                frames[mat] = frames.get(mat, 0) + 1
