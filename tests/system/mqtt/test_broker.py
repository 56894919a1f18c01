"""A dashboard and a mat on a real mosquitto. Every payload is checked with a closed schema."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Literal

import jsonschema
import msgspec
import pytest

from firmware.clock import SystemClock
from firmware.commands import Request
from firmware.config import Device, Mqtt
from firmware.enums import Exit, Reason, State
from firmware.errors import BrokerError
from firmware.events import LieDown, MatEmptied, SessionEnded, SessionSummary, StageChanged
from firmware.mqtt import Publisher
from firmware.mqtt.commands import BURST, PER_S
from firmware.mqtt.controls import CONTROLS
from firmware.mqtt.forget import forget, forget_dialer
from firmware.mqtt.notes import NOTES, Notes
from firmware.mqtt.parts import MatParts
from firmware.mqtt.schemas import schemas
from firmware.mqtt.topics import TopicNames
from hardware.board import load_board
from sim.broker import ADDRESS, Mosquitto
from tests.doubles.ticks import tick

pytestmark = pytest.mark.broker

ROOT = Path(__file__).resolve().parents[3]
SUMMARY = SessionSummary(1, 1.0, 61.0, 60.0, 600.0, Reason.LEFT_EARLY, Exit.ROLLED, 2, counted=True)
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """A component of the discovery message: Home Assistant's names of options, as far as the mat uses them."""

    platform: Literal[
        "binary_sensor", "sensor", "event", "image", "button", "select", "number", "text", "device_automation"
    ]
    unique_id: Annotated[str, msgspec.Meta(pattern="^acumat_attic_[a-z0-9_]+$")] | None = None
    name: Words | None = None
    qos: Literal[1] | None = None
    availability: list[dict[str, str]] = []
    availability_mode: Literal["all"] | None = None
    value_template: str | None = None
    state_topic: Words | None = None
    command_topic: Words | None = None
    command_template: Literal["{{ {'value': value} | tojson }}"] | None = None
    pattern: str | None = None
    image_topic: Words | None = None
    content_type: Literal["image/png"] | None = None
    json_attributes_topic: Words | None = None
    json_attributes_template: str | None = None
    payload_press: Literal["true"] | None = None
    entity_category: Literal["config", "diagnostic"] | None = None
    enabled_by_default: Literal[False] | None = None
    optimistic: Literal[False] | None = None
    icon: Annotated[str, msgspec.Meta(pattern="^mdi:[a-z-]+$")] | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    mode: Literal["slider", "box"] | None = None
    device_class: Words | None = None
    unit_of_measurement: Words | None = None
    state_class: Literal["measurement"] | None = None
    suggested_display_precision: int | None = None
    options: list[Words] | None = None
    event_types: list[Words] | None = None
    automation_type: Literal["trigger"] | None = None
    topic: Words | None = None
    payload: Words | None = None
    type: Words | None = None
    subtype: Words | None = None


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    """The device in the discovery message."""

    identifiers: Annotated[list[Words], msgspec.Meta(min_length=1)]
    name: Words
    manufacturer: Words
    model: Words
    model_id: Words
    sw_version: Words


class Origin(msgspec.Struct, forbid_unknown_fields=True):
    """The origin; the name is required."""

    name: Words
    sw_version: Words


class DiscoveryMessage(msgspec.Struct, forbid_unknown_fields=True):
    """The discovery topic: the top level takes no other key."""

    device: Thing
    origin: Origin
    components: dict[Words, Part]


PUBLISHED = ("info", "state", "event", "diag")


def check(topic: str, payload: bytes) -> None:
    """Hold a message against the schema of its topic; here no unknown key is allowed."""
    name = topic.rpartition("/")[2]
    schema = schemas()["session" if "/session/" in topic else name]
    shown = json.loads(payload)
    options = schema.get("oneOf", [schema])
    if name == "event":
        options = [one for one in options if one["properties"]["event_type"]["const"] == shown["event_type"]]
    closed = {**options[0], "additionalProperties": False}
    jsonschema.Draft202012Validator(closed).validate(shown)


def test_a_dashboard_that_comes_late_knows_everything_from_what_is_retained(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """A mat after a session; a dashboard starts afterwards and gets each retained topic once, and no old event."""
    publisher, witness = mat(broker.port), dashboard(broker)
    event = LieDown(t_s=1.0, detected_s=1.5, load_n=600.0)
    publisher.offer(tick(1.5, State.SETTLING, load_n=600.0, events=(event,)))
    publisher.offer(tick(70.0, State.AFTERCARE, load_n=0.0, events=(SessionEnded(70.0, SUMMARY),)))
    witness.until(lambda: len(witness.on("/event")) == 3 and bool(witness.on("/availability")))
    late = dashboard(broker)
    late.until(lambda: len(late.received) >= 7)
    time.sleep(0.2)
    retained = {message.topic.removeprefix("acumat/attic/"): message.payload for message in late.received}
    assert sorted(retained) == [
        "availability", "diag", "homeassistant/device/attic/config", "info", "map", "session/last", "state",
    ]  # fmt: skip
    assert all(message.retain for message in late.received)
    assert retained["availability"] == b"online"
    for message in witness.received:
        if message.topic.rpartition("/")[2] in PUBLISHED or "/session/" in message.topic:
            check(message.topic, message.payload)
    discovery = msgspec.json.decode(retained["homeassistant/device/attic/config"], type=DiscoveryMessage)
    topics = {part.state_topic or part.image_topic or part.topic for part in discovery.components.values()}
    assert topics - {None, "acumat/attic/event"} <= {message.topic for message in late.received}
    kinds = {part.platform for part in discovery.components.values() if part.unique_id}
    assert kinds == {"binary_sensor", "sensor", "event", "image"}


def test_the_state_comes_before_online(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """The last run was killed in a session; nobody may see its state as that of a mat that is online."""
    witness = dashboard(broker)
    witness.say("acumat/attic/state", b'{"occupied":"ON"}')
    publisher = mat(broker.port)
    time.sleep(0.5)
    assert witness.on("attic/availability") == []
    publisher.offer(tick(1.0))
    witness.until(lambda: bool(witness.on("attic/availability")))
    topics = [message.topic.rpartition("/")[2] for message in witness.received]
    assert topics.index("availability") > len(topics) - 1 - topics[::-1].index("state")


def test_an_event_comes_at_once_and_is_not_kept(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """A person lies down: the dashboard gets it within half a second, as an event that the broker does not retain."""
    publisher, witness = mat(broker.port), dashboard(broker)
    witness.until(lambda: bool(witness.on("/info")))
    event = LieDown(t_s=1.0, detected_s=1.5, load_n=600.0)
    began_s = perf_counter()
    publisher.offer(tick(1.5, State.SETTLING, load_n=600.0, events=(event, StageChanged(1.0, State.SETTLING))))
    witness.until(lambda: len(witness.on("/event")) == 3)
    assert perf_counter() - began_s < 0.5
    assert [json.loads(message.payload)["event_type"] for message in witness.on("/event")] == [
        "session_started",
        "lie_down",
        "stage_changed",
    ]
    assert not any(message.retain for message in witness.on("/event"))


def test_a_restless_load_is_published_every_ten_seconds(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """Three seconds of a restless load: one state at first; the stage that changes then is published at once."""
    publisher, witness = mat(broker.port), dashboard(broker)
    for n in range(60):
        publisher.offer(tick(n / 10, State.RESTING, load_n=500.0 + 10 * n))
        time.sleep(0.05)
    assert len([message for message in witness.on("/state") if not message.retain]) <= 1
    publisher.offer(tick(20.0, State.CLOSING, load_n=649.3))
    witness.until(lambda: b'"closing"' in witness.on("/state")[-1].payload)
    assert json.loads(witness.on("/state")[-1].payload)["load_kg"] == 66.2


def test_home_assistant_starting_gets_the_discovery_again(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """Its birth message makes the mat publish everything again; the broker may have lost it."""
    mat(broker.port).offer(tick())
    witness = dashboard(broker)
    witness.until(lambda: bool(witness.on("/info")))
    witness.say("homeassistant/status", b"online")
    witness.until(lambda: len([m for m in witness.on("/availability") if not m.retain]) >= 1)
    witness.until(lambda: len([m for m in witness.on("/config") if not m.retain]) >= 1)


def test_killed_mat_is_shown_offline(broker: Mosquitto, dashboard: Callable[..., Any]) -> None:
    """Killed with -9: the broker publishes the last will within two seconds, retained."""
    child = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("child.py")), str(broker.port)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        witness = dashboard(broker)
        witness.until(lambda: [one.payload for one in witness.on("/availability")[-1:]] == [b"online"])
        assert witness.on("/state")
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    witness.until(lambda: witness.on("/availability")[-1].payload == b"offline", timeout_s=2.0)
    late = dashboard(broker)
    late.until(lambda: bool(late.on("/availability")))
    assert late.on("/availability")[0].payload == b"offline"


def test_a_mat_that_ends_leaves_no_half_state(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """The program ends while an event waits: the event, offline, a state of nulls, then DISCONNECT, in two seconds."""
    publisher, witness = mat(broker.port), dashboard(broker)
    publisher.offer(tick(1.0, State.RESTING, load_n=600.0))
    witness.until(lambda: bool(witness.on("attic/availability")))
    publisher.offer(tick(2.0, State.RESTING, load_n=600.0, events=(MatEmptied(0.0),)))
    began_s = perf_counter()
    publisher.close()
    assert perf_counter() - began_s < 2.0
    witness.until(lambda: witness.on("attic/availability")[-1].payload == b"offline")
    witness.until(lambda: json.loads(witness.on("/state")[-1].payload)["occupied"] is None)
    assert [json.loads(message.payload)["event_type"] for message in witness.on("/event")][-1] == "mat_emptied"
    broker.until_logged("Client acumat-attic disconnected.")
    publisher.close()


def test_a_mat_is_forgotten(broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]) -> None:
    """Renamed, retired or only tried: afterwards a new dashboard finds nothing at all."""
    publisher, witness = mat(broker.port), dashboard(broker)
    publisher.offer(tick(1.0, events=(SessionEnded(1.0, SUMMARY),)))
    witness.until(lambda: len({message.topic for message in witness.received}) >= 9)
    publisher.close()
    mqtt, names = Mqtt(enabled=True, host=ADDRESS, port=broker.port), TopicNames("attic")
    assert forget(forget_dialer(mqtt, names), names, SystemClock())[0] == "homeassistant/device/attic/config"
    late = dashboard(broker)
    time.sleep(0.5)
    assert late.received == []


def test_a_broker_that_is_not_there_forgets_nothing() -> None:
    """One clear error."""
    mqtt, names = Mqtt(enabled=True, host=ADDRESS, port=1), TopicNames("attic")
    with pytest.raises(BrokerError, match="nothing is removed for sure"):
        forget(forget_dialer(mqtt, names), names, SystemClock())


class AcceptingNotebook:
    """A notebook that keeps everything as requests."""

    def __init__(self, requests: list[Request]) -> None:
        self._requests = requests

    def read(self, _person: str | None) -> Notes:
        """Return an empty one."""
        return Notes(usable=tuple(NOTES))

    def write(self, name: str, value: object, _person: str | None, answer: Callable[[str | None], None]) -> None:
        """Keep it."""
        self._requests.append(Request(name, value))
        answer(None)


@contextmanager
def accepting(broker: Mosquitto) -> Iterator[list[Request]]:
    """A publisher whose dispatcher accepts everything; yields the requests as they arrive."""
    requests: list[Request] = []

    def submit(request: Request) -> None:
        requests.append(request)
        request.answer(None)

    mqtt = Mqtt(enabled=True, host=ADDRESS, port=broker.port, share_pain=True, share_person=True)
    parts = MatParts(submit=submit, notebook=AcceptingNotebook(requests))
    publisher = Publisher(mqtt, Device(id="attic"), load_board(), SystemClock(), run_id="run1", parts=parts)
    publisher.offer(tick())
    try:
        yield requests
    finally:
        publisher.close()


def test_a_command_has_a_result_within_half_a_second(broker: Mosquitto, dashboard: Callable[..., Any]) -> None:
    """Over a real broker: the dispatcher hears the request, the answer comes back; a retained one is never obeyed."""
    with accepting(broker) as requests:
        witness = dashboard(broker)
        witness.until(lambda: bool(witness.on("attic/availability")))
        asked_s = perf_counter()
        witness.say("acumat/attic/cmd/goal_min", b'{"id": 5, "value": 15}')
        witness.until(lambda: bool(witness.on("/cmd_result")))
        [answer] = witness.on("/cmd_result")
        assert answer.at_s - asked_s < 0.5
        assert (json.loads(answer.payload)["id"], json.loads(answer.payload)["ok"]) == (5, True)
        assert requests == [Request("goal_min", 15)]


def sent(part: Part) -> list[bytes]:
    """What Home Assistant publishes for a control: each option, both ends of a number, a press."""
    if part.platform == "button":
        return [str(part.payload_press).encode()]
    if part.platform == "select":
        return [option.encode() for option in part.options or []]
    if part.platform == "text":
        return [json.dumps({"value": text}).encode() for text in ("", "20:15")]  # by its command_template
    assert part.min is not None
    assert part.max is not None
    return [str(int(part.min)).encode(), str(int(part.max)).encode()]  # it sends whole numbers without a point


def test_every_control_of_home_assistant_works(broker: Mosquitto, dashboard: Callable[..., Any]) -> None:
    """All controls of the discovery message are used once, over a real broker: each request reaches the dispatcher."""
    with accepting(broker) as requests:
        witness = dashboard(broker)
        witness.until(lambda: bool(witness.on("/config")))
        discovery = msgspec.json.decode(witness.on("/config")[0].payload, type=DiscoveryMessage)
        controls = [part for part in discovery.components.values() if part.command_topic]
        assert {part.platform for part in controls} == {"button", "select", "number", "text"}
        asked = 0
        for part in controls:
            for payload in sent(part):
                witness.say(str(part.command_topic), payload)
                asked += 1
                witness.until(lambda: len(witness.on("/cmd_result")) == asked)  # noqa: B023 - waited for at once
                if asked >= BURST:
                    time.sleep(1.0 / PER_S)
        answers = [json.loads(message.payload) for message in witness.on("/cmd_result")]
        assert [answer for answer in answers if not answer["ok"]] == []
        assert {request.name for request in requests} == {control.command for control in CONTROLS}
