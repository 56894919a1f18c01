"""Faults of a virtual converter and its cell, and what each does to the measurement."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FULL_SCALE: Final = 1 << 23
FLOATING_STEP_COUNTS: Final = 150_000.0  # an open bridge wanders by about a fiftieth of the range per conversion
FAULT_TIME_BOUNDS_S: Final = (0.0, 1e7)  # bounds of a moment in a story
NOISY_COUNTS: Final = 1200.0  # thirty times what the data sheet gives at 80 samples/s


class FaultKind(StrEnum):
    """A fault of a chip or its cell. OK repairs everything."""

    OK = "ok"
    UNPLUGGED = "unplugged"  # no board: the Pi's pull-up holds the data line high
    STUCK_HIGH = "stuck_high"  # the data line is shorted to the supply
    STUCK_LOW = "stuck_low"  # the data line is shorted to ground
    SATURATED_HIGH = "saturated_high"
    SATURATED_LOW = "saturated_low"
    FLOATING = "floating"  # the bridge came off its converter: the inputs wander
    FROZEN = "frozen"  # the same code again and again
    NOISY = "noisy"  # thirty times the noise
    BROWN_OUT = "brown_out"  # the supply dipped: the chip starts again by itself, once
    GLITCH = "glitch"  # one conversion yields the code of a broken read


@dataclass(frozen=True, slots=True)
class CellFaultCommand:
    """A command to the simulator: at t_ns this happens to that cell."""

    cell: int
    t_ns: int
    kind: FaultKind

    def __post_init__(self) -> None:
        if self.cell < 0 or self.t_ns < 0:
            raise ValueError(f"cell {self.cell} and t_ns {self.t_ns} of a fault cannot be negative")


# Level that the fault forces on the data line.
DATA_LINE_LEVEL: Final = {FaultKind.UNPLUGGED: True, FaultKind.STUCK_HIGH: True, FaultKind.STUCK_LOW: False}

# (counts, one normal number, last value) -> counts
CODE_EFFECT: Final[dict[FaultKind, Callable[[float, float, int], float]]] = {
    FaultKind.SATURATED_HIGH: lambda _counts, _normal, _last: float(FULL_SCALE),
    FaultKind.SATURATED_LOW: lambda _counts, _normal, _last: -float(FULL_SCALE),
    FaultKind.FLOATING: lambda _counts, normal, last: 0.98 * last + FLOATING_STEP_COUNTS * normal,
    FaultKind.FROZEN: lambda _counts, _normal, last: float(last),
    FaultKind.NOISY: lambda counts, normal, _last: counts + NOISY_COUNTS * normal,
    FaultKind.GLITCH: lambda _counts, _normal, _last: -1.0,
}
MOMENTARY_FAULTS: Final = (FaultKind.BROWN_OUT, FaultKind.GLITCH)  # over as soon as they have happened
