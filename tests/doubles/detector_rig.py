"""Feeds the loads of cells, hop by hop, to one posture detector and keeps the events it emits."""

from math import sin, tau
from typing import TYPE_CHECKING, Self

import numpy as np

from hardware import board as boards
from tests.doubles.hops import Hops

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from firmware.events import Event
    from firmware.frames import Signals
    from tests.doubles.hops import Loads


class DetectorRig:
    """A standard board under loads in newtons (cells,), which stay until they are changed.

    step is the verb of the detector: it takes the signals of a hop and the posture events that came with it. lost (a
    bit mask of cells) and still_share go into every hop's signals.
    """

    def __init__(
        self, step: "Callable[[Signals, tuple[Event, ...]], Iterable[Event]]", loads: "Loads | None" = None
    ) -> None:
        board = boards.load_board()
        self.loads = np.zeros(len(board.cells)) if loads is None else loads.copy()
        self.events: list[Event] = []
        self.lost = 0
        self.still_share: float | None = None
        self._step = step
        self._hops = Hops(board)

    @property
    def t_s(self) -> float:
        """Seconds so far."""
        return self._hops.number / 10

    @property
    def names(self) -> list[str]:
        """Type names of the events so far, in order."""
        return [type(event).__name__ for event in self.events]

    def only(self, kind: "type[Event]") -> "Event":
        """Return the one event of a kind; fails when there is none or a second one."""
        [event] = [event for event in self.events if isinstance(event, kind)]
        return event

    def hop(self, loads: "Loads", *posture: "Event") -> Self:
        """One hop of 100 ms with these loads; the loads that stay are not changed."""
        self.events += self._step(self._hops.next(loads, self.lost, self.still_share), posture)
        return self

    def hold(self, seconds: float, loads: "Loads | None" = None, *posture: "Event") -> Self:
        """Keep the loads, or change to others at once; the posture events come with the first hop."""
        self.loads = self.loads if loads is None else loads
        for number in range(round(seconds * 10)):
            self.hop(self.loads, *(posture if number == 0 else ()))
        return self

    def go(self, loads: "Loads", seconds: float) -> Self:
        """Change to other loads evenly."""
        first, self.loads = self.loads, loads
        for part in np.arange(1, round(seconds * 10) + 1) / round(seconds * 10):
            self.hop(first + (loads - first) * part)
        return self

    def shake(self, seconds: float, newtons: float, rate_hz: float, pattern: "Loads") -> Self:
        """Move newtons to and fro along a pattern (cells,) on top of the loads."""
        for number in range(round(seconds * 10)):
            self.hop(self.loads + newtons * sin(tau * rate_hz * number / 10) * pattern)
        return self
