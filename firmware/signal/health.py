"""Cell health, judged once a second from the hops of that second.

Evidence of a fault counts up by one a second and down by one without it, so that a single odd second is no fault.
- lost: no reading. saturated: readings at the end of the converter's range, or loads that no tile carries.
- stuck: not one count of difference for ten seconds, while most others have the noise that every converter has; all of
  them after a minute in which no cell changes at all, which no set of converters does.
- floating: it swings far below zero, where nothing pulls it, or by newtons while the mat is vacant.
- noisy: five times the noise of the others while the mat is vacant. It still weighs, so it stays in.
- drifted: its zero after a visit differs from the one before; a screw, a wet foam, a tired cell.
Stuck and floating cells show loads that do not exist: they are excluded like lost ones.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from firmware.enums import Status
from firmware.frames import Counts, Flags
from firmware.signal.seconds import Cells, Mask

if TYPE_CHECKING:
    from hardware.board import Board


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """Newtons, seconds and shares."""

    stuck_s: int = 10
    vary_share: float = 0.5  # of the other cells must show noise, or cells without noise are not judged
    frozen_s: int = 60  # without a change of any cell: then those without noise are judged all the same
    noise_ratio: float = 5.0  # against the cell in the middle
    noise_floor_n: float = 0.05  # mean difference of successive hops; less is good whatever the others do
    noisy_s: int = 10
    bare_n: float = 10.0  # largest load of a cell whose noise is judged: a cat makes noise too
    floating_n: float = 20.0  # mean difference of successive hops while the mat is vacant
    below_n: float = 100.0  # under zero: more than the error of any zero
    floating_s: int = 3
    lost_s: int = 2
    drifted_n: float = 3.0


class CellFault(StrEnum):
    """Faults of a cell, the gravest first."""

    LOST = "lost"
    SATURATED = "saturated"
    STUCK = "stuck"
    FLOATING = "floating"
    NOISY = "noisy"
    DRIFTED = "drifted"


COUNTED = (CellFault.LOST, CellFault.SATURATED, CellFault.STUCK, CellFault.FLOATING, CellFault.NOISY)
EXCLUDED = (CellFault.STUCK, CellFault.FLOATING)


class CellHealthMonitor:
    """One `step` a second. excluded (cells,) are the stuck and floating cells; None when there are none."""

    def __init__(self, counts_per_newton: Cells, settings: HealthSettings | None = None) -> None:
        self._set = chosen = settings or HealthSettings()
        self._scale = counts_per_newton
        self._below = chosen.below_n * counts_per_newton
        cells = len(counts_per_newton)
        self._scores = np.zeros((len(COUNTED), cells), np.int64)
        needed = {
            CellFault.LOST: chosen.lost_s,
            CellFault.SATURATED: chosen.lost_s,
            CellFault.STUCK: chosen.stuck_s,
            CellFault.FLOATING: chosen.floating_s,
            CellFault.NOISY: chosen.noisy_s,
        }
        self._needed = np.array([[needed[fault]] for fault in COUNTED])
        self._flagged = np.zeros((len(COUNTED), cells), np.bool_)
        self._at_rest = True
        self._frozen_s = 0  # how long no cell has changed
        self._none = np.zeros(cells, np.bool_)
        self.excluded: Mask | None = None

    def step(
        self, hops: Cells, missing: Mask | None, newest: tuple[Counts, Flags], zero: Cells | None, *, vacant: bool
    ) -> None:
        """Judge the cells by a second.

        Args:
            hops: (10, cells) counts.
            missing: the cells (cells,) without a reading in some hop; None for none.
            newest: the last codes and flags (cells,).
            zero: (cells,) counts, None when it is not known.
            vacant: whether the mat was vacant.
        """
        seen: dict[CellFault, Mask] = {}
        self._judge_stuck(seen, hops, missing)
        if zero is not None:
            self._judge_swings(seen, hops, zero, vacant=vacant)
        if missing is not None:
            self._judge_missing(seen, missing, *newest)
        if seen or not self._at_rest:
            self._count(seen)

    def _judge_stuck(self, seen: dict[CellFault, Mask], hops: Cells, missing: Mask | None) -> None:
        constant = (hops == hops[0]).all(axis=0)
        others = len(constant) - 1 if missing is None else len(constant) - 1 - int(missing.sum())
        varying = int((~constant).sum())
        self._frozen_s = 0 if varying else self._frozen_s + 1
        frozen = self._frozen_s >= self._set.frozen_s
        if constant.any() and (frozen or varying >= self._set.vary_share * others):
            seen[CellFault.STUCK] = constant

    def _judge_swings(self, seen: dict[CellFault, Mask], hops: Cells, zero: Cells, *, vacant: bool) -> None:
        below = hops < zero - self._below
        swings: Mask = np.logical_or.reduce(below, axis=0)
        if vacant:
            rough_n = np.abs(hops[1:] - hops[:-1]).mean(axis=0) / self._scale
            usual_n = float(np.sort(rough_n)[len(rough_n) // 2])
            noisy = rough_n > max(self._set.noise_ratio * usual_n, self._set.noise_floor_n)
            if noisy.any():
                swings |= noisy & (rough_n > self._set.floating_n)
                bare = np.abs(hops.mean(axis=0) - zero) <= self._set.bare_n * self._scale
                seen[CellFault.NOISY] = noisy & bare
        if swings.any():
            seen[CellFault.FLOATING] = swings

    def _judge_missing(self, seen: dict[CellFault, Mask], missing: Mask, counts: Counts, flags: Flags) -> None:
        for fault, cells in seen.items():
            seen[fault] = cells & ~missing
        rails = (flags & Status.SATURATED) != 0
        beyond = (flags == 0) & ((counts & (counts + 1)) != 0)
        seen[CellFault.SATURATED] = missing & (rails | beyond)
        seen[CellFault.LOST] = missing & ~seen[CellFault.SATURATED]

    def _count(self, seen: dict[CellFault, Mask]) -> None:
        bad = np.array([seen.get(fault, self._none) for fault in COUNTED])
        self._scores += np.where(bad, 1, -1)
        stuck = COUNTED.index(CellFault.STUCK)
        self._scores[stuck, ~bad[stuck]] = 0  # one difference is enough: it is not stuck
        np.clip(self._scores, 0, self._needed, out=self._scores)
        self._flagged |= self._scores >= self._needed
        self._flagged &= self._scores > 0
        self._at_rest = not self._scores.any()
        out = np.logical_or.reduce([self._flagged[COUNTED.index(fault)] for fault in EXCLUDED])
        self.excluded = out if out.any() else None

    def faults(self, crept_n: tuple[float, ...] | None = None) -> tuple[CellFault | None, ...]:
        """The gravest fault of each cell, or None; crept_n (cells,) is the change of the zero by the last visit."""
        drifted = self._none if crept_n is None else np.abs(np.array(crept_n)) > self._set.drifted_n
        table = [*zip(COUNTED, self._flagged, strict=True), (CellFault.DRIFTED, drifted)]
        return tuple(next((fault for fault, cells in table if cells[cell]), None) for cell in range(len(drifted)))


@dataclass(frozen=True, slots=True)
class Cost:
    """Error from missing cells, for a load that presses evenly on the whole mat.

    usable of cells have readings. The load reads load_share too low, and its centre is cop_m metres off.
    enough is false when too few cells are left to detect posture.
    """

    usable: int
    cells: int
    load_share: float
    cop_m: float
    enough: bool


USABLE_SHARE = 0.75  # nine of twelve


def cost_of(board: "Board", lost: int) -> Cost:
    """Error from the cells in the bit mask lost. Real loads are not even, so this is an order of magnitude."""
    left = [cell for cell in board.cells if not lost >> cell.index & 1]
    cells, usable = len(board.cells), len(left)
    off_m = 0.0
    if left:
        middle_x = sum(cell.x_m for cell in board.cells) / cells
        middle_y = sum(cell.y_m for cell in board.cells) / cells
        off_x = sum(cell.x_m for cell in left) / usable - middle_x
        off_y = sum(cell.y_m for cell in left) / usable - middle_y
        off_m = float(np.hypot(off_x, off_y))
    return Cost(usable, cells, 1 - usable / cells, off_m, enough=usable >= USABLE_SHARE * cells)
