"""A calibration with weights while the mat runs, for the page: the procedure of `acumat calibrate` on the same frames.

The result is kept only when the person says so; the mat uses it from its next start, which follows at once where the
program may restart.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.diagnosis import calibration
from firmware.errors import CalibrationError
from firmware.signal.known_weights import Weighing
from firmware.web.access import RefusedError
from firmware.web.messages import CalibratedCell, CalibrationView

if TYPE_CHECKING:
    from firmware.signal.calibration import Calibration
    from firmware.signal.fit import Fit
    from firmware.web.frame_tap import FrameTap
    from hardware.board import Board

NOTE: Final = "by the page"
STOPPED: Final = "Stopped; the old calibration stays."
KEPT: Final = "Kept. The mat starts again with it."
KEPT_FOR_LATER: Final = "Kept. The mat uses it from its next start."


@dataclass(frozen=True, slots=True)
class Measured:
    """What a finished calibration has found."""

    fit: "Fit"
    zero: tuple[int, ...]
    method: calibration.CalibrationMethod


class Calibrator:
    """A firmware.diagnosis.prompt.Prompt. begins is called with the masses when a calibration starts."""

    def __init__(
        self,
        board: "Board",
        tap: "FrameTap",
        folder: Path,
        known: "Callable[[], Calibration]",
        *,
        calibrated: bool,
        restart: Callable[[], None] | None,
        begins: Callable[[tuple[float, ...]], None] = lambda _: None,
    ) -> None:
        """Prepare; restart None: the mat goes on with the old calibration until it is started again."""
        self._board, self._tap, self._folder, self._known = board, tap, folder, known
        self._calibrated, self._restart, self._begins = calibrated, restart, begins
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._method: calibration.CalibrationMethod | None = None
        self._measured: Measured | None = None
        self._outcome = ""
        self._shown = ("", "", 0.0)

    @property
    def running(self) -> bool:
        """Whether a calibration is under way."""
        return self._thread is not None and self._thread.is_alive()

    def show(self, instruction: str, hint: str, share: float) -> None:
        """Take what the person is to do now."""
        self._shown = instruction, hint, share

    def start(self, masses_kg: tuple[float, ...]) -> None:
        """Start with these weights. Raises RefusedError while one runs."""
        if self.running:
            raise RefusedError(409, "a calibration is under way: finish or stop it first")
        self._stop.clear()
        self._measured, self._outcome, self._shown = None, "", ("", "", 0.0)
        self._method = method = calibration.weights_method(self._board, masses_kg, None, self._known())
        self._thread = threading.Thread(target=self._run, args=(method,), name="calibration", daemon=True)
        self._begins(tuple(sorted(masses_kg)))
        self._thread.start()

    def stop(self) -> None:
        """Stop, or drop what was measured."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2.0)
        self._measured, self._outcome = None, STOPPED

    def keep(self) -> None:
        """Keep what was measured and start the mat again. Raises RefusedError when nothing was."""
        found = self._measured
        if found is None:
            raise RefusedError(409, "nothing is measured yet")
        try:
            calibration.save_calibration(self._folder, found.fit, found.zero, found.method, NOTE)
        except (CalibrationError, OSError) as error:
            raise RefusedError(503, str(error)) from error
        self._measured, self._calibrated = None, True
        self._outcome = KEPT_FOR_LATER if self._restart is None else KEPT
        if self._restart is not None:
            self._restart()

    def view(self) -> CalibrationView:
        """Return what the page shows."""
        wanted, hint, share = self._shown
        state = "running" if self.running else "measured" if self._measured is not None else "idle"
        return CalibrationView(
            state=state,
            wanted=wanted,
            hint=hint,
            share=round(share, 3),
            outcome=self._outcome,
            calibrated=self._calibrated,
            columns=self._board.cols,
            cells=tuple(self._cells()) if state == "running" else (),
        )

    def _cells(self) -> "list[CalibratedCell]":
        guide = None if self._method is None else self._method.guide
        if not isinstance(guide, Weighing):
            return []
        left = {target.cell for target in guide.targets[guide.done :]}
        now = guide.targets[guide.done].cell if guide.done < guide.total else None
        return [
            CalibratedCell(cell.name, "now" if cell.index == now else "to_do" if cell.index in left else "done")
            for cell in self._board.cells
        ]

    def _run(self, method: calibration.CalibrationMethod) -> None:
        try:
            found, zero = calibration.measure_placements(
                self._tap.branch(), self._board, method, self, self._stop.is_set
            )
            calibration.validate_fit(self._board, found)
        except CalibrationError as error:
            text = str(error)
            self._outcome = STOPPED if self._stop.is_set() else f"{text[0].upper()}{text[1:]}."
            return
        self._outcome = calibration.accuracy_text(found, method)
        self._measured = Measured(found, zero, method)
