"""Disks that are full, read-only or stand still under the real daemon. Needs root, for small disks of its own.

Sampling goes on, the session is stored, the fault is shown and gone.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from firmware.errors import StorageError
from firmware.storage.fault_log import running_mat
from tests.bench.report import Row, row
from tests.bench.shell_rig import CLOCK, COME, GO, Service, a_session

RATE_HZ: Final = 80
LIES_S: Final = 60.0
COME_S: Final = sum(act.seconds for act in COME)
GO_S: Final = sum(act.seconds for act in GO)
SHOWN_S: Final = 5.0
GONE_S: Final = 30.0
DISK: Final = ("database", "starts", "zero")  # the parts whose faults are those of the disk


@dataclass(frozen=True, slots=True)
class Outcome:
    """One disk: p99 of the time between frames, how soon the fault was shown and gone, and the sessions stored."""

    name: str
    gap_ms: float
    shown_s: float
    gone_s: float
    sessions: int


@contextmanager
def tmpfs(folder: Path) -> Iterator[Path]:
    """A disk of 8 MB in memory."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@contextmanager
def card(folder: Path) -> Iterator[Path]:
    """A file system on a loop device that can be made to fail, as a card does."""
    folder.mkdir()
    image = folder.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(32 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    subprocess.run(["mount", "-o", "loop,errors=remount-ro", str(image), str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(folder: Path) -> None:
    """Write until there is no room."""
    with (folder / "film").open("wb", buffering=0) as film, suppress(OSError):
        while film.write(b"x" * 4096):
            pass


def empty(folder: Path) -> None:
    """Make room again."""
    (folder / "film").unlink()


def read_only(folder: Path) -> None:
    """Nothing may be written from now on."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


def writable(folder: Path) -> None:
    """Everything as before."""
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


def fail_card(folder: Path) -> None:
    """Let the file system find an error: it takes no write any more."""
    device = next(line.split()[0] for line in Path("/proc/mounts").read_text().splitlines() if f" {folder} " in line)
    Path(f"/sys/fs/ext4/{Path(device).name}/trigger_fs_error").write_text("1")


def new_mount(folder: Path) -> None:
    """Mount the card again, as a person does who takes it out and puts it in."""
    subprocess.run(["umount", "-l", str(folder)], check=True)
    again = folder.with_suffix(".again.img")
    subprocess.run(["cp", str(folder.with_suffix(".img")), str(again)], check=True)
    subprocess.run(["fsck.ext4", "-y", "-f", str(again)], check=False, capture_output=True)
    subprocess.run(["mount", "-o", "loop", str(again), str(folder)], check=True)


def freeze(folder: Path) -> None:
    """Every write waits from now on."""
    subprocess.run(["fsfreeze", "-f", str(folder)], check=True)


def thaw(folder: Path) -> None:
    """Writes go on."""
    subprocess.run(["fsfreeze", "-u", str(folder)], check=True)


def nothing(_: Path) -> None:
    """The disk stays as it is."""


Act = Callable[[Path], None]
END_S: Final = COME_S + LIES_S + 48.0  # when the session is closed, at the latest
# Kind of disk, when trouble comes and goes (seconds of the tape), and what it is. None: before the start.
CASES: Final[dict[str, tuple[object, float | None, Act, float, Act]]] = {
    "a good disk": (tmpfs, None, nothing, 40.0, nothing),
    "full at the start": (tmpfs, None, fill, 40.0, empty),
    "full in mid-session, until after it": (tmpfs, 30.0, fill, END_S, empty),
    "read-only at the start": (tmpfs, None, read_only, 40.0, writable),
    "a card that fails in mid-session": (card, 30.0, fail_card, 55.0, new_mount),
    "a card that stands still for 20 s": (card, 30.0, freeze, 50.0, thaw),
}


def faults(service: Service) -> list[str]:
    """Return the present faults of the disk."""
    found = running_mat(service.folder, service.home)
    return [] if found is None else [fault.name for fault in found.faults if fault.name in DISK]


def waited(wish: Callable[[], bool], at_most_s: float) -> float:
    """Return the seconds until a wish comes true, infinity when it does not in time."""
    begin_ns = CLOCK.boottime_ns()
    while not wish():
        if CLOCK.boottime_ns() - begin_ns > at_most_s * 1e9:
            return float("inf")
        CLOCK.sleep_s(0.1)
    return (CLOCK.boottime_ns() - begin_ns) / 1e9


def case(name: str, folder: Path, seed: int) -> Outcome:
    """Run one session over one disk."""
    made, from_s, spoil, until_s, repair = CASES[name]
    with made(folder) as disk:  # type: ignore[operator]
        stamps = folder.with_suffix(".stamps")
        service = Service(disk, a_session(LIES_S, seed, RATE_HZ), environment={"STAMPS": str(stamps)})
        trouble = spoil is not nothing
        try:
            service.calibrate()
            if from_s is None:
                spoil(disk)
            service.start()
            service.ready_ns()
            if from_s is not None:
                service.sleep_until(from_s)
                spoil(disk)
            shown_s = waited(lambda: bool(faults(service)), 20.0) if trouble else 0.0
            service.sleep_until(until_s)
            repair(disk)
            gone_s = waited(lambda: not faults(service), 60.0) if trouble else 0.0
            service.sleep_until(END_S + 12.0)
            service.stop()
            try:
                sessions = len(service.stored())
            except StorageError:
                sessions = 0
        finally:
            service.close()
    gaps_ns = np.diff(np.frombuffer(stamps.read_bytes(), np.int64))
    return Outcome(name, float(np.percentile(gaps_ns, 99)) / 1e6, shown_s, gone_s, sessions)


def rows() -> list[Row]:
    """Return the rows of the report."""
    if os.geteuid():
        raise SystemExit("small disks need root")
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(len(CASES)) as pool:
        jobs = [pool.submit(case, one, Path(name) / f"disk{number}", number) for number, one in enumerate(CASES)]
        found = [job.result() for job in jobs]
    good = found[0]
    how = f"one session of {LIES_S:.0f} s of lying at {RATE_HZ} samples/s; all disks at the same time"
    made = []
    for one in found:
        made.append(row(f"sessions stored, {one.name}", one.sessions, "", "== 1", n=1, label="measured", how=how))
        if one is good:
            continue
        made += [
            row(f"p99 between frames against a good disk, {one.name}", one.gap_ms / good.gap_ms, "", "<= 1.1",
                n=1, label="measured", how=f"{one.gap_ms:.2f} ms against {good.gap_ms:.2f} ms"),
            row(f"fault shown after, {one.name}", one.shown_s, "s", f"<= {SHOWN_S:g}", n=1, label="measured",
                how="in the file that acumat doctor reads; from the trouble, or READY, on"),
            row(f"fault gone after, {one.name}", one.gone_s, "s", f"<= {GONE_S:g}", n=1, label="measured",
                how="as above"),
        ]  # fmt: skip
    return made
