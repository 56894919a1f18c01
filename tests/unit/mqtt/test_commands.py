"""Commands: accepted, rejected with a reason, ignored, and rate-limited."""

import json

import pytest

from firmware.commands import Request
from firmware.mqtt.backoff import Backoff
from firmware.mqtt.commands import BURST, PAYLOAD_MAX_BYTES, RESULTS_MAX, CommandReceiver
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.retained_state import RetainedState
from firmware.mqtt.uplink import Uplink
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker

ROOT = "acumat/attic/cmd/"


class CommandDispatcher:
    """A dispatcher that stores requests and answers all with error."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.error: str | None = None

    def submit(self, request: Request) -> None:
        """Store it and answer."""
        self.requests.append(request)
        request.answer(self.error)


@pytest.fixture
def dispatcher() -> CommandDispatcher:
    return CommandDispatcher()


@pytest.fixture
def receiver(dispatcher: CommandDispatcher, clock: ManualClock) -> CommandReceiver:
    return CommandReceiver("attic", dispatcher.submit, clock, lambda: True)


def answers(receiver: CommandReceiver) -> list[dict[str, object]]:
    found = []
    while (answer := receiver.next_result()) is not None:
        found.append(json.loads(answer))
    return found


@pytest.mark.parametrize(
    ("name", "payload", "value"),
    [
        ("discomfort", b"", None),
        ("end", b'{"id": 7}', None),
        ("goal_min", b"12.5", 12.5),
        ("goal_min", b' {"value": 20} ', 20),
        ("preset", b"quick", "quick"),
        ("preset", b'"quick"', "quick"),
        ("person", "Zoë".encode(), "Zoë"),
        ("silent", b"true", True),
    ],
)
def test_valid_commands_reach_the_dispatcher(
    receiver: CommandReceiver, dispatcher: CommandDispatcher, name: str, payload: bytes, value: object
) -> None:
    """A bare value or an object: the dispatcher gets name and value, the result is ok."""
    assert receiver.receive(ROOT + name, payload, retained=False)
    assert dispatcher.requests == [Request(name, value)]
    [answer] = answers(receiver)
    assert (answer["name"], answer["ok"], answer["error"]) == (name, True, None)
    assert answer["t"] == 1.8e9 + 1000


@pytest.mark.parametrize(
    ("name", "payload", "why"),
    [
        ("reboot", b"", "unknown command; known are discomfort"),
        ("goal_min", b"120", "give number from 5 to 40"),
        ("goal_min", b"nan", "give number from 5 to 40"),
        ("goal_min", b"NaN", "give number from 5 to 40"),
        ("goal_min", b"true", "give number from 5 to 40"),
        ("goal_min", b"", "give number from 5 to 40"),
        ("level", b"2.5", "give whole number from 0 to 30"),
        ("preset", b"forever", "give quick, normal, long"),
        ("person", b"x" * 33, "give name"),
        ("discomfort", b"now", "give empty"),
        ("end", b'{"value": null, "force": true}', "unknown field `force`"),
        ("end", b"{", "the fields are value, id and t"),
        ("end", b"\xff\xfe", "utf-8"),
        ("end", b'{"t": 1800000900}', "older than 30 s"),
        ("person", b"x" * (PAYLOAD_MAX_BYTES + 1), "513 bytes: at most 512 are allowed"),
        ("goal_min", b"[" * 500, "give number"),
        ("remove_person", b"Zoe", "not available over MQTT, where any client of the broker could erase"),
    ],
)
def test_rejected_commands_have_a_reason(
    receiver: CommandReceiver, dispatcher: CommandDispatcher, name: str, payload: bytes, why: str
) -> None:
    """Nothing reaches the dispatcher."""
    assert receiver.receive(ROOT + name, payload, retained=False)
    assert dispatcher.requests == []
    [answer] = answers(receiver)
    assert answer["ok"] is False
    assert why in str(answer["error"])


def test_the_result_has_the_reason_of_the_dispatcher_and_the_id(
    receiver: CommandReceiver, dispatcher: CommandDispatcher
) -> None:
    """There is no session to end."""
    dispatcher.error = "There is no session: lie down first."
    receiver.receive(ROOT + "end", b'{"id": "a-1"}', retained=False)
    assert [(one["id"], one["ok"], one["error"]) for one in answers(receiver)] == [("a-1", False, dispatcher.error)]


def test_retained_and_foreign_messages_are_ignored(receiver: CommandReceiver, dispatcher: CommandDispatcher) -> None:
    """A retained command would be executed again at every connection; other topics are no commands."""
    assert receiver.receive(ROOT + "end", b"", retained=True)
    assert not receiver.receive("homeassistant/status", b"online", retained=False)
    assert (dispatcher.requests, answers(receiver), receiver.ignored) == ([], [], 1)


def test_without_a_set_clock_no_command_is_old(dispatcher: CommandDispatcher, clock: ManualClock) -> None:
    """Without a synchronised clock the age of a command is unknown."""
    receiver = CommandReceiver("attic", dispatcher.submit, clock, lambda: False)
    receiver.receive(ROOT + "end", b'{"t": 1}', retained=False)
    assert len(dispatcher.requests) == 1
    assert [one["t"] for one in answers(receiver)] == [None]


def test_a_flood_is_rate_limited(receiver: CommandReceiver, dispatcher: CommandDispatcher, clock: ManualClock) -> None:
    """A thousand at once: ten are accepted, then one a second; ignored commands have no result."""
    for _ in range(1000):
        receiver.receive(ROOT + "discomfort", b"", retained=False)
    assert len(dispatcher.requests) == len(answers(receiver)) == BURST
    assert receiver.ignored == 1000 - BURST
    clock.sleep_s(3.0)
    for _ in range(10):
        receiver.receive(ROOT + "discomfort", b"", retained=False)
    assert len(dispatcher.requests) == BURST + 3


def test_results_are_bounded(receiver: CommandReceiver, clock: ManualClock) -> None:
    """Results that cannot be sent, while the broker is away, are limited to the newest."""
    for _ in range(100):
        clock.sleep_s(2.0)
        receiver.receive(ROOT + "reboot", b"", retained=False)
    assert len(answers(receiver)) == RESULTS_MAX


def test_over_the_broker(
    broker: FakeBroker, retained_state: RetainedState, clock: ManualClock, dispatcher: CommandDispatcher
) -> None:
    """A command is received, its result published once and not retained."""
    receiver = CommandReceiver("attic", dispatcher.submit, clock, lambda: True)
    uplink = Uplink(broker.dial, Outbox(), retained_state, clock, Backoff("acumat-attic"), commands=receiver)
    run_for(uplink, clock, 2.0)
    broker.publish_to_client(ROOT + "goal_min", b"15")
    broker.publish_to_client(ROOT + "goal_min", b"10", retained=True)
    run_for(uplink, clock, 2.0)
    assert dispatcher.requests == [Request("goal_min", 15)]
    [answer] = broker.on("/cmd_result")
    assert (json.loads(answer.payload)["ok"], answer.retain) == (True, False)


def run_for(uplink: Uplink, clock: ManualClock, seconds: float) -> None:
    end_s = clock.now_s + seconds
    while clock.now_s < end_s:
        if not uplink.step(0.1):
            clock.sleep_s(0.1)
