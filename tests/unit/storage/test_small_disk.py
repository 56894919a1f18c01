"""A disk of 1 MB that is full: the end of a session is stored, and the fault is shown and goes away."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware.events import SessionEnded
from firmware.storage.connection import NAME, read_only
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from tests.doubles.clock import ManualClock
from tests.doubles.ticks import tick
from tests.unit.storage.test_session_store import SUMMARY, lying

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a small disk needs the right to mount")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def until(wish: Callable[[], object], seconds: float) -> float:
    start_s = time.perf_counter()
    while not wish():
        assert time.perf_counter() - start_s < seconds
        time.sleep(0.02)
    return time.perf_counter() - start_s


def fill(path: Path) -> None:
    """Write until there is no room."""
    with path.open("wb", buffering=0) as film, contextlib.suppress(OSError):
        while film.write(b"x" * 512):
            pass


def test_the_end_of_a_session_fits_on_a_full_disk(disk: Path) -> None:
    """Something fills the disk in mid-session; the reserve takes the end; with room again the fault goes."""
    clock = ManualClock()
    base = Database(disk, clock, boot_id="one")
    store = SessionStore(base, clock, cells=12)
    store.offer(lying(1.0))
    until(lambda: base.path.with_name(NAME + "-wal").stat().st_size > 0, 10)
    fill(disk / "film")
    for hop in range(20, 1500):
        store.offer(lying(hop / 10))
    until(lambda: base.fault is not None, 30)
    store.offer(tick(651.0, events=(SessionEnded(651.0, SUMMARY),)))
    until(lambda: _closed(base.path) == 1, 30)
    (disk / "film").unlink()
    store.offer(lying(700.0))
    until(lambda: base.fault is None, 30)
    store.close()


def _closed(path: Path) -> int:
    found = read_only(path)
    count: int = found.execute("SELECT count(*) FROM session WHERE end_ns IS NOT NULL").fetchone()[0]
    found.close()
    return count
