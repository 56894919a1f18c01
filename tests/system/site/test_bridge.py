"""The bridge of systemd/site between two real brokers: what waits, what stays, what comes back."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sim.broker import ADDRESS, Mosquitto, mosquitto_installed

pytestmark = [pytest.mark.broker, pytest.mark.slow]
FILE = Path(__file__).parents[3] / "systemd/site/bridge.conf"


def bridge_to(port: int) -> list[str]:
    """Return the lines of the file for a head office on the loopback, which asks for no certificate."""
    lines = FILE.read_text("utf-8").replace("@HEAD_OFFICE@:8883", f"{ADDRESS}:{port}").replace("@SITE@", "north")
    return [
        line
        for line in lines.splitlines()
        if line and not line.startswith(("#", "bridge_ca", "bridge_cert", "bridge_key"))
    ]


def client(stack: ExitStack, port: int, topic: str) -> tuple[paho.Client, list[str]]:
    """Return a client of a broker and a list that grows with the topics that it hears."""
    heard: list[str] = []
    subscribed: list[bool] = []
    made = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"client-{port}", clean_session=False)
    made.on_message = lambda _client, _data, message: heard.append(message.topic)
    made.on_connect = lambda client, *_: client.subscribe(topic, 1)
    made.on_subscribe = lambda *_: subscribed.append(True)
    made.reconnect_delay_set(1, 1)
    made.connect(ADDRESS, port)
    made.loop_start()
    stack.callback(made.loop_stop)
    stack.callback(made.disconnect)
    until(lambda: bool(subscribed))
    return made, heard


def until(condition: Callable[[], bool]) -> None:
    end_s = time.perf_counter() + 40.0
    while not condition():
        assert time.perf_counter() < end_s
        time.sleep(0.1)


def test_events_wait_for_the_line_and_live_frames_stay(tmp_path: Path) -> None:
    """The head office is away while events come; then it has them all, and its command reaches the mat."""
    if not mosquitto_installed():
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    with ExitStack() as stack:
        for name in ("head", "site"):
            (tmp_path / name).mkdir()
        head = stack.enter_context(Mosquitto(tmp_path / "head"))
        here = stack.enter_context(Mosquitto(tmp_path / "site", lines=bridge_to(head.port)))
        office, at_office = client(stack, head.port, "acumat/#")
        mat, at_mat = client(stack, here.port, "acumat/attic/cmd/+")
        mat.publish("acumat/attic/event", b"0", qos=1)
        until(lambda: at_office == ["acumat/attic/event"])
        head.end(signal.SIGTERM)
        for number in range(5):
            mat.publish("acumat/attic/event", str(number).encode(), qos=1).wait_for_publish(10)
            mat.publish("acumat/attic/live", b"{}")
        head.start()
        until(lambda: len(at_office) == 6)
        until(office.is_connected)
        office.publish("acumat/attic/cmd/replay", b"0", qos=1)
        until(lambda: at_mat == ["acumat/attic/cmd/replay"])
        assert set(at_office) <= {"acumat/attic/event", "acumat/attic/cmd/replay"}
