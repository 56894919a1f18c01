"""The demonstration: a private broker that somebody can listen to, and that is gone afterwards."""

import re
import socket
import subprocess
import sys
import threading

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from sim.broker import mosquitto_installed
from sim.demo import follow_command, private_broker

needs_broker = pytest.mark.skipif(
    not mosquitto_installed(), reason="mosquitto is not installed: apt-get install mosquitto"
)


@pytest.mark.broker
@needs_broker
def test_a_listener_follows_the_demonstration() -> None:
    """The line that is printed leads to the messages of the session; the demo ends by itself and so does its broker."""
    command = [sys.executable, "-u", "-m", "sim", "attempt", "--speed", "25", "--demo"]
    heard: dict[str, bytes] = {}
    lying = threading.Event()

    def on_message(_client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        heard[message.topic] = bytes(message.payload)
        if b"settling" in message.payload:
            lying.set()

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        head = "".join(next(demo.stdout) for _ in range(4))
        place = re.search(r"mosquitto_sub -h (\S+) -p (\d+) -v -t 'acumat/#'", head)
        assert place is not None
        assert head.startswith("The page: http://127.0.0.1:")
        host, port = place.group(1), int(place.group(2))
        assert host == "127.0.0.1"
        listener = paho.Client(CallbackAPIVersion.VERSION2)
        listener.on_message = on_message
        listener.connect(host, port)
        listener.subscribe("acumat/#")
        listener.loop_start()
        assert lying.wait(20)
        listener.disconnect()
        listener.loop_stop()
        rest, errors = demo.communicate(timeout=30)
    assert demo.returncode == 0, errors
    assert "SIMULATED" in head
    assert "reason=too_short" in rest
    assert all(topic.startswith("acumat/simulated/") for topic in heard)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), timeout=1).close()


@pytest.mark.broker
@needs_broker
def test_the_broker_lives_as_long_as_the_demonstration() -> None:
    """Inside the context it takes connections, on the loopback only; afterwards nobody listens there."""
    with private_broker(0) as address:
        assert address is not None
        socket.create_connection(address, timeout=1).close()
        assert follow_command(*address).startswith("mosquitto_sub -h 127.0.0.1 -p ")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=1).close()
