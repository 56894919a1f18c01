"""How much of the load changes place from hop to hop: what still leaves room for nothing to happen."""

from typing import Final

from firmware.types import Signals

NO_ROOM_N: Final = float("-inf")
ROUNDING_N: Final = 1e-6


def changed_n(signals: Signals) -> float:
    """Newtons that came or went since the hop before, summed over the cells; infinite where nothing is said of it."""
    return -NO_ROOM_N if signals.cop_m is None else signals.motion * signals.load_n / 50.0 + ROUNDING_N
