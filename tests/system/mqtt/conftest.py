"""A private mosquitto, a mat that publishes to it and a dashboard that subscribes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, Self

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.mqtt import Publisher
from hardware.board import load_board
from sim.broker import ADDRESS, Mosquitto, mosquitto_installed

TIMEOUT_S = 10.0


@dataclass(frozen=True)
class ReceivedMessage:
    """A message as it arrived."""

    at_s: float
    topic: str
    payload: bytes
    retain: bool


class Dashboard:
    """A client that stores all messages; its session survives broken connections."""

    def __init__(self, port: int, name: str, username: str = "", password: str = "") -> None:
        self.received: list[ReceivedMessage] = []
        self._events = threading.Condition()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        if username:
            self._client.username_pw_set(username, password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda *_: self._note(None)
        self._client.on_message = lambda _client, _userdata, message: self._note(message)
        self._subscribed = False
        self._client.connect(ADDRESS, port)
        self._client.loop_start()

    def __enter__(self) -> Self:
        self.until(lambda: self._subscribed)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, topic: str, payload: bytes) -> None:
        """Publish and wait until the broker has it."""
        self._client.publish(topic, payload, qos=1).wait_for_publish(TIMEOUT_S)

    def on(self, ending: str) -> list[ReceivedMessage]:
        """All messages on topics with this ending."""
        return [message for message in self.received if message.topic.endswith(ending)]

    def until(self, condition: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> None:
        """Wait until the condition is true; fails with the received messages after the timeout."""
        with self._events:
            assert self._events.wait_for(condition, timeout_s), f"received only {self.received}"

    def _note(self, message: paho.MQTTMessage | None) -> None:
        with self._events:
            if message is None:
                self._subscribed = True
            else:
                self.received.append(
                    ReceivedMessage(perf_counter(), message.topic, bytes(message.payload), message.retain)
                )
            self._events.notify_all()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def make_broker(stack: ExitStack, tmp_path: Path) -> Callable[..., Mosquitto]:
    if not mosquitto_installed():
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    numbers = count()

    def make(**options: Any) -> Mosquitto:  # noqa: ANN401 - handed on
        folder = tmp_path / f"broker{next(numbers)}"
        folder.mkdir()
        return stack.enter_context(Mosquitto(folder, **options))

    return make


@pytest.fixture
def broker(make_broker: Callable[..., Mosquitto]) -> Mosquitto:
    return make_broker()


@pytest.fixture
def dashboard(stack: ExitStack) -> Callable[..., Dashboard]:
    numbers = count()

    def listen(broker: Mosquitto, **account: str) -> Dashboard:
        return stack.enter_context(Dashboard(broker.port, f"dashboard-{next(numbers)}", **account))

    return listen


@pytest.fixture
def mat(stack: ExitStack) -> Callable[..., Publisher]:
    def start(port: int, device: str = "attic", run: str = "run1", **options: Any) -> Publisher:  # noqa: ANN401
        mqtt = Mqtt(enabled=True, host=options.pop("host", ADDRESS), port=port, **options)
        publisher = Publisher(mqtt, Device(id=device), load_board(), SystemClock(), run_id=run)
        stack.callback(publisher.close)
        return publisher

    return start
