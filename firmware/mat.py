"""A mat: settings, board, calibration, and the source of its frames."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firmware import config
from firmware.drivers.sampled import SampledSource
from firmware.signal.calibration import Calibration
from firmware.storage import calibration as calibrations
from firmware.storage import zero as zeros
from hardware import board as boards

if TYPE_CHECKING:
    from firmware.ports import Source
    from hardware.board import Board


@dataclass(frozen=True, slots=True)
class Mat:
    """A mat. calibrated is false while the board's nominal scale is used.

    number is that of the calibration, 0 for none.
    """

    settings: config.Settings
    board: "Board"
    calibration: Calibration
    calibrated: bool
    number: int = 0

    def source(self) -> "Source":
        """Start the process that reads the chips. Raises DriverError when the lines are not available."""
        return SampledSource(self.board, self.settings.cells.backend)


def load(config_file: Path | None) -> Mat:
    """Read settings, board and calibration. Raises ConfigError, BoardError or CalibrationError."""
    settings = config.load(config_file)
    return described(settings, boards.load(settings.board.file))


def described(settings: config.Settings, board: "Board") -> Mat:
    """Return the mat of settings and a board, with its calibration. Raises CalibrationError."""
    folder, cells = settings.storage.state_dir, len(board.cells)
    nominal = Calibration((board.counts_per_newton,) * cells, zeros.load(folder, cells, 0))
    known, number = calibrations.load(folder, cells), calibrations.number(folder, cells)
    return Mat(settings, board, known or nominal, calibrated=known is not None, number=number)
