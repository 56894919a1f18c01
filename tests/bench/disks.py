"""The loop beside a bad disk: one that takes two seconds a commit, and one of a megabyte that is full.

`python -m tests.bench.disks FOLDER SECONDS COMMIT_S [FILL_AT_S]` runs the real loop on a simulated mat at the pace of
real time and prints what it saw as JSON. The slow disk and a sound one run side by side, so that both have the same
rest of the machine.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from firmware import daemon
from firmware.clock import SystemClock
from firmware.core import MatCore
from firmware.storage import backups, connection
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from firmware.view import Tick
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.pace import PacedSource
from sim.people.acts import Leave, Lie, Lower, Roll, Sit, Wait
from sim.people.story import Story
from tests.bench.report import Row, row

BOARD: Final = boards.load_board()
DISK_KB: Final = 1024
OFTEN: Final = "backup_often"  # a file of this name in the folder: a copy each second


def _story(seconds: float) -> Story:
    """Return a visit that ends some seconds before the time is over."""
    lying_s = seconds - 32
    acts = (Wait(seconds=4), Sit(seconds=4), Lower(seconds=4), Lie(seconds=lying_s), Roll(seconds=2), Leave(seconds=2))
    return Story("beside a bad disk", acts=(*acts, Wait(seconds=12)))


class _Slow:
    """A connection whose commits take their time, as on a worn card; other threads run meanwhile."""

    def __init__(self, path: Path, commit_s: float) -> None:
        self._made, self._commit_s = connection.connect(path), commit_s

    def execute(self, sql: str, values: Any = (), /) -> Any:  # noqa: ANN401 - as the connection
        """Run one statement; a commit waits first."""
        if sql == "COMMIT":
            time.sleep(self._commit_s)
        return self._made.execute(sql, values)

    def close(self) -> None:
        """Close the connection."""
        self._made.close()


class _Watch:
    """A sink: when each tick came, the longest wait of the store, and when the database had a fault first."""

    def __init__(self, store: SessionStore, base: Database, fill_at_s: float | None) -> None:
        self._store, self._base, self._fill_at_s = store, base, fill_at_s
        self.came_s: list[float] = []
        self.offered_s: list[float] = []
        self.filled_s: float | None = None
        self.flagged_s: float | None = None

    def offer(self, tick: Tick) -> None:
        """Pass the tick on and note the time."""
        self.came_s.append(time.perf_counter())
        self._store.offer(tick)
        self.offered_s.append(time.perf_counter() - self.came_s[-1])
        if self._fill_at_s is not None and self.filled_s is None and tick.t_s >= self._fill_at_s:
            _fill(self._base.path.parent / "film")
            self.filled_s = time.perf_counter()
        if self.filled_s is not None and self.flagged_s is None and self._base.fault is not None:
            self.flagged_s = time.perf_counter() - self.filled_s

    def close(self) -> None:
        """Close the store."""
        self._store.close()


def _fill(path: Path) -> None:
    """Write until there is no room."""
    with path.open("wb", buffering=0) as film, contextlib.suppress(OSError):
        while film.write(b"x" * 512):
            pass


def _run(folder: Path, seconds: float, commit_s: float, fill_at_s: float | None) -> dict[str, Any]:
    clock, copies = SystemClock(), []  # type: SystemClock, list[Path]
    bench = Bench(_story(seconds), BOARD, 3)
    base = Database(folder, clock, connect_to=lambda path: _Slow(path, commit_s))
    if (folder / OFTEN).exists():
        base.idle = lambda _: copies.append(backups.make_backup(base.path))
    watch = _Watch(SessionStore(base, clock, cells=12), base, fill_at_s)
    daemon.run_loop(PacedSource(FrameSource(bench), 1.0, clock), MatCore(BOARD, bench.calibration), sinks=[watch])
    gaps_s = np.diff(watch.came_s)
    found = connection.read_only(base.path)
    [(closed,)] = found.execute("SELECT count(*) FROM session WHERE end_ns IS NOT NULL")
    found.close()
    return {
        "p99_s": float(np.quantile(gaps_s, 0.99)), "longest_s": float(gaps_s.max()), "ticks": len(watch.came_s),
        "offer_s": float(np.quantile(watch.offered_s, 0.99)), "flagged_s": watch.flagged_s, "closed": closed,
    }  # fmt: skip


def child(folder: Path, seconds: float, commit_s: float, fill_at_s: float | None = None) -> "subprocess.Popen[str]":
    """Start the loop in a process of its own."""
    words = [sys.executable, "-m", "tests.bench.disks", str(folder), str(seconds), str(commit_s)]
    more = [] if fill_at_s is None else [str(fill_at_s)]
    return subprocess.Popen([*words, *more], stdout=subprocess.PIPE, text=True)


def read_child(running: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return what it saw."""
    out, _ = running.communicate()
    found: dict[str, Any] = json.loads(out)
    return found


def slow_disk(seconds: float, rounds: int) -> list[Row]:
    """Return rows of a disk of 2 s a commit beside a sound one, in rounds of so many seconds."""
    slow, sound = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            folders = Path(name) / "slow", Path(name) / "sound"
            children = [child(folder, seconds, commit_s) for folder, commit_s in zip(folders, (2.0, 0.0), strict=True)]
            one, other = map(read_child, children)
            slow.append(one)
            sound.append(other)
    ratio = float(np.median([one["p99_s"] / other["p99_s"] for one, other in zip(slow, sound, strict=True)]))
    how = f"side by side, {rounds} rounds of {seconds:.0f} s in real time"
    hops = sum(one["ticks"] for one in slow)
    return [
        row("gaps between frames beside a disk of 2 s a commit, p99 against a sound disk", ratio, "times", "<= 1.1",
            n=hops, label="measured", how=f"median of {how}"),
        row("time of one offer to the store beside that disk, p99", 1e6 * max(one["offer_s"] for one in slow), "us",
            "<= 5000", n=hops, label="measured", how=f"the loop never waits for the writer; {how}"),
        row("ends of sessions lost on that disk", sum(1 - one["closed"] for one in slow), "sessions", "== 0",
            n=rounds, label="measured", how=how),
    ]  # fmt: skip


def full_disk(seconds: float) -> list[Row]:
    """Return rows of a disk of a megabyte that something fills in mid-session; none without the right to mount."""
    if os.geteuid():
        return []
    with tempfile.TemporaryDirectory() as name:
        small, sound = Path(name) / "small", Path(name) / "sound"
        small.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_KB}k", "tmpfs", str(small)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            return []
        try:
            full, whole = map(read_child, [child(small, seconds, 0.0, seconds / 2), child(sound, seconds, 0.0)])
        finally:
            subprocess.run(["umount", "-l", str(small)], check=True)
    how = f"tmpfs of 1 MB, filled in mid-session; {seconds:.0f} s in real time beside a sound disk"
    flagged_s = full["flagged_s"]
    return [
        row("hops lost while a disk of 1 MB is full", abs(whole["ticks"] - full["ticks"]), "hops", "== 0",
            n=whole["ticks"], label="measured", how=how),
        row("gaps between frames on that disk, p99 against a sound disk", full["p99_s"] / whole["p99_s"], "times",
            "<= 1.1", n=full["ticks"], label="measured", how=how),
        row("ends of sessions lost on that disk", 1 - full["closed"], "sessions", "== 0", n=1, label="measured",
            how=how),
        row("from a full disk to the flag", 99.0 if flagged_s is None else flagged_s, "s", "<= 5", n=1,
            label="measured", how=f"a session is checkpointed every 3 s; {how}"),
    ]  # fmt: skip


if __name__ == "__main__":
    words = sys.argv[2:]
    sys.stdout.write(json.dumps(_run(Path(sys.argv[1]), *map(float, words), *[None] * (3 - len(words)))) + "\n")
