"""What MQTT does under faults: `make mqtt-faults` runs all of it, CI a small part.

The broker is a real mosquitto unless a row says otherwise; what is simulated runs on a clock that the test moves.
"""

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Final

from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.enums import State
from firmware.mqtt import Publisher
from firmware.mqtt.backoff import ConnectionFailure
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.topics import TopicNames
from firmware.storage.connection import NAME
from hardware.board import load_board
from sim.broker import ADDRESS, Mosquitto
from tests.bench.mqtt_budget import attempts, messages_a_minute
from tests.bench.mqtt_consumer import Consumer
from tests.bench.report import ROOT, Row, publish, row
from tests.doubles.clock import ManualClock
from tests.doubles.ticks import tick

WORDS: Final = (
    "MQTT under kills, restarts, a frozen broker and hostile input. The device is the product's publisher with its "
    "database in a process of its own that is killed with SIGKILL; the consumer keeps no session at the broker, stays "
    "away for ten seconds after each restart and asks for what it missed."
)
AWAY_S: Final = 10.0


def kills_and_restarts(kills: int, restarts: int, seed: int = 20261130) -> list[Row]:
    """Kill the device and the broker in mid-traffic; afterwards the consumer has what the journal of the mat has."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "broker").mkdir()
        with Mosquitto(folder / "broker") as broker:
            consumer = Consumer(broker.port)
            consumer.connect()
            restart_at = {round((n + 1) * kills / (restarts + 1)) for n in range(restarts)}
            for number in range(kills):
                child = _child(folder, broker.port, 3600.0)
                time.sleep(rng.uniform(1.0, 2.5))
                if number in restart_at:
                    consumer.close()
                    broker.end(signal.SIGKILL)
                    time.sleep(1.0)
                    broker.start()
                    time.sleep(AWAY_S)
                    consumer.connect()
                child.send_signal(signal.SIGKILL)
                child.wait()
            _child(folder, broker.port, 1.0).wait(120)
            listening = _child(folder, broker.port, 3600.0)
            made = _journal(folder)
            for _ in range(60):
                consumer.ask()
                time.sleep(1.0)
                if set(made) <= set(consumer.ledger.bodies):
                    break
            listening.kill()
            listening.wait()
            consumer.close()
            made = {seq: event for seq, event in made.items() if seq <= max(made)}
    found, how = consumer.ledger, f"{kills} SIGKILL to the device, {restarts} to the broker, consumer away {AWAY_S:g} s"
    missing = sum(found.bodies.get(seq) != event for seq, event in made.items())
    n = len(made)
    return [
        row("events missing at last", missing, "events", "== 0", n=n, label="measured", how=how),
        row("events of one seq with two ids", found.differing, "events", "== 0", n=n, label="measured", how=how),
        row("events out of order", found.inversions, "events", "== 0", n=n, label="measured", how=how),
        row("duplicates, equal event_id", found.duplicates, "events", "", n=n, label="measured", how=how),
    ]


def _child(folder: Path, port: int, seconds: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.bench.mqtt_child", str(folder), str(port), str(seconds)]
    return subprocess.Popen(command, cwd=ROOT)


def _journal(folder: Path) -> dict[int, str]:
    """Return seq and event id of every event that the mat has made."""
    base = sqlite3.connect(folder / NAME)
    try:
        rows = base.execute("SELECT seq, json_extract(payload, '$.event_id') FROM mqtt_event WHERE topic = 'event'")
        return dict(rows.fetchall())
    finally:
        base.close()


def frozen_broker(seconds: float) -> list[Row]:
    """Ten ticks a second before and while the broker is frozen: how late each is, and how long offering takes."""
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        mqtt = Mqtt(enabled=True, host=ADDRESS, port=broker.port)
        publisher = Publisher(mqtt, Device(id="attic"), load_board(), SystemClock())
        before, _ = _paced(publisher, seconds)
        broker.pause()
        during, took = _paced(publisher, seconds)
        broker.resume()
        publisher.close()
    ratio = _p99(during) / _p99(before)
    load, n = os.getloadavg()[0], len(during)
    how = f"broker stopped by SIGSTOP for {seconds:g} s, ticks at 10 Hz; load {load:.1f}"
    return [
        row(
            "frozen broker, gaps p99 during over before",
            ratio,
            "ratio",
            "<= 1.1",
            n=n,
            label="measured",
            how=how,
        ),
        row("frozen broker, offer p99", 1000 * _p99(took), "ms", "<= 1", n=n, label="measured", how=how),
    ]


def _paced(publisher: Publisher, seconds: float) -> tuple[list[float], list[float]]:
    gaps, took, last_s = [], [], time.perf_counter()
    for n in range(round(10 * seconds)):
        time.sleep(0.1)
        now_s = time.perf_counter()
        gaps.append(now_s - last_s)
        last_s = now_s
        publisher.offer(tick(n / 10, State.RESTING, load_n=600.0 + n))
        took.append(time.perf_counter() - now_s)
    return gaps, took


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


def lost_broker() -> list[Row]:
    """The broker is killed and its store is lost: how long until every retained topic is back."""
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        mqtt = Mqtt(enabled=True, host=ADDRESS, port=broker.port)
        publisher = Publisher(mqtt, Device(id="attic"), load_board(), SystemClock())
        publisher.offer(tick(1.0, State.RESTING, load_n=500.0))
        _until(lambda: publisher.health.connected)
        broker.end(signal.SIGKILL)
        for store in Path(name).rglob("mosquitto.db"):
            store.unlink()
        _until(lambda: not publisher.health.connected)
        broker.start()
        _until(lambda: publisher.health.connected)
        began_s, names = time.perf_counter(), TopicNames("attic")
        seen = subprocess.run(
            ["mosquitto_sub", "-p", str(broker.port), "-t", "#", "-C", "6", "-W", "10", "-F", "%t"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        took_s = time.perf_counter() - began_s
        publisher.close()
    back = {names.below(rest) for rest in ("availability", "info", "state", "diag", "map.png")} <= set(
        seen.stdout.split()
    )
    how = "SIGKILL, store removed, started again; from the reconnection to the last of six retained topics"
    return [row("retained state back", took_s if back else 99.0, "s", "<= 3", n=1, label="measured", how=how)]


def _until(condition: object) -> None:
    assert callable(condition)
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError("the mat does not connect")


def hostile_commands(inputs: int, seed: int = 20261130) -> list[Row]:
    """Random payloads through the command door: no exception, an answer for each, and little memory."""
    rng, clock = random.Random(seed), ManualClock()  # noqa: S311 - reproducible, not secret
    receiver = CommandReceiver(TopicNames("attic"), lambda request: request.answer(None), clock, lambda: True)
    seeds = (b'{"value": 15, "id": "a"}', b"NaN", b"[" * 300, b"\xff\xfe", b'{"t": 1e999}', b"15", b'"x"', b"")
    names = ("end", "goal_min", "discomfort", "person", "replay", "x" * 99, "\x00", "")
    raised = unanswered = 0
    before = _memory_kib()
    for number in range(inputs):
        data = bytearray(rng.choice(seeds))
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
    grown_mb = (_memory_kib() - before) / 1024
    how = "payloads of a grammar with random bytes, all through CommandReceiver"
    return [
        row("hostile commands, exceptions", raised, "", "== 0", n=inputs, label="simulated", how=how),
        row("hostile commands, without one answer", unanswered, "", "<= 0", n=inputs, label="simulated",
            how=how + "; an id that comes again within its first answer has one in all"),
        row("hostile commands, memory grown", grown_mb, "MB", "<= 10", n=inputs, label="measured", how=how),
    ]  # fmt: skip


def _memory_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def budgets(hours: float) -> list[Row]:
    """How much an idle mat and a lying person publish, and how often a mat knocks in vain."""
    by_hand = "a broker in memory, clock moved by hand"
    idle, lying = messages_a_minute(hours=hours)
    refused = attempts(ConnectionFailure.REFUSED, 3600.0)
    per_hour = len(refused)
    twin = attempts(ConnectionFailure.TAKEN_OVER, 600.0)
    per_minute = max(sum(start <= at < start + 60 for at in twin) for start in twin)
    return [
        row("idle mat, retained messages a minute", idle, "1/min", "<= 1", n=round(60 * hours), label="simulated",
            how="the empty mat of the simulator through core and uplink, mean"),
        row("lying still, state messages a minute", lying, "1/min", "<= 12", n=round(60 * hours), label="simulated",
            how="a story of the simulator, from settling to closing, most in any minute"),
        row("wrong password, attempts an hour", per_hour, "1/h", "<= 12", n=1, label="simulated", how=by_hand),
        row("twin id, attempts a minute", per_minute, "1/min", "<= 6", n=1, label="simulated", how=by_hand),
    ]  # fmt: skip


def run(*, small: bool = False) -> list[Row]:
    """Return all rows."""
    return [
        *kills_and_restarts(3 if small else 25, 1 if small else 5),
        *([] if small else frozen_broker(30.0)),
        *lost_broker(),
        *hostile_commands(2_000 if small else 1_000_000),
        *budgets(0.2 if small else 1.0),
    ]


if __name__ == "__main__":
    raise SystemExit(publish("mqtt-faults", "MQTT under faults", WORDS, run(small="--small" in sys.argv)))
