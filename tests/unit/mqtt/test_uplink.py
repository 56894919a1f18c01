"""The exchange with the broker on a manual clock: what is sent when, and the reactions to a faulty broker."""

import json
import logging
from itertools import pairwise

import pytest

from firmware.enums import State
from firmware.events import MatEmptied
from firmware.mqtt.backoff import ConnectionFailure
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.link import LinkClosed, MessageAcknowledged, ProtocolVersion
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.retained_state import RetainedState
from firmware.mqtt.state_topic import unknown_state
from firmware.mqtt.topics import TopicNames
from firmware.mqtt.uplink import Uplink
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker
from tests.doubles.ticks import tick
from tests.unit.mqtt.conftest import Run, Wire, run_for

DISCOVERY = "homeassistant/device/attic/config"


def event_seqs(broker: FakeBroker) -> list[int]:
    return [json.loads(message.payload)["seq"] for message in broker.on("/event")]


def offer_events(outbox: Outbox, count: int) -> None:
    for n in range(count):
        outbox.put(tick(n, events=(MatEmptied(n),)), None)


def test_a_new_connection_gets_all_retained_topics_once(broker: FakeBroker, outbox: Outbox, run: Run) -> None:
    """Discovery first, then info and state, and `online` last; all retained; then nothing but the diagnostics."""
    outbox.put(tick(), None)
    run(60)
    assert [(m.topic, m.retain) for m in broker.messages] == [
        (DISCOVERY, True),
        ("acumat/attic/info", True),
        ("acumat/attic/state", True),
        ("acumat/attic/diag", True),
        ("acumat/attic/map", True),
        ("acumat/attic/availability", True),
    ]
    assert broker.on("availability")[0].payload == b"online"


def test_before_the_first_tick_no_state_is_invented(broker: FakeBroker, run: Run) -> None:
    """The chips need a moment; until then there is no state, and the mat is not online over an old retained one."""
    run(5)
    assert broker.on("/state") + broker.on("/availability") == []


def test_a_restless_load_is_published_every_ten_seconds(broker: FakeBroker, outbox: Outbox, run: Run) -> None:
    """A minute of ticks at 10 Hz whose load changes with every tick: at most 7 states, the last one true."""
    run(1)
    for n in range(600):
        outbox.put(tick(n / 10, State.RESTING, load_n=float(10 * n)), None)
        run(0.1)
    times = [message.at_s for message in broker.on("/state")]
    assert 6 <= len(times) <= 7
    run(10)
    assert json.loads(broker.on("/state")[-1].payload)["load_kg"] == round(5990 / 9.80665, 1)
    quiet_from = len(broker.on("/state"))
    run(60)
    assert len(broker.on("/state")) == quiet_from


def test_urgent_changes_go_out_at_most_once_a_second(broker: FakeBroker, outbox: Outbox, run: Run) -> None:
    """A minute in which the stage changes with every tick: 55 to 60 states, a second apart."""
    run(1)
    for n in range(600):
        outbox.put(tick(n / 10, State.RESTING if n % 2 else State.EASING, load_n=500.0), None)
        run(0.1)
    times = [message.at_s for message in broker.on("/state")]
    assert 30 <= len(times) <= 60
    assert all(later - earlier >= 0.999 for earlier, later in pairwise(times))


def test_an_idle_mat_publishes_one_message_a_minute_at_most(
    broker: FakeBroker, outbox: Outbox, clock: ManualClock, run: Run
) -> None:
    """An hour of noise of 40 g: only the diagnostics, every two minutes."""
    outbox.put(tick(), None)
    run(2)
    before, began_s = len(broker.messages), clock.now_s
    for n in range(3600):
        outbox.put(tick(float(n), load_n=0.4 if n % 2 else -0.4), None)
        run(1)
    assert len(broker.messages) - before <= (clock.now_s - began_s) / 60
    assert {message.topic for message in broker.messages[before:]} == {"acumat/attic/diag"}


def test_a_change_after_a_pause_is_published_at_once(broker: FakeBroker, outbox: Outbox, run: Run) -> None:
    """A person lies down after minutes without a change: the state is published without the wait of a second."""
    outbox.put(tick(), None)
    run(120)
    outbox.put(tick(120, State.SETTLING, load_n=600), None)
    run(0.1)
    assert json.loads(broker.on("/state")[-1].payload)["stage"] == "settling"


def test_a_start_of_home_assistant_publishes_everything_again(broker: FakeBroker, outbox: Outbox, run: Run) -> None:
    """Its birth message is "online"; "offline" and messages on other topics are ignored."""
    outbox.put(tick(), None)
    run(30)
    for topic, payload in [("homeassistant/status", b"offline"), ("other", b"online"), ("acumat/x", b"\xff" * 99)]:
        broker.publish_to_client(topic, payload)
    run(30)
    assert len(broker.messages) == 6
    broker.publish_to_client("homeassistant/status", b"online")
    run(70)
    assert {message.topic for message in broker.messages[6:]} == {message.topic for message in broker.messages[:6]}


def test_a_flood_of_births_is_not_answered_with_a_flood(broker: FakeBroker, outbox: Outbox, run: Run) -> None:
    """An attacker publishes "online" ten times a tick for a minute: discovery is sent at most every five seconds."""
    outbox.put(tick(), None)
    run(1)
    for _ in range(600):
        for _ in range(10):
            broker.publish_to_client("homeassistant/status", b"online")
        run(0.1)
    assert len(broker.on("/config")) <= 14
    assert len(broker.on("/state")) <= 62
    assert len(broker.on("/map")) <= 8


def test_events_keep_their_order_and_are_not_retained(broker: FakeBroker, outbox: Outbox, run: Run) -> None:
    """Forty events come while no broker is there; all of them arrive, within the broker's window."""
    broker.reachable = False
    run(10)
    offer_events(outbox, 40)
    broker.reachable, broker.window = True, 5
    run(60)
    assert event_seqs(broker) == list(range(1, 41))
    assert not any(message.retain for message in broker.on("/event"))
    assert len(outbox) == 0


def test_events_without_acknowledgement_are_sent_again(
    broker: FakeBroker, outbox: Outbox, run: Run, uplink: Uplink
) -> None:
    """The broker dies before it acknowledges three events; they are sent again first, with the same event_id."""
    run(2)
    broker.acknowledges = False
    offer_events(outbox, 3)
    run(1)
    assert event_seqs(broker) == [1, 2, 3]
    assert broker.link is not None
    broker.link.events.append(LinkClosed(ConnectionFailure.LOST, "died"))
    broker.acknowledges = True
    offer_events(outbox, 1)
    run(10)
    assert event_seqs(broker) == [1, 2, 3, 1, 2, 3, 4]
    ids = [json.loads(message.payload)["event_id"] for message in broker.on("/event")]
    assert ids[:3] == ids[3:6]
    assert uplink.connected
    assert len(outbox) == 0


def test_a_broken_connection_starts_over_at_once(
    broker: FakeBroker, outbox: Outbox, run: Run, clock: ManualClock
) -> None:
    """The first connection breaks with everything in flight; the next one gets all of it as soon as it is open."""
    broker.acknowledges = False
    outbox.put(tick(), None)
    run(1)
    assert len(broker.messages) == 6
    assert broker.link is not None
    broker.link.events.append(LinkClosed(ConnectionFailure.LOST, "broke"))
    broker.acknowledges = True
    while len(broker.attempts) < 2:
        run(0.1)
    opened_s = clock.now_s
    run(0.3)
    assert [message.topic for message in broker.messages[6:]] == [message.topic for message in broker.messages[:6]]
    assert all(message.at_s - opened_s < 0.3 for message in broker.messages[6:])


def test_a_state_that_changed_while_another_was_in_flight_is_published(
    broker: FakeBroker, outbox: Outbox, run: Run
) -> None:
    """The broker acknowledges late; meanwhile the person got up. A dashboard must not show them lying."""
    run(2)
    broker.acknowledges = False
    outbox.put(tick(1, State.RESTING, load_n=600), None)
    run(1)
    outbox.put(tick(2), None)
    run(1)
    broker.acknowledges = True
    run(2)
    assert [json.loads(message.payload)["stage"] for message in broker.on("/state")] == ["resting", "idle"]


def test_a_broker_that_comes_and_goes_sees_few_attempts_and_leaves_few_lines(
    broker: FakeBroker, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """Twice unreachable, then twelve seconds of connection, and again, forty attempts long.

    Each success shortens the waits, but the bound of six a minute holds; a line is in the log once in ten minutes.
    """
    broker.disconnects_after_s = 12.0
    while len(broker.attempts) < 40:
        broker.reachable = len(broker.attempts) % 3 == 2
        run(0.1)
    times = [at_s for at_s, _ in broker.attempts]
    assert max(sum(start <= time < start + 59.99 for time in times) for start in times) == 6
    minutes = (times[-1] - times[0]) / 60
    assert len(caplog.records) <= 3 * (1 + minutes / 10)


def test_a_broker_that_stops_acknowledging_is_disconnected(
    broker: FakeBroker, outbox: Outbox, run: Run, uplink: Uplink
) -> None:
    """It is frozen, TCP stays up. The mat detects it in 16 s; until then one copy of a state was sent, not 14."""
    run(2)
    broker.acknowledges = False
    for n in range(140):
        outbox.put(tick(n / 10, State.RESTING, load_n=10.0 * n), None)
        run(0.1)
    assert len(broker.on("/state")) == 1
    assert uplink.connected
    assert broker.graceful_closes == []
    run(2)
    assert broker.graceful_closes == [False]


def test_nothing_is_published_before_the_connection_is_open(broker: FakeBroker, outbox: Outbox, run: Run) -> None:
    """A rejected connection gets no message; events stay queued."""
    broker.refuse = ConnectionFailure.REFUSED
    offer_events(outbox, 3)
    run(600)
    assert broker.messages == []
    assert len(outbox) == 3


def test_a_wrong_password_is_logged_once_and_tried_every_five_minutes(
    broker: FakeBroker, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """An hour with a wrong password: one log line with the remedy, at most twelve attempts."""
    broker.refuse = ConnectionFailure.REFUSED
    with caplog.at_level(logging.INFO):
        run(3600)
    assert len(broker.attempts) <= 12
    assert len(caplog.records) == 1
    assert "check mqtt.username and mqtt.password_file; trying again" in caplog.text


def test_two_mats_with_one_client_id_are_reported(
    broker: FakeBroker, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten minutes of being disconnected by the other: few attempts, and the log has the remedy."""
    broker.disconnects_after_s, broker.disconnect_failure = 0.1, ConnectionFailure.TAKEN_OVER
    run(600)
    times = [at_s for at_s, _ in broker.attempts]
    assert max(sum(start <= t < start + 60 for t in times) for start in times) <= 6
    assert "give every mat its own device.id" in caplog.text


def test_an_old_broker_is_served_with_its_own_protocol(broker: FakeBroker, run: Run, uplink: Uplink) -> None:
    """It does not support MQTT 5: the second attempt follows at once with 3.1.1. Each connection begins with 5."""
    broker.versions = (ProtocolVersion.V311,)
    broker.disconnects_after_s = 20.0
    run(5)
    assert uplink.connected
    assert broker.attempts == [(1000.0, ProtocolVersion.V5), (1000.0, ProtocolVersion.V311)]
    run(60)
    versions = [version for _, version in broker.attempts]
    assert len(versions) >= 4
    assert versions == [ProtocolVersion.V5, ProtocolVersion.V311] * (len(versions) // 2)
    broker.versions = tuple(ProtocolVersion)
    run(60)
    assert broker.attempts[-1][1] is ProtocolVersion.V5


def test_a_broker_that_supports_neither_protocol_is_not_flooded(broker: FakeBroker, run: Run) -> None:
    """It rejects both: attempts are five minutes apart, as after any rejection."""
    broker.versions = ()
    run(3600)
    assert len(broker.attempts) <= 13


def test_a_broker_that_hangs_up_on_mqtt_5_is_an_old_one(broker: FakeBroker, run: Run, uplink: Uplink) -> None:
    """It closes the connection in place of an answer."""
    broker.hangs_up = (ProtocolVersion.V5,)
    run(5)
    assert uplink.connected
    assert uplink.version is ProtocolVersion.V311


def test_refused_messages_wait_and_name_their_topic(
    broker: FakeBroker, outbox: Outbox, run: Run, uplink: Uplink, caplog: pytest.LogCaptureFixture
) -> None:
    """An access list lets only state through: one line for each topic. Corrected later, all events arrive, in order."""
    broker.forbids = ("/event", "/config")
    offer_events(outbox, 5)
    run(30)
    assert event_seqs(broker) == [1, 2, 3, 4, 5]
    assert len(broker.on("/config")) == 1
    assert uplink.counts.messages_refused == 6
    assert len(outbox) == 5
    assert "refuses messages to acumat/attic/event (Not authorized): allow this user to write to it" in caplog.text
    assert f"refuses messages to {DISCOVERY}" in caplog.text
    broker.forbids = ()
    run(60)
    assert event_seqs(broker) == [1, 2, 3, 4, 5] * 2
    assert len(outbox) == 0


def test_a_refused_subscription_is_logged_and_takes_the_controls_away(  # noqa: PLR0917 - fixtures
    wire: Wire, broker: FakeBroker, outbox: Outbox, clock: ManualClock, caplog: pytest.LogCaptureFixture,
    names: TopicNames,
) -> None:  # fmt: skip
    """The access list does not let the mat read commands: Home Assistant shows no control, and that there are none."""
    broker.unreadable = ("acumat/attic/cmd/+",)
    outbox.put(tick(), None)
    run_for(wire(CommandReceiver(names, lambda request: request.answer(None), clock, lambda: True)), clock, 10)
    assert "does not let this mat subscribe to acumat/attic/cmd/+ (Not authorized)" in caplog.text
    assert b"command_topic" not in broker.on("/config")[-1].payload
    assert json.loads(broker.on("/state")[-1].payload)["remote"] == "OFF"


def test_a_twin_is_named_by_its_info(broker: FakeBroker, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """Another run's info after ours: a twin. Ours again, one that was there before, or garbage: none."""
    info = b'{"v":1,"run":"%s"}'
    broker.publish_to_client_later("acumat/attic/info", info % b"before")
    run(2)
    for payload in (info % b"run1", b"[1]", b"\xff", b'{"run": 3}'):
        broker.publish_to_client("acumat/attic/info", payload)
    run(1)
    assert "another mat" not in caplog.text
    for _ in range(3):
        broker.publish_to_client("acumat/attic/info", info % b"run2")
        run(1)
    assert caplog.text.count("another mat publishes as attic; another client uses the same client id") == 1


def test_the_end_of_an_outage_is_logged(broker: FakeBroker, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """Connected, lost, connected again: both are in the log, however short the time between."""
    with caplog.at_level(logging.INFO):
        run(2)
        assert broker.link is not None
        broker.link.events.append(LinkClosed(ConnectionFailure.LOST, "broke"))
        run(20)
    lines = [record.message for record in caplog.records]
    assert [line.partition(";")[0].partition(" after")[0] for line in lines] == [
        "mqtt: connected to the broker with MQTT 5",
        "mqtt: broke",
        "mqtt: connected to the broker with MQTT 5",
    ]
    assert " after 1 s" in lines[2]


def test_live_frames_come_only_under_a_lease(
    wire: Wire, broker: FakeBroker, outbox: Outbox, clock: ManualClock, names: TopicNames
) -> None:
    """Five a second for ten seconds, with QoS 0; the lease ends by itself."""
    receiver = CommandReceiver(names, lambda request: request.answer(None), clock, lambda: True)
    uplink = wire(receiver)
    outbox.put(tick(load_n=120.0, lost=1), None)
    run_for(uplink, clock, 5)
    assert broker.on("/live") == []
    broker.publish_to_client("acumat/attic/cmd/live_lease", b"")
    run_for(uplink, clock, 20)
    frames = broker.on("/live")
    assert 45 <= len(frames) <= 51
    assert {(frame.qos, frame.retain) for frame in frames} == {(0, False)}
    shown = json.loads(frames[0].payload)
    assert (len(shown["kg"]), shown["load_kg"], shown["q"][:2], shown["seq"]) == (12, 12.24, [1, 0], 1)
    for bad in (b"61", b"-1", b"x", b"null "):
        broker.publish_to_client("acumat/attic/cmd/live_lease", bad)
        run_for(uplink, clock, 2)
    oks = [json.loads(message.payload)["ok"] for message in broker.on("/cmd_result")]
    assert oks == [True, False, False, False, True]


def test_an_acknowledgement_of_nothing_is_nothing(broker: FakeBroker, outbox: Outbox, run: Run) -> None:
    """An acknowledgement of a message that was never sent does not change the messages in flight."""
    outbox.put(tick(), None)
    run(1)
    assert broker.link is not None
    broker.link.events.append(MessageAcknowledged(4711))
    run(1)
    assert len(broker.messages) == 6


def test_after_offline_the_last_will_is_discarded(
    broker: FakeBroker, retained_state: RetainedState, run: Run, uplink: Uplink, outbox: Outbox
) -> None:
    """At the end of the program availability is offline and the connection is closed with DISCONNECT."""
    outbox.put(tick(), None)
    run(2)
    retained_state.go_offline(unknown_state())
    run(0.2)
    run(2)
    assert uplink.drained
    uplink.disconnect()
    assert broker.on("/availability")[-1].payload == b"offline"
    assert broker.messages[-1].topic == "acumat/attic/state"
    last = json.loads(broker.messages[-1].payload)
    assert {key for key, value in last.items() if value not in (None, [])} == {"v"}
    assert broker.graceful_closes == [True]


def test_without_an_acknowledged_offline_the_last_will_is_published(
    broker: FakeBroker, retained_state: RetainedState, run: Run, uplink: Uplink
) -> None:
    """The broker froze before the end: the mat closes without DISCONNECT, so the will remains."""
    run(2)
    broker.acknowledges = False
    retained_state.go_offline(unknown_state())
    run(0.2)
    assert not uplink.drained
    uplink.disconnect()
    uplink.disconnect()
    assert broker.graceful_closes == [False]


@pytest.mark.parametrize("version", ProtocolVersion)
def test_controls_are_discovered_only_with_commands(
    version: ProtocolVersion, wire: Wire, broker: FakeBroker, clock: ManualClock, names: TopicNames
) -> None:
    """With 3.1.1 the mat subscribes to nothing, so Home Assistant gets no controls."""
    broker.versions = (version,)
    run_for(wire(CommandReceiver(names, lambda request: request.answer(None), clock, lambda: True)), clock, 2)
    [message] = broker.on("/config")
    assert (b"command_topic" in message.payload) is (version is ProtocolVersion.V5)


def test_a_broker_with_a_small_limit_gets_nothing_larger(
    broker: FakeBroker, outbox: Outbox, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """It takes packets of 256 bytes: availability fits, the discovery does not, and the connection stands."""
    broker.packet_max = 256
    outbox.put(tick(), None)
    run(30)
    assert [message.topic for message in broker.messages] == ["acumat/attic/availability"]
    assert f"the broker takes packets up to 256 bytes: {DISCOVERY} is not sent" in caplog.text
    assert len(broker.attempts) == 1
