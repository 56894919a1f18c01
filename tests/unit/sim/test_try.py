"""`acumat-sim try`: a newcomer without hardware uses the verbs of acumat, one after the other."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware.cli.main import REFUSED
from firmware.errors import StorageError
from firmware.storage import calibration as calibrations
from firmware.storage import recordings
from firmware.storage import zero as zeros
from sim.try_command import command


def attempt(folder: Path, *words: str, seed: int = 1, given: str = "") -> Result:
    """Run a verb as fast as possible."""
    head = ["--folder", str(folder), "--seed", str(seed), "--speed", "0"]
    return CliRunner().invoke(command, [*head, *words], input=given)


@pytest.fixture(scope="module")
def mat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated mat that was calibrated with the corner test, and on which a session was held."""
    folder = tmp_path_factory.mktemp("simulated")
    for words in (("calibrate", "--mass", "5", "--mass", "10", "--yes"), ("tare",), ("run",)):
        done = attempt(folder, *words)
        assert done.exit_code == 0, done.output
    return folder


def test_every_word_says_that_nobody_is_there(tmp_path: Path) -> None:
    """On standard error, so that JSON stays JSON; a mat without a zero is a fault that names its remedy."""
    done = attempt(tmp_path, "doctor", "--seconds", "3")
    assert done.stderr.startswith("SIMULATED: no cell is read and nobody is there.")
    assert "12 of 12 cells" in done.stdout
    assert "acumat tare" in done.stdout
    assert done.exit_code == 1


def test_the_corner_test_is_led_through(tmp_path: Path) -> None:
    """Each corner of each tile is asked for, and the scales that are found are kept with their method."""
    done = attempt(tmp_path, "calibrate", "--mass", "5", "--yes")
    assert done.exit_code == 0, done.output
    assert "over the sensor at the head, left hand of tile D3" in " ".join(done.output.split())
    [record] = calibrations.history(tmp_path, 12)
    assert record.provenance.method == "weights of 5 kg"


def test_a_body_can_walk_instead(tmp_path: Path) -> None:
    """A person of 80 kg walks about until all tiles are known."""
    done = attempt(tmp_path, "calibrate", "--body", "80", "--no-corners", "--yes")
    assert done.exit_code == 0, done.output
    assert len(calibrations.history(tmp_path, 12)) == 1


def test_the_same_cells_are_found_again(mat: Path) -> None:
    """The zero of tare is the one that the calibration found: one seed is one mat."""
    [record] = calibrations.history(mat, 12)
    stored = zeros.load(mat, 12, record.number)
    assert stored is not None
    assert record.calibration.zero_counts is not None
    moved = [abs(one - two) for one, two in zip(stored, record.calibration.zero_counts, strict=True)]
    assert max(moved) / record.calibration.counts_per_newton[0] < 2.0


def test_a_session_is_stored_and_labelled(mat: Path) -> None:
    """It is in the list, with the badge, and can be looked at in full; the journal takes notes on it."""
    [found] = json.loads(attempt(mat, "sessions", "--json").stdout)
    assert (found["simulated"], found["reason"]) == (True, "goal_reached")
    assert "SIMULATED HISTORY" in attempt(mat, "session", "1").stdout
    assert attempt(mat, "journal", "after", "--set", "back_pain=3").stdout == "Stored for session 1.\n"
    assert "back 3" in attempt(mat, "journal").stdout
    assert attempt(mat, "trends").exit_code == 0


def test_chips_are_probed_and_a_broken_one_is_named(tmp_path: Path) -> None:
    """Twelve virtual chips, bit by bit; one that is unplugged is a fault."""
    assert "all chips answer in time" in attempt(tmp_path, "probe", "--seconds", "2").stdout
    broken = CliRunner().invoke(
        command, ["--folder", str(tmp_path), "--fault", "B2:0:unplugged", "probe", "--seconds", "15"]
    )
    assert broken.exit_code == 1
    assert "cell B2: no answer" in broken.stdout


def test_a_recording_says_that_it_is_simulated(tmp_path: Path) -> None:
    """A story of one's choice, as raw readings."""
    file = tmp_path / "evening.npz"
    assert attempt(tmp_path, "record", str(file), "--seconds", "20").exit_code == 0
    assert recordings.load(file).label == "simulated"


def test_a_mat_without_a_zero_names_the_way_to_one(tmp_path: Path) -> None:
    """It would report no load, and the session would never come."""
    done = attempt(tmp_path, "run")
    assert isinstance(done.exception, StorageError)
    assert f"acumat-sim try --folder {tmp_path} tare" in str(done.exception)


@pytest.mark.parametrize("verb", ["install-service", "docter"])
def test_what_cannot_be_tried_is_one_line(verb: str, tmp_path: Path) -> None:
    """A verb that changes the computer, and one that does not exist."""
    done = attempt(tmp_path, verb)
    assert done.exit_code == REFUSED
    assert "did you mean" in done.stderr or "known" in done.stderr
