"""The package in a fresh Debian trixie: one command installs it, it comes back after failures, and it leaves cleanly.

A booted systemd in a container, the real unit and the real program; the chips are virtual.
"""

from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.system.install import installed, machine
from tests.system.install.machine import Machine

WHY_NOT = machine.missing()
VERSION_BEFORE = "0.0.9"
pytestmark = [pytest.mark.install, pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))]


@pytest.fixture(scope="module")
def debs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The package of the version before, and the package."""
    out = tmp_path_factory.mktemp("debs")
    return installed.package(out / "before", VERSION_BEFORE), installed.package(out / "now")


def made_root(make: Callable[[], Path]) -> Path:
    """Return a root; without a network the test is skipped with the reason."""
    try:
        return make()
    except RuntimeError as error:
        pytest.skip(f"no Debian {machine.SUITE} can be made here: {str(error)[:200]}")


@pytest.fixture
def fresh(debs: tuple[Path, Path], tmp_path: Path) -> Iterator[Machine]:
    """A fresh system: the package and everything it depends on is installed there."""
    with Machine(made_root(machine.root)) as made:
        installed.connect_virtual_chips(made, tmp_path)
        installed.install(made, debs[1])
        yield made


@pytest.fixture
def box(debs: tuple[Path, Path], tmp_path: Path) -> Iterator[Machine]:
    """A system with the version before installed and ready."""
    with Machine(made_root(machine.prepared_root)) as made:
        installed.connect_virtual_chips(made, tmp_path)
        installed.install(made, debs[0])
        yield made


def test_one_command_installs_a_service_without_rights(fresh: Machine) -> None:
    """Ready with frames, no failed unit, systemd has no remark, little exposure, no capability, root is not needed."""
    assert fresh.run("systemctl --failed --no-legend") == ""
    assert fresh.run("systemd-analyze verify acumat.service") == ""
    exposure = float(fresh.run("systemd-analyze security acumat.service | tail -1").split(":")[1].split()[0])
    assert exposure <= 2.0
    status = fresh.run(f"cat /proc/{installed.pid_of(fresh, 'run')}/status")
    assert "CapEff:\t0000000000000000" in status
    assert "CapBnd:\t0000000000000000" in status


def test_a_command_of_root_runs_as_the_user_of_the_service(box: Machine) -> None:
    """What `acumat record` writes belongs to the service, and the version is that of the package."""
    box.run("systemctl stop acumat")
    box.run("cd /var/lib/acumat && acumat-sim session --speed 0 --record sim.npz")
    assert box.run("stat -c %U /var/lib/acumat/sim.npz").strip() == "acumat"
    assert box.run("acumat --version").strip() == f"acumat, version {version('acumat')}"


SETUP = (
    "export GPIOZERO_PIN_FACTORY=mock GPIOZERO_MOCK_PIN_CLASS=mockpwmpin; acumat setup --board /etc/acumat/board.toml "
    "--pins yes --broker none --person Ana --zero yes"
)


def test_set_up_by_options_makes_a_mat_that_is_in_order(box: Machine) -> None:
    """Pins tested, person and zero stored as the service's own, settings kept by root, service running."""
    shown = box.run(SETUP, timeout_s=600)
    assert shown.strip().endswith("The mat is ready: lie down, the session starts by itself.")
    assert box.run("systemctl is-active acumat").strip() == "active"
    assert box.run("stat -c %U /var/lib/acumat/zero.json /etc/acumat/acumat.toml").split() == ["acumat", "root"]
    assert '"chosen": "Ana"' in box.run("acumat people --json")


def test_a_killed_daemon_and_a_hung_daemon_come_back(box: Machine) -> None:
    """A killed process, then a stopped process that the watchdog ends: each time another process becomes ready."""
    for signal in ("KILL", "STOP"):
        before = installed.pid_of(box, "run")
        box.run(f"kill -{signal} {before}")
        box.wait(f"test $(systemctl show -P MainPID acumat) != {before} && systemctl is-active acumat", "active", 60)
    assert int(box.run("systemctl show -P NRestarts acumat")) >= 2


def test_a_program_that_fails_at_every_start_is_never_given_up(box: Machine) -> None:
    """Twenty seconds of failures leave the service activating, not failed; with the program repaired it is ready."""
    override = "/etc/systemd/system/acumat.service.d/zz.conf"
    box.run(f"printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' > {override}; systemctl daemon-reload")
    box.run("systemctl restart --no-block acumat")
    states = box.run("for i in $(seq 40); do systemctl is-active acumat; sleep 0.5; done", check=False).split()
    assert set(states) <= {"activating", "deactivating"}
    box.run(f"rm {override}; systemctl daemon-reload; systemctl restart --no-block acumat")
    box.wait("systemctl is-active acumat", "active", 60)


def test_an_upgrade_keeps_every_session(box: Machine, debs: tuple[Path, Path]) -> None:
    """Fifty sessions are there before and after, and the settings are the owner's own."""
    box.run("systemctl stop acumat")
    box.run("cd / && setpriv --reuid=acumat --regid=acumat --init-groups env PYTHONPATH=/usr/lib/acumat python3 "
            "/usr/lib/acumat-lane/sessions.py 50")  # fmt: skip
    box.run("systemctl start acumat")
    settings = box.run("cat /etc/acumat/acumat.toml")
    box.put(debs[1], "/srv")
    shown = installed.apt_install(box, debs[1])
    box.wait("systemctl is-active acumat", "active", 60)
    assert shown.count("In short: ") == 1, "what is new, once"
    assert box.run("dpkg-query -W -f '${Version}' acumat") != VERSION_BEFORE
    assert box.run("cat /etc/acumat/acumat.toml") == settings
    assert installed.stored_sessions(box) == 50


def test_purge_leaves_the_data_of_the_person_only(box: Machine) -> None:
    """After purge nothing of the package is left but /var/lib/acumat and the user that owns it."""
    assert installed.purge(box) == []
    assert box.run("ls -A /var/lib/acumat") != ""
    assert box.run("systemctl --failed --no-legend") == ""
