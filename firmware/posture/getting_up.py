"""How a person got up: rolled aside first, sat up, or left abruptly. Rolling aside is detected here too."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from firmware.enums import Exit
from firmware.events import Event, RolledAside, RolledBack
from firmware.posture.backdating import LEAST_LOAD
from firmware.posture.debounce import debounce
from firmware.posture.steady import moved
from firmware.signal.frontend import HOP_S

if TYPE_CHECKING:
    from firmware.posture.history import Loads
    from firmware.posture.settings import PostureSettings
    from firmware.posture.shape import Shape, Shapes


class RollDetector:
    """One `step` a hop while the person lies; `reset` when they lie down."""

    def __init__(self, settings: "PostureSettings") -> None:
        self._set = settings
        self._over = debounce(settings.aside_s)
        self._back = debounce(settings.aside_s)
        self.reset()

    def reset(self) -> None:
        """Forget the last time of lying."""
        self.last_s: float | None = None  # when the person last lay on the side
        self._aside = False
        self._over.reset()

    def step(self, t_s: float, shape: "Shape", lying: "Shape") -> Sequence[Event]:
        """Return RolledAside when the load is over an outer third and away from lying, RolledBack when not any more."""
        over = abs(shape.x_m - lying.x_m) >= self._set.aside_m and shape.outer >= self._set.aside_outer
        if self._over.step(true=over):
            self.last_s = t_s
        if self._over.hops >= self._over.needed and not self._aside:
            self._aside = True
            return (RolledAside(t_s),)
        if self._aside and self._back.step(true=not over):
            self._aside = False
            return (RolledBack(t_s),)
        return ()


def way_up(loads: "Loads", lying: "Loads", shapes: "Shapes", settings: "PostureSettings") -> Exit:
    """Return the way of getting up from the loads (n, cells) of the last seconds before the load has left.

    The pose farthest from lying (cells,) shows it: moved across the mat is rolling, else compact is sitting up.
    Otherwise the person left abruptly, if nearly all of the load was there a moment ago.
    """
    totals = loads.sum(axis=1)
    full = loads[totals >= LEAST_LOAD * lying.sum()]
    if not len(full):
        return Exit.UNKNOWN
    pose, before = shapes.of(max(full, key=lambda hop: moved(hop, lying))), shapes.of(lying)
    if abs(pose.x_m - before.x_m) >= settings.aside_m:
        return Exit.ROLLED
    if shapes.compact(pose):
        return Exit.SAT_UP
    recent_n = float(totals[-round(settings.abrupt_s / HOP_S) :].max())
    return Exit.ABRUPT if recent_n >= settings.abrupt_load * lying.sum() else Exit.UNKNOWN
