"""The zero in use, stored because a mat that starts with a person on it must not tare."""

import json
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.errors import CalibrationError
from firmware.events import Zeroed
from firmware.storage.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.signal.calibration import Calibration
    from firmware.view import Tick

VERSION: Final = 1
NAME: Final = "zero.json"
DRIFT_EVERY_S: Final = 600.0  # of frame time: how often the zero that follows drift is stored
CLOSE_S: Final = 2.0

log = logging.getLogger(__name__)


def load(folder: Path, cells: int, calibration: int) -> tuple[int, ...] | None:
    """Return the zero (cells,) stored for the calibration with this number, 0 for none.

    None when there is no file, or one of another mat or calibration: then the factory zero is better.
    """
    try:
        data = json.loads((folder / NAME).read_text("utf-8"))
        if (data["version"], data["calibration"]) != (VERSION, calibration):
            return None
        counts = tuple(int(count) for count in data["zero_counts"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    return counts if len(counts) == cells else None


def save(folder: Path, zero_counts: tuple[int, ...], calibration: int) -> Path:
    """Store the zero (cells,) for the calibration with this number. Raises CalibrationError when that fails."""
    text = json.dumps({"version": VERSION, "calibration": calibration, "zero_counts": zero_counts})
    return atomic_write(folder / NAME, text + "\n")


class ZeroStore:
    """A Sink that stores the zero: each new one at once, and the drifted one every ten minutes.

    A separate thread writes the file; only the newest zero is queued. fault is the reason why the last write failed,
    None when it succeeded.
    """

    def __init__(self, folder: Path, in_use: "Callable[[], Calibration]", calibration: int) -> None:
        self._folder, self._in_use, self._calibration = folder, in_use, calibration
        self._waiting: tuple[int, ...] | None = None
        self._stored = in_use().zero_counts
        self._next_s = DRIFT_EVERY_S
        self._open = True
        self._changed = threading.Condition()
        self.fault: str | None = None
        self._thread = threading.Thread(target=self._write, name="zero", daemon=True)
        self._thread.start()

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
        self._thread.join(CLOSE_S)

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
                zero_counts, self._waiting = self._waiting, None
            if zero_counts is None:
                return
            try:
                save(self._folder, zero_counts, self._calibration)
            except CalibrationError as error:
                if self.fault is None:
                    log.warning("%s", error)
                self.fault = str(error)
            else:
                self.fault = None
