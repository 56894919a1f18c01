"""All fields of Signals as users of numpy write it: a buffer that is rolled, one call for each thing, every frame.

Wrong codes and flags are replaced by the last good reading, silent cells are lost, stuck ones are taken out, and the
breath is the highest line of a spectrum, once a second. Its rules are simpler than ours where ours were found to be
needed: no lone jumps, no check of the rate by other estimates, no learned limit of movement.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tests.bench.pipelines import Course

Floats = npt.NDArray[np.float64]

HOP: Final = 8
SILENT_FRAMES: Final = 28  # 0.35 s
STUCK_FRAMES: Final = 800
SECOND: Final = 80
MINUTE: Final = 600  # hops
WINDOW: Final = 500  # hops
SLOWEST_HZ, FASTEST_HZ = 5 / 60, 30 / 60
BREATHES: Final = 4.0  # times the usual line of the spectrum
MOVES_N: Final = 0.55
SLOW_PER_MIN: Final = 12.0
LOAD_FLOOR_N: Final = 10.0


class Written:
    """Every field of Signals, for every frame; the breath once a second, as a user would."""

    def __init__(self, course: "Course") -> None:
        board, calibration = course.board, course.calibration
        self._zero, self._scale = np.array(calibration.zero_counts), np.array(calibration.counts_per_newton)
        self._low, self._high = calibration.limits(board.clip_n)
        self._x_m, self._y_m = (
            np.array([cell.x_m for cell in board.cells]),
            np.array([cell.y_m for cell in board.cells]),
        )
        self._row, self._col = (
            np.array([cell.row for cell in board.cells]),
            np.array([cell.col for cell in board.cells]),
        )
        self._rows, self._cols = board.rows, board.cols
        self._lumbar = np.isin(self._row, board.lumbar_rows)
        self._middle_m = board.width_m / 2, board.length_m / 2
        cells = len(board.cells)
        self._raw, self._smooth = np.zeros((3, cells)), np.zeros((HOP, cells))
        self._before, self._good = np.zeros((2, cells))
        self._silent, self._stuck = np.zeros((2, cells))
        self._moments, self._still = np.zeros(WINDOW), np.zeros(MINUTE)
        self._places_n = np.zeros((HOP + 1, 2))
        self._frames = 0
        self.lost = np.zeros(cells, np.bool_)
        self.load_n = self.evenness = self.motion = self.lumbar_share = self.still_share = 0.0
        self.cop_m = 0.0, 0.0
        self.row_shares: list[float] = []
        self.breaths_per_min: float | None = None
        self.quality = 0.0
        self.moving = self.still_and_slow = False

    def push(self, _t_ns: int, counts: Floats, flags: Floats) -> None:
        """Take a frame."""
        codes = counts.astype(np.int64)
        wrong = (flags != 0) | (codes < self._low) | (codes > self._high) | ((codes & (codes + 1)) == 0)
        self._silent = np.where(wrong, self._silent + 1, 0)
        self._stuck = np.where(counts == self._good, self._stuck + 1, 0)
        self._good = np.where(wrong, self._good, counts)
        self.lost = (self._silent > SILENT_FRAMES) | (self._stuck > STUCK_FRAMES)
        self._raw = np.roll(self._raw, -1, axis=0)
        self._raw[-1] = self._good
        self._smooth = np.roll(self._smooth, -1, axis=0)
        self._smooth[-1] = np.median(self._raw, axis=0)
        newtons = np.where(self.lost, 0.0, (np.mean(self._smooth, axis=0) - self._zero) / self._scale)
        before, self._before = self._before, newtons
        self._frames += 1
        self.load_n = float(np.sum(newtons))
        if self.load_n > LOAD_FLOOR_N:
            self._measure(newtons, before)
            self._move_and_breathe()

    def _measure(self, newtons: Floats, before: Floats) -> None:
        load = np.sum(newtons)
        self.cop_m = float(np.sum(newtons * self._x_m) / load), float(np.sum(newtons * self._y_m) / load)
        self.row_shares = [float(np.sum(newtons[self._row == row]) / load) for row in range(self._rows)]
        left, right = np.sum(newtons[self._col == 0]), np.sum(newtons[self._col == self._cols - 1])
        self.evenness = float(1 - np.abs(left - right) / (left + right))
        self.motion = float(50 * np.sum(np.abs(newtons - before)) / load)
        self.lumbar_share = float(np.sum(newtons[self._lumbar]) / load)

    def _move_and_breathe(self) -> None:
        here = np.array([self.cop_m[0] - self._middle_m[0], self.cop_m[1] - self._middle_m[1]]) * self.load_n
        self._places_n = np.roll(self._places_n, -1, axis=0)
        self._places_n[-1] = here
        self.moving = bool(np.linalg.norm(self._places_n[-1] - self._places_n[0]) > MOVES_N)
        if self._frames % HOP == 0:
            self._moments = np.roll(self._moments, -1)
            self._moments[-1] = here[1]
            self._still = np.roll(self._still, -1)
            self._still[-1] = not self.moving
            self.still_share = float(np.mean(self._still))
        if self._frames % SECOND == 0:
            self._breathe()
        slow = self.breaths_per_min is not None and self.breaths_per_min < SLOW_PER_MIN
        self.still_and_slow = self.still_share >= 1.0 and slow

    def _breathe(self) -> None:
        """Find the highest line of the spectrum."""
        spectrum = np.abs(np.fft.rfft((self._moments - np.mean(self._moments)) * np.hanning(WINDOW), 4 * WINDOW))
        hertz = np.fft.rfftfreq(4 * WINDOW, 0.1)
        band = (hertz >= SLOWEST_HZ) & (hertz <= FASTEST_HZ)
        best = np.argmax(spectrum[band])
        self.quality = float(spectrum[band][best] / (np.median(spectrum[band]) + 1e-9))
        self.breaths_per_min = float(60 * hertz[band][best]) if self.quality > BREATHES else None
