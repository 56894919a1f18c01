"""A booted Debian in a container: systemd-nspawn on a cached root, changed only in memory, without a network.

Commands run inside through nsenter. The root is made once (debootstrap) in /var/cache/acumat-install, with the packages
that acumat depends on downloaded but not installed.
"""

import contextlib
import os
import pty
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

CACHE: Final = Path("/var/cache/acumat-install")
SUITE: Final = "trixie"
TOOLS: Final = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "nsenter": "util-linux"}
DEPENDS: Final = (
    "adduser", "python3-click", "python3-gpiozero", "python3-msgspec", "python3-numpy", "python3-paho-mqtt",
    "python3-rich", "python3-segno", "python3-starlette", "python3-tomlkit", "python3-uvicorn",
)  # fmt: skip
BASE: Final = "systemd,systemd-sysv,dbus,ca-certificates"
SEARCHED: Final = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BOOT_S: Final = 180.0  # two seconds on an idle computer


def missing() -> str | None:
    """Return why no machine can be started here, or None."""
    if not os.environ.get("INSTALL_LANE"):
        return "the install lane is run by `make system`"
    if os.geteuid() != 0:
        return "the install lane needs root (systemd-nspawn)"
    for tool, package in TOOLS.items():
        if shutil.which(tool) is None:
            return f"the install lane needs {tool} (Debian: apt-get install {package})"
    return None


def root(suite: str = SUITE, packages: Sequence[str] = DEPENDS) -> Path:
    """Return the folder of a system beside which packages are downloaded; made at the first call, with a network."""
    folder = CACHE / suite
    ready, wanted = folder / "ready", " ".join(packages)
    if ready.exists() and ready.read_text() == wanted:
        return folder
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        _host("debootstrap", "--variant=minbase", f"--include={BASE}", suite, str(folder), mirror())
    _host("chroot", str(folder), "apt-get", "update", "-qq")
    _host("chroot", str(folder), "apt-get", "install", "-y", "-qq", "-d", "--no-install-recommends", *packages)
    ready.write_text(wanted)
    return folder


def prepared_root(suite: str = SUITE, packages: Sequence[str] = DEPENDS) -> Path:
    """Return a copy of that system in which the packages are installed already."""
    folder, fresh = CACHE / f"{suite}-prepared", root(suite, packages)
    ready = folder / "prepared"
    if ready.exists() and ready.read_text() == (fresh / "ready").read_text():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    _host("cp", "-a", str(fresh), str(folder))
    _host("chroot", str(folder), "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)
    ready.write_text((folder / "ready").read_text())
    return folder


def mirror() -> str:
    """Return the address that this computer takes its own packages from. Raises RuntimeError when there is none."""
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE) $(CODENAME) $(COMPONENT)", "Created-By: Packages"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    sites = [line.split()[0] for line in done.stdout.splitlines() if "security" not in line and " main" in line]
    for site in sites:
        if site.rstrip("/").endswith("/debian"):
            return site
    raise RuntimeError("no archive of Debian is among the package sources of this computer")


def _host(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


class Machine:
    """A booted system. Leaving the context kills it; nothing that it wrote is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._leader = 0
        self.boot_s = 0.0

    def __enter__(self) -> Self:
        start_s = time.perf_counter()
        master, slave = pty.openpty()
        self._process = subprocess.Popen(
            ["systemd-nspawn", "-q", "-D", str(self._folder), "--volatile=overlay", "--register=no", "--keep-unit",
             "--private-network", "-b", "systemd.show_status=0"],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._master = master
        os.set_blocking(master, False)
        while time.perf_counter() - start_s < BOOT_S:
            self._drain()
            if self._leader == 0:
                self._leader = _child_of(self._process.pid)
            elif self.run("systemctl is-system-running", check=False).strip() in ("running", "degraded"):
                self.boot_s = time.perf_counter() - start_s
                return self
            time.sleep(0.1)
        self.__exit__(None, None, None)
        raise TimeoutError(f"the system of {self._folder} did not boot in {BOOT_S:g} s")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process is not None
        if self._leader:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.kill(self._leader, signal.SIGKILL)  # the first process inside: the kernel ends all others with it
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def _drain(self) -> None:
        try:
            while os.read(self._master, 65536):
                pass
        except (BlockingIOError, OSError):
            return

    def run(self, command: str, *, check: bool = True, timeout_s: float = 120.0) -> str:
        """Return what a shell command inside writes to stdout and stderr. Raises RuntimeError for an exit code."""
        self._drain()
        done = subprocess.run(
            ["nsenter", "-t", str(self._leader), "-a", "/usr/bin/env", "-i", f"PATH={SEARCHED}",
             "HOME=/root", "TERM=dumb", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", command],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=timeout_s,
        )  # fmt: skip
        if check and done.returncode != 0:
            raise RuntimeError(f"{command}: exit code {done.returncode}\n{done.stdout[-4000:]}")
        return done.stdout

    def put(self, source: Path, place: str) -> None:
        """Copy a file or a folder into the system."""
        data = subprocess.run(["tar", "-C", str(source.parent), "-c", source.name], capture_output=True, check=True)
        subprocess.run(
            ["nsenter", "-t", str(self._leader), "-a", "sh", "-c", f"mkdir -p {place} && tar -x -C {place}"],
            input=data.stdout, check=True,
        )  # fmt: skip

    def wait(self, command: str, wanted: str, timeout_s: float) -> float:
        """Return how many seconds it takes until a command prints what is wanted. Raises TimeoutError."""
        start_s = time.perf_counter()
        shown = ""
        while time.perf_counter() - start_s < timeout_s:
            shown = self.run(command, check=False).strip()
            if shown == wanted:
                return time.perf_counter() - start_s
            time.sleep(0.05)
        raise TimeoutError(f"{command}: {shown!r} after {timeout_s:g} s, not {wanted!r}")


def _child_of(pid: int) -> int:
    """Return the first process inside, which is the child of systemd-nspawn, or 0 while there is none."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    children = found.read_text().split() if found.exists() else []
    return int(children[0]) if children else 0
