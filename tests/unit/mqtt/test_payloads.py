"""The payloads, to the byte where it matters."""

import dataclasses
import json
import re
import struct
import zlib
from typing import Any, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware import words
from firmware.config import Device
from firmware.enums import Exit, Reason, State, StopReason
from firmware.events import LieDown, SessionEnded, SessionSummary, event_type
from firmware.mqtt.entities import ENTITIES
from firmware.mqtt.own_events import EVENT_CLASSES, EVENT_TYPES, GROUP_OF
from firmware.mqtt.payloads import event_payload, info_payload
from firmware.mqtt.pressure_map import levels, picture
from firmware.mqtt.snapshot import Snapshot
from firmware.mqtt.state_topic import StateTopic
from firmware.view import Tick
from hardware.board import Board, load_board
from tests.doubles.ticks import tick

LABELS = ["v", "event_type", "event_id", "seq", "t", "session_id", "group", "text"]
BOARD = load_board()
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


def state_payload(now: Tick) -> bytes:
    """The first state of a mat that shows this tick."""
    return StateTopic().payload(Snapshot(now, BOARD))[0]


def sent(event: Any, *, session_id: str | None = "s", wall_s: float | None = 2.0) -> bytes:  # noqa: ANN401 - any event
    return event_payload(
        event, event_id="attic-r-1", seq=1, wall_s=wall_s, session_id=session_id, text="A text.", pain=True
    )


def built(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any value of a frozen dataclass with finite floats."""
    hints = get_type_hints(kind)
    floats = {name: st.floats(-1e6, 1e6) for name, hint in hints.items() if hint is float}
    parts = {name: built(hint) for name, hint in hints.items() if hasattr(hint, "__dataclass_fields__")}
    return st.builds(kind, **floats, **parts)


def test_the_state_of_a_mat_in_use() -> None:
    """4 min 17.9 s of lying with 70.04 kg on the mat; cells 0 and 5 are lost."""
    now = tick(257.9, State.EASING, load_n=686.86, elapsed_s=257.9, goal_s=930.0, evenness=0.876, lost=0b100001)
    now = now._replace(view=now.view._replace(lost=0b100001))
    shown = json.loads(StateTopic().payload(Snapshot(now, BOARD, session_id="s", started_s=1.8e9))[0])
    assert {key: value for key, value in shown.items() if value is not None} == {
        "v": 1,
        "occupied": "ON",
        "in_session": "ON",
        "session_id": "s",
        "stage": "easing",
        "guidance": "Let the mat take your weight. Many people feel it soften in these minutes.",
        "started_at": "2027-01-15T08:00:00+00:00",
        "elapsed_s": 250,
        "remaining_s": 680,
        "goal_min": 15.5,
        "mode": "normal",
        "load_kg": 70.0,
        "evenness_pct": 88,
        "left_pct": 50,
        "lumbar_pct": 0,
        "wiggles": 0,
        "overlong": "OFF",
        "lost_cells": [0, 5],
        "lost_names": [BOARD.cells[0].name, BOARD.cells[5].name],
        "faults": [],
        "fault": "ON",
        "frames_lost_s": 0.0,
        "remote": "ON",
        "can": [],
    }
    assert json.loads(state_payload(tick()))["fault"] == "OFF"


def test_what_is_not_known_is_null() -> None:
    """Before taring there is no load; a dashboard shows unknown, not 0 kg."""
    state = json.loads(state_payload(tick(load_n=None)))
    assert (state["load_kg"], state["evenness_pct"], state["session_id"], state["lost_cells"]) == (None, None, None, [])
    assert state["occupied"] == "OFF"


@given(st.floats(-0.4, 0.4), st.floats(0, 9.99))
def test_noise_on_an_empty_mat_changes_no_byte(load_n: float, elapsed_s: float) -> None:
    """Noise of 40 g to either side of zero, and seconds within one step, are the same state: nothing is published."""
    assert state_payload(tick(load_n=load_n, elapsed_s=elapsed_s)) == state_payload(tick())


def test_less_than_the_dead_band_is_no_change_and_an_empty_mat_shows_zero() -> None:
    """Breathing moves the load by 0.3 kg; getting up leaves nothing of it."""
    topic = StateTopic()
    loads = []
    for load_n in (600.0, 603.0, 597.0, 606.0, 1.0, 0.0):
        payload, _ = topic.payload(Snapshot(tick(1.0, State.RESTING, load_n=load_n), BOARD))
        loads.append(json.loads(payload)["load_kg"])
    assert loads == [61.2, 61.2, 61.2, 61.8, 0.1, 0.0]


@pytest.mark.parametrize("reason", StopReason)
def test_advice_to_stop_is_seen_without_pain_and_without_why(reason: StopReason) -> None:
    """Safety comes first: a person who looks after another sees it, in the same words whatever is shared."""
    advised = tick(1.0, State.RESTING)
    advised = advised._replace(view=advised.view._replace(advice=reason, stop_advised=True))
    shown = [
        json.loads(StateTopic(shares).payload(Snapshot(advised, BOARD))[0])["guidance"] for shares in ((), ("pain",))
    ]
    assert shown == [f"{words.STOP_FIRST} {words.STOP_HOW}"] * 2
    assert not re.search(r"hurt|pain|warm|press", shown[0].lower())


def test_an_event_to_the_byte() -> None:
    """Floats have three digits."""
    event = LieDown(t_s=12.5, detected_s=13.1, load_n=612.34567)
    assert sent(event, wall_s=1.8e9) == (
        b'{"v":1,"event_type":"lie_down","event_id":"attic-r-1","seq":1,"t":1800000000.0,"session_id":"s",'
        b'"group":"posture","text":"A text.","t_s":12.5,"detected_s":13.1,"load_n":612.346}'
    )


def test_the_end_of_a_session_has_its_summary() -> None:
    """All fields of the summary."""
    shown = json.loads(sent(SessionEnded(t_s=605.0, summary=SUMMARY)))
    assert (shown["event_type"], shown["session_id"]) == ("session_ended", "s")
    assert shown["summary"] == dataclasses.asdict(SUMMARY) | {"end_s": 601.235, "lying_s": 600.235}


@pytest.mark.parametrize("kind", EVENT_CLASSES, ids=lambda kind: kind.__name__)
def test_every_event_has_its_metadata_and_its_own_fields_and_nothing_else(kind: type[Any]) -> None:
    """Decoding returns the same event; no key is lost, added or shadowed by metadata."""

    @given(built(kind))
    def check(event: Any) -> None:  # noqa: ANN401 - any member of Event
        shown = json.loads(sent(event))
        assert list(shown) == LABELS + [field.name for field in dataclasses.fields(kind)]
        assert shown["event_type"] == event_type(kind) in EVENT_TYPES
        assert shown["group"] == GROUP_OF[event_type(kind)]
        back = msgspec.convert({key: shown[key] for key in shown if key not in LABELS}, kind)
        assert back.t_s == pytest.approx(event.t_s, abs=0.0006)

    check()


def test_info_describes_this_mat(board: Board) -> None:
    """A dashboard that never saw the board file can draw the grid."""
    info = json.loads(info_payload(Device(id="attic", name="Mat"), board, "1.2.3", "run1", shares=("pain",)))
    assert info == {
        "v": 1,
        "id": "attic",
        "name": "Mat",
        "software": "1.2.3",
        "run": "run1",
        "board": board.name,
        "rows": 4,
        "cols": 3,
        "cells": [cell.name for cell in board.cells],
        "mat_mm": [round(1000 * board.width_m), round(1000 * board.length_m)],
        "rate_hz": board.rate_hz,
        "caps": [
            "availability", "info", "state", "live", "map", "event", "session/+", "session/last", "diag", "cmd/+",
            "cmd_result",
        ],
        "event_types": list(EVENT_TYPES),
        "durable": False,
        "shares": ["pain"],
    }  # fmt: skip


def test_keys_of_the_state_are_unique() -> None:
    """With two rows for one key one value would hide the other."""
    keys = ["v", *(entity.key for entity in ENTITIES)]
    assert len(set(keys)) == len(keys)
    assert list(json.loads(state_payload(tick()))) == keys


def test_the_picture_is_a_png_that_shows_what_lies_where(board: Board) -> None:
    """Head at the top, the left hand of a person on the back on the right; a lost cell is neither warm nor cold."""
    loads = [0.0] * 12
    loads[0] = 200.0  # base, left hand
    shown = levels(loads, 0b10)
    assert (shown[0], shown[1], shown[2]) == (12, None, 0)
    data = picture(board, shown)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    start = data.index(b"IDAT") + 4
    raw = zlib.decompress(data[start : start + struct.unpack(">I", data[start - 8 : start - 4])[0]])
    assert len(raw) == height * (3 * width + 1)
    pixel = (height - 10) * (3 * width + 1) + 1 + 3 * (width - 10)
    assert tuple(raw[pixel : pixel + 3]) == (255, 176, 84)
    assert len(data) < 2000
