"""How the person came to lie: how long lowering took, how hard the landing was, and when the person settled.

Lowering is timed by the centre of load, landing by the load of the upper half of the mat, which carries nothing before:
its highest hop over what stays. A hop is 100 ms, so a shorter knock shows smaller than it is. Settled means hardly any
movement for a minute; the index and this limit are our own.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

from firmware.events import Event, GetUp, LieDown, Lowered, Settled
from firmware.frames import Signals
from firmware.posture.shape import upper_half
from firmware.signal.frontend import HOP_S

if TYPE_CHECKING:
    from hardware.board import Board

LAST_HOPS = 10  # a second: what stays


@dataclass(frozen=True, slots=True)
class LoweringSettings:
    """Newtons, metres, seconds; settled is a part of the last minute."""

    contact_n: float = 50.0
    least_way_m: float = 0.05  # a shorter way of the centre of load does not show how fast lowering was
    memory_s: float = 30.0
    landing_s: float = 1.5  # around the start of lying
    least_upper_n: float = 10.0  # less does not show how hard the landing was
    settled: float = 0.9


class _Hop(NamedTuple):
    t_s: float
    y_m: float
    upper_n: float


class LoweringAnalysis:
    """One `step` a hop with the events of the posture detector in it."""

    def __init__(self, board: "Board", settings: LoweringSettings | None = None) -> None:
        self._set = settings or LoweringSettings()
        self._upper: list[float] = upper_half(board).tolist()
        self._since_contact: deque[_Hop] = deque(maxlen=round(self._set.memory_s / HOP_S))
        self._lies_since_s: float | None = None  # until Settled is emitted

    def step(self, signals: Signals, posture: Sequence[Event]) -> Iterator[Event]:
        """Yield Lowered when lying is detected, and Settled once for each time of lying."""
        if signals.cop_m is None or signals.load_n < self._set.contact_n:
            self._since_contact.clear()
        else:
            upper = sum(map(mul, self._upper, signals.row_shares))
            self._since_contact.append(_Hop(signals.t_s, signals.cop_m[1], signals.load_n * upper))
        for event in posture:
            if isinstance(event, LieDown):
                self._lies_since_s = event.t_s
                hops = list(self._since_contact)
                yield Lowered(event.t_s, self._lowering_s(hops, event.t_s), self._overshoot(hops, event.t_s))
            elif isinstance(event, GetUp):
                self._lies_since_s = None
        since_s = self._lies_since_s
        if since_s is not None and signals.still_share is not None and signals.still_share >= self._set.settled:
            self._lies_since_s = None
            yield Settled(signals.t_s, signals.t_s - since_s)

    def _lowering_s(self, hops: Sequence[_Hop], lying_from_s: float) -> float | None:
        """Return the seconds of lowering: from a tenth to nine tenths of the way of the centre of load, over 0.7.

        A movement that begins and ends gently takes 0.6 of its time for these eight tenths, a steady one 0.8.
        """
        if not hops:
            return None
        low_m, end_m = min(hop.y_m for hop in hops), hops[-1].y_m
        way_m = end_m - low_m
        if way_m < self._set.least_way_m:
            since_s = lying_from_s - hops[0].t_s
            return since_s if since_s > 0 else None  # lying since before the first hop
        first = max(n for n, hop in enumerate(hops) if hop.y_m <= low_m + 0.1 * way_m)
        last = next(n for n, hop in enumerate(hops) if n > first and hop.y_m >= low_m + 0.9 * way_m)
        from_s = _crossing_s(hops[first], hops[first + 1], low_m + 0.1 * way_m)
        until_s = _crossing_s(hops[last - 1], hops[last], low_m + 0.9 * way_m)
        return (until_s - from_s) / 0.7

    def _overshoot(self, hops: Sequence[_Hop], lying_from_s: float) -> float | None:
        """Return the highest load of the upper half around the start of lying over what stays there, less one."""
        stays = [hop.upper_n for hop in hops[-LAST_HOPS:]]
        stays_n = sum(stays) / len(stays) if stays else 0.0
        if stays_n < self._set.least_upper_n:
            return None
        landing = [hop.upper_n for hop in hops if abs(hop.t_s - lying_from_s) <= self._set.landing_s]
        return max(max(landing, default=stays_n) / stays_n - 1.0, 0.0)


def _crossing_s(before: _Hop, after: _Hop, level_m: float) -> float:
    """Return when the way from one hop to the next passed a level between them."""
    return before.t_s + (after.t_s - before.t_s) * (level_m - before.y_m) / (after.y_m - before.y_m)
