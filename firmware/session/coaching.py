"""Advice by evidence: what was measured, what it means, and when it helps to say it.

- While somebody lies still, hints are few: uneven at most twice, and only while they settle.
- What cannot be mended any more is told after the session: how they lowered themselves and how they got up.
- Lifting to change position is never corrected, weight towards head or hips is never called uneven.
A hint is an event; the cue table and words.py decide how it is seen and said.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final, NamedTuple

from firmware.signal.frontend import HOP_S
from firmware.types import (
    Emptied,
    Event,
    Exit,
    Hint,
    HintKind,
    LieDown,
    Seated,
    SessionEnded,
    SessionView,
    Signals,
    Stands,
    State,
    Stood,
)


@dataclass(frozen=True, slots=True)
class CoachSettings:
    """Seconds, newtons and metres. The lumbar hint is for those who ask for it and have a usual share to compare with.

    lumbar_usual is the person's own share over the lumbar rows, of all rows but the base one, from earlier sessions.
    """

    lower_least_s: float = 3.0
    lean_most: float = 0.25  # |left - right| / (left + right), the middle column left out
    judge_s: float = 10.0
    uneven_apart_s: float = 15.0
    lumbar_rows: tuple[int, ...] = (1,)
    lumbar_usual: float | None = None  # None: no lumbar hint
    lumbar_fall: float = 0.30
    steady_s: float = 60.0
    stand_most_s: float = 300.0
    contact_n: float = 50.0
    least_way_m: float = 0.05  # a centre of load that moves less says nothing of how fast somebody lowered

    def __post_init__(self) -> None:
        """Raise ValueError for a usual share that no body has."""
        if self.lumbar_usual is not None and not 0.0 < self.lumbar_usual < 1.0:
            raise ValueError(f"lumbar_usual is {self.lumbar_usual}, but must be between 0 and 1, or None for no hint")


@dataclass(slots=True)
class Evidence:
    """What is known of the session so far; None is not known.

    lean and lumbar_share are means over judge_s, the last of them from the end of easing.
    """

    lowering_s: float | None = None
    lean: float | None = None
    lumbar_share: float | None = None
    exit: Exit | None = None  # when the session is over
    counted: bool = False
    back_after_s: float | None = None  # sat down again so soon after leaving
    stands_s: float | None = None  # has stood there for so long


@dataclass(frozen=True, slots=True)
class Tip:
    """One line of the table: which evidence, which hint, in which states, how often."""

    kind: HintKind
    told_in: tuple[State, ...]
    fits: Callable[[Evidence, CoachSettings], bool]
    most: int = 1


def _uneven(seen: Evidence, limits: CoachSettings) -> bool:
    return seen.lean is not None and seen.lean > limits.lean_most


def _lumbar_low(seen: Evidence, limits: CoachSettings) -> bool:
    usual, share = limits.lumbar_usual, seen.lumbar_share
    return usual is not None and share is not None and share < usual * (1.0 - limits.lumbar_fall)


TIPS: Final = (
    Tip(HintKind.UNEVEN, (State.SETTLING,), _uneven, most=2),
    Tip(HintKind.LUMBAR_LOW, (State.SETTLING, State.EASING), _lumbar_low),
    Tip(
        HintKind.LOWERED_FAST,
        (State.AFTERCARE,),
        lambda seen, limits: seen.lowering_s is not None and seen.lowering_s < limits.lower_least_s,
    ),
    Tip(HintKind.ROLLED, (State.AFTERCARE,), lambda seen, _: seen.exit is Exit.ROLLED),
    Tip(HintKind.SAT_UP, (State.AFTERCARE,), lambda seen, _: seen.exit is Exit.SAT_UP),
    Tip(HintKind.ABRUPT, (State.AFTERCARE,), lambda seen, _: seen.exit is Exit.ABRUPT),
    Tip(HintKind.WATER, (State.AFTERCARE,), lambda seen, _: seen.counted),
    Tip(
        HintKind.STOOD_LONG,
        (State.STANDING,),
        lambda seen, limits: seen.stands_s is not None and seen.stands_s >= limits.stand_most_s,
    ),
    Tip(
        HintKind.STEADY,
        (State.AFTERCARE, State.SEATED),
        lambda seen, limits: seen.back_after_s is not None and seen.back_after_s <= limits.steady_s,
    ),
)
_TIPS_IN: Final = {state: tuple(tip for tip in TIPS if state in tip.told_in) for state in State}
JUDGED: Final = (State.SETTLING, State.EASING)  # how somebody lies is judged while it can be mended


class _Hop(NamedTuple):
    t_s: float
    y_m: float


def _crossing_s(before: _Hop, after: _Hop, level_m: float) -> float:
    """When the way from one hop to the next reached a level between them."""
    return before.t_s + (after.t_s - before.t_s) * (level_m - before.y_m) / (after.y_m - before.y_m)


class Coach:
    """Signals, events and the view in, hints out, one `step` a hop."""

    def __init__(self, settings: CoachSettings | None = None) -> None:
        self._set = settings or CoachSettings()
        self.evidence = Evidence()
        self._session = 0
        self._way: deque[_Hop] = deque(maxlen=round(30 / HOP_S))  # of the centre of load, since contact
        judged = round(self._set.judge_s / HOP_S)
        self._lean: deque[float] = deque(maxlen=judged)
        self._lumbar: deque[float] = deque(maxlen=judged)
        self._told: dict[HintKind, list[float]] = {}
        self._emptied_s: float | None = None
        self._stands_since_s: float | None = None

    def step(self, t_s: float, signals: Signals | None, events: Sequence[Event], view: SessionView) -> Iterator[Hint]:
        """Take a hop with the view at its end; yield the hints to be told now."""
        if signals is not None:
            self._follow(signals)
        for event in events:
            self._note(event, view)
        if view.state in JUDGED:
            self._judge(signals)
        since_s = self._stands_since_s
        self.evidence.stands_s = None if since_s is None else t_s - since_s
        for tip in _TIPS_IN[view.state]:
            if tip.fits(self.evidence, self._set) and self._may(t_s, tip):
                self._told.setdefault(tip.kind, []).append(t_s)
                yield Hint(t_s, tip.kind)

    def _may(self, t_s: float, tip: Tip) -> bool:
        told = self._told.get(tip.kind, [])
        return not told or (len(told) < tip.most and t_s - told[-1] >= self._set.uneven_apart_s)

    def _note(self, event: Event, view: SessionView) -> None:
        if isinstance(event, LieDown):
            self._lean.clear()
            self._lumbar.clear()
            if view.number != self._session:
                self._session = view.number
                self.evidence = Evidence(lowering_s=self._lowering_s(event.t_s))
                self._told.clear()
        elif isinstance(event, SessionEnded) and event.summary.number == self._session:
            self.evidence.exit, self.evidence.counted = event.summary.exit, event.summary.counted
        elif isinstance(event, Stands):
            self._stands_since_s = event.t_s
            self._told.pop(HintKind.STOOD_LONG, None)
        elif isinstance(event, Stood):
            self._stands_since_s = None
        elif isinstance(event, Emptied):
            self._emptied_s = event.t_s
        elif isinstance(event, Seated) and self._emptied_s is not None and self.evidence.exit is not None:
            self.evidence.back_after_s = event.t_s - self._emptied_s

    def _follow(self, signals: Signals) -> None:
        """Keep the way of the centre of load since somebody touched the mat."""
        if signals.cop_m is None or signals.load_n < self._set.contact_n:
            self._way.clear()
        else:
            self._way.append(_Hop(signals.t_s, signals.cop_m[1]))

    def _lowering_s(self, lying_from_s: float) -> float | None:
        """How long lowering took: from a tenth to nine tenths of the way of the centre of load, over 0.7.

        A movement that begins and ends gently takes 0.6 of its time for these eight tenths, a steady one 0.8.
        """
        if not self._way:
            return None
        low_m, end_m = min(hop.y_m for hop in self._way), self._way[-1].y_m
        way_m = end_m - low_m
        if way_m < self._set.least_way_m:
            return lying_from_s - self._way[0].t_s
        hops = list(self._way)
        first = max(n for n, hop in enumerate(hops) if hop.y_m <= low_m + 0.1 * way_m)
        last = next(n for n, hop in enumerate(hops) if n > first and hop.y_m >= low_m + 0.9 * way_m)
        from_s = _crossing_s(hops[first], hops[first + 1], low_m + 0.1 * way_m)
        until_s = _crossing_s(hops[last - 1], hops[last], low_m + 0.9 * way_m)
        return (until_s - from_s) / 0.7

    def _judge(self, signals: Signals | None) -> None:
        """Take the means over the last seconds; a hop with a lost cell does not tell sides apart, so it begins anew."""
        if signals is None or signals.lost or signals.evenness is None:
            self._lean.clear()
            self._lumbar.clear()
        else:
            self._lean.append(1.0 - signals.evenness)
            above_base = sum(signals.row_shares[1:])
            lumbar = sum(signals.row_shares[row] for row in self._set.lumbar_rows)
            self._lumbar.append(lumbar / above_base if above_base else 0.0)
        known = len(self._lean) == self._lean.maxlen
        self.evidence.lean = fmean(self._lean) if known else None
        self.evidence.lumbar_share = fmean(self._lumbar) if known else None
