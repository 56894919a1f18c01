"""The service of an installation without a package: the same unit, for the program where it is."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firmware.drivers.unit_files import AFTERWARDS, PLACES, WRITTEN_FOR, install_unit_files
from firmware.errors import DriverError

if TYPE_CHECKING:
    from collections.abc import Sequence

SHIPPED = Path(__file__).resolve().parents[3] / "systemd"
PROGRAM = Path("/opt/pipx/venvs/acumat/bin/acumat")


def test_every_file_is_in_place_and_names_the_program(tmp_path: Path) -> None:
    """Five files; the commands of systemd follow in their order."""
    commands: list[Sequence[str]] = []
    written = install_unit_files(PROGRAM, root=tmp_path, shipped=SHIPPED, run=commands.append)
    assert [str(path.relative_to(tmp_path)) for path in written] == list(PLACES.values())
    unit = (tmp_path / PLACES["acumat.service"]).read_text("utf-8")
    assert f"ExecStart={PROGRAM} run" in unit
    assert WRITTEN_FOR not in unit
    assert tuple(commands) == AFTERWARDS


@pytest.mark.parametrize("home", ["/home/pi", "/root"])
@pytest.mark.parametrize("program", [".local/bin/acumat", ".local/share/pipx/venvs/acumat/bin/acumat"])
def test_a_program_in_a_home_is_rejected(home: str, program: str, tmp_path: Path) -> None:
    """The unit hides homes: nothing is written, and the error says where else to install."""
    with pytest.raises(DriverError, match="pipx install --global"):
        install_unit_files(Path(home, program), root=tmp_path, shipped=SHIPPED, run=lambda _command: None)
    assert list(tmp_path.iterdir()) == []


def test_missing_files_change_nothing(tmp_path: Path) -> None:
    """An incomplete installation is one clear error."""
    with pytest.raises(DriverError, match="install acumat again"):
        install_unit_files(PROGRAM, root=tmp_path / "root", shipped=tmp_path, run=lambda _command: None)
    assert not (tmp_path / "root").exists()


def test_a_folder_that_cannot_be_written_asks_for_sudo(tmp_path: Path) -> None:
    """A file stands where a folder has to be."""
    (tmp_path / "etc").write_text("")
    with pytest.raises(DriverError, match="use sudo"):
        install_unit_files(PROGRAM, root=tmp_path, shipped=SHIPPED, run=lambda _command: None)


def test_what_systemd_refuses_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No systemd on the path: the command and the reason."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DriverError, match=r"systemd-sysusers acumat\.conf"):
        install_unit_files(PROGRAM, root=tmp_path, shipped=SHIPPED)
