"""`acumat setup` as a command: the real verbs run, in a folder of its own."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Acumat

OWN = '# mine\n[storage]\nstate_dir = "state"\n'
ALL = ("--pins", "skip", "--broker", "none", "--person", "Ana", "--zero", "skip")


@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this machine has GPIO lines: leave them alone")
def test_options_alone_make_settings_and_person(acumat: "Acumat", tmp_path: Path) -> None:
    """Nothing is asked; without cells the doctor is not content, and the last line says what to do."""
    path = tmp_path / "acumat.toml"
    path.write_text(OWN)
    done = acumat("setup", "--config", path, "--board", "mat_3x2", *ALL)
    assert done.returncode == 1, done.stderr
    assert "5 of 5  Zero" in done.stdout
    assert done.stdout.strip().endswith("then run `acumat setup` again.")
    assert path.read_text().startswith(OWN)
    assert "mat_3x2, 6 cells" in acumat("config", "check", "--config", path).stdout
    people = json.loads(acumat("people", "--json", "--config", path).stdout)
    assert people["chosen"] == "Ana"


def test_a_set_up_that_is_left_says_how_to_go_on(acumat: "Acumat", tmp_path: Path) -> None:
    """No more answers come: what was answered is kept."""
    path = tmp_path / "acumat.toml"
    done = acumat("setup", "--config", path, "--board", "pilot_1x1")
    assert done.returncode == 1
    assert "`acumat setup` goes on from there" in done.stderr
    assert "pilot_1x1" in path.read_text()


def test_a_board_that_is_not_there_is_one_line(acumat: "Acumat", tmp_path: Path) -> None:
    """Given as an option there is nobody to ask again."""
    done = acumat("setup", "--config", tmp_path / "acumat.toml", "--board", tmp_path / "nowhere.toml", *ALL)
    assert done.returncode == 2
    assert done.stderr.startswith("acumat: ")
    assert done.stderr.count("\n") == 1
