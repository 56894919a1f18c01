"""Real lying loads and real breathing of six people, modelled arrivals and exits: semi-real recordings.

The recordings live beside the checkout, not in it; without them the tests say so and are skipped.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MAKER = DATA / "real_recordings.py"
PEOPLE = ("1", "3", "5", "7", "9", "11")
KINDS = {
    "as they are": (),
    "1 % wrong codes": ("--glitches", "0.01"),
    "11.7 samples a second": ("--rate", "11.7"),
}

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not MAKER.exists(), reason="no real recordings beside this checkout (../shared/data)"),
]


@pytest.mark.parametrize("style", ["roll", "abrupt", "sat_up"])
@pytest.mark.parametrize("kind", KINDS)
def test_one_session_at_the_right_times_with_the_right_exit(kind: str, style: str, tmp_path: Path) -> None:
    """Six people lie for ten minutes and get up: one session each, start and end within half a second."""
    made = [sys.executable, str(MAKER), str(tmp_path), "--exit", style, "--people", ",".join(PEOPLE), *KINDS[kind]]
    subprocess.run(made, check=True, capture_output=True)
    files = sorted(tmp_path.glob("*.npz"))
    assert len(files) == len(PEOPLE)
    for file in files:
        truth = truth_of(file)
        lines = replay(file)
        sessions = [line for line in lines if line["kind"] == "session"]
        assert len(sessions) == 1, f"{file.name}: {sessions}"
        [session] = sessions
        assert session["start_s"] == pytest.approx(truth["t_start_s"], abs=0.5), file.name
        assert session["end_s"] == pytest.approx(truth["t_end_s"], abs=0.5), file.name
        assert session["exit"] == truth["exit"], file.name
        assert session["label"] == "semi-real"
        assert session["reason"] == "goal_reached"


def truth_of(file: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(Path(str(file).removesuffix(".npz") + ".truth.json").read_text())
    return found


def replay(file: Path) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "firmware", "replay", "--jsonl", str(file)], check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]
