"""One mat of a swarm: its journal of events, its connection, its answers to cmd/replay.

The payloads have the product's own events in them, and an event is sent until the broker has acknowledged it, as the
mat does. Not simulated: bodies and cells. The load is a slow sine, sessions are shortened to a few seconds, and live
frames flow all the time, as if a viewer held the lease.
"""

import datetime as dt
import math
import socket
import ssl
from collections import deque
from typing import Final

import msgspec

from firmware import events
from firmware.enums import Exit, Reason, State
from firmware.mqtt.topics import OFFLINE, ONLINE
from firmware.site import wire
from sim.swarm import packets

WINDOW: Final = 16  # as of the mat
KEEPALIVE_S: Final = 60
BUFFER_MAX: Final = 1 << 16  # bytes for a slow broker; beyond them frames are dropped, as the mat does
CELLS: Final = 12
RETAINED_ID: Final = 60_000  # packet ids of retained messages; events use those below
LYING_S: Final = 600.0
LYING: Final = (events.LieDown, events.StageChanged, events.Wiggle)


class SwarmMat:
    """A mat. run distinguishes the runs of the program, as in event_id."""

    def __init__(self, name: str, run: str) -> None:
        self.name, self.run = name, run
        self.journal: list[tuple[str, bytes]] = []  # topics and payloads; a number (seq) is a place here, from 1
        self.sessions = self.frames = self.frames_dropped = self.replays = self.connects = 0
        self._waiting: deque[int] = deque()
        self._in_flight: dict[int, int] = {}
        self._next_id = 0
        self._out = bytearray()
        self._packets = wire.Packets(1 << 16)
        self.stream: socket.socket | None = None
        self._live, self._state = (wire.text(self.topic(rest)) for rest in ("live", "state"))
        self._cells = b",".join(b"%.2f" % (0.5 + index / 3) for index in range(CELLS))
        self._phase = sum(name.encode()) % 100

    def topic(self, rest: str) -> str:
        """Return a topic below the root of this mat."""
        return f"acumat/{self.name}/{rest}"

    @property
    def unacknowledged(self) -> int:
        """How many events the broker has not acknowledged."""
        return len(self._waiting) + len(self._in_flight)

    def connect(self, address: tuple[str, int], tls: ssl.SSLContext | None) -> None:
        """Connect, and send all that a mat sends then. Raises OSError."""
        plain = socket.create_connection(address, 5.0)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = tls.wrap_socket(plain, server_hostname=address[0]) if tls else plain
        self.stream.settimeout(0.0)
        self._packets = wire.Packets(1 << 16)
        self.connects += 1
        self._waiting.extendleft(sorted(self._in_flight.values(), reverse=True))
        self._in_flight.clear()
        will = self.topic("availability")
        hello = packets.connect(f"acumat-{self.name}", will, OFFLINE, KEEPALIVE_S)
        info = msgspec.json.encode({"v": 1, "id": self.name, "software": "swarm", "run": self.run})
        self._out = bytearray(hello + packets.subscribe(self.topic("cmd/+")))
        self._out += packets.publish(wire.text(self.topic("info")), info, RETAINED_ID, retain=True)
        self._out += packets.publish(wire.text(will), ONLINE, RETAINED_ID + 1, retain=True)
        self.flush()

    def close(self, *, graceful: bool) -> None:
        """Close the connection; gracefully with the retained offline, and without a trace of the mat's state."""
        if self.stream is None:
            return
        if graceful:
            gone = [("availability", OFFLINE), *((rest, b"") for rest in ("state", "info", "availability"))]
            for rest, payload in gone:
                self._out += packets.publish(wire.text(self.topic(rest)), payload, RETAINED_ID + 2, retain=True)
            self._out += b"\xe0\x00"
            self.flush()
        self.stream.close()
        self.stream = None

    def happen(self, wall_s: float) -> None:
        """The next message of the day: seven events and the session itself make a session."""
        place, number = len(self.journal) % 8, len(self.journal) // 8 + 1
        seq, t_s = len(self.journal) + 1, float(len(self.journal))
        event = (
            events.MatOccupied(t_s),
            events.Seated(t_s),
            events.LieDown(t_s, t_s, 420.0),
            events.StageChanged(t_s, State.SETTLING),
            events.Wiggle(t_s, 31.0),
            events.GetUp(t_s, t_s, Exit.ROLLED, "simulated"),
            events.MatEmptied(t_s),
            None,
        )[place]
        labels = {"v": 1, "event_id": f"{self.name}-{self.run}-{seq}", "seq": seq, "t": round(wall_s, 3)}
        labels["session_id"] = f"{self.run}-{number}"
        if event is None:
            self.sessions += 1
            self.journal.append((self.topic(f"session/{labels['session_id']}"), self._session(labels, wall_s)))
        else:
            labels["event_type"] = events.event_type(type(event))
            self.journal.append((self.topic("event"), msgspec.json.encode(labels | msgspec.to_builtins(event))))
        self._waiting.append(seq)
        if self.stream is not None:
            lying = isinstance(event, LYING)
            state = {"occupied": "ON" if lying else "OFF", "stage": "resting" if lying else "idle", "fault": "OFF"}
            payload = msgspec.json.encode({"v": 1, **state, "load_kg": 42.0 if lying else 0.0})
            self._out += packets.publish(self._state, payload, RETAINED_ID + 3, retain=True)
        self.flush()

    def _session(self, labels: dict[str, object], wall_s: float) -> bytes:
        """Return the payload of a session that ends now."""
        started, ended = (dt.datetime.fromtimestamp(round(at), dt.UTC) for at in (wall_s - LYING_S, wall_s))
        figures = {"lying_s": LYING_S, "goal_s": LYING_S, "wiggles": 1, "counted": True, "confirmed": True}
        why = {"reason": Reason.GOAL_REACHED, "exit": Exit.ROLLED}
        return msgspec.json.encode(labels | {"started_at": started, "ended_at": ended} | figures | why)

    def frame(self, wall_s: float) -> None:
        """Publish a live frame."""
        if self.stream is None:
            return
        self.frames += 1
        if len(self._out) > BUFFER_MAX:
            self.frames_dropped += 1
            return
        load_kg = 40.0 + 2.0 * math.sin(0.1 * (self.frames + self._phase))
        payload = b'{"v":1,"seq":%d,"t":%.3f,"load_kg":%.2f,"cop":[0.5,0.5],"kg":[%b]}' % (
            self.frames, wall_s, load_kg, self._cells,
        )  # fmt: skip
        self._out += packets.publish(self._live, payload)
        self.flush()

    def ping(self) -> None:
        """Show the broker that the connection lives."""
        if self.stream is not None and not self._out:
            self._out += wire.PING
            self.flush()

    def flush(self) -> None:
        """Send what waits, as much as the socket takes. A lost connection is noticed by the next read."""
        while self._waiting and len(self._in_flight) < WINDOW and len(self._out) <= BUFFER_MAX and self.stream:
            seq = self._waiting.popleft()
            self._next_id = self._next_id % (RETAINED_ID - 1) + 1
            self._in_flight[self._next_id] = seq
            topic, payload = self.journal[seq - 1]
            self._out += packets.publish(wire.text(topic), payload, self._next_id)
        if self.stream is not None and self._out:
            try:
                sent = self.stream.send(self._out)
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                return
            except OSError:
                return
            del self._out[:sent]

    def read(self) -> None:
        """Take in what the broker sent. Raises OSError when the connection is lost."""
        assert self.stream is not None  # noqa: S101 - the loop reads connected mats only
        try:
            data = self.stream.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        if not data:
            raise ConnectionError("closed by the broker")
        for kind, body in self._packets.feed(data):
            if kind == packets.PUBACK:
                self._in_flight.pop(int.from_bytes(body[:2], "big"), None)
            elif kind == wire.PUBLISH:
                self._command(body)
            elif kind == wire.CONNACK and body[1]:
                raise ConnectionRefusedError(f"{self.name}: the broker refuses it, reason {body[1]:#x}")
        self.flush()

    def _command(self, body: bytes) -> None:
        end = 2 + int.from_bytes(body[:2], "big")
        topic, payload = body[2:end].decode(), body[end + 3 + body[end + 2] :]
        self._out += packets.puback(body[end : end + 2])
        if topic.endswith("/replay"):
            since = msgspec.json.decode(payload, type=dict[str, int])["since_seq"]
            busy = {*self._waiting, *self._in_flight.values()}
            again = [seq for seq in range(since + 1, len(self.journal) + 1) if seq not in busy]
            self._waiting.extend(again)
            self.replays += 1
