"""What MQTT does under faults: `make mqtt-faults` runs all of it, CI a small part.

The broker is a real mosquitto unless a row says otherwise; what is simulated runs on a clock that the test moves.
"""

import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.enums import State
from firmware.mqtt import Publisher
from firmware.mqtt.backoff import ConnectionFailure
from firmware.mqtt.topics import DISCOVERY, TopicNames
from firmware.storage.connection import NAME
from hardware.board import load_board
from sim.broker import ADDRESS, Mosquitto
from tests.bench.asyncapi import asyncapi
from tests.bench.mqtt_brokers import old_brokers, strict_broker, strict_folder
from tests.bench.mqtt_budget import attempts, messages_a_minute
from tests.bench.mqtt_consumer import Consumer
from tests.bench.mqtt_hostile import flood, hostile_commands, huge_payload
from tests.bench.mqtt_loop import frozen_broker
from tests.bench.mqtt_secrets import canary
from tests.bench.report import ROOT, Row, publish, row
from tests.doubles.ticks import tick

WORDS: Final = (
    "MQTT under kills, restarts, a frozen broker and hostile input. The device is the product's publisher with its "
    "database in a process of its own that is killed with SIGKILL; the consumer keeps no session at the broker, stays "
    "away for ten seconds after each restart and asks for what it missed."
)
NOT_RUN: Final = (
    "\n\n**Not run:** the strict broker of eclipse/paho.mqtt.testing, which is not part of this project: "
    "`make mqtt-faults STRICT_BROKER=FOLDER`."
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
        twins = sum((folder / "log").read_text("utf-8").count(word) for word in ("another client", "another mat"))
    found, how = consumer.ledger, f"{kills} SIGKILL to the device, {restarts} to the broker, consumer away {AWAY_S:g} s"
    missing = sum(found.bodies.get(seq) != event for seq, event in made.items())
    n = len(made)
    return [
        row("events missing at last", missing, "events", "== 0", n=n, label="measured", how=how),
        row("events of one seq with two ids", found.differing, "events", "== 0", n=n, label="measured", how=how),
        row("events out of order", found.inversions, "events", "== 0", n=n, label="measured", how=how),
        row("duplicates, equal event_id", found.duplicates, "events", "", n=n, label="measured", how=how),
        row("restarts taken for a twin", twins, "log lines", "== 0", n=kills, label="measured", how=how),
    ]


def _child(folder: Path, port: int, seconds: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.bench.mqtt_child", str(folder), str(port), str(seconds)]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stderr=log)


def _journal(folder: Path) -> dict[int, str]:
    """Return seq and event id of every event that the mat has made."""
    base = sqlite3.connect(folder / NAME)
    try:
        rows = base.execute("SELECT seq, json_extract(payload, '$.event_id') FROM mqtt_event WHERE topic = 'event'")
        return dict(rows.fetchall())
    finally:
        base.close()


def lost_broker(times: int) -> list[Row]:
    """The broker is killed and its store is lost: how long until every retained topic is back; the slowest of some."""
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        mqtt = Mqtt(enabled=True, host=ADDRESS, port=broker.port)
        publisher = Publisher(mqtt, Device(id="attic"), load_board(), SystemClock())
        publisher.offer(tick(1.0, State.RESTING, load_n=500.0))
        _until(lambda: publisher.health.connected)
        took_s = [_lost_once(broker, publisher, Path(name)) for _ in range(times)]
        publisher.close()
    how = "SIGKILL, store removed, started again; from the reconnection to the last of six retained topics; the slowest"
    return [row("retained state back", max(took_s), "s", "<= 3", n=times, label="measured", how=how)]


def _lost_once(broker: Mosquitto, publisher: Publisher, folder: Path) -> float:
    """Return the seconds, 99 when a topic does not come back."""
    broker.end(signal.SIGKILL)
    for store in folder.rglob("mosquitto.db"):
        store.unlink()
    _until(lambda: not publisher.health.connected)
    broker.start()
    _until(lambda: publisher.health.connected)
    names = TopicNames("attic")
    began_s = time.perf_counter()
    wanted = {names.below(rest) for rest in ("availability", "info", "state", "diag", "map")} | {names.of(DISCOVERY)}
    command = ["mosquitto_sub", "-p", str(broker.port), "-F", "%t", "-C", str(len(wanted)), "-W", "20"]
    command += [word for topic in sorted(wanted) for word in ("-t", topic)]
    seen = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return time.perf_counter() - began_s if set(seen) == wanted else 99.0


def _until(condition: object) -> None:
    assert callable(condition)
    for _ in range(2400):  # after several losses in a row the mat waits up to half a minute
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError("the mat does not connect")


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
        *lost_broker(1 if small else 5),
        *hostile_commands(2_000 if small else 1_000_000),
        *budgets(0.2 if small else 1.0),
        *([] if small else large()),
    ]


def large() -> list[Row]:
    """Return what takes minutes, or needs more than mosquitto."""
    return [
        *huge_payload(3),
        *flood(20.0),
        *canary(),
        *old_brokers(),
        *strict_broker(),
        *asyncapi(),
        *frozen_broker(30.0),
    ]


if __name__ == "__main__":
    said = WORDS if strict_folder() is not None else WORDS + NOT_RUN
    raise SystemExit(publish("mqtt-faults", "MQTT under faults", said, run(small="--small" in sys.argv)))
