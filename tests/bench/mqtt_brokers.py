"""A mat at brokers other than mosquitto: one that checks every rule of MQTT, and those that only know 3.1.1.

The strict broker is the one of eclipse/paho.mqtt.testing, which is not part of this project: STRICT_BROKER names a
folder with it. nats-server (Debian) knows MQTT 3.1.1 only; without it a door in front of mosquitto refuses MQTT 5.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from sim.broker import ADDRESS, Mosquitto
from tests.bench.report import ROOT, Row, row
from tests.doubles.old_broker import OldBroker

STRICT: Final = "STRICT_BROKER"
KILLS: Final = 3
PATIENCE_S: Final = 60.0
WRONG: Final = re.compile(r"^(ERROR|CRITICAL|Traceback)", re.MULTILINE)
NATS: Final = """
server_name: old
host: "{address}"
port: {port}
jetstream {{store_dir: "{folder}"}}
mqtt {{host: "{address}", port: {mqtt}}}
"""


def strict_folder() -> Path | None:
    """Return the folder of the strict broker, None when there is none."""
    name = os.environ.get(STRICT)
    folder = None if name is None else Path(name) / "interoperability"
    return folder if folder is not None and (folder / "startbroker.py").exists() else None


def strict_broker() -> list[Row]:
    """Return how many violations the strict broker logs in whole sessions with kills, at two limits of packet size."""
    program = strict_folder()
    if program is None:
        return []
    rows = []
    for packet_max in (256, 65_535):
        with tempfile.TemporaryDirectory() as name:
            log = Path(name) / "log"
            with _strict(program, Path(name), packet_max) as port:
                for _ in range(KILLS):
                    mat = _session(port, speed=10)
                    time.sleep(6.0)
                    mat.kill()
                    mat.wait()
                _session(port, speed=60).wait(120)
            text = log.read_text(encoding="utf-8", errors="replace")
        found = [line for line in text.splitlines() if WRONG.match(line)]
        how = f"a session to its end after {KILLS} kills in others; the broker takes packets up to {packet_max} bytes"
        rows.append(
            row(f"strict broker, violations at {packet_max} bytes", len(found), "", "== 0",
                n=text.count("Starting communications"), label="measured", how=f"{how}; n: connections")
        )  # fmt: skip
        sys.stderr.writelines(f"strict broker: {line}\n" for line in found[:20])
    return rows


@contextmanager
def _strict(program: Path, folder: Path, packet_max: int) -> Iterator[int]:
    port = _free_port()
    conf = folder / "strict.conf"
    conf.write_text(f"maximum_packet_size {packet_max}\nreceive_maximum 2\nlistener {port} {ADDRESS}\n")
    with (folder / "log").open("ab") as out:
        command = [sys.executable, "startbroker.py", "-c", str(conf)]
        broker = subprocess.Popen(command, cwd=program, stdout=out, stderr=out)
        try:
            _until(lambda: _listens(port))
            yield port
        finally:
            broker.terminate()
            with suppress(subprocess.TimeoutExpired):
                broker.wait(5)
            broker.kill()
            broker.wait()


def _session(port: int, *, speed: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "sim", "session", "--speed", f"{speed:g}", "--mqtt", f"{ADDRESS}:{port}"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def old_brokers() -> list[Row]:
    """Return whether a mat works at brokers of 3.1.1 only: state and events arrive, no control, and it says so."""
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker, OldBroker(broker.port) as door:
        rows = [_old("a door before mosquitto", door.port)]
    program = shutil.which("nats-server", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is not None:
        with tempfile.TemporaryDirectory() as name, _nats(program, Path(name)) as port:
            rows.append(_old("nats-server", port))
    return rows


@contextmanager
def _nats(program: str, folder: Path) -> Iterator[int]:
    port = _free_port()
    conf = folder / "nats.conf"
    conf.write_text(NATS.format(address=ADDRESS, port=_free_port(), folder=folder, mqtt=port))
    with (folder / "log").open("ab") as out:
        broker = subprocess.Popen([program, "-c", str(conf)], stdout=out, stderr=out)
        try:
            _until(lambda: _listens(port))
            yield port
        finally:
            broker.terminate()
            broker.wait(20)


def _old(name: str, port: int) -> Row:
    seen: dict[str, bytes] = {}
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="eye", clean_session=True)
    client.on_connect = lambda one, *_: one.subscribe([("acumat/#", 1), ("homeassistant/#", 1)])
    client.on_message = lambda _client, _userdata, message: seen.__setitem__(message.topic, bytes(message.payload))
    client.connect(ADDRESS, port)
    client.loop_start()
    mat = _session(port, speed=10)
    try:
        held = _until(lambda: _works_and_says_so(seen))
    finally:
        mat.terminate()
        mat.wait(30)
        client.loop_stop()
        client.disconnect()
    how = "state, events and discovery arrive, `remote` is OFF, no component has a command topic"
    return row(f"3.1.1-only broker, works and says so: {name}", float(held), "", "== 1", n=1, label="measured", how=how)


def _works_and_says_so(seen: dict[str, bytes]) -> bool:
    root = "acumat/simulated/"
    state = json.loads(seen.get(root + "state") or b"{}")
    found = json.loads(seen.get("homeassistant/device/simulated/config") or b"{}")
    components = found.get("components", {}).values()
    silent = bool(components) and not any("command_topic" in one for one in components)
    return (
        silent
        and state.get("remote") == "OFF"
        and seen.get(root + "availability") == b"online"
        and root + "event" in seen
    )


def _until(condition: Callable[[], bool]) -> bool:
    for _ in range(round(PATIENCE_S / 0.1)):
        if condition():
            return True
        time.sleep(0.1)
    return False


def _listens(port: int) -> bool:
    try:
        socket.create_connection((ADDRESS, port), timeout=1.0).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server((ADDRESS, 0)) as probe:
        return int(probe.getsockname()[1])
