"""What cannot work is refused in one line on stderr, with exit code 2, and nothing is written."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firmware.cli.main import REFUSED, TRY_AGAIN
from firmware.frames import Frames
from firmware.storage import recordings
from hardware import board as boards

if TYPE_CHECKING:
    import subprocess

Acumat = Callable[..., "subprocess.CompletedProcess[str]"]

BOARD = boards.load_board().text
FIRST_PIN = boards.load_board().cells[0].dout_bcm


def refused(done: "subprocess.CompletedProcess[str]", fact: str, code: int = REFUSED) -> None:
    """Check that a call printed one line with this fact, and nothing else."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("acumat: ")
    assert fact in line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which the calls below find what they ask for."""
    counts = np.full((100, 12), 1000, np.int32)
    frames = Frames(0, np.arange(100, dtype=np.int64) * 12_500_000, counts, np.zeros((100, 12), np.uint8))
    recordings.save(tmp_path / "good.npz", frames, board_text="", calibration=None, label="real")
    whole = (tmp_path / "good.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "letter.npz").write_text("Dear Sir")
    np.savez(tmp_path / "foreign.npz", x=np.zeros(3))
    (tmp_path / "twice.toml").write_text(twice(BOARD))
    (tmp_path / "two_keys.toml").write_text("[session]\ngaol_min = 9\n")
    (tmp_path / "bound.toml").write_text("[session]\ngoal_min = 400\n")
    (tmp_path / "no.toml").write_text("[session\n")
    (tmp_path / "board.toml").write_text('[board]\nfile = "twice.toml"\n')
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "calibration.json").write_text('{"version": 7}')
    (tmp_path / "state.toml").write_text('[storage]\nstate_dir = "state"\n')
    return tmp_path


def twice(text: str) -> str:
    """Return the board with the second data line on the pin of the first."""
    doubled, times = re.subn(r"(dout = \[[^\[]*\[(\d+), )\d+", r"\1\2", text)
    assert times == 1
    return doubled


CALLS: dict[str, tuple[tuple[str, ...], str]] = {
    "no such recording": (("replay", "none.npz"), "none.npz: cannot be read (No such file or directory)"),
    "a folder": (("replay", "state"), "cannot be read (Is a directory)"),
    "a letter": (("replay", "letter.npz", "--jsonl"), "letter.npz: not a recording of this mat: make one with"),
    "a file of somebody else": (("replay", "foreign.npz"), "has no meta: it is not a recording of this mat"),
    "a file cut in half": (("replay", "cut.npz"), "not a recording of this mat"),
    "a pin twice, replay": (("replay", "good.npz", "--board", "twice.toml"), f"GPIO {FIRST_PIN} is already"),
    "no such board": (("replay", "good.npz", "--board", "none.toml"), "none.toml: cannot be read"),
    "a pin twice, run": (("run", "--config", "board.toml"), f"GPIO {FIRST_PIN} is already"),
    "a pin twice, outputs-off": (("outputs-off", "--config", "board.toml"), f"GPIO {FIRST_PIN} is already"),
    "an unknown key, run": (("run", "--config", "two_keys.toml"), "gaol_min: unknown key; did you mean goal_min?"),
    "an unknown key, record": (("record", "new.npz", "--config", "two_keys.toml"), "did you mean goal_min?"),
    "an unknown key, outputs-off": (("outputs-off", "--config", "two_keys.toml"), "did you mean goal_min?"),
    "a value out of bounds": (("run", "--config", "bound.toml"), "goal_min = 400: must be a number from 5 to 40"),
    "settings that are no TOML": (("run", "--config", "no.toml"), "no.toml: is not TOML"),
    "no settings": (("run", "--config", "none.toml"), "none.toml: cannot be read (No such file or directory)"),
    "a calibration of another version": (
        ("record", "new.npz", "--config", "state.toml"),
        "is of version 7, this acumat reads 2",
    ),
    "a recording that is there": (("record", "good.npz"), "exists already: choose another name or add --force"),
    "a folder that is not there": (("record", "none/new.npz"), "there is no folder"),
}


@pytest.mark.parametrize("case", CALLS)
def test_one_line_exit_2_and_nothing_written(
    case: str, acumat: Acumat, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File, fact and remedy."""
    words, fact = CALLS[case]
    monkeypatch.chdir(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    refused(acumat(*words), fact)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (("record", "new.npz"), "no GPIO chip of a Raspberry Pi"),
        (("outputs-off",), "pod: no access to the pins of this machine"),
    ],
)
@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this machine has GPIO lines: leave them alone")
def test_a_computer_without_pins(
    words: tuple[str, ...], fact: str, acumat: Acumat, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line that says what to do instead, and no file."""
    monkeypatch.chdir(folder)
    refused(acumat(*words), fact, TRY_AGAIN)
    assert not (folder / "new.npz").exists()


@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this machine has GPIO lines: leave them alone")
def test_run_says_first_that_it_is_not_calibrated(acumat: Acumat, tmp_path: Path) -> None:
    """Then that it has no zero, then that this is no Raspberry Pi."""
    (tmp_path / "acumat.toml").write_text('[storage]\nstate_dir = "state"\n')
    done = acumat("run", "--config", tmp_path / "acumat.toml")
    assert (done.returncode, done.stdout) == (TRY_AGAIN, "")
    warning, zero, error = done.stderr.splitlines()
    assert warning == "WARNING not calibrated: loads follow the board's nominal scale"
    assert zero.startswith("WARNING not zeroed: stop the service, clear the mat and run `acumat tare`")
    assert error.startswith("acumat: no GPIO chip of a Raspberry Pi")


@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this machine has GPIO lines: leave them alone")
def test_run_starts_with_a_damaged_calibration(acumat: Acumat, folder: Path) -> None:
    """The file is named, the nominal scale is used, and the sixth short start is in safe mode."""
    for start in range(6):
        done = acumat("run", "--config", folder / "state.toml")
        assert done.returncode == TRY_AGAIN
        fault, *rest = done.stderr.splitlines()
        assert "is of version 7, this acumat reads 2" in fault
        assert fault.endswith("the defaults are in use")
        assert "WARNING not calibrated: loads follow the board's nominal scale" in rest
        assert any("safe mode" in line for line in rest) is (start == 5)
        assert rest[-1].startswith("acumat: no GPIO chip of a Raspberry Pi")
    assert (folder / "state" / "calibration.json").read_text() == '{"version": 7}'


def test_outputs_off_is_quiet_when_it_works(acumat: Acumat) -> None:
    """On gpiozero's pretended pins."""
    env = {"GPIOZERO_PIN_FACTORY": "mock", "GPIOZERO_MOCK_PIN_CLASS": "mockpwmpin"}
    done = acumat("outputs-off", env=env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_wrong_words(acumat: Acumat) -> None:
    """A verb that is none, a goal out of bounds, an option that would do nothing: usage and exit 2."""
    for words, fact in (
        (("reply",), "'reply': no such verb; did you mean replay?"),
        (("replay", "x.npz", "--goal-min", "99"), "99.0 is not in the range 5<=x<=40"),
        (("replay", "x.npz", "--ticks", "2"), "--ticks goes with --jsonl"),
        (("record", "x.npz", "--seconds", "0"), "0.0 is not in the range 1<=x<=7200"),
    ):
        done = acumat(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert fact in done.stderr
        assert "Traceback" not in done.stderr


def test_help_lists_every_verb_and_says_what_it_is_not(acumat: Acumat) -> None:
    """Without importing any of them."""
    done = acumat("--help")
    assert done.returncode == 0
    assert "Not a medical device" in " ".join(done.stdout.split())
    for verb in ("run", "record", "replay", "outputs-off"):
        assert f"  {verb} " in done.stdout
        shown = acumat(verb, "--help")
        assert shown.returncode == 0
        assert shown.stdout.split("Examples:")[1].count(f"acumat {verb}") == 2
    assert acumat("--version").stdout.startswith("acumat, version ")
