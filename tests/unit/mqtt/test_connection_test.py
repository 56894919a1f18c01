"""A short visit to the broker: what it answers, and that nothing of it stays."""

import pytest

from firmware.config import Device
from firmware.errors import BrokerError
from firmware.mqtt.backoff import Failure
from firmware.mqtt.connection_test import reach
from firmware.mqtt.link import Received, Version
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker, FakeLink

DEVICE = Device(id="attic")


@pytest.fixture
def visited() -> FakeBroker:
    return FakeBroker(ManualClock())


def visit(broker: FakeBroker) -> Version:
    return reach(broker.dial, DEVICE, broker.clock)


def refused(broker: FakeBroker) -> str:
    with pytest.raises(BrokerError) as caught:
        visit(broker)
    return str(caught.value)


def test_a_broker_in_order(visited: FakeBroker) -> None:
    """It takes an empty message that it does not keep, and a polite goodbye."""
    assert visit(visited) is Version.V5
    [message] = visited.messages
    assert (message.topic, message.payload, message.retain) == ("acumat/attic/doctor", b"", False)
    assert visited.goodbyes == [True]


def test_an_older_broker(visited: FakeBroker) -> None:
    """It is asked again in the older language."""
    visited.speaks = (Version.V311,)
    assert visit(visited) is Version.V311
    assert [version for _, version in visited.attempts] == [Version.V5, Version.V311]


def test_a_broker_that_speaks_neither(visited: FakeBroker) -> None:
    """Twice is enough."""
    visited.speaks = ()
    assert refused(visited).endswith("use a broker that speaks MQTT 3.1.1 or 5")
    assert len(visited.attempts) == 2


def test_nobody_answers(visited: FakeBroker) -> None:
    """The host is wrong, or nothing runs there."""
    visited.reachable = False
    assert refused(visited) == (
        "no connection ([Errno 111] Connection refused): "
        "see whether it runs, and whether mqtt.host, mqtt.port and mqtt.tls are right"
    )


def test_a_name_or_password_that_is_not_known(visited: FakeBroker) -> None:
    """Where to look, and not what was typed."""
    visited.refuse = Failure.REFUSED
    assert refused(visited).endswith(": check mqtt.username and mqtt.password_file")
    assert visited.goodbyes == [False]


def test_somebody_who_is_no_broker(visited: FakeBroker) -> None:
    """The connection stands, and nothing comes."""
    visited.answers = False
    begin_s = visited.clock.now_s
    assert refused(visited).startswith("no answer within 5 s: see whether mqtt.port and mqtt.tls are right")
    assert visited.clock.now_s - begin_s < 6


def test_a_user_who_may_not_publish(visited: FakeBroker) -> None:
    """What the rights of the broker have to allow."""
    visited.forbids = ("/doctor",)
    text = refused(visited)
    assert text.startswith("it passes nothing on (")
    assert text.endswith("): allow this user to write to acumat/attic/#")


def test_what_comes_in_between_is_no_answer(visited: FakeBroker) -> None:
    """A message of somebody else."""

    def dial(version: Version) -> FakeLink:
        link = visited.dial(version)
        link.news.append(Received("somewhere", b"something", retained=False))
        return link

    assert reach(dial, DEVICE, visited.clock) is Version.V5
