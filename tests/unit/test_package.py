"""The Debian package: everything is in its place, names the program in /usr/bin, and two builds have equal bytes."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from firmware.cli.main import VERBS
from firmware.config import SECTIONS, section_options
from tests.doubles.scripts import load_script
from tests.system.install.machine import DEPENDS

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # docs is no package of the program
from docs import manual  # noqa: E402 - needs the line above

VERSION = "0.0.9"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel with one package, enough for the package to be built from."""
    path = tmp_path_factory.mktemp("wheel") / f"acumat-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted((ROOT / "hardware").glob("*.py")):
            archive.write(file, f"hardware/{file.name}")
        archive.writestr(f"acumat-{VERSION}.dist-info/METADATA", f"Name: acumat\nVersion: {VERSION}\n")
        archive.writestr(f"acumat-{VERSION}.data/scripts/acumat", "not in the package")
    return path


@pytest.fixture(scope="module")
def stage(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the package."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("dpkg-deb is not installed (only Debian has it)")
    out = tmp_path_factory.mktemp("out")
    package = load_script("systemd/deb.py").build(wheel, out)
    subprocess.run(["dpkg-deb", "-R", str(package), str(out / "root")], check=True)
    return out / "root"


def test_two_builds_have_equal_bytes(stage: Path, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same wheel and the same date give the same package, whatever the clock and the umask say."""
    del stage
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first, second = (
        load_script("systemd/deb.py").build(wheel, tmp_path / name).read_bytes() for name in ("one", "two")
    )
    assert first == second


def test_every_file_is_in_its_place(stage: Path) -> None:
    """Modules in a folder of their own, commands on the path, units, user, folders, manual and completion."""
    for name in (
        "usr/lib/acumat/hardware/board.py", "usr/bin/acumat", "usr/bin/acumat-sim", "usr/bin/acumat-site",
        "usr/share/acumat/site/setup.sh",
        "usr/lib/systemd/system/acumat.service", "usr/lib/systemd/system/acumat-poweroff.path",
        "usr/lib/sysusers.d/acumat.conf", "usr/lib/tmpfiles.d/acumat.conf",
        "usr/lib/systemd/journald.conf.d/50-acumat.conf", "etc/systemd/system.conf.d/acumat-watchdog.conf",
        "usr/share/man/man1/acumat.1.gz", "usr/share/man/man5/acumat.toml.5.gz",
        "usr/share/bash-completion/completions/acumat", "usr/share/doc/acumat/copyright",
    ):  # fmt: skip
        assert (stage / name).is_file(), name
    assert not list(stage.glob("usr/lib/acumat/*.data"))
    assert (stage / "usr/bin/acumat").stat().st_mode & 0o111


def test_the_units_name_the_program_of_the_package(stage: Path) -> None:
    """The unit of systemd/ is for a folder in /opt; the package has the same unit for /usr/bin."""
    unit = (stage / "usr/lib/systemd/system/acumat.service").read_text("utf-8")
    assert "ExecStart=/usr/bin/acumat run" in unit
    assert "/opt/" not in unit


def test_the_watchdog_of_the_board_is_off_until_its_owner_asks(stage: Path) -> None:
    """The drop-in changes nothing for other programs of this computer: its only setting is a comment."""
    lines = (stage / "etc/systemd/system.conf.d/acumat-watchdog.conf").read_text("utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ["[Manager]"]
    assert "#RuntimeWatchdogSec=15" in lines


def test_the_control_file_has_version_and_size(stage: Path) -> None:
    """No mark of the template is left."""
    text = (stage / "DEBIAN/control").read_text("utf-8")
    assert f"Version: {VERSION}\n" in text
    assert "@" not in text.replace("maintainers@", "")
    assert "Architecture: all" in text


def test_scripts_are_legal_shell(stage: Path) -> None:
    """The shell parses each of them without a message."""
    for script in (*(stage / "DEBIAN").glob("p*"), stage / "usr/bin/acumat"):
        done = subprocess.run(["sh", "-n", str(script)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), script.name


def test_the_manual_has_every_verb_and_every_setting() -> None:
    """Both pages are made from the program."""
    pages = dict(manual.files(VERSION))
    verbs, settings = pages["usr/share/man/man1/acumat.1.gz"], pages["usr/share/man/man5/acumat.toml.5.gz"]
    for verb in VERBS:
        assert f".SH {verb.upper()}" in verbs
    for name, kind in SECTIONS.items():
        assert f".SH [{name}]" in settings
        for option, _, _ in section_options(kind):
            assert f".B {option}\n" in settings


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_completion_for_each_shell(shell: str) -> None:
    """The script asks the program itself which words are next."""
    text = manual.completion("acumat", manual.COMMANDS["acumat"], shell)
    assert f"_ACUMAT_COMPLETE={shell}_complete" in text


def test_what_is_new_is_a_few_lines(stage: Path) -> None:
    """The paragraph below the newest heading of the change log, for the screen after an update."""
    text = (stage / "usr/lib/acumat/news.txt").read_text("utf-8")
    assert text.startswith("acumat 0.")
    assert 1 <= text.count("\n") <= 8
    assert "#" not in text
    script = (stage / "DEBIAN/postinst").read_text("utf-8")
    assert f'lt "{VERSION}"' in script


def test_it_depends_on_what_pip_would_install_beside_it() -> None:
    """Each dependency of the wheel is a package of Debian, and the install lane has it downloaded."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    packages = {f"python3-{re.split(r'[^a-z-]', line)[0]}" for line in wanted}
    control = (ROOT / "systemd/debian/control.in").read_text("utf-8")
    depends = re.findall(r"[a-z0-9-]+", re.search(r"^Depends: (.*)$", control, re.MULTILINE)[1])  # type: ignore[index]
    assert packages <= set(depends)
    assert packages <= set(DEPENDS)
