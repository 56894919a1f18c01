"""The files of systemd/ and the page about them, checked with the tools of systemd and the program."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from firmware import config, mat
from firmware.cli.main import REFUSED, TRY_AGAIN, acumat
from firmware.drivers.sampler import PRIORITY
from firmware.errors import BrokerError, ConfigError, DriverError, TransitionError
from hardware.board import BoardError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "systemd"
UNIT = FOLDER / "acumat.service"
PROGRAM = "/opt/acumat/bin/acumat"
EXPOSURE_BOUND = 2.0


@pytest.fixture
def analyze() -> str:
    """Where systemd-analyze is."""
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    return found


def directives() -> list[tuple[str, str]]:
    """All lines of the unit, as pairs."""
    lines = (line.partition("=") for line in UNIT.read_text("utf-8").splitlines() if line[:1] not in ("", "#", "["))
    return [(name, value) for name, _, value in lines]


def test_systemd_verify_prints_nothing(analyze: str, tmp_path: Path) -> None:
    """The unit is legal to the last word. The program is not installed here, so another one stands in for it."""
    unit = tmp_path / "acumat.service"
    unit.write_text(UNIT.read_text("utf-8").replace(PROGRAM, "/bin/true"))
    done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_sandbox_is_tight(analyze: str) -> None:
    """What an attacker could do from inside the service, as systemd counts it: the bound is 2.0, usual is 9."""
    asked = [analyze, "security", "--offline=true", "--no-pager", str(UNIT)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for acumat\.service: ([0-9.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= EXPOSURE_BOUND


def test_each_block_has_its_reason() -> None:
    """A comment above each block of lines says why it is there."""
    for block in re.split(r"\n\n|\n(?=#)", UNIT.read_text("utf-8")):
        lines = block.strip().splitlines()
        settings = [
            line for line in lines if line[:1] not in ("#", "[") and not line.startswith(("Description=", "WantedBy="))
        ]
        assert not settings or lines[0].startswith("#"), block


def test_promises_that_the_rest_of_the_program_counts_on() -> None:
    """The daemon reports ready and alive, it is always restarted, and the light goes off however it ended."""
    unit = dict(directives())
    assert unit["Type"] == "notify"
    assert int(unit["WatchdogSec"]) >= 2, "frames come ten times a second, the daemon feeds at a third of this"
    assert unit["Restart"] == "always"
    assert unit["StartLimitIntervalSec"] == "0"
    assert unit["ExecStopPost"].startswith(f"{PROGRAM} outputs-off ")
    assert unit["Environment"] == f"LG_WD={unit['WorkingDirectory']}"
    assert unit["RuntimeDirectory"] == unit["StateDirectory"] == "acumat"
    assert str(config.Settings().storage.state_dir) == "/var/lib/acumat"


@pytest.mark.parametrize(
    ("error", "restarts"),
    [
        (ConfigError("gaol_min: unknown key"), False),
        (BoardError("GPIO 4 is already taken"), False),
        (BrokerError("the password cannot be read"), False),
        (DriverError("the lines are gone"), True),
        (TransitionError("a fault of the program"), True),
    ],
)
def test_only_errors_that_a_person_must_correct_keep_it_down(
    error: Exception, restarts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost lines and a defect lead to a restart; wrong settings would fill the log for ever."""

    def load(_: object) -> None:
        raise error

    monkeypatch.setattr(mat, "load_for_service", load)
    done = CliRunner().invoke(acumat, ["run"])
    assert (str(done.exit_code) not in dict(directives())["RestartPreventExitStatus"].split()) is restarts
    assert done.exit_code == (TRY_AGAIN if restarts else REFUSED)
    assert f"acumat: {error}" in done.output


def test_sampler_is_allowed_its_privileges() -> None:
    """A priority above the limit would be refused, and the chips read without any."""
    unit = dict(directives())
    assert int(unit["LimitRTPRIO"]) >= PRIORITY
    assert unit["LimitMEMLOCK"] == "infinity"
    assert {"sched_setscheduler", "sched_setparam"} <= {
        call for name, value in directives() if name == "SystemCallFilter" for call in value.split()
    }


def test_commands_exist() -> None:
    """Each command line of the unit is one that the program understands."""
    commands = [value.split() for name, value in directives() if name.startswith("Exec")]
    assert len(commands) == 2
    for program, verb, *arguments in commands:
        assert program == PROGRAM
        command = acumat.get_command(click.Context(acumat), verb)
        assert command is not None
        command.make_parser(click.Context(command)).parse_args(arguments)


def test_user_is_in_the_group_that_owns_the_pins(tmp_path: Path) -> None:
    """The tool makes of the file what the unit names: user acumat, in the group gpio."""
    tool = shutil.which("systemd-sysusers")
    if tool is None or os.geteuid():
        pytest.skip("systemd-sysusers is not installed, or this is not root, who alone can try it on a folder")
    (tmp_path / "etc").mkdir()
    subprocess.run([tool, f"--root={tmp_path}", str(FOLDER / "acumat.sysusers")], check=True, capture_output=True)
    unit = dict(directives())
    assert f"{unit['User']}:x:" in (tmp_path / "etc/passwd").read_text()
    group = (tmp_path / "etc/group").read_text()
    assert re.search(rf"^{unit['SupplementaryGroups']}:x:\d+:{unit['User']}$", group, re.MULTILINE)


def test_settings_are_made_when_missing_and_never_changed(tmp_path: Path) -> None:
    """The password is root's alone, and neither it nor the settings are touched when they are there already."""
    tool = shutil.which("systemd-tmpfiles")
    if tool is None or os.geteuid():
        pytest.skip("systemd-tmpfiles is not installed, or this is not root, who alone can try it on a folder")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\n")
    (tmp_path / "etc/group").write_text("root:x:0:\n")
    create = [tool, f"--root={tmp_path}", "--create", str(FOLDER / "acumat.tmpfiles")]
    subprocess.run(create, check=True, capture_output=True)
    secret, settings = tmp_path / "etc/acumat/mqtt-password", tmp_path / "etc/acumat/acumat.toml"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert config.load_settings(settings) == config.Settings()
    secret.write_text("geheim\n")
    settings.write_text('[device]\nid = "mine"\n')
    subprocess.run(create, check=True, capture_output=True)
    assert secret.read_text() == "geheim\n"
    assert config.load_settings(settings).device.id == "mine"


def test_page_shows_settings_that_work(tmp_path: Path) -> None:
    """A reader who copies the example gets a mat that publishes, with the password where the unit puts it."""
    page = (ROOT / "docs/install.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert tomllib.loads(example)
    file = tmp_path / "acumat.toml"
    file.write_text(example)
    mqtt = config.load_settings(file).mqtt
    name, _ = dict(directives())["LoadCredential"].split(":")
    assert mqtt.enabled
    assert str(mqtt.password_file) == f"/run/credentials/{UNIT.name}/{name}"


def test_page_installs_every_file_and_removes_it() -> None:
    """Each file of the folder is installed by the page, and removed again."""
    page = (ROOT / "docs/install.md").read_text("utf-8")
    installing, removing = page.split("## Remove\n")
    for file in FOLDER.glob("acumat*"):
        target = re.search(rf"install -D -m 644 systemd/{re.escape(file.name)} (\S+)", installing)
        assert target, file.name
        assert target[1] in removing
