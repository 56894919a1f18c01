"""All that our chain gives, as users of numpy write it: a buffer that is rolled, one call for each thing, every frame.

Wrong codes and flags give way to the last good reading, silent cells are lost, stuck ones are taken out, and the breath
is the highest line of a spectrum, once a second. It goes by simpler rules than ours where ours were found to be needed:
no lone jumps, no agreement of three rates, no learned limit of movement.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from tests.bench.others import HOP, AsWritten, Geometry, linear

if TYPE_CHECKING:
    from tests.bench.others import Floats, Linear
    from tests.bench.pipelines import Course

SILENT_FRAMES: Final = 28  # 0.35 s
STUCK_FRAMES: Final = 800
SECOND: Final = 80
MINUTE: Final = 600  # hops
WINDOW: Final = 500  # hops
SLOWEST_HZ, FASTEST_HZ = 5 / 60, 30 / 60
BREATHES: Final = 4.0  # times the usual line of the spectrum
MOVES_N: Final = 0.55
SLOW_PER_MIN: Final = 12.0


class Written(AsWritten):
    """Every field of Signals, for every frame; the breath once a second, as a user would."""

    def __init__(self, course: "Course") -> None:
        super().__init__(course)
        mat = Geometry(course)
        self._limits = np.array(mat.low), np.array(mat.high)
        self._lumbar = np.isin(self._row, course.board.lumbar_rows)
        self._middle_m = course.board.width_m / 2, course.board.length_m / 2
        self._good, self._no_flags = np.zeros(mat.cells), np.zeros(mat.cells)
        self._silent, self._stuck = np.zeros(mat.cells), np.zeros(mat.cells)
        self._moments = np.zeros(WINDOW)
        self._places_n = np.zeros((HOP + 1, 2))
        self._still = np.zeros(MINUTE)
        self._frames = 0
        self.lost = np.zeros(mat.cells, np.bool_)
        self.lumbar_share = self.settled = 0.0
        self.breaths_per_min: float | None = None
        self.quality = 0.0
        self.moving = self.still_and_slow = False

    def push(self, counts: "Floats") -> None:
        """Take a frame without flags."""
        self.take(counts, self._no_flags)

    def take(self, counts: "Floats", flags: "Floats") -> None:
        """Take a frame."""
        codes = counts.astype(np.int64)
        low, high = self._limits
        wrong = (flags != 0) | (codes < low) | (codes > high) | ((codes & (codes + 1)) == 0)
        self._silent = np.where(wrong, self._silent + 1, 0)
        self._stuck = np.where(counts == self._good, self._stuck + 1, 0)
        self._good = np.where(wrong, self._good, counts)
        self.lost = (self._silent > SILENT_FRAMES) | (self._stuck > STUCK_FRAMES)
        self._raw = np.roll(self._raw, -1, axis=0)
        self._raw[-1] = self._good
        self._smooth = np.roll(self._smooth, -1, axis=0)
        self._smooth[-1] = np.median(self._raw, axis=0)
        newtons = np.where(self.lost, 0.0, (np.mean(self._smooth, axis=0) - self._zero) / self._scale)
        self.last, self._before = linear(self, newtons, self._before), newtons
        self._frames += 1
        if self.last is not None:
            self._live(self.last, newtons)

    def _live(self, last: "Linear", newtons: "Floats") -> None:
        """Movement and breath."""
        load, place, *_ = last
        self.lumbar_share = float(np.sum(newtons[self._lumbar]) / load)
        here = np.array([place[0] - self._middle_m[0], place[1] - self._middle_m[1]]) * load
        self._places_n = np.roll(self._places_n, -1, axis=0)
        self._places_n[-1] = here
        self.moving = bool(np.linalg.norm(self._places_n[-1] - self._places_n[0]) > MOVES_N)
        if self._frames % HOP == 0:
            self._moments = np.roll(self._moments, -1)
            self._moments[-1] = here[1]
            self._still = np.roll(self._still, -1)
            self._still[-1] = not self.moving
            self.settled = float(np.mean(self._still))
        if self._frames % SECOND == 0:
            self._breathe()
        slow = self.breaths_per_min is not None and self.breaths_per_min < SLOW_PER_MIN
        self.still_and_slow = self.settled >= 1.0 and slow

    def _breathe(self) -> None:
        """Find the highest line of the spectrum."""
        spectrum = np.abs(np.fft.rfft((self._moments - np.mean(self._moments)) * np.hanning(WINDOW), 4 * WINDOW))
        hertz = np.fft.rfftfreq(4 * WINDOW, 0.1)
        band = (hertz >= SLOWEST_HZ) & (hertz <= FASTEST_HZ)
        best = np.argmax(spectrum[band])
        self.quality = float(spectrum[band][best] / (np.median(spectrum[band]) + 1e-9))
        self.breaths_per_min = float(60 * hertz[band][best]) if self.quality > BREATHES else None
