"""Liveness: the evidence that a person lies on the mat, which confirms a provisional session.

A person breathes, which moves load along the mat again and again; an object does not. So each third of the window must
show it: setting something down or taking it away shows in one. Standing, kneeling and sitting upright keep a balance
that sways from side to side; lying does not. Both are measured on the centre of pressure, as if the load stayed the
same: a shaken floor changes the load and hardly its centre. Sitting down on the base first is unlike an animal that
steps on from the side. Until there is evidence the session is provisional: timed, shown, not counted. A still animal
of a person's weight cannot be distinguished from a person by this.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

from firmware.events import Confirmed, Event, GetUp, LieDown, MatEmptied, Seated
from firmware.frames import Signals
from firmware.signal.frontend import HOP_S

if TYPE_CHECKING:
    from hardware.board import Board

SMOOTH_HOPS = 10  # a second
SWAY_HOPS = 3
PARTS = 3


@dataclass(frozen=True, slots=True)
class LivenessSettings:
    """Moments in newton metres; seconds. Starting points, found on simulated visitors.

    alive_nm: spread of the moment along the mat, smoothed over a second, in the stillest third of the window, that
    breathing makes at least. Half a newton of breath makes twice that, cells of 450 nV noise two thirds of it.
    sway: usual change of the moment across the mat from hop to hop, at most, by how the load arrived.
    """

    window_s: float = 15.0  # a third of it is half a breath of six a minute
    alive_nm: float = 0.03
    sway_seated_nm: float = 0.10
    sway_direct_nm: float = 0.05
    sway_side_nm: float = 0.02
    side_offset: float = 0.25  # of the width off the middle: arrived over the side


class LivenessDetector:
    """One `step` a hop with the events of the posture detector in it."""

    def __init__(self, board: "Board", settings: LivenessSettings | None = None) -> None:
        self._set = settings or LivenessSettings()
        self._width_m = board.width_m
        hops = round(self._set.window_s / HOP_S)
        self._loads_n: deque[float] = deque(maxlen=hops)
        self._across_m: deque[float] = deque(maxlen=hops)
        self._along_m: deque[float] = deque(maxlen=hops)
        self._lying = self._seated = self._side = self._present = False
        self.confirmed = False

    def step(self, signals: Signals, posture: Sequence[Event]) -> Iterator[Event]:
        """Yield Confirmed for each time of lying when there is evidence, which holds as long as the mat is occupied."""
        for event in posture:
            self._note(event)
            if isinstance(event, LieDown) and self.confirmed:
                yield Confirmed(signals.t_s, "the person has been on the mat since")
        if signals.cop_m is None:
            self._present = False
            return
        if not self._present:
            self._present = True
            self._side = abs(signals.cop_m[0] / self._width_m - 0.5) > self._set.side_offset
        if not self._lying or self.confirmed:
            return
        self._loads_n.append(signals.load_n)
        self._across_m.append(signals.cop_m[0])
        self._along_m.append(signals.cop_m[1])
        if len(self._loads_n) == self._loads_n.maxlen and round(signals.t_s / HOP_S) % SMOOTH_HOPS == 0:
            yield from self._judge(signals.t_s)

    def _note(self, event: Event) -> None:
        if isinstance(event, Seated):
            self._seated = True
        elif isinstance(event, LieDown):
            self._lying = True
            self._loads_n.clear()
            self._across_m.clear()
            self._along_m.clear()
        elif isinstance(event, GetUp):
            self._lying = False
        elif isinstance(event, MatEmptied):
            self._lying = self._seated = self.confirmed = False

    def _judge(self, t_s: float) -> Iterator[Event]:
        load_n = fmean(self._loads_n)
        along_m = _means(self._along_m, SMOOTH_HOPS)
        part = len(along_m) // PARTS
        alive_nm = load_n * min(pstdev(along_m[start : start + part]) for start in range(0, PARTS * part, part))
        places_m = _means(self._across_m, SWAY_HOPS)
        sway_nm = load_n * median(abs(b - a) for a, b in zip(places_m, places_m[SWAY_HOPS:], strict=False))
        bound_nm, how = self._bound()
        if alive_nm >= self._set.alive_nm and sway_nm <= bound_nm:
            self.confirmed = True
            yield Confirmed(t_s, f"breathing moves {alive_nm:.2f} N m along the mat, sway is {sway_nm:.3f} N m; {how}")

    def _bound(self) -> tuple[float, str]:
        if self._seated:
            return self._set.sway_seated_nm, "sat down first"
        if self._side:
            return self._set.sway_side_nm, "came over the side"
        return self._set.sway_direct_nm, "lay down directly"


def _means(series: Sequence[float], hops: int) -> list[float]:
    """Return the moving means over so many values."""
    values = list(series)
    return [sum(values[start : start + hops]) / hops for start in range(len(values) - hops + 1)]
