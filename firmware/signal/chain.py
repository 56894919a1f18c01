"""From frames to Signals, hop by hop; once a second the zero and the health of the cells."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.frames import Signals
from firmware.signal.breathing import BreathingEstimator
from firmware.signal.calibration import Calibration
from firmware.signal.frame_loss import FrameLoss, FrameLossMonitor
from firmware.signal.frontend import FrontEnd, Hop
from firmware.signal.health import CellFault, CellHealthMonitor
from firmware.signal.moments import LoadMoments
from firmware.signal.movement import MovementDetector
from firmware.signal.outlier_gate import JUMP_N
from firmware.signal.seconds import Cells, Mask, Seconds
from firmware.signal.stillness import StillnessDetector
from firmware.signal.zero_tracker import NewZero, Refusal, ZeroTracker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.frames import Frames
    from hardware.board import Board

LOAD_FLOOR_N: Final = 10  # under this a centre of pressure is noise divided by noise
LIMITS_EVERY_S: Final = 60  # what a tile can carry follows a drifting zero in steps of this


class SignalChain:
    """Signals at 10 Hz of frame time; None without a zero. What is found once a second holds for the next second."""

    def __init__(self, board: "Board", calibration: Calibration) -> None:
        counts_per_newton = np.array(calibration.counts_per_newton)
        self._clip_n = board.clip_n
        self._calibration = calibration
        self._newtons_per_count = 1 / counts_per_newton
        self._jump = JUMP_N * counts_per_newton
        self._front_end = FrontEnd(*calibration.limits(self._clip_n))
        self._zero = ZeroTracker(calibration)
        self._health = CellHealthMonitor(counts_per_newton)
        self._moments = LoadMoments(board)
        self._breathing = BreathingEstimator(board.rows)
        self._movement = MovementDetector()
        self._stillness = StillnessDetector()
        self._frame_loss = FrameLossMonitor()
        self._loss_report: FrameLoss | None = None
        self._halves = np.full(len(board.cells), 0.5)
        self._second = Seconds()
        self._before_n: Cells | None = None  # the loads of the last hop
        self._vacant = True  # in every hop of this second so far
        self._new_zero: NewZero | None = None
        self._limits_age_s = 0

    @property
    def calibration(self) -> Calibration:
        """The scale and the zero in use."""
        zero = self._zero.zero
        counts = None if zero is None else tuple(np.rint(zero).astype(int).tolist())
        return replace(self._calibration, zero_counts=counts)

    @property
    def faults(self) -> tuple[CellFault | None, ...]:
        """What is wrong with each cell. Stuck and floating cells are reported as lost and weigh nothing."""
        return self._health.faults(self._zero.crept_n)

    @property
    def zero_refusal(self) -> Refusal | None:
        """Why the zero stays as it is; None when there is nothing to correct."""
        return self._zero.refusal

    def ask_zero(self) -> None:
        """Ask for a new zero of an empty mat: it is taken within ten seconds, or zero_refusal has the reason."""
        self._zero.ask()

    def take_zero(self) -> NewZero | None:
        """Return the zero that holds since the last hop, once."""
        taken, self._new_zero = self._new_zero, None
        return taken

    def take_frame_loss(self) -> FrameLoss | None:
        """Return the report of lost frames that is due, once; at most one a minute."""
        report, self._loss_report = self._loss_report, None
        return report

    def note_vacant(self, *, vacant: bool) -> None:
        """Note after each hop whether the mat is vacant; only a whole vacant second may move the zero."""
        self._vacant = self._vacant and vacant

    def seconds(self, t_ns: int) -> float:
        """Frame time in seconds since the first frame; 0.0 before it."""
        return self._front_end.seconds(t_ns)

    def push(self, frames: "Frames") -> "Iterator[tuple[float, Signals | None]]":
        """Yield (t_s, Signals or None) for each hop that the block completes; iterate to the end before the next."""
        for hop in self._front_end.push(frames):
            yield hop.t_s, self._step(hop)
            if hop.ends_second:
                self._end_second()

    def flush(self) -> "Iterator[tuple[float, Signals | None]]":
        """Yield the last, unfinished hop of a recording."""
        for hop in self._front_end.flush():
            yield hop.t_s, self._step(hop)

    def _step(self, hop: Hop) -> Signals | None:
        t_s, means, lost, _, empty = hop
        self._second.push(means, lost)
        self._loss_report = self._frame_loss.step(empty=empty) or self._loss_report
        zero = self._zero.zero
        if zero is None:
            return None
        loads_n = (means - zero) * self._newtons_per_count
        lost = _either(lost, self._health.excluded)
        if lost is not None:
            loads_n[lost] = 0.0
        before_n, self._before_n = self._before_n, loads_n
        shifted_n = 0.0 if before_n is None else float(np.abs(loads_n - before_n).dot(self._halves))
        unknown = empty or (lost is not None and bool(lost.all()))
        return self._signals(t_s, loads_n, _bits(lost), shifted_n, unknown=unknown)

    def _signals(self, t_s: float, loads_n: Cells, lost: int, shifted_n: float, *, unknown: bool) -> Signals:
        moments = self._moments
        load_n, across_nm, along_nm, left_n, right_n, lumbar_n, rows_n = moments.of(loads_n)
        cells_n = tuple(loads_n.tolist())
        if unknown:  # a hop without any reading changes nothing that is known about the person
            breath, moving = self._breathing.step(None), self._movement.skip()
        if load_n <= LOAD_FLOOR_N:
            if not unknown:
                self._breathing.reset()
                self._movement.reset()
            no_shares = (0.0,) * len(rows_n)
            lost_s = self._frame_loss.lost_s
            return Signals(t_s, cells_n, lost, load_n, None, no_shares, None, 0.0, frames_lost_s=lost_s)
        (middle_x_m, middle_y_m), (outer_x_m, outer_y_m) = moments.middle_m, moments.outer_m
        if not unknown:
            breath = self._breathing.step(rows_n)
            moving = self._movement.step(across_nm / outer_x_m, along_nm / outer_y_m)
        still_and_slow = self._stillness.step(breath.breaths_per_min, moving=moving)
        sides_n = left_n + right_n
        return Signals(
            t_s=t_s,
            cells_n=cells_n,
            lost=lost,
            load_n=load_n,
            cop_m=(middle_x_m + across_nm / load_n, middle_y_m + along_nm / load_n),
            row_shares=tuple([row_n / load_n for row_n in rows_n]),
            evenness=1.0 - abs(left_n - right_n) / sides_n if sides_n > LOAD_FLOOR_N else None,
            motion=100.0 * shifted_n / load_n,
            lumbar_share=lumbar_n / load_n,
            breaths_per_min=breath.breaths_per_min,
            breath_quality=breath.quality,
            moving=moving,
            still_and_slow=still_and_slow,
            still_share=self._stillness.still_share,
            frames_lost_s=self._frame_loss.lost_s,
            breath_depth_n=breath.depth_n,
        )

    def _end_second(self) -> None:
        vacant, self._vacant = self._vacant, True
        second = self._second
        level = second.newest
        if second.close():
            self._health.step(second.hops, second.missing, self._front_end.newest, self._zero.zero, vacant=vacant)
            if vacant:
                self._track_zero()
            else:
                self._zero.occupied()
        self._front_end.gate.refer(level, self._jump)

    def _track_zero(self) -> None:
        self._new_zero = taken = self._zero.step(
            self._second.middle(), _either(self._second.missing, self._health.excluded)
        )
        if taken is not None and self._before_n is not None:
            self._before_n = self._before_n - np.array(taken.offset_n)  # a new zero is no movement
        self._limits_age_s += 1
        if taken is not None or self._limits_age_s >= LIMITS_EVERY_S:
            self._limits_age_s = 0
            self._front_end.gate.set_limits(*self.calibration.limits(self._clip_n))


def _either(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other


def _bits(cells: Mask | None) -> int:
    """Bit mask of the true cells."""
    return 0 if cells is None else sum(1 << cell for cell in np.flatnonzero(cells).tolist())
