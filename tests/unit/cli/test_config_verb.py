"""`acumat config`: every error at once, and every setting as it applies."""

import json
import tomllib
from pathlib import Path

from click.testing import CliRunner

from firmware.cli.main import REFUSED, acumat


def test_check_names_every_error(tmp_path: Path) -> None:
    """Two wrong keys are two lines and exit code 2; a good file is one line."""
    path = tmp_path / "acumat.toml"
    path.write_text("[mqtt]\nport = 0\nhots = 1\n")
    result = CliRunner().invoke(acumat, ["config", "check", "--config", str(path)])
    assert result.exit_code == REFUSED
    assert "port" in result.output
    assert "did you mean host?" in result.output
    path.write_text("[session]\ngoal_min = 12\n")
    result = CliRunner().invoke(acumat, ["config", "check", "--config", str(path)])
    assert result.output == f"{path}: in order. Board mat_4x3, 12 cells.\n"


def test_show_is_toml_of_every_setting(tmp_path: Path) -> None:
    """The file's values and the defaults of the rest; JSON has the same."""
    path = tmp_path / "acumat.toml"
    path.write_text('[session]\ngoal_min = 12\n[mqtt]\nusername = "mat"\npassword_file = "secret"\n')
    shown = tomllib.loads(CliRunner().invoke(acumat, ["config", "show", "--config", str(path)]).output)
    assert shown["session"]["goal_min"] == 12
    assert shown["storage"]["traces_kept"] == 4000
    found = json.loads(CliRunner().invoke(acumat, ["config", "show", "--json", "--config", str(path)]).output)
    assert {section: set(values) for section, values in found.items()} == {
        section: set(values) for section, values in shown.items()
    }
