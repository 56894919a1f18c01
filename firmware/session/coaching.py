"""Advice by evidence: what was measured, what it means, and when it helps to say it.

- While somebody lies still, hints are few: uneven at most twice, and only while they settle.
- What cannot be mended any more is told after the session: how they lowered themselves and how they got up.
- Lifting to change position is never corrected, weight towards head or hips is never called uneven.
A hint is an event; the cue table and words.py decide how it is seen and said.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from firmware.enums import Exit, HintKind, State
from firmware.events import (
    Event,
    Hint,
    LieDown,
    Lowered,
    MatEmptied,
    Seated,
    SessionEnded,
    StandingEnded,
    StandingStarted,
)
from firmware.frames import Signals
from firmware.signal.frontend import HOP_S
from firmware.view import SessionView


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


class Coach:
    """Signals, events and the view in, hints out, one `step` a hop."""

    def __init__(self, settings: CoachSettings | None = None) -> None:
        self._set = settings or CoachSettings()
        self.evidence = Evidence()
        self._session = 0
        self._lowered = True  # what is measured of lowering is known for this session, or came too late
        judged = round(self._set.judge_s / HOP_S)
        self._lean: deque[float] = deque(maxlen=judged)
        self._lumbar: deque[float] = deque(maxlen=judged)
        self._told: dict[HintKind, list[float]] = {}
        self._emptied_s: float | None = None
        self._stands_since_s: float | None = None

    def step(self, t_s: float, signals: Signals | None, events: Sequence[Event], view: SessionView) -> Iterable[Hint]:
        """Take a hop with the view at its end; give the hints to be told now."""
        for event in events:
            self._note(event, view)
        if view.state in JUDGED:
            self._judge(signals)
        tips = _TIPS_IN[view.state]
        return self._tell(t_s, tips) if tips else ()

    def _tell(self, t_s: float, tips: Sequence[Tip]) -> Iterator[Hint]:
        since_s = self._stands_since_s
        self.evidence.stands_s = None if since_s is None else t_s - since_s
        for tip in tips:
            if self._may(t_s, tip) and tip.fits(self.evidence, self._set):
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
                self.evidence, self._lowered = Evidence(), False
                self._told.clear()
        elif isinstance(event, Lowered) and not self._lowered:
            self.evidence.lowering_s, self._lowered = event.lowering_s, True
        elif isinstance(event, SessionEnded) and event.summary.number == self._session:
            self.evidence.exit, self.evidence.counted = event.summary.exit, event.summary.counted
        elif isinstance(event, StandingStarted):
            self._stands_since_s = event.t_s
            self._told.pop(HintKind.STOOD_LONG, None)
        elif isinstance(event, StandingEnded):
            self._stands_since_s = None
        elif isinstance(event, MatEmptied):
            self._emptied_s = event.t_s
        elif isinstance(event, Seated) and self._emptied_s is not None and self.evidence.exit is not None:
            self.evidence.back_after_s = event.t_s - self._emptied_s

    def _judge(self, signals: Signals | None) -> None:
        """Take the means over the last seconds; a hop with a lost cell does not tell sides apart, so it begins anew."""
        if signals is None or signals.lost or signals.evenness is None:
            self._lean.clear()
            self._lumbar.clear()
        else:
            self._lean.append(1.0 - signals.evenness)
            above_base = sum(signals.row_shares[1:])
            lumbar = sum([signals.row_shares[row] for row in self._set.lumbar_rows])
            self._lumbar.append(lumbar / above_base if above_base else 0.0)
        self.evidence.lean, self.evidence.lumbar_share = _mean(self._lean), _mean(self._lumbar)


def _mean(values: deque[float]) -> float | None:
    """None until there are as many as there can be."""
    return sum(values) / len(values) if len(values) == values.maxlen else None
