"""The board of three rows of two runs what the board of four rows of three runs: nothing is tied to a grid."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.drawing import HERE

SMALL = HERE / "boards" / "mat_3x2.toml"


def told(*words: str) -> list[dict[str, object]]:
    """Run a command and give the sessions it tells of."""
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=120, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return [row for row in rows if row["kind"] == "session"]


# Stories of one person who lies down and leaves: the small mat tells the same session as the large one, to a second.
@pytest.mark.parametrize("story", ["session", "abrupt"])
def test_stories_end_alike_on_both_boards(story: str) -> None:
    (large,) = told("sim", story, "--speed", "0", "--jsonl")
    (small,) = told("sim", story, "--speed", "0", "--jsonl", "--board", str(SMALL))
    assert {key: small[key] for key in ("reason", "exit", "counted")} == {
        key: large[key] for key in ("reason", "exit", "counted")
    }
    assert small["start_s"] == pytest.approx(large["start_s"], abs=1.0)
    assert small["end_s"] == pytest.approx(large["end_s"], abs=1.0)


# Through six virtual chips on two clocks, bit by bit.
def test_bit_by_bit_on_two_clocks() -> None:
    (session,) = told("sim", "quick", "--bits", "--speed", "0", "--jsonl", "--board", str(SMALL))
    assert (session["reason"], session["exit"], session["counted"]) == ("goal_reached", "rolled", True)


# Recorded on the small board and replayed: the recording knows its board, and gives the session that was seen live.
def test_replay_of_the_small_board(tmp_path: Path) -> None:
    file = tmp_path / "small.npz"
    words = ("sim", "session", "--speed", "0", "--board", str(SMALL))
    subprocess.run([sys.executable, "-m", *words, "--record", str(file)], check=True, capture_output=True, timeout=120)
    (live,) = told(*words, "--jsonl")
    (replayed,) = told("firmware", "replay", str(file), "--jsonl")
    for key in ("start_s", "end_s", "reason", "exit", "counted"):
        assert replayed[key] == live[key]


# A household puts things on the small mat and nobody lies down: no session.
@pytest.mark.parametrize("visit", ["laundry", "standing"])
def test_no_session_without_a_person_lying(visit: str) -> None:
    assert told("sim", visit, "--speed", "0", "--jsonl", "--board", str(SMALL)) == []
