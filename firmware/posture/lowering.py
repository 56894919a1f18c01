"""How somebody came to lie: how slowly they lowered themselves, how hard they landed, and when they had settled.

Lowering is timed by the way of the centre of load, landing by the load of the upper half of the mat, which nobody loads
before: its highest hop over what stays. A hop is 100 ms, so a shorter knock shows smaller than it is. Settled is who
has hardly moved for a minute; the index and this limit are our own.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from firmware.events import Event, GetUp, LieDown, Lowered, Settled
from firmware.frames import Signals
from firmware.posture.room import NO_ROOM_N, Seen, seen
from firmware.signal.frontend import HOP_S

if TYPE_CHECKING:
    from hardware.board import Board

LAST_HOPS = 10  # a second: what stays
NEVER = 2.0  # more than the whole of a minute


@dataclass(frozen=True, slots=True)
class LoweringSettings:
    """Newtons, metres, seconds; settled is a part of the last minute."""

    contact_n: float = 50.0
    least_way_m: float = 0.05  # a centre of load that moves less says nothing of how fast somebody lowered
    memory_s: float = 30.0
    landing_s: float = 1.5  # around the start of lying
    least_upper_n: float = 10.0  # less says nothing of how hard somebody landed
    settled: float = 0.9


class _Hop(NamedTuple):
    t_s: float
    y_m: float
    upper_n: float


class LoweringAnalysis:
    """One `step` a hop with what the posture detector said in it."""

    def __init__(self, board: "Board", settings: LoweringSettings | None = None) -> None:
        self._set = settings or LoweringSettings()
        self._upper_from = ceil(board.rows / 2)
        self._since_contact: deque[Seen] = deque(maxlen=round(self._set.memory_s / HOP_S))
        self.room_n = NO_ROOM_N  # how far a hop may be from this one, summed over the cells, to be skipped
        self._lies_since_s: float | None = None  # until it is told that they have settled
        self.settled_from = NEVER  # a hop with so much of a still minute is not to be skipped

    def step(self, signals: Signals, posture: Sequence[Event]) -> Sequence[Event]:
        """Give Lowered when lying is recognised, and Settled once for each time of lying."""
        if signals.cop_m is None or signals.load_n < self._set.contact_n:
            self._since_contact.clear()
        else:
            self._since_contact.append(seen(signals))
        happened = tuple(self._look(signals, posture)) if posture or self._lies_since_s is not None else ()
        self.room_n = signals.load_n - self._set.contact_n
        self.settled_from = NEVER if self._lies_since_s is None else self._set.settled
        return happened

    def skip(self, hops: Sequence[Seen]) -> None:
        """Take hops that changed too little to look at."""
        self._since_contact.extend(hops)

    def _look(self, signals: Signals, posture: Sequence[Event]) -> Iterator[Event]:
        for event in posture:
            if isinstance(event, LieDown):
                self._lies_since_s = event.t_s
                hops = [
                    _Hop(t_s, cop_m[1], load_n * sum(row_shares[self._upper_from :]))
                    for t_s, cop_m, load_n, row_shares, _ in self._since_contact
                    if cop_m is not None
                ]
                yield Lowered(event.t_s, self._lowering_s(hops, event.t_s), self._overshoot(hops, event.t_s))
            elif isinstance(event, GetUp):
                self._lies_since_s = None
        since_s = self._lies_since_s
        if since_s is not None and signals.settled is not None and signals.settled >= self._set.settled:
            self._lies_since_s = None
            yield Settled(signals.t_s, signals.t_s - since_s)

    def _lowering_s(self, hops: Sequence[_Hop], lying_from_s: float) -> float | None:
        """How long lowering took: from a tenth to nine tenths of the way of the centre of load, over 0.7.

        A movement that begins and ends gently takes 0.6 of its time for these eight tenths, a steady one 0.8.
        """
        if not hops:
            return None
        low_m, end_m = min(hop.y_m for hop in hops), hops[-1].y_m
        way_m = end_m - low_m
        if way_m < self._set.least_way_m:
            since_s = lying_from_s - hops[0].t_s
            return since_s if since_s > 0 else None  # they lay there before anybody looked
        first = max(n for n, hop in enumerate(hops) if hop.y_m <= low_m + 0.1 * way_m)
        last = next(n for n, hop in enumerate(hops) if n > first and hop.y_m >= low_m + 0.9 * way_m)
        from_s = _crossing_s(hops[first], hops[first + 1], low_m + 0.1 * way_m)
        until_s = _crossing_s(hops[last - 1], hops[last], low_m + 0.9 * way_m)
        return (until_s - from_s) / 0.7

    def _overshoot(self, hops: Sequence[_Hop], lying_from_s: float) -> float | None:
        """The highest load of the upper half about the start of lying over what stays there, less one."""
        stays = [hop.upper_n for hop in hops[-LAST_HOPS:]]
        stays_n = sum(stays) / len(stays) if stays else 0.0
        if stays_n < self._set.least_upper_n:
            return None
        landing = [hop.upper_n for hop in hops if abs(hop.t_s - lying_from_s) <= self._set.landing_s]
        return max(max(landing, default=stays_n) / stays_n - 1.0, 0.0)


def _crossing_s(before: _Hop, after: _Hop, level_m: float) -> float:
    """When the way from one hop to the next reached a level between them."""
    return before.t_s + (after.t_s - before.t_s) * (level_m - before.y_m) / (after.y_m - before.y_m)
