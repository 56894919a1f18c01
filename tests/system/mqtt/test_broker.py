"""A dashboard and a mat on a real mosquitto. Every payload is checked with a closed schema."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Literal

import msgspec
import pytest

from firmware.clock import SystemClock
from firmware.commands import Request
from firmware.config import Device, Mqtt
from firmware.enums import State
from firmware.events import LieDown, MatEmptied, StageChanged
from firmware.mqtt import Publisher
from firmware.mqtt.commands import BURST, PER_S
from firmware.mqtt.entities import CONTROLS
from hardware.board import load_board
from sim.broker import ADDRESS, Mosquitto
from tests.doubles.ticks import tick

pytestmark = pytest.mark.broker

ROOT = Path(__file__).resolve().parents[3]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class StateMessage(msgspec.Struct, forbid_unknown_fields=True):
    """The state topic, written down a second time."""

    v: Literal[1]
    occupied: Literal["ON", "OFF"]
    stage: Words
    guidance: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]  # the most of a state in Home Assistant
    elapsed_s: Annotated[int, msgspec.Meta(ge=0, multiple_of=10)]
    load_kg: float | None
    goal_min: Annotated[float, msgspec.Meta(ge=5, le=40)]
    mode: Literal["normal", "quiet", "silent"]
    evenness_pct: Annotated[int, msgspec.Meta(ge=0, le=100)] | None
    wiggles: Annotated[int, msgspec.Meta(ge=0)]
    session: int | None
    overlong: Literal["ON", "OFF"]
    lost_cells: list[int]
    faults: list[str]
    fault: Literal["ON", "OFF"]
    frames_lost_s: Annotated[float, msgspec.Meta(ge=0)] | None


class InfoMessage(msgspec.Struct, forbid_unknown_fields=True):
    """The info topic."""

    v: Literal[1]
    id: Words
    name: Words
    software: Words
    run: Words
    board: Words
    rows: Literal[4]
    cols: Literal[3]
    mat_mm: tuple[int, int]
    rate_hz: int
    topics: list[Words]
    event_types: list[Words]


class LieDownMessage(msgspec.Struct, forbid_unknown_fields=True):
    """One event."""

    v: Literal[1]
    event_type: Literal["lie_down"]
    event_id: Annotated[str, msgspec.Meta(pattern=r"^attic-run1-\d+$")]
    seq: int
    t: float | None
    session: int | None
    t_s: float
    detected_s: float
    load_n: float


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """A component of the discovery message: Home Assistant's names of options, as far as the mat uses them."""

    platform: Literal["binary_sensor", "sensor", "event", "button", "select", "number"]
    unique_id: Annotated[str, msgspec.Meta(pattern="^acumat_attic_[a-z_]+$")]
    name: Words
    qos: Literal[1]
    value_template: Annotated[str, msgspec.Meta(pattern=r"^\{\{ value_json\.[a-z_]+ \}\}$")] | None = None
    state_topic: Words | None = None
    command_topic: Words | None = None
    payload_press: Literal["true"] | None = None
    entity_category: Literal["config", "diagnostic"] | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    mode: Literal["slider"] | None = None
    device_class: Literal["occupancy", "enum", "duration", "weight", "identify", "problem"] | None = None
    unit_of_measurement: Literal["s", "kg", "min", "%"] | None = None
    state_class: Literal["measurement"] | None = None
    suggested_display_precision: int | None = None
    options: list[Words] | None = None
    event_types: list[Words] | None = None


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    """The device in the discovery message."""

    identifiers: Annotated[list[Words], msgspec.Meta(min_length=1)]
    name: Words
    model: Words
    sw_version: Words


class Origin(msgspec.Struct, forbid_unknown_fields=True):
    """The origin; the name is required."""

    name: Words
    sw_version: Words


class DiscoveryMessage(msgspec.Struct, forbid_unknown_fields=True):
    """The discovery topic: the top level takes no other key."""

    device: Thing
    origin: Origin
    availability_topic: Words
    components: dict[Words, Part]


SCHEMAS: dict[str, type[Any]] = {
    "acumat/attic/state": StateMessage,
    "acumat/attic/info": InfoMessage,
    "acumat/attic/event": LieDownMessage,
    "homeassistant/device/attic/config": DiscoveryMessage,
}


def test_a_dashboard_that_comes_late_knows_everything_from_what_is_retained(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """A mat in use for a while; a dashboard starts afterwards and gets each retained topic once, and no old event."""
    publisher, witness = mat(broker.port), dashboard(broker)
    event = LieDown(t_s=1.0, detected_s=1.5, load_n=600.0)
    publisher.offer(tick(1.5, State.SETTLING, load_n=600.0, events=(event,)))
    witness.until(lambda: len({message.topic for message in witness.received}) == 5)
    late = dashboard(broker)
    late.until(lambda: len(late.received) >= 4)
    time.sleep(0.2)
    retained = {message.topic: message.payload for message in late.received}
    assert sorted(retained) == sorted({*SCHEMAS, "acumat/attic/availability"} - {"acumat/attic/event"})
    assert all(message.retain for message in late.received)
    assert retained["acumat/attic/availability"] == b"online"
    for message in witness.received:
        if message.topic in SCHEMAS:
            msgspec.json.decode(message.payload, type=SCHEMAS[message.topic])
    discovery = msgspec.json.decode(retained["homeassistant/device/attic/config"], type=DiscoveryMessage)
    assert discovery.availability_topic in retained
    state = json.loads(retained["acumat/attic/state"])
    for part in discovery.components.values():
        if part.platform == "event":
            assert part.event_types
            assert "lie_down" in part.event_types
            assert part.state_topic == "acumat/attic/event"
        else:
            assert part.state_topic == "acumat/attic/state"
            assert part.value_template is not None
            assert part.value_template[14:-3] in state
    assert state["stage"] in (discovery.components["stage"].options or [])


def test_an_event_comes_at_once_and_is_not_kept(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """A person lies down: the dashboard gets it within half a second, as an event that the broker does not retain."""
    publisher, witness = mat(broker.port), dashboard(broker)
    witness.until(lambda: bool(witness.on("/info")))
    event = LieDown(t_s=1.0, detected_s=1.5, load_n=600.0)
    began_s = perf_counter()
    publisher.offer(tick(1.5, State.SETTLING, load_n=600.0, events=(event, StageChanged(1.0, State.SETTLING))))
    witness.until(lambda: len(witness.on("/event")) == 2)
    assert perf_counter() - began_s < 0.5
    assert [json.loads(message.payload)["event_type"] for message in witness.on("/event")] == [
        "lie_down",
        "stage_changed",
    ]
    assert not any(message.retain for message in witness.on("/event"))


def test_state_comes_at_most_once_a_second_and_only_on_change(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """Three seconds of a restless load at 50 Hz, then the same tick for another two: four or five states, then none."""
    publisher, witness = mat(broker.port), dashboard(broker)
    for n in range(150):
        publisher.offer(tick(n / 10, State.RESTING, load_n=500.0 + n))
        time.sleep(0.02)
    witness.until(lambda: bool(witness.on("/state")) and b'"load_kg":66.2' in witness.on("/state")[-1].payload)
    times = [message.at_s for message in witness.on("/state") if not message.retain]
    assert 3 <= len(times) <= 5
    assert all(later - earlier > 0.9 for earlier, later in pairwise(times))
    for _ in range(40):
        publisher.offer(tick(20.0, State.RESTING, load_n=649.3))  # 66.2 kg as well
        time.sleep(0.05)
    assert len([message for message in witness.on("/state") if not message.retain]) == len(times)


def test_home_assistant_starting_gets_the_discovery_again(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """Its birth message makes the mat publish everything again; the broker may have lost it."""
    mat(broker.port)
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
        witness.until(lambda: bool(witness.on("/state")))
        assert witness.on("/availability")[-1].payload == b"online"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    witness.until(lambda: witness.on("/availability")[-1].payload == b"offline", timeout_s=2.0)
    late = dashboard(broker)
    late.until(lambda: bool(late.on("/availability")))
    assert late.on("/availability")[0].payload == b"offline"


def test_a_mat_that_ends_publishes_offline(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """The program ends while an event is waiting: the event, then offline, then DISCONNECT, within two seconds."""
    publisher, witness = mat(broker.port), dashboard(broker)
    witness.until(lambda: bool(witness.on("/info")))
    publisher.offer(tick(events=(MatEmptied(0.0),)))
    began_s = perf_counter()
    publisher.close()
    assert perf_counter() - began_s < 2.0
    witness.until(lambda: witness.on("/availability")[-1].payload == b"offline")
    topics = [message.topic.rpartition("/")[2] for message in witness.received]
    assert topics.index("event") < len(topics) - 1 - topics[::-1].index("availability")
    broker.until_logged("Client acumat-attic disconnected.")
    publisher.close()


@contextmanager
def accepting(broker: Mosquitto) -> Iterator[list[Request]]:
    """A publisher whose dispatcher accepts everything; yields the requests as they arrive."""
    requests: list[Request] = []

    def submit(request: Request) -> None:
        requests.append(request)
        request.answer(None)

    mqtt = Mqtt(enabled=True, host=ADDRESS, port=broker.port)
    publisher = Publisher(mqtt, Device(id="attic"), load_board(), SystemClock(), run_id="run1", submit=submit)
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
        assert {part.platform for part in controls} == {"button", "select", "number"}
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
