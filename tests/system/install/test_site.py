"""docs/site.md in a fresh Debian trixie: its commands, as they stand there, lead to a running site."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.system.install import installed, machine
from tests.system.install.machine import Machine

WHY_NOT = machine.missing()
pytestmark = [pytest.mark.install, pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))]
PAGE: Final = Path(__file__).parents[3] / "docs/site.md"
CONTROL: Final = Path(__file__).parents[3] / "systemd/debian/control.in"
HOST: Final = "broker.example.org"


def blocks() -> list[str]:
    """Return the commands of the page: set up, then the trial with three mats."""
    text = PAGE.read_text("utf-8").replace("\\\n", "")
    found = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [block for block in found if block.startswith(("apt install", "acumat-site enrol"))]


def root() -> Path:
    """Return a system in which the packages of the page are downloaded, as the container has no network."""
    [line] = [one for one in CONTROL.read_text("utf-8").splitlines() if one.startswith("Depends:")]
    folder, depends = machine.CACHE / f"{machine.SUITE}-site", re.sub(r"\([^)]*\)|,|Depends:", "", line)
    ready = folder / "ready-site"
    if not ready.exists() or ready.read_text() != depends:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["cp", "-a", str(machine.root()), str(folder)], check=True)
        packages = next(line for line in blocks()[0].splitlines() if line.startswith("apt install")).split()[2:]
        for words in (("update", "-qq"), ("install", "-y", "-qq", "-d", *packages, *depends.split())):
            subprocess.run(["chroot", str(folder), "apt-get", *words], check=True, capture_output=True)
        ready.write_text(depends)
    return folder


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Machine]:
    deb = installed.package(tmp_path / "debs")
    with Machine(root()) as made:
        made.put(deb, "/srv")
        made.run(f"echo '127.0.0.1 localhost {HOST}' >> /etc/hosts")  # debootstrap leaves localhost out
        yield made


def test_the_page_leads_to_a_running_site(box: Machine) -> None:
    """Three simulated mats, every event stored, nothing to complain about, and a killed database comes back."""
    setup, trial = blocks()
    for command in setup.splitlines():
        box.run(f"cd /srv && {command.replace('apt install', 'apt-get install -y -qq')}", timeout_s=400)
    shown = box.run(trial.partition("for mat in")[0], timeout_s=200)
    assert "3 simulated mats" in shown
    assert "try-3" in shown
    count = "setpriv --reuid=postgres psql -tA acumat -c 'SELECT count(*) FROM event'"
    box.wait(f"cd / && {count}", "48", 60)
    pid = box.run("head -1 /var/lib/postgresql/*/main/postmaster.pid").strip()
    box.run(f"kill -9 {pid}")
    box.wait(f"cd / && {count}", "48", 60)
    box.run("for mat in try-1 try-2 try-3; do acumat-site retire $mat; done")
    assert "retired" in box.run("acumat-site mats")
    assert box.run("systemctl --failed --no-legend") == ""
    units = ("collect@1.service", "page.service", "upkeep.timer", "broker.path")
    assert box.run("systemd-analyze verify " + " ".join(f"acumat-site-{unit}" for unit in units)) == ""
