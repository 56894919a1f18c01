"""How a person got up: rolled aside first, sat up, or left abruptly. Rolling aside is detected here too."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from firmware.enums import Exit
from firmware.events import Event, RolledAside, RolledBack
from firmware.posture.debounce import debounce
from firmware.posture.history import Loads, since_crossing
from firmware.signal.frontend import HOP_S

if TYPE_CHECKING:
    from firmware.posture.baseline import Baseline
    from firmware.posture.reference import ReferencePattern
    from firmware.posture.settings import PostureSettings
    from firmware.posture.shape import Shape

Rise = tuple[float, Exit, str]  # seconds since lying ended, the way of getting up, a sentence for logs


class GettingUp:
    """Everything after `start` belongs to one time of lying."""

    def __init__(
        self, settings: "PostureSettings", shape: "Shape", loads: "Baseline", reference: "ReferencePattern"
    ) -> None:
        self._set, self._shape, self._loads, self._reference = settings, shape, loads, reference
        self._aside = debounce(settings.roll_debounce_s)
        self._left, self._upright = debounce(settings.end_debounce_s), debounce(settings.sat_up_debounce_s)
        self.start()

    def start(self) -> None:
        """Forget the last time of lying."""
        self._rolled_s: float | None = None
        self._on_side: Loads | None = None  # the loads when the person last lay on the side
        self._is_aside = False  # RolledAside was emitted, RolledBack not yet
        self._left.reset()
        self.lies_as_before()

    def lies_as_before(self) -> None:
        """Start counting from zero: the load is where it was."""
        self._aside.reset()
        self._upright.reset()

    def rolled_back(self, t_s: float) -> Iterator[Event]:
        """Yield RolledBack if the person had rolled aside."""
        if self._is_aside:
            self._is_aside = False
            yield RolledBack(t_s)

    def roll(self, t_s: float, above: Loads, shares: Loads) -> Iterator[Event]:
        """Add a hop of another posture than the reference; yield RolledAside when it is over an outer column."""
        if self._aside.step(true=self._shape.aside(shares, self._reference.shares)):
            self._rolled_s = t_s
            if not self._upright.hops:
                self._on_side = above
            if not self._is_aside:
                self._is_aside = True
                yield RolledAside(t_s)

    def sat_up(self, t_s: float, above: Loads, shares: Loads) -> Rise | None:
        """Take the same hop; return the rise when the load has been back over the base rows for long enough."""
        if not self._upright.step(true=self._shape.upright(shares, self._reference.shares)):
            return None
        ago_s = self._loads.since_travelled(self._reference.loads * self._loads.usable, above, self._set.end_load)
        rolled = self._rolled_within(t_s - ago_s)
        if rolled and self._on_side is not None:  # lying on the side is still lying
            ago_s = self._loads.since_travelled(self._on_side, above, self._set.end_load)
        why = f"the load was back over the base rows for {self._set.sat_up_debounce_s:g} s"
        return ago_s, Exit.ROLLED if rolled else Exit.SAT_UP, why

    def left(self, t_s: float, load_n: float) -> Rise | None:
        """Take the load of a hop; return the rise when half of the reference load has been gone for long enough."""
        end_n = self._set.end_load * self._reference.load_n
        if not self._left.step(true=load_n <= end_n):
            return None
        loads = self._loads.last(len(self._loads))
        ago_s = since_crossing(-loads.sum(axis=1), -end_n)
        why = f"load below {end_n:.0f} N, half of what settled, for {self._set.end_debounce_s:g} s"
        if self._rolled_within(t_s - ago_s):
            return ago_s, Exit.ROLLED, why
        # Abrupt: a moment ago nearly the whole load was still where it had been.
        recent = loads[-round(self._set.abrupt_s / HOP_S) :]
        lay = self._reference.held_in(recent, part=self._set.abrupt_load, moved=self._set.steady_3s)
        return ago_s, Exit.ABRUPT if lay else Exit.UNKNOWN, why

    def _rolled_within(self, end_s: float) -> bool:
        return self._rolled_s is not None and end_s - self._rolled_s <= self._set.roll_memory_s
