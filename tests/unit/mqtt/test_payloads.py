"""The payloads, to the byte where it matters."""

import dataclasses
import json
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.config import Device
from firmware.enums import Exit, Reason, State
from firmware.events import Event, GetUp, LieDown, SessionEnded, SessionSummary, event_type
from firmware.mqtt.entities import ENTITIES
from firmware.mqtt.payloads import (
    EVENT_TYPES,
    INFO_KEYS,
    QueuedEvent,
    event_payload,
    info_payload,
    queued_event,
    state_payload,
)
from hardware.board import Board
from tests.doubles.ticks import tick

LABELS = ["v", "event_type", "event_id", "seq", "t", "session"]
SUMMARY = SessionSummary(
    number=7,
    start_s=1.0,
    end_s=601.23456,
    lying_s=600.23456,
    goal_s=1200.0,
    reason=Reason.LEFT_EARLY,
    exit=Exit.ROLLED,
    wiggles=2,
    counted=True,
)


def built(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any value of a frozen dataclass with finite floats."""
    hints = get_type_hints(kind)
    floats = {name: st.floats(-1e6, 1e6) for name, hint in hints.items() if hint is float}
    parts = {name: built(hint) for name, hint in hints.items() if hasattr(hint, "__dataclass_fields__")}
    return st.builds(kind, **floats, **parts)


def test_the_state_of_a_mat_in_use() -> None:
    """4 min 17.9 s of lying with 70.04 kg on the mat; cells 0 and 5 are lost."""
    payload = state_payload(
        tick(257.9, State.EASING, load_n=686.86, elapsed_s=257.9, goal_s=930.0, evenness=0.876, lost=0b100001)
    )
    assert json.loads(payload) == {
        "v": 1,
        "occupied": "ON",
        "stage": "easing",
        "guidance": "Let the mat take your weight. Many people feel it soften in these minutes.",
        "elapsed_s": 250,
        "load_kg": 70.0,
        "goal_min": 15.5,
        "mode": "normal",
        "evenness_pct": 88,
        "wiggles": 0,
        "session": 1,
        "overlong": "OFF",
        "lost_cells": [0, 5],
        "faults": [],
        "fault": "ON",
        "frames_lost_s": 0.0,
    }
    assert json.loads(state_payload(tick()))["fault"] == "OFF"


def test_what_is_not_known_is_null() -> None:
    """Before taring there is no load; a dashboard shows unknown, not 0 kg."""
    state = json.loads(state_payload(tick(load_n=None)))
    assert (state["load_kg"], state["evenness_pct"], state["session"], state["lost_cells"]) == (None, None, None, [])
    assert state["occupied"] == "OFF"


@given(st.floats(-0.4, 0.4), st.floats(0, 9.99))
def test_noise_on_an_empty_mat_changes_no_byte(load_n: float, elapsed_s: float) -> None:
    """Noise of 40 g to either side of zero, and seconds within one step, are the same state: nothing is published."""
    assert state_payload(tick(load_n=load_n, elapsed_s=elapsed_s)) == state_payload(tick())


def test_an_event_to_the_byte() -> None:
    """Lying down was detected 0.6 s late; t is the wall time of the event itself."""
    event = LieDown(t_s=12.5, detected_s=13.1, load_n=612.34567)
    item = queued_event(3, tick(13.1, State.SETTLING, events=(event,)), event, 1_800_000_000.6)
    assert event_payload(item, "attic", "run1") == (
        b'{"v":1,"event_type":"lie_down","event_id":"attic-run1-3","seq":3,"t":1800000000.0,"session":1,'
        b'"t_s":12.5,"detected_s":13.1,"load_n":612.346}'
    )


def test_the_end_of_a_session_names_the_session_that_ended() -> None:
    """The mat may be idle again by then, so the number is taken from the summary."""
    event = SessionEnded(t_s=605.0, summary=SUMMARY)
    shown = json.loads(event_payload(queued_event(1, tick(605.0, events=(event,)), event, None), "attic", "r"))
    assert (shown["event_type"], shown["session"], shown["t"]) == ("session_ended", 7, None)
    assert shown["summary"] == {
        "number": 7,
        "start_s": 1.0,
        "end_s": 601.235,
        "lying_s": 600.235,
        "goal_s": 1200.0,
        "reason": "left_early",
        "exit": "rolled",
        "wiggles": 2,
        "counted": True,
        "confirmed": True,
        "paused_s": 0.0,
        "discomforts": 0,
        "pressed_late": False,
        "eased_s": None,
        "stop_advised": False,
    }


def test_an_event_outside_a_session_has_no_number() -> None:
    """A person gets up from a mat that is already idle."""
    event = GetUp(t_s=1.0, detected_s=1.0, exit=Exit.UNKNOWN, evidence="load below 20 N")
    assert queued_event(1, tick(1.0), event, None) == QueuedEvent(1, None, None, event)


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_has_its_metadata_and_its_own_fields_and_nothing_else(kind: type[Any]) -> None:
    """Decoding returns the same event; no key is lost, added or shadowed by metadata."""

    @given(built(kind))
    def check(event: Any) -> None:  # noqa: ANN401 - any member of Event
        shown = json.loads(event_payload(QueuedEvent(1, 2.0, 3, event), "attic", "r"))
        assert list(shown) == LABELS + [field.name for field in dataclasses.fields(kind)]
        assert shown["event_type"] == event_type(kind) in EVENT_TYPES
        back = msgspec.convert({key: shown[key] for key in shown if key not in LABELS}, kind)
        assert back.t_s == pytest.approx(event.t_s, abs=0.0006)

    check()


def test_info_describes_this_mat(board: Board) -> None:
    """A dashboard that never saw the board file can draw the grid."""
    info = json.loads(info_payload(Device(id="attic", name="Mat"), board, "1.2.3", "run1"))
    assert info == {
        "v": 1,
        "id": "attic",
        "name": "Mat",
        "software": "1.2.3",
        "run": "run1",
        "board": board.name,
        "rows": 4,
        "cols": 3,
        "mat_mm": [round(1000 * board.width_m), round(1000 * board.length_m)],
        "rate_hz": board.rate_hz,
        "topics": ["availability", "state", "event"],
        "event_types": list(EVENT_TYPES),
    }


def test_every_key_of_info_has_a_meaning(board: Board) -> None:
    """The page about MQTT lists them from one table; the message has no other."""
    assert list(json.loads(info_payload(Device(), board, "1", "r"))) == ["v", *INFO_KEYS]


def test_keys_of_the_state_are_unique() -> None:
    """With two rows for one key one value would hide the other."""
    keys = ["v", *(entity.key for entity in ENTITIES)]
    assert len(set(keys)) == len(keys)
    assert list(json.loads(state_payload(tick()))) == keys
