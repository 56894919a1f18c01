"""The connection test of the doctor: its outcomes, and that nothing is retained."""

import pytest

from firmware.errors import BrokerError
from firmware.mqtt import connection_test
from firmware.mqtt.backoff import ConnectionFailure
from firmware.mqtt.link import MessageReceived, ProtocolVersion
from firmware.mqtt.topics import TopicNames
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker, FakeLink

NAMES = TopicNames("attic")


@pytest.fixture
def tested() -> FakeBroker:
    return FakeBroker(ManualClock())


def attempt(broker: FakeBroker) -> ProtocolVersion:
    return connection_test.probe_connection(broker.dial, NAMES, broker.clock)


def rejection(broker: FakeBroker) -> str:
    with pytest.raises(BrokerError) as caught:
        attempt(broker)
    return str(caught.value)


def test_a_broker_in_order(tested: FakeBroker) -> None:
    """It gets one empty message, not retained, and a DISCONNECT."""
    assert attempt(tested) is ProtocolVersion.V5
    [message] = tested.messages
    assert (message.topic, message.payload, message.retain) == ("acumat/attic/doctor", b"", False)
    assert tested.graceful_closes == [True]


def test_an_older_broker(tested: FakeBroker) -> None:
    """The second attempt uses 3.1.1."""
    tested.versions = (ProtocolVersion.V311,)
    assert attempt(tested) is ProtocolVersion.V311
    assert [version for _, version in tested.attempts] == [ProtocolVersion.V5, ProtocolVersion.V311]


def test_a_broker_that_speaks_neither(tested: FakeBroker) -> None:
    """There are two attempts."""
    tested.versions = ()
    assert rejection(tested).endswith("use a broker that supports MQTT 3.1.1 or 5")
    assert len(tested.attempts) == 2


def test_no_broker_is_reachable(tested: FakeBroker) -> None:
    """The host is wrong, or nothing runs there."""
    tested.reachable = False
    assert rejection(tested) == (
        "no connection ([Errno 111] Connection refused): "
        "check that it runs, and check mqtt.host, mqtt.port and mqtt.tls"
    )


def test_a_name_or_password_that_is_not_known(tested: FakeBroker) -> None:
    """The remedy names the settings, not the password."""
    tested.refuse = ConnectionFailure.REFUSED
    assert rejection(tested).endswith(": check mqtt.username and mqtt.password_file")
    assert tested.graceful_closes == [False]


def test_a_server_that_is_no_broker(tested: FakeBroker) -> None:
    """The TCP connection is open, but no CONNACK arrives."""
    tested.acknowledges = False
    begin_s = tested.clock.now_s
    assert rejection(tested).startswith("no answer within 5 s: check mqtt.port and mqtt.tls")
    assert tested.clock.now_s - begin_s < 6


def test_a_user_who_may_not_publish(tested: FakeBroker) -> None:
    """The remedy names the topic to allow."""
    tested.forbids = ("/doctor",)
    text = rejection(tested)
    assert text.startswith("it rejects messages (")
    assert text.endswith("): allow this user to write to acumat/attic/#")


def test_what_comes_in_between_is_no_answer(tested: FakeBroker) -> None:
    """A message on another topic is ignored."""

    def dial(version: ProtocolVersion) -> FakeLink:
        link = tested.dial(version)
        link.events.append(MessageReceived("somewhere", b"something", retained=False))
        return link

    assert connection_test.probe_connection(dial, NAMES, tested.clock) is ProtocolVersion.V5
