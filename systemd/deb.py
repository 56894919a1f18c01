"""Builds the Debian package from the wheel: PYTHONPATH=. python systemd/deb.py WHEEL FOLDER. Needs dpkg-deb.

One package for all architectures, on the Python packages of the distribution. The same wheel gives the same bytes:
every time stamp is SOURCE_DATE_EPOCH, every owner root.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from docs import manual

FOLDER: Final = Path(__file__).parent
DEBIAN: Final = FOLDER / "debian"
SITE: Final = FOLDER / "site"  # a server with many mats; setup.sh puts its files where they belong
MODULES: Final = "usr/lib/acumat"
PROGRAM: Final = "/opt/acumat/bin/acumat"  # as the unit files name it; the package has it in /usr/bin
UNITS: Final = "usr/lib/systemd/system"
ROOT_VERBS: Final = ("install-service", "setup")
SCRIPTS: Final = ("postinst", "prerm", "postrm")

# Files of systemd/ and their place in the package.
PLACES: Final = {
    "acumat.service": f"{UNITS}/acumat.service",
    "acumat-poweroff.path": f"{UNITS}/acumat-poweroff.path",
    "acumat-poweroff.service": f"{UNITS}/acumat-poweroff.service",
    "debian/backoff.conf": f"{UNITS}/acumat.service.d/10-backoff.conf",
    "acumat.sysusers": "usr/lib/sysusers.d/acumat.conf",
    "acumat.tmpfiles": "usr/lib/tmpfiles.d/acumat.conf",
    "debian/journald.conf": "usr/lib/systemd/journald.conf.d/50-acumat.conf",
}


def build(wheel: Path, out: Path) -> Path:
    """Return the path of the package that is built from a wheel."""
    version = wheel.name.split("-")[1]
    stage = out / "deb"
    shutil.rmtree(stage, ignore_errors=True)
    unpack(wheel, stage / MODULES)
    for source, place in PLACES.items():
        write(stage / place, (FOLDER / source).read_text("utf-8").replace(PROGRAM, "/usr/bin/acumat"))
    write(stage / "etc/systemd/system.conf.d/acumat-watchdog.conf", commented(FOLDER / "acumat-watchdog.conf"))
    write(stage / "usr/bin/acumat", wrapper("firmware", *ROOT_VERBS), mode=0o755)
    write(stage / "usr/bin/acumat-sim", wrapper("sim", "swarm"), mode=0o755)
    write(stage / "usr/bin/acumat-site", (SITE / "acumat-site.sh").read_text("utf-8"), mode=0o755)
    for path in sorted(SITE.iterdir()):
        if path.name != "acumat-site.sh":
            write(stage / "usr/share/acumat/site" / path.name, path.read_text("utf-8"))
    write(stage / MODULES / "news.txt", news())
    pages(stage, version)
    documents(stage / "usr/share/doc/acumat", version)
    control(stage, version)
    return pack(stage, out / f"acumat_{version}_all.deb")


def unpack(wheel: Path, modules: Path) -> None:
    """Unpack the modules of a wheel; its scripts and data have places of their own in the package."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if ".data/" not in name and not name.endswith("RECORD"):
                archive.extract(name, modules)


def wrapper(module: str, *root_verbs: str) -> str:
    """Return the script that runs a module, as the user of the service when root runs it, but for some verbs."""
    text = (DEBIAN / "acumat.sh").read_text("utf-8")
    cases = " | ".join(f"0:{verb}" for verb in root_verbs or ("-",))
    return text.replace("@MODULE@", module).replace("@ROOT_CASES@", cases)


def news() -> str:
    """Return what is new in a few words: the paragraph below the newest heading of the change log."""
    newest = (FOLDER.parent / "CHANGELOG.md").read_text("utf-8").split("\n## [")[1]
    heading, _, rest = newest.partition("\n")
    return f"acumat {heading.partition(']')[0]}. {rest.partition('###')[0].strip()}\n"


def commented(path: Path) -> str:
    """Return a file of settings in which nothing is set: its owner removes the marks."""
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(line if line.startswith(("#", "[")) else f"#{line}" for line in lines) + "\n"


def pages(stage: Path, version: str) -> None:
    """Write manual pages and completion, which are made from the commands and the table of settings."""
    for name, text in manual.files(version):
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
        path.chmod(0o644)


def documents(folder: Path, version: str) -> None:
    """Write copyright, change log and licence as Debian's policy wants them."""
    licence = (FOLDER.parent / "LICENSE").read_text("utf-8").partition("\n\n")[2]
    write(folder / "copyright", (DEBIAN / "copyright.in").read_text("utf-8").replace("@LICENSE@", licence.strip()))
    stamp = subprocess.run(["date", "-uR", f"-d@{epoch()}"], capture_output=True, text=True, check=True).stdout.strip()
    changes = f"acumat ({version}) stable; urgency=medium\n\n  * See NEWS.gz.\n\n -- {maintainer()}  {stamp}\n"
    (folder / "changelog.gz").write_bytes(gzip.compress(changes.encode(), mtime=0))
    news = (FOLDER.parent / "CHANGELOG.md").read_bytes()
    (folder / "NEWS.gz").write_bytes(gzip.compress(news, mtime=0))


def control(stage: Path, version: str) -> None:
    """Write what dpkg reads: control, sums, configuration files, scripts."""
    files = sorted(path for path in stage.rglob("*") if path.is_file())
    sums = "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(stage)}\n"
        for path in files
    )
    size = sum((path.stat().st_size + 1023) // 1024 for path in files)
    text = (DEBIAN / "control.in").read_text("utf-8").replace("@VERSION@", version).replace("@SIZE@", str(size))
    write(stage / "DEBIAN/control", text)
    write(stage / "DEBIAN/md5sums", sums)
    write(stage / "DEBIAN/conffiles", (DEBIAN / "conffiles").read_text("utf-8"))
    for script in SCRIPTS:
        write(stage / "DEBIAN" / script, (DEBIAN / script).read_text("utf-8").replace("@VERSION@", version), mode=0o755)


def pack(stage: Path, package: Path) -> Path:
    """Return the package, packed with one time stamp for all files."""
    for path in [stage, *stage.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
        os.utime(path, (epoch(), epoch()), follow_symlinks=False)
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(stage), str(package)],
        check=True, stdout=subprocess.DEVNULL, env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch())},
    )  # fmt: skip
    return package


def epoch() -> int:
    """Return SOURCE_DATE_EPOCH, or the time of the last commit, or 1980, the oldest that a zip file can hold."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=FOLDER, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else 315_532_800


def maintainer() -> str:
    """Return the maintainer, as the control file names them."""
    found = re.search(r"^Maintainer: (.*)$", (DEBIAN / "control.in").read_text("utf-8"), flags=re.MULTILINE)
    assert found is not None  # noqa: S101 - the control file of this folder
    return found[1]


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file with its mode, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


if __name__ == "__main__":
    sys.stdout.write(f"{build(Path(sys.argv[1]), Path(sys.argv[2]))}\n")
