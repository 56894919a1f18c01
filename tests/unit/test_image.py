"""The stage of the image recipe: what pi-gen needs is there, and its scripts do on a folder what they should."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGE = ROOT / "systemd/image"
STAGE = IMAGE / "stage-acumat"
SCRIPTS = sorted(STAGE.rglob("*.sh"))
# on_chroot and copy_previous as pi-gen exports them; here a command in the root is only noted down.
PI_GEN = (
    'on_chroot() { cat > "$NOTED"; }; copy_previous() { mkdir "$ROOTFS_DIR"; }; export -f on_chroot copy_previous\n'
)


def run(script: Path, root: Path, noted: Path) -> None:
    environment = {**os.environ, "ROOTFS_DIR": str(root), "NOTED": str(noted)}
    words = ["bash", "-c", f'{PI_GEN}cd "{script.parent}" && "{script}"']
    subprocess.run(words, check=True, env=environment)


def test_the_list_of_stages_names_the_stage() -> None:
    """pi-gen reads the settings as shell."""
    listed = subprocess.run(
        ["bash", "-c", f'. "{IMAGE}/config"; echo $RELEASE $STAGE_LIST'], check=True, capture_output=True, text=True
    ).stdout.split()
    assert listed == ["trixie", "stage0", "stage1", "stage2", STAGE.name]
    assert (STAGE / "EXPORT_IMAGE").read_text().startswith("IMG_SUFFIX=")


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_scripts_can_be_run(script: Path) -> None:
    """pi-gen leaves out a script that is not executable, without a word."""
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)


def test_the_stage_installs_the_package_and_sets_spi_and_watchdog(tmp_path: Path) -> None:
    """On a folder in place of the root; the package is installed by apt inside it."""
    root, noted = tmp_path / "rootfs", tmp_path / "noted"
    run(STAGE / "prerun.sh", root, noted)
    for name in ("var/tmp", "boot/firmware", "etc/systemd/system.conf.d"):
        (root / name).mkdir(parents=True)
    (root / "boot/firmware/config.txt").write_text("#dtparam=spi=on\n")
    commented = "".join(f"#{line}\n" for line in (ROOT / "systemd/acumat-watchdog.conf").read_text().splitlines())
    (root / "etc/systemd/system.conf.d/acumat-watchdog.conf").write_text(commented)
    here = tmp_path / "00-acumat"
    (here / "files").mkdir(parents=True)
    (here / "files/acumat_9.9_all.deb").write_text("")
    (here / "00-run.sh").write_bytes((STAGE / "00-acumat/00-run.sh").read_bytes())
    (here / "00-run.sh").chmod(0o755)
    run(here / "00-run.sh", root, noted)
    assert (root / "var/tmp/acumat_9.9_all.deb").exists()
    assert "apt-get install -y /var/tmp/acumat_*_all.deb" in noted.read_text()
    assert (root / "boot/firmware/config.txt").read_text().endswith("dtparam=spi=off\n")
    watchdog = (root / "etc/systemd/system.conf.d/acumat-watchdog.conf").read_text().splitlines()
    assert "RuntimeWatchdogSec=15" in watchdog


def test_without_a_package_the_stage_stops(tmp_path: Path) -> None:
    """Nothing was copied into files/: the image must not be made without the mat."""
    root = tmp_path / "rootfs"
    (root / "var/tmp").mkdir(parents=True)
    with pytest.raises(subprocess.CalledProcessError):
        run(STAGE / "00-acumat/00-run.sh", root, tmp_path / "noted")
