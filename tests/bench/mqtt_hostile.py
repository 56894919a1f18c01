"""Hostile clients: broken payloads, a payload of 100 MB, a flood of commands; the mat goes on and stays small."""

import json
import random
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.mqtt import Publisher
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.notes import NOTES, NotedCommands
from firmware.mqtt.parts import MatParts
from firmware.mqtt.topics import TopicNames
from hardware.board import load_board
from sim.broker import ADDRESS, Mosquitto
from tests.bench.report import Row, row
from tests.doubles.clock import ManualClock
from tests.doubles.ticks import tick

if TYPE_CHECKING:
    from collections.abc import Iterator

HUGE_MB: Final = 100
FLOOD_PER_S: Final = 1000
PRESS_EVERY_S: Final = 1.5
ANSWER_MOST_S: Final = 10.0
SEEDS: Final = (
    b'{"value": 15, "id": "a"}', b"NaN", b"[" * 300, b'{"value":' * 80, b"\xff\xfe", b'{"t": 1e999}', b"15", b'"x"',
    b"", b"20:15", b"\x00", b"-0.0", b"1e400", b'{"id": "' + b"x" * 64 + b'"}',
)  # fmt: skip


def hostile_commands(inputs: int, seed: int = 20261130) -> list[Row]:
    """Random payloads through the command door: no exception, an answer for each, and little memory."""
    rng, clock = random.Random(seed), ManualClock()  # noqa: S311 - reproducible, not secret
    receiver = CommandReceiver(TopicNames("attic"), lambda request: request.answer(None), clock, lambda: True)
    receiver.routes = dict.fromkeys(NOTES, NotedCommands(None, lambda: None, lambda: None).submit)
    names = ("end", "goal_min", "discomfort", "person", "replay", "note", "reminder", "x" * 99, "\x00", "")
    raised = unanswered = 0
    before = _peak_kib(fresh=True)
    for number in range(inputs):
        data = bytearray(rng.choice(SEEDS))
        for _ in range(rng.randrange(4)):
            data[rng.randrange(len(data) + 1) : 0] = rng.randbytes(rng.randrange(5))
        clock.now_s += 1.1
        try:
            receiver.receive(f"acumat/attic/cmd/{names[number % len(names)]}", bytes(data), retained=False)
        except Exception:  # noqa: BLE001 - what is counted here
            raised += 1
        answers = 0
        while receiver.next_result() is not None:
            answers += 1
        unanswered += answers != 1
    grown_mb = (_peak_kib() - before) / 1024
    how = "payloads of a grammar (deep JSON, NaN, wrong UTF-8) with random bytes, all through CommandReceiver"
    return [
        row("hostile commands, exceptions", raised, "", "== 0", n=inputs, label="simulated", how=how),
        row("hostile commands, without one answer", unanswered, "", "<= 0", n=inputs, label="simulated",
            how=how + "; an id that comes again within its first answer has one in all"),
        row("hostile commands, memory grown", grown_mb, "MB", "<= 10", n=inputs, label="measured", how=how),
    ]  # fmt: skip


class Client:
    """A client that presses keys and waits for the answers."""

    def __init__(self, port: int) -> None:
        self._answered = threading.Event()
        self._id = 0
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="hand", clean_session=True)
        subscribed = threading.Event()
        self._client.on_connect = lambda one, *_: one.subscribe("acumat/attic/cmd_result", qos=1)
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.on_message = lambda _client, _userdata, message: self._take(bytes(message.payload))
        self._client.connect(ADDRESS, port)
        self._client.loop_start()
        subscribed.wait(10)

    def press(self, name: str) -> float:
        """Send a command; return the seconds until it is obeyed, ANSWER_MOST_S where it is not."""
        self._id += 1
        self._answered.clear()
        began_s = time.perf_counter()
        self._client.publish(f"acumat/attic/cmd/{name}", json.dumps({"id": self._id}), qos=1)
        return time.perf_counter() - began_s if self._answered.wait(ANSWER_MOST_S) else ANSWER_MOST_S

    def close(self) -> None:
        """Go away."""
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, payload: bytes) -> None:
        answer = json.loads(payload)
        if answer["id"] == self._id and answer["ok"]:
            self._answered.set()


@contextmanager
def _mat() -> "Iterator[tuple[Publisher, Client, int]]":
    """A mat whose dispatcher obeys at once, at a real mosquitto, and a client."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        broker = stack.enter_context(Mosquitto(Path(folder)))
        mqtt = Mqtt(enabled=True, host=ADDRESS, port=broker.port)
        parts = MatParts(submit=lambda request: request.answer(None))
        publisher = Publisher(mqtt, Device(id="attic"), load_board(), SystemClock(), parts=parts)
        stack.callback(publisher.close)
        publisher.offer(tick(1.0))
        client = Client(broker.port)
        stack.callback(client.close)
        client.press("show_state")  # it is connected and has settled
        time.sleep(2.0)
        yield publisher, client, broker.port


def huge_payload(times: int, size_mb: int = HUGE_MB) -> list[Row]:
    """A payload that no mat can hold is published to its commands, and then it hurts."""
    with _mat() as (publisher, client, port), tempfile.NamedTemporaryFile() as file:
        file.truncate(size_mb << 20)
        before, worst_s = _peak_kib(fresh=True), 0.0
        for _ in range(times):
            command = ["mosquitto_pub", "-p", str(port), "-q", "1", "-t", "acumat/attic/cmd/goal_min", "-f", file.name]
            subprocess.run(command, check=True)
            worst_s = max(worst_s, client.press("discomfort"))
            time.sleep(PRESS_EVERY_S)
        grown_mb, lost = (_peak_kib() - before) / 1024, publisher.health.attempts - 1
    how = f"{size_mb} MB published with QoS 1 to acumat/<id>/cmd/goal_min at mosquitto"
    return [
        row("huge payload, memory grown", grown_mb, "MB", "<= 10", n=times, label="measured", how=how),
        row("huge payload, connections lost", lost, "", "== 0", n=times, label="measured", how=how),
        row("huge payload, it hurts is obeyed within", worst_s, "s", "<= 1", n=times, label="measured", how=how),
    ]


def flood(seconds: float) -> list[Row]:
    """A client sends 1,000 commands a second, and it hurts."""
    sent, presses, stop = [0], list[float](), threading.Event()
    with _mat() as (publisher, client, port):
        command = ["mosquitto_pub", "-p", str(port), "-q", "0", "-l", "-t", "acumat/attic/cmd/goal_min"]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as flooding:
            assert flooding.stdin is not None
            pipe = flooding.stdin

            def pour() -> None:
                while not stop.wait(0.01):
                    due = int(FLOOD_PER_S * (time.perf_counter() - began_s)) - sent[0]
                    pipe.write(b"15\n" * due)
                    pipe.flush()
                    sent[0] += due

            thread = threading.Thread(target=pour)
            before, began_s = _peak_kib(fresh=True), time.perf_counter()
            thread.start()
            while time.perf_counter() - began_s < seconds:
                presses.append(client.press("discomfort"))
                time.sleep(PRESS_EVERY_S)
            took_s = time.perf_counter() - began_s
            stop.set()
            thread.join()
            pipe.close()
        grown_mb, lost = (_peak_kib() - before) / 1024, publisher.health.attempts - 1
    how = (
        f"{sent[0] / took_s:.0f} commands a second for {took_s:.0f} s by mosquitto_pub, presses with an id beside them"
    )
    return [
        row("flood, it hurts is obeyed within", max(presses), "s", "<= 1", n=len(presses), label="measured", how=how),
        row("flood, memory grown", grown_mb, "MB", "<= 10", n=sent[0], label="measured", how=how),
        row("flood, connections lost", lost, "", "== 0", n=sent[0], label="measured", how=how),
    ]


def _peak_kib(*, fresh: bool = False) -> int:
    """Return the most memory that this process has held; fresh: from now on."""
    if fresh:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
