"""Wiggling: load goes there and back while lying. Lifting the hips to lay them down anew is told apart.

Lateral shear, what scratches, is not measured. A change of posture goes there only; a lift takes load off the mat
before it comes back. The size of a wiggle is how many newtons left their cells and came back; the grades are ours.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from firmware.enums import WiggleGrade
from firmware.events import Event, Repositioned, Wiggle
from firmware.frames import Signals
from firmware.posture.history import Loads
from firmware.posture.room import NO_ROOM_N, ROUNDING_N, Seen
from firmware.posture.window import Window
from firmware.signal.frontend import HOP_S


@dataclass(frozen=True, slots=True)
class WiggleSettings:
    """window_s: there and back happens within it. least_n newtons do; clear_n and strong_n are the higher grades.

    grow_s: it is told so long after it was first there and back, as large as it was by then. quiet_s: calm that ends a
    wiggle; until then it is the same one. lifted: part of the usual load that leaves the mat when the hips are lifted;
    back_s: it is back for so long when they are down again. A lift that lasts longer than lift_s is a new posture.
    usual_s: how slowly the usual load follows.
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


class WiggleDetector:
    """One `step` a hop while somebody lies; `reset` when they do not."""

    def __init__(self, settings: WiggleSettings | None = None) -> None:
        self._set = settings or WiggleSettings()
        hops = round(self._set.window_s / HOP_S)
        self._follow_share = HOP_S / self._set.usual_s
        self._seen_hops, self._window = hops, Window(hops)
        self._moved: deque[float] = deque(maxlen=hops)  # newtons that changed place since the hop before
        self._spread_n = 0.0  # no hop of the window is farther from the newest, summed over the cells
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._window.clear()
        self._moved.clear()
        self.room_n = NO_ROOM_N  # how far a hop may be from this one, summed over the cells, to be skipped
        self._usual_n: float | None = None
        self._begun: Wiggle | None = None  # the largest of a wiggle that is not told yet
        self._calm_s: float | None = None  # how long it is calm after one that was told; None when that is over
        self._lift_s: float | None = None  # when the lift began that is under way
        self._back_s = 0.0

    def step(self, signals: Signals) -> Sequence[Event]:
        """Give a Wiggle a second after it was first there and back, a Repositioned when the hips are down again."""
        load_n = signals.load_n
        if signals.cop_m is None or signals.lost:
            self.reset()
            return ()
        self.room_n = NO_ROOM_N
        self._window.add(signals.cells_n)
        self._moved.append(signals.motion * load_n / 100.0)
        readjusted = self._watch_lift(signals.t_s, load_n)
        if readjusted is not None:
            return (readjusted,)
        if self._lift_s is not None:
            return ()
        happened = self._look(signals.t_s)
        if self._calm_s is None and self._begun is None and self._spread_n < self._set.least_n:
            self.room_n = min(self._set.least_n - ROUNDING_N, self._before_lift_n(load_n))
        return happened

    def skip(self, hops: Sequence[Seen], loads: Loads) -> None:
        """Take hops that changed too little to look at, and their loads (hops, cells); no wiggle, no lift goes on."""
        self._window.extend(loads)
        self._moved.extend([motion * load_n / 100.0 for _, _, load_n, _, motion in hops[-self._seen_hops :]])
        self._follow([load_n for _, _, load_n, _, _ in hops])

    def _follow(self, loads_n: Sequence[float]) -> None:
        usual_n = loads_n[0] if self._usual_n is None else self._usual_n
        for load_n in loads_n:
            usual_n += (load_n - usual_n) * self._follow_share
        self._usual_n = usual_n

    def _before_lift_n(self, load_n: float) -> float:
        """Newtons that may leave before it can be a lift: the usual load is no more than it is, or than comes."""
        usual_n, rests = self._usual_n or 0.0, 1 - self._set.lifted
        return min(load_n - rests * usual_n, load_n * self._set.lifted / (1 + rests))

    def _look(self, t_s: float) -> Sequence[Event]:
        if self._calm_s is None:
            return self._grow(t_s, self._size_n(self._set.least_n))
        self._calm_s = 0.0 if self._size_n(self._set.least_n / 2) > 0 else self._calm_s + HOP_S
        if self._calm_s >= self._set.quiet_s:
            self._calm_s = None
        return ()

    def _grow(self, t_s: float, size_n: float) -> Sequence[Wiggle]:
        begun = self._begun
        if size_n >= (self._set.least_n if begun is None else begun.moved_n):
            self._begun = begun = Wiggle(
                t_s if begun is None else begun.t_s, size_n, self._grade(size_n), self._place()
            )
        if begun is None or t_s - begun.t_s < self._set.grow_s:
            return ()
        self._begun, self._calm_s = None, 0.0
        return (begun,)

    def _watch_lift(self, t_s: float, load_n: float) -> Repositioned | None:
        usual_n = load_n if self._usual_n is None else self._usual_n
        if self._lift_s is None:
            if load_n < (1 - self._set.lifted) * usual_n:
                self._lift_s, self._back_s = t_s, 0.0
            self._follow((load_n,))
            return None
        down = load_n >= (1 - self._set.lifted / 2) * usual_n
        self._back_s = self._back_s + HOP_S if down else 0.0
        readjusted = Repositioned(self._lift_s) if self._back_s >= self._set.back_s else None
        if readjusted is not None or t_s - self._lift_s >= self._set.lift_s:
            self.reset()
        return readjusted

    def _size_n(self, least_n: float) -> float:
        """Newtons that left their cells and came back, 0 where that is less than least_n.

        It is a quarter of the largest detour over any hop between two others: of what comes or goes half is what has
        gone, and it goes there and back. A straight way makes no detour, however far. Two quick looks, after which it
        is nearly always over: it is no more than half of the way, and where all hops are within a distance of one of
        them, no more than that distance.
        """
        way_n = sum(self._moved)
        self._spread_n = 2 * way_n + ROUNDING_N
        if self._spread_n < least_n:
            return 0.0
        self._spread_n = self._window.spread_n() + ROUNDING_N
        if self._spread_n < least_n or way_n < 2 * least_n - ROUNDING_N:
            return 0.0
        size_n = self._window.detour_n() / 4
        return size_n if size_n >= least_n else 0.0

    def _grade(self, size_n: float) -> WiggleGrade:
        if size_n >= self._set.strong_n:
            return WiggleGrade.STRONG
        return WiggleGrade.CLEAR if size_n >= self._set.clear_n else WiggleGrade.SLIGHT

    def _place(self) -> tuple[int, ...]:
        """The cells whose load swung most: at least half as far as that of the first among them."""
        swing_n = self._window.swings_n()
        return tuple(np.flatnonzero(swing_n >= swing_n.max() / 2).tolist())
