"""How often a cue may begin: unrequested cues are never a nuisance, least of all while cells fail."""

from typing import Final

from firmware.cues.cue import LightCue
from firmware.cues.table import AcknowledgedMoment, ShownCondition
from firmware.enums import State

FAULTY_APART_S: Final = 60.0
UNASKED: Final = frozenset(
    {
        f"event.{moment}"
        for moment in (
            AcknowledgedMoment.RESUMED,
            AcknowledgedMoment.WIGGLE,
            AcknowledgedMoment.UNEVEN,
            AcknowledgedMoment.LUMBAR_LOW,
            AcknowledgedMoment.ZEROED,
        )
    }
    | {
        f"condition.{condition}"
        for condition in (ShownCondition.FAULT, ShownCondition.DEGRADED, ShownCondition.OFFLINE)
    }
    | {f"state.{State.UNCERTAIN}"}
)


class CueRateLimit:
    """Remembers when each cue last began."""

    def __init__(self) -> None:
        self._begun: dict[str, float] = {}
        self._unasked_s: float | None = None
        self._faulty_s: float | None = None

    def fault(self, t_s: float) -> None:
        """Note that a cell does not answer."""
        self._faulty_s = t_s

    def faulty(self, t_s: float) -> bool:
        """Return whether a cell was missing within the last minute."""
        return self._faulty_s is not None and t_s - self._faulty_s < FAULTY_APART_S

    def allow(self, t_s: float, name: str, cue: LightCue) -> bool:
        """Return whether a cue may begin now."""
        crowded = self._unasked_s is not None and t_s - self._unasked_s < FAULTY_APART_S
        if crowded and name in UNASKED and self.faulty(t_s):
            return False
        return name not in self._begun or t_s - self._begun[name] >= cue.apart_s

    def note(self, t_s: float, name: str) -> None:
        """Note that a cue begins."""
        self._begun[name] = t_s
        if name in UNASKED:
            self._unasked_s = t_s

    def begun_s(self, name: str) -> float:
        """When a cue that has been seen last began."""
        return self._begun[name]
