"""The zero in use, stored because a mat that starts with a person on it must not tare."""

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from firmware.events import Zeroed
from firmware.storage import json_file
from firmware.storage.atomic_write import atomic_write
from firmware.supervisor import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.signal.calibration import Calibration
    from firmware.view import Tick

VERSION: Final = 1
NAME: Final = "zero.json"
DRIFT_EVERY_S: Final = 600.0  # of frame time: how often the zero that follows drift is stored
CLOSE_S: Final = 2.0

Code = Annotated[int, msgspec.Meta(ge=-(1 << 31), lt=1 << 31)]


class _File(msgspec.Struct):
    """The whole file."""

    version: int
    calibration: int
    zero_counts: Annotated[list[Code], msgspec.Meta(max_length=1_000)]


def load(folder: Path, cells: int, calibration: int | None) -> tuple[int, ...] | None:
    """Return the zero (cells,) stored for the calibration with this number, 0 for none, None for any.

    None when there is no file, or one of another mat or calibration: then the factory zero is better.
    """
    try:
        file = json_file.read(folder / NAME, _File)
    except (OSError, json_file.NotReadableError):
        return None
    same = (file.version, len(file.zero_counts)) == (VERSION, cells) and calibration in (file.calibration, None)
    return tuple(file.zero_counts) if same else None


def fault(folder: Path) -> str | None:
    """Return why the stored zero cannot be read; None when it can, or when there is none."""
    path = folder / NAME
    try:
        json_file.read(path, _File)
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror}): grant the user of the service read permission"
    except json_file.NotReadableError as error:
        return f"{path}: is not a zero ({error}): take the zero again"
    return None


def save(folder: Path, zero_counts: tuple[int, ...], calibration: int) -> Path:
    """Store the zero (cells,) for the calibration with this number. Raises StorageError when that fails."""
    text = json.dumps({"version": VERSION, "calibration": calibration, "zero_counts": zero_counts})
    return atomic_write(folder / NAME, text + "\n")


class ZeroStore:
    """A Sink that stores the zero: each new one at once, and the drifted one every ten minutes.

    A separate thread writes the file; only the newest zero is queued, and stays queued until it is stored.
    """

    def __init__(self, folder: Path, in_use: "Callable[[], Calibration]", calibration: int) -> None:
        self._folder, self._in_use, self._calibration = folder, in_use, calibration
        self._waiting: tuple[int, ...] | None = None
        self._stored = in_use().zero_counts
        self._next_s = DRIFT_EVERY_S
        self._open = True
        self._changed = threading.Condition()
        self._worker = Worker("zero", self._write).start()

    @property
    def fault(self) -> str | None:
        """Why the zero is not stored now."""
        return self._worker.fault

    def offer(self, tick: "Tick") -> None:
        """Queue the zero of a tick when it is due."""
        if tick.t_s >= self._next_s or any(isinstance(event, Zeroed) for event in tick.events):
            self._next_s = tick.t_s + DRIFT_EVERY_S
            self._enqueue()

    def close(self) -> None:
        """Store the present zero, and wait up to CLOSE_S for the disk."""
        self._enqueue()
        with self._changed:
            self._open = False
            self._changed.notify()
        self._worker.close(CLOSE_S)

    def _enqueue(self) -> None:
        zero_counts = self._in_use().zero_counts
        if zero_counts is not None and zero_counts != self._stored:
            self._stored = zero_counts
            with self._changed:
                self._waiting = zero_counts
                self._changed.notify()

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting is not None or not self._open)
                zero_counts = self._waiting
            if zero_counts is None:
                return
            save(self._folder, zero_counts, self._calibration)
            with self._changed:
                if self._waiting is zero_counts:
                    self._waiting = None
