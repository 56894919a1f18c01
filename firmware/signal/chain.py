"""From frames to Signals: front end, measures, breathing; zero and health of the cells once a second."""

from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from firmware.frames import Signals
from firmware.signal.breathing import BreathingEstimator
from firmware.signal.calibration import Calibration
from firmware.signal.frontend import FrontEnd, Hops
from firmware.signal.health import CellFault, CellHealthMonitor
from firmware.signal.moments import LoadMoments, whole_place
from firmware.signal.movement import MovementDetector
from firmware.signal.outlier_gate import JUMP_N
from firmware.signal.seconds import Mask, Seconds
from firmware.signal.stillness import StillnessDetector
from firmware.signal.zero_tracker import NewZero, Refusal, ZeroTracker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from firmware.frames import Frames
    from hardware.board import Board

LOAD_FLOOR_N = 10  # under this a centre of pressure is noise divided by noise
LIMITS_EVERY_S = 60  # what a tile can carry follows a drifting zero so often


class SignalChain:
    """Signals at 10 Hz of frame time; None without a zero. The zero is tended once a second, for the next one."""

    def __init__(self, board: "Board", calibration: Calibration) -> None:
        self._clip_n = board.clip_n
        self._bits = 1 << np.arange(len(board.cells), dtype=object)
        self._no_shares = (0.0,) * board.rows
        middle = whole_place(board.width_m / 2), whole_place(board.length_m / 2)
        self._geometry = *middle, _outer(cell.x_m for cell in board.cells), _outer(cell.y_m for cell in board.cells)
        self._breathing = BreathingEstimator()
        self._moving = MovementDetector()
        self._quiet = StillnessDetector()
        self._scale = calibration
        counts_per_newton = np.array(calibration.counts_per_newton)
        self._jump = np.floor(JUMP_N * counts_per_newton)
        self._keeper = ZeroTracker(calibration)
        self._health = CellHealthMonitor(counts_per_newton)
        self._measures = LoadMoments(board, counts_per_newton)
        if self._keeper.zero is not None:
            self._measures.use(self._keeper.zero)
        self._second = Seconds()
        self._vacant = True
        self._taken: NewZero | None = None
        self._limits_age_s = 0
        self._front_end = FrontEnd(*calibration.limits(self._clip_n))
        # Takes a block that completes no hop; false, and nothing taken, when it does. The quick way when live.
        self.absorb = self._front_end.absorb

    @property
    def calibration(self) -> Calibration:
        """The scale and the zero in use."""
        zero = self._keeper.zero
        return replace(self._scale, zero_counts=None if zero is None else tuple(np.rint(zero).astype(int).tolist()))

    @property
    def faults(self) -> tuple[CellFault | None, ...]:
        """What is wrong with each cell; stuck and floating ones are told as lost and weigh nothing."""
        return self._health.faults(self._keeper.crept_n)

    @property
    def zero_refusal(self) -> Refusal | None:
        """Why the zero stays as it is; None when there is nothing to correct."""
        return self._keeper.refusal

    def ask_zero(self) -> None:
        """A person says that the mat is empty: take the zero within ten seconds, or say by zero_refusal why not."""
        self._keeper.ask()

    def take_zero(self) -> NewZero | None:
        """Give the zero that holds since the last hop, once."""
        taken, self._taken = self._taken, None
        return taken

    def note_vacant(self, *, vacant: bool) -> None:
        """Say after each hop whether nobody is there; only a whole second of nobody may move the zero."""
        self._vacant = self._vacant and vacant

    def seconds(self, t_ns: int) -> float:
        """Frame time in seconds since the first frame; 0.0 before it."""
        return self._front_end.seconds(t_ns)

    def feed(self, frames: "Frames") -> "Iterator[tuple[float, Signals | None]]":
        """Yield (t_s, Signals or None) for each hop that the block completes."""
        for hops in self._front_end.feed(frames):
            yield from self._take(hops)
            if self._front_end.second_over:
                self._end_second()

    def flush(self) -> "Iterator[tuple[float, Signals | None]]":
        """Yield the last, unfinished hop of a recording."""
        for hops in self._front_end.flush():
            yield from self._take(hops)

    def _take(self, hops: Hops) -> "Iterable[tuple[float, Signals | None]]":
        times_s, means, lost = hops
        self._second.push(means, lost)
        if self._keeper.zero is None:
            return [(t_s, None) for t_s in times_s]
        excluded = self._health.excluded
        cells_n, sums, shifts = self._measures.step(means, lost, excluded)
        bits = repeat(0) if lost is None and excluded is None else self._lost_bits(lost, len(times_s))
        return zip(times_s, list(map(self._signals, times_s, cells_n, bits, sums, shifts)), strict=True)

    def _end_second(self) -> None:
        vacant, self._vacant = self._vacant, True
        level, missing = self._second.newest, self._second.missing
        if self._second.close():
            newest = self._front_end.newest
            self._health.step(self._second.hops, missing, newest, self._keeper.zero, vacant=vacant)
            self._tend_zero(vacant=vacant)
        self._front_end.refer(level, self._jump)

    def _tend_zero(self, *, vacant: bool) -> None:
        if not vacant:
            self._keeper.occupied()
            return
        missing, excluded = self._second.missing, self._health.excluded
        if excluded is not None:
            missing = excluded if missing is None else np.logical_or(missing, excluded)
        self._taken = taken = self._keeper.step(self._second.middle(), missing)
        if taken is not None:
            self._measures.shift(np.array(taken.offset_n))
        if self._keeper.zero is not None:
            self._measures.use(self._keeper.zero)
        self._limits_age_s += 1
        if taken is not None or self._limits_age_s >= LIMITS_EVERY_S:
            self._limits_age_s = 0
            self._front_end.set_limits(*self.calibration.limits(self._clip_n))

    def _lost_bits(self, lost: "Mask | None", hops: int) -> list[int]:
        excluded = self._health.excluded
        if lost is None:
            return [int(self._bits[excluded].sum())] * hops
        return [int(self._bits[gone if excluded is None else gone | excluded].sum()) for gone in lost]

    def _signals(
        self, t_s: float, cells_n: tuple[float, ...], lost: int, sums: list[float], shifts: list[float]
    ) -> Signals:
        load, moment_x, moment_y, left, right, lumbar, *rows = sums
        if load <= LOAD_FLOOR_N:
            self._breathing.reset()
            self._moving.reset()
            return Signals(t_s, cells_n, lost, load, None, self._no_shares, None, 0.0)
        middle_x, middle_y, outer_x, outer_y = self._geometry
        along = moment_y - middle_y * load
        breath = self._breathing.step(along)
        moving = self._moving.step((moment_x - middle_x * load) / outer_x, along / outer_y)
        quiet = self._quiet
        still_and_slow = quiet.step(breath.breaths_per_min, moving=moving)
        sides = left + right
        return Signals(
            t_s,
            cells_n,
            lost,
            load,
            (moment_x / load, moment_y / load),
            tuple([row / load for row in rows]),
            1.0 - abs(left - right) / sides if sides > LOAD_FLOOR_N else None,
            50.0 * shifts[0] / load,
            lumbar / load,
            breath.breaths_per_min,
            breath.quality,
            moving,
            still_and_slow,
            quiet.settled,
        )


def _outer(places_m: "Iterable[float]") -> float:
    """Metres from the middle to the outer cells."""
    places = list(places_m)
    return (max(places) - min(places)) / 2 or 1.0
