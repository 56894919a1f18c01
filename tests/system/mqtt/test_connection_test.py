"""The connection test of the doctor with a real mosquitto."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.errors import BrokerError
from firmware.mqtt import connection_test
from firmware.mqtt.link import ProtocolVersion
from sim.broker import ADDRESS, Mosquitto

pytestmark = pytest.mark.broker
DEVICE = Device(id="attic")


def attempt(broker: Mosquitto, **account: object) -> ProtocolVersion:
    mqtt = Mqtt(enabled=True, host=ADDRESS, port=broker.port, **account)  # type: ignore[arg-type]
    names = connection_test.topic_names(mqtt, DEVICE)
    return connection_test.probe_connection(connection_test.probe_dialer(mqtt, DEVICE), names, SystemClock())


def test_a_real_broker_accepts_the_connection(broker: Mosquitto) -> None:
    """It supports MQTT 5, and retains nothing."""
    assert attempt(broker) is ProtocolVersion.V5
    assert "acumat-attic-doctor" in broker.log


def test_a_real_broker_with_a_password(make_broker: Callable[..., Mosquitto], tmp_path: Path) -> None:
    """The right one is accepted, a wrong one rejected and not printed."""
    broker = make_broker(users={"mat": "hunter2"})
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("hunter2\n")
    wrong.write_text("hunter3\n")
    assert attempt(broker, username="mat", password_file=right) is ProtocolVersion.V5
    with pytest.raises(BrokerError, match=r"check mqtt\.username and mqtt\.password_file") as caught:
        attempt(broker, username="mat", password_file=wrong)
    assert "hunter" not in str(caught.value)


def test_a_broker_that_is_gone(broker: Mosquitto) -> None:
    """The connection is refused."""
    broker.__exit__()
    with pytest.raises(
        BrokerError, match=rf"no connection \({ADDRESS}:{broker.port}: Connection refused\): check that"
    ):
        attempt(broker)
