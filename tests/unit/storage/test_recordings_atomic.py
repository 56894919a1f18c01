"""A recording is written whole or not at all."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from firmware.storage.recordings import load

SAVER = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from firmware.storage.recordings import save
from firmware.frames import Frames

path, count, limit = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
counts = np.random.default_rng(1).integers(1, 1 << 22, (count, 12), dtype=np.int32)
frames = Frames(0, np.arange(count, dtype=np.int64), counts, np.zeros((count, 12), np.uint8))
print("saving", flush=True)
save(path, frames, board_text="", calibration=None, label="simulated")
"""


def saver(path: Path, count: int, limit: int = 0) -> "subprocess.Popen[str]":
    """Start a process that saves count frames, with a disk on which no file gets larger than limit."""
    command = [sys.executable, "-c", SAVER, str(path), str(count), str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_killed_in_between_there_is_no_half_file(tmp_path: Path) -> None:
    """Kill -9 while it writes: nothing of that name. What lies beside it goes with the next save."""
    path = tmp_path / "a.npz"
    part = tmp_path / "a.npz.part"
    with saver(path, 300_000) as child:
        while child.poll() is None and not (part.exists() and part.stat().st_size):
            time.sleep(0.002)
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert names(tmp_path) == ["a.npz.part"]
    with saver(path, 100) as child:
        assert child.wait(30) == 0
    assert names(tmp_path) == ["a.npz"]
    assert len(load(path).frames) == 100


def test_a_full_disk_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    """The error has path and reason; the old recording is unchanged."""
    path = tmp_path / "a.npz"
    with saver(path, 100) as child:
        assert child.wait(30) == 0
    before = path.read_bytes()
    with saver(path, 20_000, limit=50_000) as child:
        _, said = child.communicate(timeout=30)
    assert child.returncode == 1
    fact = f"{path}: cannot be written (File too large): choose a writable folder with free space"
    assert said.splitlines()[-1].endswith(fact)
    assert names(tmp_path) == ["a.npz"]
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Said in one line as well."""
    with saver(tmp_path / "none" / "a.npz", 100) as child:
        _, said = child.communicate(timeout=30)
    assert "cannot be written (No such file or directory)" in said.splitlines()[-1]
