"""Hints by evidence: what was measured, and when a hint about it helps.

- Hints are few while the person lies: uneven at most twice, and only in settling.
- What can no longer be changed comes after the session: lowering and getting up.
- Lifting to change position is never corrected; weight towards head or hips is never called uneven.
A hint is an event; the cue table and words have its light and its sentence.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from firmware.enums import Exit, HintKind, State
from firmware.events import (
    Confirmed,
    Discomfort,
    Eased,
    Event,
    GetUp,
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
    """Seconds and shares.

    lumbar_usual is the person's own share over the lumbar rows, of all rows but the base one, from earlier sessions;
    without it there is no lumbar hint.
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
        """Raise ValueError for a share out of bounds."""
        if self.lumbar_usual is not None and not 0.0 < self.lumbar_usual < 1.0:
            raise ValueError(f"lumbar_usual is {self.lumbar_usual}, but must be between 0 and 1, or None for no hint")


@dataclass(slots=True)
class SessionEvidence:
    """What is known of the session so far; None is not known.

    lean and lumbar_share are the newest means over judge_s, up to the end of easing.
    """

    lowering_s: float | None = None
    lean: float | None = None
    lumbar_share: float | None = None
    confirmed: bool = False  # there was evidence of a person
    rose: bool = False
    exit: Exit | None = None  # after the session
    counted: bool = False
    back_after_s: float | None = None  # from empty mat to the next sitting down
    stands_s: float | None = None


@dataclass(frozen=True, slots=True)
class CoachingTip:
    """One row: which hint, in which states, on which evidence, how often a session."""

    kind: HintKind
    states: tuple[State, ...]
    fits: Callable[[SessionEvidence, CoachSettings], bool]
    most: int = 1


def _uneven(known: SessionEvidence, limits: CoachSettings) -> bool:
    return known.lean is not None and known.lean > limits.lean_most


def _lumbar_low(known: SessionEvidence, limits: CoachSettings) -> bool:
    usual, share = limits.lumbar_usual, known.lumbar_share
    return usual is not None and share is not None and share < usual * (1.0 - limits.lumbar_fall)


TIPS: Final = (
    CoachingTip(HintKind.UNEVEN, (State.SETTLING,), _uneven, most=2),
    CoachingTip(HintKind.LUMBAR_LOW, (State.SETTLING, State.EASING), _lumbar_low),
    CoachingTip(
        HintKind.LOWERED_FAST,
        (State.AFTERCARE,),
        lambda known, limits: known.lowering_s is not None and known.lowering_s < limits.lower_least_s,
    ),
    CoachingTip(HintKind.ROLLED, (State.AFTERCARE,), lambda known, _: known.exit is Exit.ROLLED),
    CoachingTip(HintKind.SAT_UP, (State.AFTERCARE,), lambda known, _: known.exit is Exit.SAT_UP),
    CoachingTip(HintKind.ABRUPT, (State.AFTERCARE,), lambda known, _: known.exit is Exit.ABRUPT),
    CoachingTip(HintKind.WATER, (State.AFTERCARE,), lambda known, _: known.counted),
    CoachingTip(
        HintKind.STOOD_LONG,
        (State.STANDING,),
        lambda known, limits: known.stands_s is not None and known.stands_s >= limits.stand_most_s,
    ),
    CoachingTip(
        HintKind.UP_SLOWLY, (State.PAUSED, State.AFTERCARE), lambda known, _: known.rose and known.exit is None
    ),
    CoachingTip(
        HintKind.STEADY,
        (State.AFTERCARE, State.SEATED),
        lambda known, limits: known.back_after_s is not None and known.back_after_s <= limits.steady_s,
    ),
)
AFTERWARDS: Final = (State.PAUSED, State.AFTERCARE, State.SEATED)
JUDGED: Final = (State.SETTLING, State.EASING)  # later a change of position would disturb more than it helps


class Coach:
    """Signals, events and the view in, hints out, one `step` a hop."""

    def __init__(self, settings: CoachSettings | None = None) -> None:
        self._set = settings or CoachSettings()
        self.evidence = SessionEvidence()
        self._session = 0
        self._lowered = True  # lowering of this session is known, or came too late
        judged = round(self._set.judge_s / HOP_S)
        self._lean: deque[float] = deque(maxlen=judged)
        self._lumbar: deque[float] = deque(maxlen=judged)
        self._given: dict[HintKind, list[float]] = {}
        self._emptied_s: float | None = None
        self._stands_since_s: float | None = None

    def set_lumbar_usual(self, share: float | None) -> None:
        """Set the person's own share over the lumbar rows; None for no lumbar hint."""
        self._set = replace(self._set, lumbar_usual=share)

    def step(self, t_s: float, signals: Signals | None, events: Sequence[Event], view: SessionView) -> Iterator[Hint]:
        """Yield the hints of a hop; view is the session at its end."""
        for event in events:
            self._note(event, view)
            self.evidence.confirmed |= isinstance(event, Confirmed | Discomfort | Eased)
        if view.state in JUDGED:
            self._judge(signals)
        since_s = self._stands_since_s
        self.evidence.stands_s = None if since_s is None else t_s - since_s
        if view.state in AFTERWARDS and not self.evidence.confirmed:
            return  # laundry and cats are not advised
        for tip in TIPS:
            if view.state in tip.states and self._may(t_s, tip) and tip.fits(self.evidence, self._set):
                self._given.setdefault(tip.kind, []).append(t_s)
                yield Hint(t_s, tip.kind)

    def _may(self, t_s: float, tip: CoachingTip) -> bool:
        given = self._given.get(tip.kind, [])
        return not given or (len(given) < tip.most and t_s - given[-1] >= self._set.uneven_apart_s)

    def _note(self, event: Event, view: SessionView) -> None:
        if isinstance(event, LieDown):
            self._lean.clear()
            self._lumbar.clear()
            if view.number != self._session:
                self._session = view.number
                self.evidence, self._lowered = SessionEvidence(), False
                self._given.clear()
        elif isinstance(event, Lowered) and not self._lowered:
            self.evidence.lowering_s, self._lowered = event.lowering_s, True
        elif isinstance(event, GetUp):
            self.evidence.rose = True
        elif isinstance(event, SessionEnded) and event.summary.number == self._session:
            self.evidence.exit, self.evidence.counted = event.summary.exit, event.summary.counted
            self.evidence.confirmed = event.summary.confirmed
        elif isinstance(event, StandingStarted):
            self._stands_since_s = event.t_s
            self._given.pop(HintKind.STOOD_LONG, None)
        elif isinstance(event, StandingEnded):
            self._stands_since_s = None
        elif isinstance(event, MatEmptied):
            self._emptied_s = event.t_s
        elif isinstance(event, Seated) and self._emptied_s is not None and (self.evidence.rose or self.evidence.exit):
            self.evidence.back_after_s = event.t_s - self._emptied_s

    def _judge(self, signals: Signals | None) -> None:
        """Update the means over judge_s; a hop with a lost cell restarts them, because sides cannot be compared."""
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
    """Return None until the window is full."""
    return sum(values) / len(values) if len(values) == values.maxlen else None
