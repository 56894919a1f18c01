"""The doctor's visit to a real mosquitto."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.errors import BrokerError
from firmware.mqtt.connection_test import dialer, reach
from firmware.mqtt.link import Version
from sim.broker import ADDRESS, Mosquitto

pytestmark = pytest.mark.broker
DEVICE = Device(id="attic")


def visit(broker: Mosquitto, **account: object) -> Version:
    mqtt = Mqtt(enabled=True, host=ADDRESS, port=broker.port, **account)  # type: ignore[arg-type]
    return reach(dialer(mqtt, DEVICE), DEVICE, SystemClock())


def test_a_real_broker_lets_us_in(broker: Mosquitto) -> None:
    """It speaks MQTT 5, and keeps nothing."""
    assert visit(broker) is Version.V5
    assert "acumat-attic-doctor" in broker.log


def test_a_real_broker_that_asks_for_a_password(make_broker: Callable[..., Mosquitto], tmp_path: Path) -> None:
    """The right one opens, another one is refused without being told."""
    broker = make_broker(users={"mat": "hunter2"})
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("hunter2\n")
    wrong.write_text("hunter3\n")
    assert visit(broker, username="mat", password_file=right) is Version.V5
    with pytest.raises(BrokerError, match=r"check mqtt\.username and mqtt\.password_file") as caught:
        visit(broker, username="mat", password_file=wrong)
    assert "hunter" not in str(caught.value)


def test_a_broker_that_is_gone(broker: Mosquitto) -> None:
    """Nobody answers there any more."""
    broker.__exit__()
    with pytest.raises(
        BrokerError, match=rf"no connection \({ADDRESS}:{broker.port}: Connection refused\): see whether"
    ):
        visit(broker)
