"""Wiggling: load goes there and back while lying. Lifting part of the body and laying it down is repositioning.

Lateral shear, what scratches, is not measured. A change of posture goes there only; a lift takes load off the mat
before it comes back. The size of a wiggle is how many newtons left their cells and came back; the grades are ours.
On a bed others move the mat too, which loads all cells together or one edge, while a body moves load from some cells to
others: a wiggle that changes the total as much as the cells comes from outside and is not counted. A pure tilt of the
bed moves load from side to side and cannot be distinguished.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from firmware.enums import WiggleGrade
from firmware.events import Event, Repositioned, Wiggle
from firmware.frames import Signals
from firmware.signal.frontend import HOP_S


@dataclass(frozen=True, slots=True)
class WiggleSettings:
    """window_s: there and back happens within it. least_n newtons do; clear_n and strong_n are the higher grades.

    grow_s: the event follows so long after the first detection, with the size reached by then. quiet_s: stillness that
    ends a wiggle. lifted: part of the usual load that leaves the mat when part of the body is lifted; back_s: it has
    been back for so long when the lift is over. A lift that lasts longer than lift_s is a new posture. usual_s: time
    constant of the usual load. outside: part of the movement that goes the same way in all cells, from which on it
    comes from outside; it counts in full from outside_cells cells on, which move less when they are fewer.
    """

    window_s: float = 1.5
    least_n: float = 15.0
    clear_n: float = 30.0
    strong_n: float = 60.0
    grow_s: float = 1.0
    quiet_s: float = 2.0
    lifted: float = 0.12
    back_s: float = 1.0
    lift_s: float = 10.0
    usual_s: float = 5.0
    outside: float = 0.5  # 0.4 to 0.6 give the same results
    outside_cells: float = 5.0


class WiggleDetector:
    """One `step` a hop while the person lies; `reset` when they do not."""

    def __init__(self, settings: WiggleSettings | None = None) -> None:
        self._set = settings or WiggleSettings()
        hops = round(self._set.window_s / HOP_S)
        self._window: deque[tuple[float, ...]] = deque(maxlen=hops)  # loads of the cells
        self._moved: deque[float] = deque(maxlen=hops)  # newtons that changed place since the hop before
        self._not_in_order = ~np.fromfunction(lambda a, b, c: (a < b) & (b < c), (hops, hops, hops))
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._window.clear()
        self._moved.clear()
        self._usual_n: float | None = None
        self._growing: Wiggle | None = None  # the largest so far, not emitted yet
        self._still_s: float | None = None  # stillness since the last wiggle; None when that is over
        self._lifted_s: float | None = None  # when the present lift began
        self._back_s = 0.0

    def step(self, signals: Signals) -> Sequence[Event]:
        """Return a Wiggle a second after its first detection, a Repositioned when the body is down again."""
        if signals.cop_m is None or signals.lost:
            self.reset()
            return ()
        self._window.append(signals.cells_n)
        self._moved.append(signals.motion * signals.load_n / 100.0)
        repositioned = self._lift(signals.t_s, signals.load_n)
        if repositioned is not None:
            return (repositioned,)
        if self._lifted_s is not None:
            return ()
        if self._still_s is None:
            return self._grow(signals.t_s, self._size_n(self._set.least_n))
        self._still_s = 0.0 if self._size_n(self._set.least_n / 2) > 0 else self._still_s + HOP_S
        if self._still_s >= self._set.quiet_s:
            self._still_s = None
        return ()

    def _grow(self, t_s: float, size_n: float) -> Sequence[Wiggle]:
        largest = self._growing
        if size_n >= (self._set.least_n if largest is None else largest.moved_n):
            first_s = t_s if largest is None else largest.t_s
            self._growing = largest = Wiggle(first_s, size_n, self._grade(size_n), self._place())
        if largest is None or t_s - largest.t_s < self._set.grow_s:
            return ()
        self._growing, self._still_s = None, 0.0
        return () if self._from_outside() else (largest,)

    def _from_outside(self) -> bool:
        """Return whether the cells move together: by the first principal direction of their loads."""
        _, directions = np.linalg.eigh(np.cov(np.array(self._window).T))
        direction = directions[:, -1]  # of unit length
        size = float(np.abs(direction).sum())
        together = abs(float(direction.sum())) / size
        return together * min(1.0, size**2 / self._set.outside_cells) >= self._set.outside

    def _lift(self, t_s: float, load_n: float) -> Repositioned | None:
        usual_n = load_n if self._usual_n is None else self._usual_n
        if self._lifted_s is None:
            if load_n < (1 - self._set.lifted) * usual_n:
                self._lifted_s, self._back_s = t_s, 0.0
            self._usual_n = usual_n + (load_n - usual_n) * HOP_S / self._set.usual_s
            return None
        down = load_n >= (1 - self._set.lifted / 2) * usual_n
        self._back_s = self._back_s + HOP_S if down else 0.0
        repositioned = Repositioned(self._lifted_s) if self._back_s >= self._set.back_s else None
        if repositioned is not None or t_s - self._lifted_s >= self._set.lift_s:
            self.reset()
        return repositioned

    def _size_n(self, least_n: float) -> float:
        """Return the newtons that left their cells and came back, 0.0 where that is less than least_n.

        That is a quarter of the largest detour over any hop between two others: half of what comes or goes is what has
        gone, and it goes there and back. A straight way makes no detour, however far.
        """
        if sum(self._moved) < 2 * least_n:  # there and back is at least twice the size: no need to search
            return 0.0
        loads = np.array(self._window)
        hops = len(loads)
        apart_n = np.abs(loads[:, np.newaxis] - loads).sum(axis=2)
        detours_n = apart_n[:, :, np.newaxis] + apart_n - apart_n[:, np.newaxis]  # from a over b to c: [a, b, c]
        detours_n[self._not_in_order[:hops, :hops, :hops]] = 0.0
        size_n = float(detours_n.max()) / 4
        return size_n if size_n >= least_n else 0.0

    def _grade(self, size_n: float) -> WiggleGrade:
        if size_n >= self._set.strong_n:
            return WiggleGrade.STRONG
        return WiggleGrade.CLEAR if size_n >= self._set.clear_n else WiggleGrade.SLIGHT

    def _place(self) -> tuple[int, ...]:
        """Return the cells whose load swung at least half as far as that of the first among them."""
        swing_n = np.ptp(np.array(self._window), axis=0)
        return tuple(np.flatnonzero(swing_n >= swing_n.max() / 2).tolist())
