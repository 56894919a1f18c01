"""The files of the service manager that come with the program, put in place for an installation without a package."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from firmware.errors import DriverError

SHIPPED: Final = "share/acumat/systemd"
WRITTEN_FOR: Final = "/opt/acumat/bin/acumat"  # the program in the shipped unit
HIDDEN: Final = ("/home", "/root", "/run/user")  # ProtectHome=yes of the unit

# Shipped files and their places.
PLACES: Final = {
    "acumat.service": "etc/systemd/system/acumat.service",
    "acumat-poweroff.path": "etc/systemd/system/acumat-poweroff.path",
    "acumat-poweroff.service": "etc/systemd/system/acumat-poweroff.service",
    "acumat.sysusers": "etc/sysusers.d/acumat.conf",
    "acumat.tmpfiles": "etc/tmpfiles.d/acumat.conf",
}
AFTERWARDS: Final = (
    ("systemd-sysusers", "acumat.conf"),
    ("systemd-tmpfiles", "--create", "acumat.conf"),
    ("systemctl", "daemon-reload"),
    ("systemctl", "enable", "--now", "acumat.service", "acumat-poweroff.path"),
)


def install_unit_files(
    program: Path,
    *,
    root: Path = Path("/"),
    shipped: Path | None = None,
    run: Callable[[Sequence[str]], None] | None = None,
) -> list[Path]:
    """Put the files in place for a program, start the service, and return the files.

    Raises:
        DriverError: the service could not see the program, a file is missing or cannot be written, or systemd refuses.
    """
    if any(program.is_relative_to(folder) for folder in HIDDEN):
        raise DriverError(
            f"{program}: the service has no access to homes: install the program with `pipx install --global`, "
            "or into a venv in /opt"
        )
    folder = shipped or Path(sys.prefix) / SHIPPED
    try:
        texts = {name: (folder / name).read_text("utf-8") for name in PLACES}
    except OSError as error:
        raise DriverError(f"{folder}: the files of the service are missing ({error}): install acumat again") from error
    written = []
    for name, place in PLACES.items():
        path = root / place
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[name].replace(WRITTEN_FOR, str(program)), "utf-8")
        except OSError as error:
            raise DriverError(f"{path}: cannot be written ({error.strerror}): use sudo") from error
        written.append(path)
    for command in AFTERWARDS:
        (run or _run)(command)
    return written


def _run(command: Sequence[str]) -> None:
    """Run a command of systemd. Raises DriverError with its words."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - the table above
    except (OSError, subprocess.CalledProcessError) as error:
        words = str(getattr(error, "stderr", "") or error).strip()
        raise DriverError(f"{' '.join(command)}: {words}: correct it and run this again") from error
