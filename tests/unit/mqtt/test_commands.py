"""Commands: accepted, rejected with a reason, ignored, and rate-limited."""

import json

import pytest

from firmware.commands import Request
from firmware.mqtt.commands import BURST, NO_CLOCK, PAYLOAD_MAX_BYTES, RESULTS_MAX, TOO_MANY, CommandReceiver
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.replay import ASK, replay_command
from firmware.mqtt.topics import TopicNames
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker
from tests.unit.mqtt.conftest import Wire, run_for

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
    return CommandReceiver(TopicNames("attic"), dispatcher.submit, clock, lambda: True)


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
        ("goal_min", b"120", "give a number from 5 to 40"),
        ("goal_min", b"nan", "give a number from 5 to 40"),
        ("goal_min", b"NaN", "give a number from 5 to 40"),
        ("goal_min", b"true", "give a number from 5 to 40"),
        ("goal_min", b"", "give a number from 5 to 40"),
        ("level", b"2.5", "give a whole number from 0 to 30"),
        ("preset", b"forever", "give one of quick, normal, long"),
        ("person", b"x" * 33, "give a name of 1 to 32"),
        ("discomfort", b"now", "this command takes no value: send an empty message"),
        ("end", b'{"value": null, "force": true}', "unknown field `force`"),
        ("end", b"{", "the fields are value, id and t"),
        ("end", b"\xff\xfe", "utf-8"),
        ("end", b'{"t": 1800000900}', "older than 30 s"),
        ("end", b'{"t": 1831536000}', "more than 30 s in the future"),
        ("person", b"x" * (PAYLOAD_MAX_BYTES + 1), "513 bytes: at most 512 are allowed"),
        ("goal_min", b"[" * 500, "give a number"),
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


def test_without_a_set_clock_a_dated_command_is_refused(dispatcher: CommandDispatcher, clock: ManualClock) -> None:
    """Its age cannot be known. Without a date it is obeyed; the result has no time either."""
    receiver = CommandReceiver(TopicNames("attic"), dispatcher.submit, clock, lambda: False)
    receiver.receive(ROOT + "end", b'{"t": 0}', retained=False)
    assert dispatcher.requests == []
    receiver.receive(ROOT + "end", b"", retained=False)
    assert len(dispatcher.requests) == 1
    assert [(one["t"], one["error"]) for one in answers(receiver)] == [(None, NO_CLOCK), (None, None)]


def test_a_flood_is_rate_limited_and_answered(
    receiver: CommandReceiver, dispatcher: CommandDispatcher, clock: ManualClock
) -> None:
    """A hundred at once: ten are obeyed, then one a second; the others are answered too, with their id."""
    for n in range(100):
        receiver.receive(ROOT + "show_state", b'{"id": %d}' % n, retained=False)
    assert len(dispatcher.requests) == BURST
    found = answers(receiver)
    assert sorted(int(str(one["id"])) for one in found) == list(range(100))
    assert [one["error"] for one in found] == [None] * BURST + [TOO_MANY] * 90
    clock.sleep_s(3.0)
    for _ in range(10):
        receiver.receive(ROOT + "show_state", b"", retained=False)
    assert len(dispatcher.requests) == BURST + 3


@pytest.mark.parametrize("name", ["discomfort", "end"])
def test_a_flood_does_not_keep_out_the_commands_of_safety(
    receiver: CommandReceiver, dispatcher: CommandDispatcher, name: str
) -> None:
    """A thousand of another command first; "it hurts" is obeyed, and answered before what was refused for the rate."""
    for _ in range(1000):
        receiver.receive(ROOT + "show_state", b"", retained=False)
    answers(receiver)
    receiver.receive(ROOT + "show_state", b"", retained=False)
    receiver.receive(ROOT + name, b"", retained=False)
    assert dispatcher.requests[-1] == Request(name)
    assert [one["name"] for one in answers(receiver)] == [name, "show_state"]


def test_the_same_id_is_obeyed_once_and_answered_twice(
    receiver: CommandReceiver, dispatcher: CommandDispatcher
) -> None:
    """A client sends again because the answer was lost. The same id of another command is another command."""
    for _ in range(2):
        receiver.receive(ROOT + "goal_min", b'{"value": 15, "id": "a"}', retained=False)
    receiver.receive(ROOT + "silent", b'{"id": "a"}', retained=False)
    assert [request.name for request in dispatcher.requests] == ["goal_min", "silent"]
    assert [(one["name"], one["ok"]) for one in answers(receiver)] == [("goal_min", True)] * 2 + [("silent", True)]


def test_the_last_command_and_refusals_are_shown(dispatcher: CommandDispatcher, clock: ManualClock) -> None:
    """A dashboard shows the newest result; a refusal is an event, but not one for the rate."""
    refusals: list[tuple[str, str]] = []
    receiver = CommandReceiver(
        TopicNames("attic"), dispatcher.submit, clock, lambda: True, refused=lambda *one: refusals.append(one)
    )
    assert receiver.last is None
    dispatcher.error = "There is no session: lie down first."
    for _ in range(BURST + 5):
        receiver.receive(ROOT + "carry_on", b"", retained=False)
    assert receiver.last is not None
    assert (receiver.last.name, receiver.last.error) == ("carry_on", dispatcher.error)
    assert refusals == [("carry_on", dispatcher.error)] * BURST


def test_a_mat_that_switches_off_answers(receiver: CommandReceiver, dispatcher: CommandDispatcher) -> None:
    """The loop has ended: nobody could obey."""
    receiver.ending = True
    receiver.receive(ROOT + "end", b"", retained=False)
    assert dispatcher.requests == []
    assert [one["error"] for one in answers(receiver)] == ["the mat is switching off"]


@pytest.mark.parametrize("payload", [b"-1", b"true", b"x", b"", b'{"since_seq": "x"}'])
def test_a_replay_needs_a_seq(receiver: CommandReceiver, payload: bytes) -> None:
    """A whole number from 0."""
    receiver.own["replay"] = replay_command(Outbox())
    receiver.receive(ROOT + "replay", payload, retained=False)
    [answer] = answers(receiver)
    assert answer["error"] == ASK or "since_seq" in str(answer["error"])


def test_results_are_bounded(receiver: CommandReceiver, clock: ManualClock) -> None:
    """Results that cannot be sent, while the broker is away, are limited to the newest."""
    for _ in range(RESULTS_MAX + 20):
        clock.sleep_s(2.0)
        receiver.receive(ROOT + "reboot", b"", retained=False)
    assert len(answers(receiver)) == RESULTS_MAX


def test_over_the_broker(wire: Wire, broker: FakeBroker, clock: ManualClock, dispatcher: CommandDispatcher) -> None:
    """A command is received, its result published once and not retained."""
    receiver = CommandReceiver(TopicNames("attic"), dispatcher.submit, clock, lambda: True)
    uplink = wire(receiver)
    run_for(uplink, clock, 2.0)
    broker.publish_to_client(ROOT + "goal_min", b"15")
    broker.publish_to_client(ROOT + "goal_min", b"10", retained=True)
    run_for(uplink, clock, 2.0)
    assert dispatcher.requests == [Request("goal_min", 15)]
    [answer] = broker.on("/cmd_result")
    assert (json.loads(answer.payload)["ok"], answer.retain) == (True, False)
