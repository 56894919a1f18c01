"""Files that people edit while the mat runs: polled in a thread; the last good content stays in use."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from firmware.storage.last_good import LastGood
from hardware import toml_text
from hardware.toml_text import TomlError

POLL_S: Final = 5.0
JOIN_S: Final = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """A file, its last good value, and a callback for a new value, called in the thread of the watcher."""

    path: Path
    last_good: LastGood[Any]
    apply: Callable[[Any], None]


class FileWatcher:
    """Reads every file in the constructor, and again when its text has changed. Errors are logged, one line each."""

    def __init__(self, files: Sequence[WatchedFile], every_s: float = POLL_S) -> None:
        self._files, self._every_s = files, every_s
        self._seen: dict[Path, str] = {}
        self._stop = threading.Event()
        self.fault: str | None = None
        self.check()
        self._thread = threading.Thread(target=self._run, name="edited", daemon=True)
        if files:
            self._thread.start()

    def check(self) -> None:
        """Read every file now."""
        for file in self._files:
            try:
                text = toml_text.read_text(file.path)
            except TomlError as error:
                self._log_faults(file, str(error), (str(error),))
                continue
            if self._seen.get(file.path) != text:
                faults = file.last_good.update(text, str(file.path))
                self._log_faults(file, text, faults)
                if not faults:
                    file.apply(file.last_good.value)

    def close(self) -> None:
        """Stop polling."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)

    def _log_faults(self, file: WatchedFile, text: str, faults: Sequence[str]) -> None:
        if self._seen.get(file.path) == text:
            return
        self._seen[file.path] = text
        for line in faults:
            log.warning("%s; the last good content stays in use", line)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self.check()
            except Exception as error:  # the thread must outlive a defect
                if self.fault is None:
                    log.exception("files: defect in this program; they are read again in %.0f s", self._every_s)
                self.fault = f"files: defect in this program ({type(error).__name__})"
            else:
                self.fault = None
