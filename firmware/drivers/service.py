"""The service of this computer, as `acumat setup` needs it: stop, start, and run a verb as its user."""

import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from firmware.errors import DriverError

UNIT: Final = "acumat.service"
USER: Final = "acumat"
BOOTED: Final = Path("/run/systemd/system")  # exists where systemd is the service manager
CREDENTIAL: Final = Path("/run/credentials/acumat.service/mqtt-password")  # as the unit passes the password


class Service:
    """Use installed before stop and restart: without a unit there is nothing to stop."""

    @property
    def installed(self) -> bool:
        """Whether root can stop and start the unit here."""
        return os.geteuid() == 0 and BOOTED.is_dir() and _systemctl("cat", UNIT).returncode == 0

    def stop(self) -> None:
        """Stop it, so that its pins are free. Raises DriverError."""
        self._checked("stop", UNIT)

    def restart(self) -> None:
        """Start it, and return when frames arrive. Raises DriverError."""
        self._checked("restart", UNIT)

    def run_verb(self, *words: str) -> int:
        """Run `acumat` with some words in this terminal and return its exit code."""
        return _verb(words, capture=False).returncode

    def read_verb(self, *words: str) -> str:
        """Return what `acumat` with some words prints; empty when it fails."""
        done = _verb(words, capture=True)
        return done.stdout if done.returncode == 0 else ""

    def _checked(self, *words: str) -> None:
        done = _systemctl(*words)
        if done.returncode != 0:
            raise DriverError(f"systemctl {' '.join(words)}: {done.stderr.strip()}: see `journalctl -u {UNIT} -n 20`")


def _systemctl(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607 - the words of this file


def _verb(words: tuple[str, ...], *, capture: bool) -> subprocess.CompletedProcess[str]:
    """Run a verb as the user of the service when root asks, so that its files keep one owner."""
    command = [sys.executable, "-P", "-m", "firmware", *words]
    out = subprocess.PIPE if capture else None
    if os.geteuid() != 0 or not BOOTED.is_dir():
        return subprocess.run(command, stdout=out, stderr=out, text=True, check=False)  # noqa: S603 - our own program
    try:
        user = pwd.getpwnam(USER)
    except KeyError as error:
        raise DriverError(f"there is no user {USER}: `sudo acumat install-service` creates it") from error
    return subprocess.run(  # noqa: S603 - our own program
        command, stdout=out, stderr=out, text=True, check=False,
        cwd=tempfile.gettempdir(),  # lgpio writes into the current folder
        user=user.pw_uid, group=user.pw_gid, extra_groups=os.getgrouplist(USER, user.pw_gid),
    )  # fmt: skip
