"""A container in which the package is installed as an owner does it, with virtual chips on the lines of the cells."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.system.install.machine import Machine

ROOT: Final = Path(__file__).resolve().parents[3]
GUEST: Final = Path(__file__).with_name("guest")
LANE: Final = "/usr/lib/acumat-lane"
SITE: Final = "/usr/lib/python3/dist-packages"
SETTINGS: Final = '[cells]\nbackend = "rpi-gpio"\n[board]\nfile = "/etc/acumat/board.toml"\n'
MOCK_PINS: Final = "[Service]\nEnvironment=GPIOZERO_PIN_FACTORY=mock GPIOZERO_MOCK_PIN_CLASS=mockpwmpin\n"
DATABASE: Final = "/var/lib/acumat/acumat.db"
READY_S: Final = 180.0
APT_S: Final = 600.0  # two thousand modules are compiled
KEPT: Final = ("/srv/", "/var/cache/", "/var/log/", "/run/", "/var/lib/acumat")  # data, logs and the package itself


def package(out: Path, version: str | None = None) -> Path:
    """Return the package of this checkout, built with its own version or another one."""
    out.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "-w", out, ROOT],
        check=True,
    )
    [wheel] = out.glob("acumat-*.whl")
    if version is not None:
        wheel = wheel.rename(out / f"acumat-{version}-py3-none-any.whl")
    made = subprocess.run(
        [sys.executable, ROOT / "systemd/deb.py", wheel, out],
        check=True, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return Path(made.stdout.strip())


def connect_virtual_chips(machine: Machine, scratch: Path, story: str = "empty", site: str = SITE) -> None:
    """Put virtual chips behind the package RPi.GPIO, mock pins behind gpiozero, and the settings that select them.

    The story starts again with each process that opens the chips.
    """
    board = scratch / "board.toml"
    board.write_text((ROOT / "hardware/board.toml").read_text("utf-8").replace("rate_hz = 80 ", "rate_hz = 10 "))
    override = scratch / "lane.conf"
    override.write_text(MOCK_PINS)
    settings = scratch / "acumat.toml"
    settings.write_text(SETTINGS)
    machine.put(override, "/etc/systemd/system/acumat.service.d")
    machine.put(board, "/etc/acumat")
    machine.put(settings, "/etc/acumat")
    machine.put(GUEST / "RPi", site)
    machine.put(GUEST / "sessions.py", LANE)
    played = scratch / "story.toml"
    played.write_text((GUEST / f"{story}.toml").read_text("utf-8"))
    machine.put(played, LANE)
    machine.put(ROOT / "tests/doubles", f"{LANE}/tests")
    machine.run(f"touch {LANE}/tests/__init__.py && echo {LANE} > {site}/lane.pth")


def apt_install(machine: Machine, deb: Path) -> str:
    """Install a package that was put into /srv; return what the owner sees."""
    command = f"apt-get install -y -qq --no-install-recommends --allow-downgrades /srv/{deb.name}"
    return machine.run(command, timeout_s=APT_S)


def install(machine: Machine, deb: Path) -> float:
    """Return how many seconds pass from the command of the owner to the first frame."""
    machine.put(deb, "/srv")
    start_s = time.perf_counter()
    apt_install(machine, deb)
    machine.wait("systemctl is-active acumat", "active", READY_S)
    return time.perf_counter() - start_s


def purge(machine: Machine) -> list[str]:
    """Purge the package, and return the files of it that are left, the data of the person excepted."""
    machine.run(f"rm -rf /etc/systemd/system/acumat.service.d {LANE}")
    machine.run("apt-get purge -y -qq acumat")
    left = machine.run(
        "find / -xdev -path /var/lib/dpkg -prune -o -path /proc -prune -o -name '*acumat*' -print", check=False
    )
    return [line for line in left.split() if not line.startswith(KEPT)]


def pid_of(machine: Machine, what: str) -> int:
    """Return the process of the daemon ("run") or of the sampler ("sampler")."""
    if what == "run":
        return int(machine.run("systemctl show -P MainPID acumat"))
    pattern = "[-]m firmware[.]drivers[.]sampler"  # which does not match the command that looks for it
    scan = f"for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline | grep -q '{pattern}' && basename $p; done; true"
    return int(machine.run(scan).split()[-1])


def stored_sessions(machine: Machine) -> int:
    """Return how many closed sessions are in the database."""
    query = "SELECT count(*) FROM session WHERE reason IS NOT NULL"
    opened = f'sqlite3.connect("file:{DATABASE}?mode=ro", uri=True)'
    return int(machine.run(f"python3 -c 'import sqlite3; print({opened}.execute(\"{query}\").fetchone()[0])'"))
