"""Which cells are available, and whether they are enough to decide anything about posture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firmware.events import Event, SensorBack, SensorLost
from firmware.posture.debounce import debounce
from firmware.posture.settings import PostureSettings

if TYPE_CHECKING:
    from firmware.frames import Signals
    from firmware.posture.history import Loads


class CellAvailability:
    """One `step` a hop. enough: enough cells are available; blind: they have not been for lost_debounce_s."""

    def __init__(self, cells: int, settings: PostureSettings) -> None:
        self._needed = settings.usable_share * cells
        self._lost = 0
        self._too_few = debounce(settings.lost_debounce_s)
        self.usable: Loads = np.ones(cells)  # 1.0 for a cell that is available, else 0.0
        self.enough, self.blind = True, False

    def step(self, signals: "Signals") -> Sequence[Event]:
        """Return SensorLost after lost_debounce_s with too few cells, SensorBack when there are enough again."""
        if signals.lost != self._lost:
            self._lost = signals.lost
            self.usable = np.array([0.0 if self._lost >> cell & 1 else 1.0 for cell in range(len(self.usable))])
            self.enough = float(self.usable.sum()) >= self._needed
        if self._too_few.step(true=not self.enough) and not self.blind:
            self.blind = True
            return (SensorLost(signals.t_s, self._lost),)
        if self.enough and self.blind:
            self.blind = False
            return (SensorBack(signals.t_s, self._lost),)
        return ()
