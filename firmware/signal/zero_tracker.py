"""The zero of the empty mat: when it is taken, how it follows drift, and why it is not taken.

Everything that moves the zero lives in this file. Loads above and below the zero count separately: nothing pulls a tile
upwards, but a person may lie on a mat from which something was taken away.
- The caller reports second by second whether the mat is occupied; the loads must agree with that.
- start: the first stable seconds after power-up, if they are close to the stored zero.
- placed: something that is stable for ten seconds is a towel or the mat on another floor, up to 6 kg. Up to 10 kg that
  takes ten minutes. More is never taken: a light person with the hips off the mat is 14 kg.
- lifted: stable and below zero; something was taken off.
- asked: a person reports that the mat is empty. A first zero is taken only in this way: nothing is guessed.
- Small differences are followed slowly, without an event. While the mat is occupied the zero never moves.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from firmware.signal.calibration import Calibration
from firmware.signal.seconds import Cells, Mask, StabilityDetector
from hardware.board import STANDARD_GRAVITY

KG: Final = STANDARD_GRAVITY  # newtons


@dataclass(frozen=True, slots=True)
class ZeroSettings:
    """Newtons, seconds, and a share per second."""

    still_n: float = 0.3  # on any cell, against the first stable second: 30 g
    start_n: float = 2 * KG
    start_s: int = 2
    placed_n: float = 6 * KG
    placed_s: int = 10
    heavy_n: float = 10 * KG
    heavy_s: int = 600
    lifted_s: int = 2
    asked_s: int = 3
    first_s: int = 4  # the first zero has nothing to compare with: the better half of a slow breath
    patience_s: int = 10  # how long a zero that was asked for waits for a stable mat
    step_n: float = 0.5 * KG  # less is drift and followed: creep after a visit is a matter of 0.2 kg
    follow_every_s: int = 5
    follow_share: float = 0.4  # of the difference, each time
    follow_n_per_s: float = 0.033  # of each cell, 0.2 kg a minute: 10 kg an hour may come from one cell alone


class ZeroReason(StrEnum):
    """Why a new zero was taken."""

    START = "start"
    PLACED = "placed"
    LIFTED = "lifted"
    ASKED = "asked"


class Refusal(StrEnum):
    """Why the zero stays as it is."""

    NOT_ZEROED = "not_zeroed"  # there is none, and no person has reported that the mat is empty
    OCCUPIED = "occupied"
    LOADED = "loaded"  # with more than may become part of the zero
    MOVING = "moving"  # not stable, or not for long enough yet
    CELLS = "cells"  # cells without a reading have no zero either


@dataclass(frozen=True, slots=True)
class NewZero:
    """A new zero. offset_n (cells,) is the load that the cells showed before it, in newtons; 0 for the first zero."""

    why: ZeroReason
    offset_n: tuple[float, ...]


class ZeroTracker:
    """Holds the zero in counts; one `step` a second. zero (cells,) is None until there is one."""

    def __init__(self, calibration: Calibration, settings: ZeroSettings | None = None) -> None:
        self._set = settings or ZeroSettings()
        self._counts_per_newton = np.array(calibration.counts_per_newton)
        kept = calibration.zero_counts
        self.zero: Cells | None = None if kept is None else np.array(kept, dtype=float)
        self.stable = StabilityDetector(self._set.still_n * self._counts_per_newton)
        self._since_follow_s = 0
        self._started = False
        self._was_occupied = False
        self._asked_s: int | None = None
        self.refusal: Refusal | None = Refusal.NOT_ZEROED if kept is None else None
        self.crept_n: tuple[float, ...] | None = None  # zero after the last visit less zero before it

    def ask(self) -> None:
        """Ask for a new zero of an empty mat: it is taken within patience_s, or refusal has the reason."""
        self._asked_s = 0
        self.stable.forget()

    @property
    def asked(self) -> bool:
        """Whether an ask still waits for its answer."""
        return self._asked_s is not None

    def occupied(self) -> None:
        """Note a second in which the mat was occupied: nothing moves the zero."""
        self._was_occupied = True
        self.stable.forget()
        self._refuse(Refusal.OCCUPIED)

    def step(self, middle: Cells, missing: Mask | None) -> NewZero | None:
        """Add the median counts (cells,) of a vacant second; missing cells have none. Return the new zero, if any."""
        self.stable.step(middle, missing)
        if self.zero is None:
            return self._first_zero(missing)
        offset_n = (middle - self.zero) / self._counts_per_newton
        if missing is not None:
            offset_n[missing] = 0.0
        above_n = float(np.maximum(offset_n, 0.0).sum())
        below_n = above_n - float(offset_n.sum())
        self._note_creep(offset_n, max(above_n, below_n))
        why = self._reason(above_n, below_n)
        if why is not None:
            return self._take(why, self.zero, missing)
        self._follow(offset_n, max(above_n, below_n))
        self._refuse(self._why_not(above_n, below_n))
        return None

    def _reason(self, above_n: float, below_n: float) -> ZeroReason | None:
        """Reason to take the zero now, None for none."""
        limits, for_s, most_n = self._set, self.stable.for_s, max(above_n, below_n)
        if self.asked and above_n <= limits.heavy_n and for_s >= limits.asked_s:
            return ZeroReason.ASKED
        if not self._started and most_n <= limits.start_n and for_s >= limits.start_s:
            return ZeroReason.START
        if most_n <= limits.step_n or above_n > limits.heavy_n:
            return None
        if above_n <= limits.step_n and for_s >= limits.lifted_s:
            return ZeroReason.LIFTED
        return (
            ZeroReason.PLACED if for_s >= (limits.placed_s if above_n <= limits.placed_n else limits.heavy_s) else None
        )

    def _first_zero(self, missing: Mask | None) -> NewZero | None:
        for_s = self.stable.for_s
        if not self.asked:
            self._refuse(Refusal.NOT_ZEROED)
        elif missing is not None:
            self._refuse(Refusal.CELLS)
        elif for_s < self._set.first_s:
            self._refuse(Refusal.MOVING)
        else:
            return self._take(ZeroReason.ASKED, self.stable.mean.copy(), missing)
        return None

    def _take(self, why: ZeroReason, before: Cells, missing: Mask | None) -> NewZero:
        offset = self.stable.mean - before
        if missing is not None:
            offset[missing] = 0.0
        self.zero = before + offset
        self._started = True
        self._asked_s = self.refusal = None
        self.stable.forget()
        return NewZero(why, tuple((offset / self._counts_per_newton).tolist()))

    def _follow(self, offset_n: Cells, most_n: float) -> None:
        """Follow a small difference, every few seconds."""
        self._since_follow_s += 1
        if self._since_follow_s < self._set.follow_every_s:
            return
        self._since_follow_s = 0
        if self.zero is not None and most_n <= self._set.step_n:
            step_n = self._set.follow_every_s * self._set.follow_n_per_s
            self.zero += np.clip(self._set.follow_share * offset_n, -step_n, step_n) * self._counts_per_newton

    def _why_not(self, above_n: float, below_n: float) -> Refusal | None:
        """Reason why the zero stays as it is; None when there is nothing to correct."""
        if above_n > self._set.heavy_n:
            return Refusal.LOADED
        at_rest = max(above_n, below_n) <= self._set.step_n and self._started and not self.asked
        return None if at_rest else Refusal.MOVING

    def _refuse(self, why: Refusal | None) -> None:
        self.refusal = why
        if self._asked_s is not None:
            self._asked_s += 1
            if self._asked_s >= self._set.patience_s:
                self._asked_s = None

    def _note_creep(self, offset_n: Cells, most_n: float) -> None:
        """Store the change of each cell by a visit, from the first stable seconds after it, unless a load is left."""
        if self._was_occupied and self.stable.for_s >= self._set.lifted_s:
            self._was_occupied = False
            self.crept_n = tuple(offset_n.tolist()) if most_n <= self._set.start_n else None
