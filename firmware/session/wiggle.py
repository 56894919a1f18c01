"""Wiggling: the load goes there and back while lying. Lateral shear, what scratches, is not measured."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from firmware.signal.frontend import HOP_S
from firmware.types import Event, Signals, Wiggle


@dataclass(frozen=True, slots=True)
class WiggleSettings:
    """moved: percent of the load that changes place within window_s. path_m: way of the centre of pressure in it.

    reversal: the way is so many times the distance covered, since a wiggle returns and a change of posture does not.
    quiet_s: calm that ends a wiggle; until then it is the same one.
    """

    window_s: float = 1.5
    moved: float = 5.0
    path_m: float = 0.015
    reversal: float = 2.0
    quiet_s: float = 2.0


class WiggleWatch:
    """One `step` a hop while somebody lies; `reset` when they do not."""

    def __init__(self, settings: WiggleSettings | None = None) -> None:
        self._set = settings or WiggleSettings()
        hops = round(self._set.window_s / HOP_S)
        self._window: deque[tuple[float, float, float]] = deque(maxlen=hops)  # x, y, percent moved
        self._quiet_hops = 0
        self._moving = False

    def reset(self) -> None:
        """Forget what was seen."""
        self._window.clear()
        self._moving = False

    def step(self, signals: Signals) -> Iterator[Event]:
        """Yield a Wiggle at its beginning."""
        if signals.cop_m is None or signals.lost:
            self.reset()
            return
        self._window.append((*signals.cop_m, signals.motion))
        moved = sum(hop[2] for hop in self._window)
        self._quiet_hops = 0 if moved >= self._set.moved else self._quiet_hops + 1
        if self._moving:
            self._moving = self._quiet_hops * HOP_S < self._set.quiet_s
        elif moved >= self._set.moved and self._there_and_back():
            self._moving = True
            yield Wiggle(signals.t_s, moved / 100.0 * signals.load_n)

    def _there_and_back(self) -> bool:
        places = list(self._window)
        steps = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places)]
        covered_m = hypot(places[-1][0] - places[0][0], places[-1][1] - places[0][1])
        return sum(steps) >= max(self._set.path_m, self._set.reversal * covered_m)
