"""Where the faults of a running mat are kept: the present ones in a file for `acumat doctor`, each in the database.

The file is in the folder that the service manager makes for each run (in memory, so a full card does not matter), else
in the state folder. It is written when something changes and removed at the end.
"""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Final

import msgspec

from firmware.clock import Clock
from firmware.storage import json_file
from firmware.storage.atomic_write import atomic_write
from firmware.storage.boot import current_boot_id
from firmware.storage.connection import Write
from firmware.supervisor import Worker
from firmware.view import Fault

NAME: Final = "status.json"
LOOK_S: Final = 0.5
JOIN_S: Final = 1.0
RUNTIME: Final = Path("/run/acumat")
INSERT: Final = "INSERT INTO fault (boot, at_ns, name, text) SELECT max(id), ?, ?, ? FROM boot"


class RunningMat(msgspec.Struct):
    """The file: which process runs the mat, since when (ns since power-on), and what is wrong now."""

    pid: int
    boot_id: str
    since_ns: int
    faults: list[Fault]


class FaultLog:
    """Looks at the faults twice a second, in a thread of its own. write stores a row, if there is a database."""

    def __init__(
        self,
        folder: Path,
        faults: Callable[[], tuple[Fault, ...]],
        clock: Clock,
        write: Callable[[Write], None] | None = None,
    ) -> None:
        self._path, self._faults, self._clock, self._write = folder / NAME, faults, clock, write
        self._since_ns = clock.boottime_ns()
        self._known: tuple[Fault, ...] = ()
        self._stored: tuple[Fault, ...] | None = None
        self._stop = Event()
        self._worker = Worker("faults", self._run, clock).start()

    def close(self) -> None:
        """Stop looking, and remove the file."""
        self._stop.set()
        self._worker.close(JOIN_S)
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        while True:
            self._look()
            if self._stop.wait(LOOK_S):
                return

    def _look(self) -> None:
        now = self._faults()
        known, self._known = {fault.name for fault in self._known}, now
        for fault in now:
            if fault.name not in known and self._write is not None:
                self._write(Write(INSERT, (self._clock.boottime_ns(), fault.name, fault.text)))
        if now != self._stored:
            status = RunningMat(os.getpid(), current_boot_id(), self._since_ns, list(now))
            atomic_write(self._path, msgspec.json.encode(status).decode() + "\n")
            self._stored = now


def runtime_folder(state_dir: Path) -> Path:
    """Return where the file of this process belongs."""
    made = os.environ.get("RUNTIME_DIRECTORY")
    return Path(made) if made else state_dir


def running_mat(state_dir: Path, runtime: Path = RUNTIME, processes: Path = Path("/proc")) -> RunningMat | None:
    """Return what the running mat says about itself; None when none runs. Raises OSError when it may not be read."""
    for folder in (runtime, state_dir):
        try:
            found = json_file.read(folder / NAME, RunningMat)
        except (FileNotFoundError, json_file.NotReadableError):
            continue
        if found.boot_id == current_boot_id() and (processes / str(found.pid)).exists():
            return found
    return None
