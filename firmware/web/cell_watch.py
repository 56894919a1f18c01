"""The cells at rest: how much each one flickers while the mat is empty, and when it was last set to zero."""

from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.enums import State
from firmware.events import Zeroed
from firmware.words.quantities import kilograms

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.view import Tick

HOPS: Final = 100  # ten seconds
ENOUGH: Final = 30
ARRIVAL_HOPS: Final = 20  # two seconds from the first touch until the mat counts as occupied
STEADY_KG: Final = 0.1


class CellWatch:
    """Takes every tick. flicker_g has the standard deviation of each cell in grams, None until the mat was empty."""

    def __init__(self, wall_at: "Callable[[float], float | None]") -> None:
        self._wall_at = wall_at
        self._newest: deque[tuple[float, ...]] = deque()  # not known to be at rest yet: somebody may be arriving
        self._rest: deque[tuple[float, ...]] = deque(maxlen=HOPS)
        self._lost = 0
        self.zeroed_s: float | None = None
        self.load_kg: float | None = None

    def offer(self, tick: "Tick") -> None:
        """Take a tick."""
        if any(isinstance(event, Zeroed) for event in tick.events):
            self.zeroed_s = self._wall_at(tick.t_s)
            self._rest.clear()
        if tick.signals is None:
            return
        self._lost, self.load_kg = tick.signals.lost, kilograms(tick.signals.load_n)
        if tick.view.state is not State.IDLE or tick.view.occupied:
            self._newest.clear()
            return
        self._newest.append(tick.signals.cells_n)
        if len(self._newest) > ARRIVAL_HOPS:
            self._rest.append(self._newest.popleft())

    def flicker_g(self, number: int) -> float | None:
        """Return the flicker of a cell at rest."""
        rest = tuple(self._rest)  # the loop goes on while this is worked out
        if len(rest) < ENOUGH or self._lost >> number & 1:
            return None
        return round(1000 * kilograms(float(np.std([cells_n[number] for cells_n in rest]))), 1)

    @property
    def steady(self) -> bool:
        """Whether the load of the empty mat keeps still."""
        rest = tuple(self._rest)
        if len(rest) < ENOUGH:
            return False
        newest = [kilograms(sum(cells_n)) for cells_n in rest[-ENOUGH:]]
        return max(newest) - min(newest) < STEADY_KG
