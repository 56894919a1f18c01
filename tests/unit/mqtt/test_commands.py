"""Commands: what is obeyed, what is refused with a reason, what is ignored, and that a flood is a trickle."""

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
    """Takes requests, and answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[Request] = []
        self.error: str | None = None

    def submit(self, request: Request) -> None:
        """Keep it and answer."""
        self.heard.append(request)
        request.answer(self.error)


@pytest.fixture
def dispatcher() -> CommandDispatcher:
    return CommandDispatcher()


@pytest.fixture
def ear(dispatcher: CommandDispatcher, clock: ManualClock) -> CommandReceiver:
    return CommandReceiver("attic", dispatcher.submit, clock, lambda: True)


def answers(ear: CommandReceiver) -> list[dict[str, object]]:
    found = []
    while (answer := ear.next_result()) is not None:
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
def test_what_is_obeyed(
    ear: CommandReceiver, dispatcher: CommandDispatcher, name: str, payload: bytes, value: object
) -> None:
    """A bare value or an object: the dispatcher hears the name and the value, the answer says so."""
    assert ear.take(ROOT + name, payload, retained=False)
    assert dispatcher.heard == [Request(name, value)]
    [answer] = answers(ear)
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
        ("level", b"2.5", "give whole number from 1 to 30"),
        ("preset", b"forever", "give quick, normal, long"),
        ("person", b"x" * 33, "give name"),
        ("discomfort", b"now", "give empty"),
        ("end", b'{"value": null, "force": true}', "unknown field `force`"),
        ("end", b"{", "give value, id and t"),
        ("end", b"\xff\xfe", "utf-8"),
        ("end", b'{"t": 1800000900}', "older than 30 s"),
        ("person", b"x" * (PAYLOAD_MAX_BYTES + 1), "513 bytes: give at most 512"),
        ("goal_min", b"[" * 500, "give number"),
        ("remove_person", b"Zoe", "not by MQTT: whoever reaches the broker could erase"),
    ],
)
def test_what_is_refused_says_why(
    ear: CommandReceiver, dispatcher: CommandDispatcher, name: str, payload: bytes, why: str
) -> None:
    """Nothing reaches the dispatcher."""
    assert ear.take(ROOT + name, payload, retained=False)
    assert dispatcher.heard == []
    [answer] = answers(ear)
    assert answer["ok"] is False
    assert why in str(answer["error"])


def test_the_answer_carries_the_desk_s_word_and_the_id(ear: CommandReceiver, dispatcher: CommandDispatcher) -> None:
    """There is no session to end."""
    dispatcher.error = "There is no session: lie down first."
    ear.take(ROOT + "end", b'{"id": "a-1"}', retained=False)
    assert [(one["id"], one["ok"], one["error"]) for one in answers(ear)] == [("a-1", False, dispatcher.error)]


def test_retained_and_foreign_messages_are_not_obeyed(ear: CommandReceiver, dispatcher: CommandDispatcher) -> None:
    """What a broker has kept would be obeyed again at every start; other topics are others' business."""
    assert ear.take(ROOT + "end", b"", retained=True)
    assert not ear.take("homeassistant/status", b"online", retained=False)
    assert (dispatcher.heard, answers(ear), ear.ignored) == ([], [], 1)


def test_without_a_set_clock_no_command_is_old(dispatcher: CommandDispatcher, clock: ManualClock) -> None:
    """The mat does not know what time it is."""
    ear = CommandReceiver("attic", dispatcher.submit, clock, lambda: False)
    ear.take(ROOT + "end", b'{"t": 1}', retained=False)
    assert len(dispatcher.heard) == 1
    assert [one["t"] for one in answers(ear)] == [None]


def test_a_flood_is_a_trickle(ear: CommandReceiver, dispatcher: CommandDispatcher, clock: ManualClock) -> None:
    """A thousand at once: ten are heard, then one a second, and no answer feeds the flood."""
    for _ in range(1000):
        ear.take(ROOT + "discomfort", b"", retained=False)
    assert len(dispatcher.heard) == len(answers(ear)) == BURST
    assert ear.ignored == 1000 - BURST
    clock.sleep_s(3.0)
    for _ in range(10):
        ear.take(ROOT + "discomfort", b"", retained=False)
    assert len(dispatcher.heard) == BURST + 3


def test_answers_that_nobody_fetches_are_bounded(ear: CommandReceiver, clock: ManualClock) -> None:
    """A broker that is away for long."""
    for _ in range(100):
        clock.sleep_s(2.0)
        ear.take(ROOT + "reboot", b"", retained=False)
    assert len(answers(ear)) == RESULTS_MAX


def test_over_the_broker(
    broker: FakeBroker, retained_state: RetainedState, clock: ManualClock, dispatcher: CommandDispatcher
) -> None:
    """A command comes in, the answer goes out, once and not retained."""
    ear = CommandReceiver("attic", dispatcher.submit, clock, lambda: True)
    uplink = Uplink(broker.dial, Outbox(), retained_state, clock, Backoff("acumat-attic"), commands=ear)
    run_for(uplink, clock, 2.0)
    broker.say(ROOT + "goal_min", b"15")
    broker.say(ROOT + "goal_min", b"10", retained=True)
    run_for(uplink, clock, 2.0)
    assert dispatcher.heard == [Request("goal_min", 15)]
    [answer] = broker.on("/cmd_result")
    assert (json.loads(answer.payload)["ok"], answer.retain) == (True, False)


def run_for(uplink: Uplink, clock: ManualClock, seconds: float) -> None:
    end_s = clock.now_s + seconds
    while clock.now_s < end_s:
        if not uplink.step(0.1):
            clock.sleep_s(0.1)
