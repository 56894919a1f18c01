"""Safe mode: after five starts that each lasted less than a minute, the next one runs only what timing needs."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.errors import StorageError
from firmware.storage.atomic_write import atomic_write
from firmware.supervisor import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.view import Tick

NAME: Final = "starts"
SHORT_STARTS: Final = 5
GOOD_S: Final = 60.0
CLOSE_S: Final = 2.0
COUNT_MAX: Final = 1_000_000


def short_starts(folder: Path) -> int:
    """Return how many starts in a row were short; 0 when the file is missing or unreadable."""
    try:
        text = (folder / NAME).read_bytes()[:16].decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return 0
    return min(int(text), COUNT_MAX) if text.isdecimal() else 0


class StartCounter:
    """A Sink. Counts this start in the constructor, and clears the count after a good minute of frames.

    safe: this start is in safe mode. recovered is called after its good minute, as soon as no session is open.
    """

    def __init__(self, folder: Path, recovered: "Callable[[], None]" = lambda: None) -> None:
        self._folder, self._recovered = folder, recovered
        count = short_starts(folder)
        self.safe = count >= SHORT_STARTS
        self._count = count + 1
        self._cleared = False
        self._worker: Worker | None = None
        try:
            self._store()
        except StorageError:  # it logs, shows and repeats the attempt
            self._worker = Worker("starts", self._store).start()

    @property
    def fault(self) -> str | None:
        """Why starts are not counted; None when they are."""
        return None if self._worker is None else self._worker.fault

    def offer(self, tick: "Tick") -> None:
        """Follow the time. Never blocks."""
        if tick.t_s < GOOD_S:
            return
        if not self._cleared:
            self._cleared, self._count = True, 0
            self._worker = Worker("starts", self._store).start()
        if self.safe and tick.view.start_s is None:
            self.safe = False
            self._recovered()

    def close(self) -> None:
        """Wait up to CLOSE_S for the disk. A start that ends early stays counted."""
        if self._worker is not None:
            self._worker.close(CLOSE_S)

    def _store(self) -> None:
        atomic_write(self._folder / NAME, f"{self._count}\n")
