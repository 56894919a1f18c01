"""Files that people edit while the mat runs: polled in a thread; the last good content stays in use."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from firmware.storage.last_good import LastGood
from firmware.supervisor import Worker
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
        self._faults: dict[Path, str] = {}
        self._stop = threading.Event()
        self.check()
        self._worker = Worker("files", self._run)
        if files:
            self._worker.start()

    @property
    def fault(self) -> str | None:
        """The first error of the first file that is not in use as it stands."""
        wrong = next(iter(list(self._faults.values())), None)
        return self._worker.fault or wrong

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
                    self._faults.pop(file.path, None)
                    file.apply(file.last_good.value)

    def close(self) -> None:
        """Stop polling."""
        self._stop.set()
        self._worker.close(JOIN_S)

    def _log_faults(self, file: WatchedFile, text: str, faults: Sequence[str]) -> None:
        if self._seen.get(file.path) == text:
            return
        self._seen[file.path] = text
        for number, line in enumerate(faults):
            whole = f"{line}; the last good content stays in use"
            if number == 0:
                self._faults[file.path] = whole
            log.warning("%s", whole)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            self.check()
