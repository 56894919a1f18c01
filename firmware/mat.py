"""A mat: settings, board, calibration, and the source of its frames."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from firmware import config
from firmware.drivers.sampled import SampledSource
from firmware.errors import CalibrationError
from firmware.signal.calibration import Calibration
from firmware.storage import calibration as calibrations
from firmware.storage import zero as zeros
from hardware import board as boards

if TYPE_CHECKING:
    from hardware.board import Board


@dataclass(frozen=True, slots=True)
class Mat:
    """A mat. calibrated is false while the board's nominal scale is used.

    number is that of the calibration, 0 for none. faults are the files that could not be read, one line each.
    """

    settings: config.Settings
    board: "Board"
    calibration: Calibration
    calibrated: bool
    number: int = 0
    faults: tuple[str, ...] = ()

    def source(self) -> SampledSource:
        """Start the process that reads the chips. Raises DriverError when the lines are not available."""
        return SampledSource(self.board, self.settings.cells.backend)


def load_mat(config_file: Path | None) -> Mat:
    """Read settings, board and calibration. Raises ConfigError, BoardError or CalibrationError."""
    settings = config.load_settings(config_file)
    return mat_of_settings(settings, boards.load_board(settings.board.file))


def load_for_service(config_file: Path | None) -> Mat:
    """Read as load_mat does, but a damaged calibration or zero is a fault of the mat, not an error.

    Raises ConfigError or BoardError: without these files the wiring is unknown, and no pin may be driven.
    """
    faults: list[str] = []
    settings = config.load_settings(config_file)
    found = mat_of_settings(settings, boards.load_board(settings.board.file), faults=faults)
    return replace(found, faults=tuple(faults))


def mat_of_settings(settings: config.Settings, board: "Board", *, faults: list[str] | None = None) -> Mat:
    """Return the mat of settings and a board, with its calibration.

    A calibration that cannot be used is appended to faults and replaced by the nominal scale of the board, with the
    stored zero, which are raw codes of any scale. Raises CalibrationError without faults.
    """
    folder, cells = settings.storage.state_dir, len(board.cells)
    if faults is not None and (fault := zeros.fault(folder)) is not None:
        faults.append(fault)
    try:
        known, number = calibrations.load(folder, cells), calibrations.number(folder, cells)
        zero = zeros.load(folder, cells, 0)
    except CalibrationError as error:
        if faults is None:
            raise
        faults.append(str(error))
        known, number, zero = None, 0, zeros.load(folder, cells, None)
    nominal = Calibration((board.counts_per_newton,) * cells, zero)
    return Mat(settings, board, known or nominal, calibrated=known is not None, number=number)
