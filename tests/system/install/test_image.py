"""The stage of the image recipe on a real root, as pi-gen would run it; the result boots with the mat on it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.install import installed, machine
from tests.system.install.machine import Machine

WHY_NOT = machine.missing()
pytestmark = [pytest.mark.install, pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))]
STAGE = installed.ROOT / "systemd/image/stage-acumat"
PI_GEN = 'on_chroot() { chroot "$ROOTFS_DIR" bash -e; }; export -f on_chroot\n'


@pytest.fixture
def rootfs(tmp_path: Path) -> Iterator[Path]:
    """A root as the stage before leaves it: Debian with the firmware's settings file; changed only in this folder."""
    lower, folder = machine.prepared_root(), tmp_path / "rootfs"
    for name in ("upper", "work", "rootfs"):
        (tmp_path / name).mkdir()
    options = f"lowerdir={lower},upperdir={tmp_path}/upper,workdir={tmp_path}/work"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, folder], check=True)
    try:
        (folder / "boot/firmware").mkdir(parents=True)
        (folder / "boot/firmware/config.txt").write_text("#dtparam=spi=on\n")
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_the_card_boots_with_the_service_enabled(rootfs: Path, tmp_path: Path) -> None:
    """The package is installed in the root, starts at boot, and waits there for its wires; the watchdog is on."""
    stage = tmp_path / STAGE.name
    shutil.copytree(STAGE, stage)
    shutil.copy(installed.package(tmp_path / "deb"), stage / "00-acumat/files")
    words = ["bash", "-c", f"{PI_GEN}{stage}/prerun.sh && cd {stage}/00-acumat && ./00-run.sh"]
    subprocess.run(words, check=True, env={**os.environ, "ROOTFS_DIR": str(rootfs), "LC_ALL": "C"})
    assert list((rootfs / "var/tmp").iterdir()) == []
    with Machine(rootfs) as box:
        assert box.run("systemctl is-enabled acumat.service acumat-poweroff.path").split() == ["enabled", "enabled"]
        box.wait("systemctl is-active acumat", "activating", 60)  # no GPIO device in a container: tried again and again
        assert "no GPIO chip of a Raspberry Pi" in box.run("journalctl -u acumat -o cat")
        assert "RuntimeWatchdogSec=15\n" in box.run("cat /etc/systemd/system.conf.d/acumat-watchdog.conf")
