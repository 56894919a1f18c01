"""The whole signal chain in plain loops over cells: what the same results cost without arrays.

Medians of three in integers, lone jumps and impossible codes left out, silent cells held and then lost, stuck and
floating cells taken out, loads, places, shares, movement and breath: every field of Signals, ten times a second, while
a person lies on the mat. It tracks no zero (a person who lies moves none), and jumps over no gap.
"""

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from firmware.enums import SMALLEST_BROKEN
from firmware.frames import Signals
from firmware.signal.chain import LOAD_FLOOR_N
from firmware.signal.frame_loss import FrameLossMonitor
from firmware.signal.frontend import HOP_NS, HOP_S, FrontEndSettings
from firmware.signal.health import HealthSettings
from firmware.signal.movement import MovementDetector
from firmware.signal.outlier_gate import JUMP_N
from firmware.signal.stillness import StillnessDetector
from tests.bench.plain_breath import PlainBreath

if TYPE_CHECKING:
    from tests.bench.pipelines import Course

SECOND_HOPS: Final = 10
PRIMED: Final = 2


class PlainHops:
    """One `push` a frame; last is the last hop."""

    def __init__(self, course: "Course") -> None:
        board, calibration = course.board, course.calibration
        assert calibration.zero_counts is not None
        self._board, self._numbers = board, range(len(board.cells))
        self._zero, self._scale = calibration.zero_counts, calibration.counts_per_newton
        low, high = calibration.limits(board.clip_n)
        self._low, self._high = low.tolist(), high.tolist()
        self._calm_low, self._calm_high = list(self._low), list(self._high)
        half = board.cols // 2
        self._places = [
            (cell.x_m, cell.y_m, cell.row, cell.col < half, cell.col >= board.cols - half) for cell in board.cells
        ]
        self._middle_m = board.width_m / 2, board.length_m / 2
        across, along = [cell.x_m for cell in board.cells], [cell.y_m for cell in board.cells]
        self._outer_m = (max(across) - min(across)) / 2 or 1.0, (max(along) - min(along)) / 2 or 1.0
        cells = len(board.cells)
        self._older, self._newer, self._primed = [0] * cells, [0] * cells, [0] * cells
        self._heard, self._sides, self._empty = [False] * cells, [0] * cells, True
        self._sums, self._counted = [0] * cells, [0] * cells
        self._hold_hops = round(FrontEndSettings().hold_s / HOP_S)
        self._pause_hops, self._empty_hops = round(FrontEndSettings().pause_s / HOP_S), 0
        self._held, self._silent = [0.0] * cells, [self._hold_hops + 1] * cells
        self._second: list[list[float]] = []
        self._missing = [False] * cells
        self._health = HealthSettings()
        self._stuck, self._floating, self._excluded = [0] * cells, [0] * cells, [False] * cells
        self._before: list[float] | None = None
        self._origin_ns, self._hop, self._hop_end_ns = 0, 0, 0
        self._breath, self._movement, self._stillness = PlainBreath(board.rows), MovementDetector(), StillnessDetector()
        self._frame_loss = FrameLossMonitor()
        self.last: Signals | None = None

    def push(self, t_ns: int, counts: list[int], flags: list[int]) -> None:
        """Take a frame."""
        if not self._hop_end_ns:
            self._origin_ns, self._hop_end_ns = t_ns, t_ns + HOP_NS
        while t_ns >= self._hop_end_ns:
            self._close()
        self._empty = False
        calm_low, calm_high, older, newer = self._calm_low, self._calm_high, self._older, self._newer
        sums, counted, primed, heard = self._sums, self._counted, self._primed, self._heard
        for cell, count in enumerate(counts):
            calm = calm_low[cell] <= count <= calm_high[cell] and not flags[cell]
            if calm and (count & (count + 1) or 0 < count < SMALLEST_BROKEN):
                self._sides[cell] = 0
            elif not self._counts(cell, count, flags[cell]):
                continue
            if primed[cell] == PRIMED:
                first, second = older[cell], newer[cell]
                if first > second:
                    first, second = second, first
                if count < first:
                    sums[cell] += first
                elif count > second:
                    sums[cell] += second
                else:
                    sums[cell] += count
                counted[cell] += 1
            else:
                primed[cell] += 1
            older[cell], newer[cell], heard[cell] = newer[cell], count, True

    def _counts(self, cell: int, count: int, flag: int) -> bool:
        """Whether a sample that is not calm is valid: see OutlierGate."""
        before, side = self._sides[cell], 0
        whole = count & (count + 1) or 0 < count < SMALLEST_BROKEN
        possible = not flag and whole and self._low[cell] <= count <= self._high[cell]
        if possible:
            side = (count > self._calm_high[cell]) - (count < self._calm_low[cell])
        self._sides[cell] = side
        return bool(possible) and side in (0, before)

    def _close(self) -> None:
        held, newtons, lost = self._held, [0.0] * len(self._held), 0
        self._empty_hops = self._empty_hops + 1 if self._empty else 0
        paused = 0 < self._empty_hops <= self._pause_hops
        self._frame_loss.step(empty=self._empty)
        for cell in self._numbers:
            if self._counted[cell]:
                held[cell] = self._sums[cell] / self._counted[cell]
                self._silent[cell] = 0
                self._sums[cell] = self._counted[cell] = 0
            elif not paused:
                self._silent[cell] += 1
            if self._silent[cell] > self._hold_hops and not self._heard[cell]:
                self._primed[cell] = 0
            self._heard[cell] = False
            if self._silent[cell] > self._hold_hops:
                self._missing[cell] = True
                lost |= 1 << cell
            elif self._excluded[cell]:
                lost |= 1 << cell
            else:
                newtons[cell] = (held[cell] - self._zero[cell]) / self._scale[cell]
        self.last = self._signals((self._hop_end_ns - self._origin_ns) / 1e9, newtons, lost)
        self._before, self._empty = newtons, True
        self._second.append(held.copy())
        self._hop += 1
        self._hop_end_ns += HOP_NS
        if self._hop % SECOND_HOPS == 0:
            self._end_second()

    def _signals(self, t_s: float, newtons: list[float], lost: int) -> Signals:
        load = moment_x = moment_y = left = right = moved = 0.0
        rows = [0.0] * self._board.rows
        before = newtons if self._before is None else self._before
        for cell, force in enumerate(newtons):
            x_m, y_m, row, is_left, is_right = self._places[cell]
            load += force
            moment_x += force * x_m
            moment_y += force * y_m
            rows[row] += force
            if is_left:
                left += force
            elif is_right:
                right += force
            moved += abs(force - before[cell])
        unknown = self._empty or lost == (1 << len(newtons)) - 1
        if unknown:
            breath, moving = self._breath.step(None), self._movement.skip()
        if load <= LOAD_FLOOR_N:
            if not unknown:
                self._breath.reset()
                self._movement.reset()
            return Signals(
                t_s,
                tuple(newtons),
                lost,
                load,
                None,
                (0.0,) * len(rows),
                None,
                0.0,
                frames_lost_s=self._frame_loss.lost_s,
            )
        across, along = moment_x - self._middle_m[0] * load, moment_y - self._middle_m[1] * load
        if not unknown:
            breath = self._breath.step(tuple(rows))
            moving = self._movement.step(across / self._outer_m[0], along / self._outer_m[1])
        shares, sides = tuple([row / load for row in rows]), left + right
        return Signals(
            t_s,
            tuple(newtons),
            lost,
            load,
            (moment_x / load, moment_y / load),
            shares,
            1.0 - abs(left - right) / sides if sides > LOAD_FLOOR_N else None,
            50.0 * moved / load,
            sum([shares[row] for row in self._board.lumbar_rows]),
            breath.breaths_per_min,
            breath.quality,
            moving,
            self._stillness.step(breath.breaths_per_min, moving=moving),
            self._stillness.still_share,
            self._frame_loss.lost_s,
            breath.depth_n,
        )

    def _end_second(self) -> None:
        """Judge the health of the cells, and set the level that calm samples are near to."""
        hops, limits = self._second, self._health
        constant = []
        for cell in self._numbers:
            rough = 0.0
            for before, after in pairwise(hops):
                rough += abs(after[cell] - before[cell])
            constant.append(rough == 0)
        alike = sum(constant)
        others = len(constant) - 1 - sum(self._missing)
        judged = len(constant) - alike >= limits.vary_share * others
        for cell in self._numbers:
            here = not self._missing[cell]
            stuck = judged and constant[cell] and here
            self._stuck[cell] = min(self._stuck[cell] + 1, limits.stuck_s) if stuck else 0
            low_n = (min([hop[cell] for hop in hops]) - self._zero[cell]) / self._scale[cell]
            change = 1 if low_n < -limits.below_n and here else -1
            self._floating[cell] = min(max(self._floating[cell] + change, 0), limits.floating_s)
            worst = self._stuck[cell] >= limits.stuck_s or self._floating[cell] >= limits.floating_s
            self._excluded[cell] = worst or (self._excluded[cell] and self._stuck[cell] + self._floating[cell] > 0)
            level, jump = hops[-1][cell], JUMP_N * self._scale[cell]
            self._calm_low[cell] = int(max(level - jump, self._low[cell]))
            self._calm_high[cell] = int(min(level + jump, self._high[cell]))
            self._sides[cell] = 0
            self._missing[cell] = False
        self._second = []
