"""Occupied: a person or a thing of 10 kg and more is on the mat, decided by the load above the baseline alone.

The baseline is what lay on the mat before. While the mat is not occupied it follows small loads slowly, and takes a
load that keeps still. What keeps as still as an object while it is occupied, without evidence of a person, proves to be
one: occupied ends and the object becomes part of the baseline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firmware.events import Event, MatEmptied, MatOccupied, ObjectDetected
from firmware.posture.baseline import Baseline
from firmware.posture.debounce import Debounce, debounce
from firmware.signal.frontend import HOP_S
from hardware.board import STANDARD_GRAVITY as KG  # newtons

if TYPE_CHECKING:
    from firmware.posture.history import Loads

FOLLOW_LAG_HOPS = 20  # the baseline follows the load of two seconds ago, before the first grams of an arrival


@dataclass(frozen=True, slots=True)
class OccupancySettings:
    """Newtons and seconds. on_delay_s and off_delay_s delay only what is shown as occupied, not the detectors."""

    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    occupied_n: float = 10 * KG  # a 45 kg person with the hips off the mat loads it with 14 kg
    on_s: float = 0.3  # a touch is shorter
    off_share: float = 0.22  # of the usual load; lifting three quarters of the body leaves a quarter
    usual_s: float = 5.0  # time constant of the usual load
    steady_fall: float = 0.75  # of the fall in the hop before: it goes on, and the next hop is known already
    fast_fall: float = 0.077  # of the usual load in a hop at most; lifting is faster, and may end in the next hop
    empty_n: float = 2 * KG  # less is creep and drift; the mat is never occupied by so little
    still_n: float = 0.5  # an object does not change a cell by more than that
    object_s: float = 10.0  # a load under occupied_n, or one that is left when a person has got up
    heavy_object_s: float = 60.0  # any other


class OccupancyDetector:
    """One `step` a hop, after its loads were pushed."""

    def __init__(self, loads: Baseline, settings: OccupancySettings | None = None) -> None:
        self._set = settings or OccupancySettings()
        self._loads = loads
        self._on = debounce(self._set.on_s)
        self._calm = Debounce(FOLLOW_LAG_HOPS + 1)
        self._usual_n = 0.0
        self._last_n = self._fall_n = 0.0  # the last load as it came, and its fall in a hop
        self.occupied = False
        self.shown = False  # occupied, with the delays that the settings add
        self._differs_s = 0.0

    def step(self, t_s: float, above: "Loads", load_n: float, *, person: bool, left: bool) -> Sequence[Event]:
        """Return MatOccupied, MatEmptied, or ObjectDetected before it.

        person: there is evidence of a person; left: a person got up and took more than half of the load along.
        """
        if self.occupied:
            events = self._while_occupied(t_s, above, load_n, person=person, left=left)
        else:
            events = self._while_empty(t_s, load_n)
        self._show()
        return events

    def _show(self) -> None:
        delay_s = self._set.on_delay_s if self.occupied else self._set.off_delay_s
        self._differs_s = 0.0 if self.occupied == self.shown else self._differs_s + HOP_S
        if self._differs_s > delay_s:
            self.shown = self.occupied

    def _while_occupied(
        self, t_s: float, above: "Loads", load_n: float, *, person: bool, left: bool
    ) -> Sequence[Event]:
        self._usual_n += (load_n - self._usual_n) * HOP_S / self._set.usual_s
        next_n = self._next_n(load_n)
        off_n = min(max(self._set.off_share * self._usual_n, self._set.empty_n), self._set.occupied_n)
        object_s = self._set.object_s if left or load_n < self._set.occupied_n else self._set.heavy_object_s
        if next_n < off_n:
            self.occupied = False
            return (MatEmptied(t_s, f"load below {off_n:.0f} N"),)
        if (left or not person) and self._still(object_s):
            self._loads.take(above)
            self.occupied = False
            why = f"{load_n:.0f} N lay as still as an object for {object_s:g} s"
            return ObjectDetected(t_s, load_n), MatEmptied(t_s, why)
        return ()

    def _next_n(self, load_n: float) -> float:
        """Return the load that the next hop will have at most: less than this one's while it falls steadily."""
        if load_n > 0.75 * self._usual_n:  # far from off
            self._last_n, self._fall_n = load_n, 0.0
            return load_n
        now_n = float(self._loads.newest().sum())
        fall_n, before_n = self._last_n - now_n, self._fall_n
        self._last_n, self._fall_n = now_n, fall_n
        goes_on = max(self._set.steady_fall * before_n, 0.0) <= fall_n <= self._set.fast_fall * self._usual_n
        return now_n - fall_n if goes_on else now_n

    def _while_empty(self, t_s: float, load_n: float) -> Sequence[Event]:
        if self._on.step(true=load_n >= self._set.occupied_n):
            self.occupied, self._usual_n, self._last_n = True, load_n, load_n
            self._calm.reset()
            self._on.reset()
            return (MatOccupied(t_s),)
        if self._calm.step(true=load_n < self._set.empty_n):
            self._loads.follow(FOLLOW_LAG_HOPS)
        elif load_n >= self._set.empty_n and self._still(self._set.object_s):
            self._loads.take_all()
        return ()

    def _still(self, seconds: float) -> bool:
        return self._loads.still(seconds, self._set.still_n)
