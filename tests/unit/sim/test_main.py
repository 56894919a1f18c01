"""`acumat-sim`: the real daemon over a pretended mat, from the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware.storage import recordings
from sim.__main__ import command
from sim.people import story as stories
from sim.sensors.faults import FaultKind


def run(*words: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, words, catch_exceptions=False)


def lines_of(*words: str) -> list[dict[str, object]]:
    """Run with --jsonl, as fast as it goes, and read what it says."""
    result = run(*words, "--speed", "0", "--jsonl")
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_list() -> None:
    """Every story is listed once, under its group, with one sentence."""
    listed = run("--list")
    assert listed.exit_code == 0
    lines = listed.stdout.splitlines()
    assert [line.lower() for line in lines if not line.startswith(" ")] == list(stories.GROUPS)
    named = [line.split()[0] for line in lines if line.startswith(" ")]
    assert sorted(named) == sorted(stories.story_names())
    assert "gives up after 30 s" in listed.stdout


def test_version_and_two_examples() -> None:
    """`--version` answers, and the help ends with two commands that work."""
    assert run("--version").stdout.startswith("acumat-sim, version ")
    examples = run("--help").stdout.split("Examples:")[1].split("\n")
    commands = [line.split()[1:] for line in examples if line.strip()]
    assert len(commands) == 2
    for words in commands:
        assert words[0] in stories.story_names()


def test_pain_is_pressed_and_answered() -> None:
    """The key goes down three times, the mat advises to stop, and the session ends without praise."""
    lines = lines_of("pain")
    kinds = [line.get("type") for line in lines]
    assert kinds.count("discomfort") == 3
    assert "stop_advised" in kinds
    (session,) = [line for line in lines if line["kind"] == "session"]
    assert (session["discomforts"], session["stop_advised"]) == (3, True)


def test_a_first_day_hurts_and_eases() -> None:
    """One press, then a double one: both arrive as what they mean."""
    kinds = [line.get("type") for line in lines_of("first_day")]
    assert (kinds.count("discomfort"), kinds.count("eased")) == (1, 1)


def test_the_household_is_not_coached() -> None:
    """Laundry, a dog and a child: no advice, and no session that counts."""
    lines = lines_of("household")
    assert [line for line in lines if line.get("type") == "hint"] == []
    assert not any(line["counted"] or line["confirmed"] for line in lines if line["kind"] == "session")


def test_the_story_of_the_page_can_be_played(tmp_path: Path) -> None:
    """The example of docs/stories.md is a story."""
    page = (Path(__file__).parents[3] / "docs" / "stories.md").read_text("utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(page.split("```toml\n")[1].split("```")[0], "utf-8")
    story = stories.load_story(str(path))
    assert (story.group, len(story.acts), len(story.visits), len(story.mishaps)) == ("sessions", 9, 1, 1)


def test_a_session_ends_by_itself_and_is_reported() -> None:
    """Somebody gives up after 30 s: events as they come, the summary at the end, marked as simulated, exit 0."""
    result = run("attempt", "--speed", "0")
    assert result.exit_code == 0
    for words in ("gives up after 30 s. Seed 1.", "No broker", "You lie down", "reason=too_short", "SIMULATED"):
        assert words in result.stdout


def test_an_ordinary_session_reaches_its_goal() -> None:
    """Ten minutes on the mat: all stages, the true times within half a second, rolled over, one wiggle at least."""
    lines = lines_of("session")
    (session,) = [line for line in lines if line["kind"] == "session"]
    assert session["label"] == "simulated"
    assert session["reason"] == "goal_reached"
    assert session["exit"] == "rolled"
    assert session["counted"] is True
    stages = [line["state"] for line in lines if line.get("type") == "stage_changed"]
    assert stages[:7] == ["seated", "lowering", "settling", "easing", "resting", "closing", "done"]


def test_same_seed_same_session() -> None:
    """The seed decides everything; another one is another evening."""
    assert lines_of("attempt") == lines_of("attempt", "--seed", "1")
    assert lines_of("attempt") != lines_of("attempt", "--seed", "2")


def test_through_the_chips_bit_by_bit(tmp_path: Path) -> None:
    """Through virtual chips and the driver the same things happen, at the same times to a tenth of a second.

    The first word about lying is not dated back: it is said while the person still moves, at a limit that noise of
    another draw crosses somewhat earlier or later on the way down.
    """
    path = tmp_path / "short.toml"
    acts = (("wait", 4), ("sit", 4), ("lower", 3), ("lie", 12), ("leave", 1), ("wait", 4))
    listed = ", ".join(f'{{ do = "{do}", seconds = {seconds} }}' for do, seconds in acts)
    path.write_text(f'title = "short"\nacts = [{listed}]', "utf-8")
    quick, slow = lines_of(str(path)), lines_of(str(path), "--bits")
    kinds = [[line.get("type", line["kind"]) for line in lines] for lines in (quick, slow)]
    assert kinds[0] == kinds[1]
    for one, other in zip(quick, slow, strict=True):
        if one["kind"] == "event":
            within_s = 1.0 if one["type"] == "lying_suspected" else 0.15
            assert one["t_s"] == pytest.approx(other["t_s"], abs=within_s)


def test_at_ten_samples_a_second() -> None:
    """Most boards are sold with 10 samples a second: the session is the same."""
    (session,) = [line for line in lines_of("attempt", "--rate", "11.7") if line["kind"] == "session"]
    assert session["reason"] == "too_short"


def test_a_goal_of_its_own() -> None:
    """A story may bring its goal; the command line wins."""
    goals = [
        next(line["goal_s"] for line in lines_of(*words) if line["kind"] == "session")
        for words in (("quick",), ("quick", "--goal-min", "6"))
    ]
    assert goals == [300.0, 360.0]


def test_a_broken_cell_does_not_stop_a_session() -> None:
    """Two cells of twelve are unplugged and one goes wild: the attempt is shown all the same."""
    faults = [word for fault in ("C2:20:unplugged", "b1:20:frozen", "A1:0:noisy") for word in ("--fault", fault)]
    assert [line["reason"] for line in lines_of("attempt", *faults) if line["kind"] == "session"] == ["too_short"]


def test_record(tmp_path: Path) -> None:
    """With --record the readings go to a file that the product can replay, and nothing else happens."""
    path = tmp_path / "attempt.npz"
    result = run("attempt", "--record", str(path))
    assert result.exit_code == 0
    assert "simulated" in result.stdout
    recording = recordings.load(path)
    assert recording.label == "simulated"
    assert recording.note == "story attempt, seed 1"
    before = path.read_bytes()
    again = subprocess.run(
        [sys.executable, "-m", "sim", "attempt", "--record", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nosuch"], "no story 'nosuch'"),
        (["attempt", "--board", "absent.toml"], "absent.toml"),
        (["attempt", "--mqtt", "nowhere"], "HOST:PORT"),
        (["attempt", "--fault", "C2:20:unpluged"], "did you mean unplugged?"),
        (["attempt", "--fault", "E9:20:frozen", "--speed", "0"], "no cell 'E9'; this board has A1 to D3"),
        (["attempt", "--fault", "C2:soon:frozen"], "soon is not a number of seconds"),
        (["sesion"], "did you mean session?"),
        (["mine.toml"], "mine.toml: cannot be read (No such file or directory)"),
        (["attempt", "--speed", "-1"], "--speed"),
        (["attempt", "--record", "new.npz", "--jsonl"], "leave out --jsonl"),
        (["attempt", "--record", "new.npz", "--demo", "--mqtt", "a:1"], "leave out --demo and --mqtt"),
    ],
)
def test_what_cannot_be_run(words: list[str], message: str, tmp_path: Path) -> None:
    """A clear word on stderr, exit code 2, no traceback, nothing written."""
    process = subprocess.run(
        [sys.executable, "-m", "sim", *words], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert process.returncode == 2
    assert message in process.stderr
    assert "Traceback" not in process.stderr
    assert not list(tmp_path.iterdir())


def test_kinds_of_faults_are_listed_by_name() -> None:
    """A misspelt kind is answered with all of them."""
    result = CliRunner().invoke(command, ["attempt", "--fault", "C2:20:bored"])
    assert all(kind.value in result.stderr for kind in FaultKind)
