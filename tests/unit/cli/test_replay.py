"""`acumat replay`: the lines other programs read, field by field, and what a person sees."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firmware import enums
from firmware import events as types
from firmware.enums import Exit, Reason
from firmware.events import SessionSummary, event_type
from firmware.frames import Frames, Signals
from firmware.signal.calibration import Calibration
from firmware.storage import recordings
from firmware.terminal.json_lines import event_line, tick_line
from firmware.view import DARK, SessionView, Tick

Acumat = Callable[..., "subprocess.CompletedProcess[str]"]
Lines = list[dict[str, Any]]

EVENTS = {event_type(kind): kind for kind in types.Event.__args__}
MAIN_PATH = {"seated", "lowering", "lie_down", "get_up", "mat_emptied", "stage_changed", "session_ended"}
SESSION = {
    "kind", "number", "start_s", "end_s", "lying_s", "goal_s", "reason", "exit", "wiggles", "counted", "label",
}  # fmt: skip
TICK = {
    "kind", "t_s", "load_n", "cop_m", "cells_n", "regions", "evenness", "motion", "moving", "breaths_per_min",
    "breath_quality", "still_and_slow", "still_share", "occupied", "state", "stage",
}  # fmt: skip


def lines_of(done: "subprocess.CompletedProcess[str]") -> Lines:
    """Return the objects of a call that went well."""
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_events_and_one_session(acumat: Acumat, session_file: Path) -> None:
    """Sits, lowers, lies past the goal, rolls off: each event with its own fields, then the session that was closed."""
    lines = lines_of(acumat("replay", "--jsonl", "--goal-min", "5", session_file))
    assert {line["kind"] for line in lines} == {"event", "session"}
    for line in lines:
        if line["kind"] == "event":
            names = {field.name for field in dataclasses.fields(EVENTS[line["type"]])} - {"summary"}
            own = {line["type"] if name == "kind" else name for name in names}
            extra = {"number"} if line["type"] == "session_ended" else set()
            assert set(line) == {"kind", "type"} | own | extra
            assert isinstance(line["t_s"], float)
    order = [line.get("state", line["type"]) for line in lines if line.get("type") in MAIN_PATH]
    assert order == [
        "seated", "seated", "lowering", "lowering", "lie_down", "settling", "easing", "closing", "done",
        "rolling", "get_up", "mat_emptied", "leaving", "aftercare", "session_ended",
    ]  # fmt: skip
    [session] = [line for line in lines if line["kind"] == "session"]
    assert lines[lines.index(session) - 1]["type"] == "session_ended"
    assert set(session) >= SESSION
    assert session["start_s"] == pytest.approx(13.1, abs=0.15)
    assert session["end_s"] == pytest.approx(333.5, abs=0.15)
    assert session["lying_s"] == pytest.approx(session["end_s"] - session["start_s"], abs=1e-3)
    rest = {key: value for key, value in session.items() if key in SESSION and not key.endswith("_s")}
    assert rest == {
        "kind": "session", "number": 1, "reason": "goal_reached", "exit": "rolled", "wiggles": 0, "counted": True,
        "label": "simulated",
    }  # fmt: skip
    assert session["goal_s"] == 300.0


def test_every_event_has_a_line(session_file: Path) -> None:
    """One line for each class of event, whatever its fields, with numbers that JSON knows."""
    assert session_file.exists()
    values: dict[str, object] = {
        "t_s": 1.23456, "detected_s": 2.0, "load_n": 3.0, "moved_n": 4.0, "lost": 5, "lying_s": 6.0, "held_s": 7.0,
        "stuck": True, "offset_n": 8.0, "evidence": "because", "reason": "placed", "state": enums.State.DONE,
        "exit": Exit.ROLLED, "command": enums.Command.END, "kind": enums.HintKind.WATER,
        "summary": SessionSummary(3, 1.0, 2.0, 1.0, 600.0, Reason.USER, Exit.UNKNOWN, 0, counted=False),
    }  # fmt: skip
    for name, kind in EVENTS.items():
        event = kind(**{field.name: values.get(field.name, 1.0) for field in dataclasses.fields(kind)})
        line = json.loads(json.dumps(event_line(event), allow_nan=False))
        assert (line["type"], line["t_s"]) == (name, 1.2346)
        assert line["kind"] == "event"
    assert event_line(types.Hint(2.0, enums.HintKind.WATER)) == {
        "kind": "event", "type": "hint", "t_s": 2.0, "hint": "water",
    }  # fmt: skip


def test_names_of_types_are_snake_case() -> None:
    """LieDown is lie_down."""
    assert [event_type(kind) for kind in (types.LieDown, types.GetUp, types.Wiggle)] == ["lie_down", "get_up", "wiggle"]


@pytest.mark.parametrize(("hertz", "every_s"), [("10", 0.1), ("2", 0.5), ("0.1", 10.0)])
def test_ticks_come_as_often_as_asked(hertz: str, every_s: float, acumat: Acumat, lying_file: Path) -> None:
    """The first hop that is due, then one each period; all the measures by name."""
    ticks = [
        line for line in lines_of(acumat("replay", lying_file, "--jsonl", "--ticks", hertz)) if line["kind"] == "tick"
    ]
    assert all(set(tick) >= TICK for tick in ticks)
    times_s = [tick["t_s"] for tick in ticks]
    assert times_s[0] == 0.1
    assert len(times_s) == pytest.approx(90 / every_s, abs=1)
    assert all(after - before == pytest.approx(every_s, abs=1e-3) for before, after in pairwise(times_s[1:]))
    lying = ticks[-1]
    assert lying["load_n"] == pytest.approx(385, abs=10)
    assert sum(lying["cells_n"]) == pytest.approx(lying["load_n"], abs=0.01)
    assert len(lying["cells_n"]) == 12
    assert [len(lying["cop_m"]), len(lying["regions"]["rows"])] == [2, 4]
    assert (lying["state"], lying["stage"]) == ("easing", "easing")
    empty = ticks[0]
    assert (empty["cop_m"], empty["state"], empty["stage"]) == (None, "idle", None)
    assert abs(empty["load_n"]) < 5


def test_after_a_gap_ticks_go_on_in_their_pace(acumat: Acumat, tmp_path: Path) -> None:
    """Frames that stop for five minutes: no burst of ticks to make up for it."""
    t_ns = np.concatenate([np.arange(800), np.arange(800) + 24_000 + 800]).astype(np.int64) * 12_500_000
    frames = Frames(0, t_ns, np.full((1600, 12), 1000, np.int32), np.zeros((1600, 12), np.uint8))
    path = tmp_path / "gap.npz"
    recordings.save(path, frames, board_text="", calibration=None, label="simulated")
    done = acumat("replay", path, "--jsonl", "--ticks", "1")
    times_s = [line["t_s"] for line in map(json.loads, done.stdout.splitlines()) if line["kind"] == "tick"]
    assert all(after - before >= 0.99 for before, after in pairwise(times_s[1:]))
    assert times_s[-1] == pytest.approx(320, abs=1)


def test_the_end_of_the_file_closes_an_open_session(acumat: Acumat, lying_file: Path) -> None:
    """Recorded until somebody pulled the plug: a session up to the last frame, exit unknown."""
    lines = lines_of(acumat("replay", "--jsonl", lying_file))
    assert [line["kind"] for line in lines[-2:]] == ["event", "session"]  # a session stands behind its event
    session = lines[-1]
    assert (session["reason"], session["exit"], session["counted"]) == ("end_of_recording", "unknown", True)
    assert session["end_s"] == pytest.approx(90.0, abs=0.1)
    assert session["lying_s"] == pytest.approx(90 - 13.1, abs=0.2)


def test_blocks_do_not_matter(acumat: Acumat, lying_file: Path) -> None:
    """The same lines, whether fed by sevens or at once."""
    words = ("replay", "--jsonl", "--ticks", "10", lying_file)
    assert acumat(*words, "--block", "7").stdout == acumat(*words, "--block", "1000000").stdout


def strip(source: Path, to: Path, *, scale: bool) -> Path:
    """Rewrite a recording without its zero, and without its scale where scale is false."""
    recording = recordings.load(source)
    calibration = dataclasses.replace(recording.calibration, zero_counts=None) if scale else None
    recordings.save(to, recording.frames, board_text=recording.board.text, calibration=calibration, label="simulated")
    return to


def test_a_recording_without_scale_or_zero(acumat: Acumat, session_file: Path, tmp_path: Path) -> None:
    """Who says that it begins empty gets a zero; the scale is the nominal one, and stderr says so."""
    path = strip(session_file, tmp_path / "a.npz", scale=False)
    done = acumat("replay", "--jsonl", "--goal-min", "5", "--empty-at-start", path)
    note = f"acumat: {path}: not calibrated: loads follow the board's nominal scale\n"
    assert (done.returncode, done.stderr) == (0, note)
    [session] = [line for line in map(json.loads, done.stdout.splitlines()) if line["kind"] == "session"]
    assert (session["reason"], session["exit"]) == ("goal_reached", "rolled")
    assert session["start_s"] == pytest.approx(13.1, abs=0.2)


def test_a_recording_without_zero_says_so(acumat: Acumat, tmp_path: Path) -> None:
    """No zero is guessed: ticks without measures, no session, and stderr says what to try."""
    seconds = np.arange(80 * 20) / 80
    counts = np.repeat((60_000 + 5000 * np.sin(2 * seconds))[:, np.newaxis], 12, axis=1).astype(np.int32)
    frames = Frames(0, (seconds * 1e9).astype(np.int64), counts, np.zeros((len(counts), 12), np.uint8))
    path = tmp_path / "a.npz"
    recordings.save(path, frames, board_text="", calibration=Calibration((1000.0,) * 12), label="simulated")
    done = acumat("replay", "--jsonl", "--ticks", "1", path)
    assert done.returncode == 0
    assert done.stderr == f"acumat: {path}: has no zero, so no load is known: try --empty-at-start\n"
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["kind"] for line in lines} == {"tick"}
    measures = ("load_n", "cop_m", "cells_n", "regions", "motion", "breaths_per_min", "breath_quality")
    assert all(line[name] is None for line in lines for name in measures)


def test_for_a_person_there_are_words(acumat: Acumat, session_file: Path) -> None:
    """What the file is, and what happened when, the end of the session included."""
    done = acumat("replay", "--goal-min", "5", session_file)
    assert (done.returncode, done.stderr) == (0, "")
    first, *rest = done.stdout.splitlines()
    assert first.startswith("session.npz: simulated, ")
    assert first.endswith(" frames of 12 cells")
    assert any(
        re.search(r"^00:00:1\d  lie_down +You lie down; the timer runs. load=\d\d.\dkg goal=5min$", line)
        for line in rest
    )
    assert any("reason=goal_reached" in line for line in rest)
    assert any("exit=rolled" in line for line in rest)


@pytest.mark.parametrize(
    "words",
    [
        ("firmware", "replay", "--jsonl", "--ticks", "10", "FILE"),
        ("firmware", "replay", "--jsonl", "FILE"),
        ("firmware", "replay", "FILE"),
        ("sim", "quick", "--speed", "0", "--jsonl"),
        ("sim", "quick", "--speed", "0"),
    ],
)
def test_a_reader_that_goes_away_is_no_fault(words: tuple[str, ...], session_file: Path) -> None:
    """`acumat replay FILE | head -1`, with a head that has gone before the first line: exit 0, and no word about it."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", *(str(session_file) if word == "FILE" else word for word in words)]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_cell_that_does_not_answer_is_null_and_not_nothing() -> None:
    """Zero newtons are a measurement."""
    signals = Signals(1.0, (5.0, 0.0, 0.0), 0b010, 5.0, None, (), None, 0.0)
    tick = Tick(1.0, signals, (), SessionView(enums.State.IDLE, False, 0, None, 0.0, 600.0, 0), DARK)  # noqa: FBT003
    assert tick_line(tick)["cells_n"] == [5.0, None, 0.0]


@pytest.mark.parametrize("words", [("--ticks", "nan"), ("--goal-min", "nan"), ("--ticks", "inf")])
def test_what_is_no_number_is_refused(acumat: Acumat, session_file: Path, words: tuple[str, str]) -> None:
    """One line that names the option, exit 2."""
    done = acumat("replay", "--jsonl", *words, session_file)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr
