"""What the checks of `acumat doctor` work on: an opened mat, with defaults for what cannot be opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from firmware import config, mat
from firmware.errors import AcumatError
from firmware.signal.calibration import Calibration
from hardware import board as boards
from hardware.board import BoardError

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.drivers.factory import BackendChoice
    from firmware.mat import Mat
    from firmware.mqtt.link import Dial
    from firmware.ports import Source

T = TypeVar("T")
LEAST_FREE_MB: Final = 50.0
ERROR_LINES_MAX: Final = 3  # of an error: the whole has to stay on one screen


@dataclass(frozen=True, slots=True)
class DiagnosticContext:
    """The mat under examination and the ways to everything else.

    failures are the reasons, by the name of the check, of what could not be opened and was replaced by a default. root
    is the file system; less than free_mb on the disk is a fault.
    """

    mat: "Mat"
    config_file: Path | None
    seconds: float
    source: "Callable[[], Source]"
    choose: "Callable[[], BackendChoice]"
    dial: "Callable[[], Dial]"
    clock: "Clock"
    may_realtime: Callable[[], bool]
    failures: Mapping[str, str] = field(default_factory=dict)
    root: Path = Path("/")
    free_mb: float = LEAST_FREE_MB


def first_lines(error: Exception) -> str:
    """Return the lines of an error that fit on the screen."""
    lines = str(error).splitlines()
    more = len(lines) - ERROR_LINES_MAX
    return "\n".join([*lines[:ERROR_LINES_MAX], *([f"and {more} more"] if more > 0 else [])])


def open_or_defaults(config_file: Path | None) -> tuple[mat.Mat, dict[str, str]]:
    """Open the mat. Returns it and the reason for each part that is replaced by its default, by the check's name."""
    failures: dict[str, str] = {}

    def attempt(name: str, read: Callable[[], T], default: Callable[[], T]) -> T:
        try:
            return read()
        except (AcumatError, BoardError) as error:
            failures[name] = first_lines(error)
            return default()

    settings = attempt("settings", lambda: config.load_settings(config_file), config.Settings)
    board = attempt("board", lambda: boards.load_board(settings.board.file), boards.load_board)
    nominal = Calibration((board.counts_per_newton,) * len(board.cells))
    opened = attempt(
        "calibration",
        lambda: mat.mat_of_settings(settings, board),
        lambda: mat.Mat(settings, board, nominal, calibrated=False),
    )
    return opened, failures
