"""How far the load is from where it was when somebody last looked: what still leaves room for nothing to happen."""

from operator import sub
from typing import TYPE_CHECKING, Final

from firmware.types import Signals

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_ROOM_N: Final = float("-inf")
ROUNDING_N: Final = 1e-6


def changed_n(signals: Signals) -> float:
    """Newtons that came or went since the hop before, summed over the cells; infinite where nothing is said of it."""
    return -NO_ROOM_N if signals.cop_m is None else signals.motion * signals.load_n / 50.0 + ROUNDING_N


def apart_n(cells_n: tuple[float, ...], others_n: tuple[float, ...]) -> float:
    """Newtons between two hops, summed over the cells; no more than what changed from one to the other."""
    away: Iterable[float] = map(sub, cells_n, others_n)
    return sum(map(abs, away)) + ROUNDING_N
