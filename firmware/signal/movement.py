"""Whether the person moves at all: small movements, told apart from the breath and the noise of the cells.

A body that moves on the mat shifts its load, so the centre of pressure, times the load, runs: two numbers instead of
twelve cells, with that much less noise. It is looked at in two ways, each of which takes out what goes steadily, as
most of a breath does: its change within a hop less the mean change of the last half second, which is quick, and where
it was two hops ago less the middle between two hops before that and now, which is slower. The root mean square over a
second is the stir. What is usual for this person and these cells is learned while they lie: the stir moves when it is
well above the quiet peaks of the last minutes, in one way or the other.
The method (differences of hop means, a learned limit) is that of Adami 2006 and MotionScale 2016; the numbers are ours.
"""

from collections import deque
from dataclasses import dataclass
from math import sqrt

from firmware.signal.frontend import HOP_S


@dataclass(frozen=True, slots=True)
class MovementSettings:
    """Seconds and newtons; found in simulation, with 6 N breaths and cells of 90 to 450 nV noise.

    steady_s: over so long a change is usual, as in a breath. bend_s: so long before and after a moment is its middle.
    peak_s: one peak of the stir is kept for each of these; the peak that a quarter of the last ones in learn_s do not
    reach, times above, is the limit, at least least_n for the quick way and least_bend_n for the slower one.
    """

    steady_s: float = 0.5
    bend_s: float = 0.2
    stir_s: float = 1.0
    peak_s: float = 5.0
    learn_s: float = 300.0
    needed_s: float = 20.0
    above: float = 1.7
    least_n: float = 0.55
    least_bend_n: float = 0.65


class _RmsThreshold:
    """The mean square of one of the two over a second, and the limit that it has learned."""

    def __init__(self, chosen: MovementSettings, least_n: float) -> None:
        self._squares: deque[float] = deque(maxlen=round(chosen.stir_s / HOP_S))
        self._peak_hops = round(chosen.peak_s / HOP_S)
        self._peaks: deque[float] = deque(maxlen=round(chosen.learn_s / chosen.peak_s))
        self._needed = round(chosen.needed_s / chosen.peak_s)
        self._above, self._least = chosen.above**2, least_n**2
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._squares.clear()
        self._peaks.clear()
        self._peak, self._hops = 0.0, 0  # the highest mean square since the last one was kept, and of how many
        self.limit: float | None = None  # as mean square

    def step(self, over: complex) -> bool | None:
        """Take a hop; None while learning."""
        squares = self._squares
        squares.append(over.real * over.real + over.imag * over.imag)
        stir = sum(squares) / len(squares)
        if stir > self._peak:  # noqa: PLR1730 - a call costs more, ten times a second
            self._peak = stir
        self._hops += 1
        if self._hops == self._peak_hops:
            self._learn()
        limit = self.limit
        return None if limit is None else stir > limit

    def _learn(self) -> None:
        self._peaks.append(self._peak)
        self._peak, self._hops = 0.0, 0
        if len(self._peaks) >= self._needed:
            quiet = sorted(self._peaks)[len(self._peaks) // 4]
            self.limit = max(self._least, self._above * quiet)


class MovementDetector:
    """One `step` a hop while there is load; `reset` when there is none."""

    def __init__(self, settings: MovementSettings | None = None) -> None:
        chosen = settings or MovementSettings()
        self._steady, self._bend = round(chosen.steady_s / HOP_S), round(chosen.bend_s / HOP_S)
        self._needed = 1 + max(self._steady, 2 * self._bend)
        self._places: deque[complex] = deque(maxlen=self._needed)  # across and along, as one number
        self._quick, self._slow = _RmsThreshold(chosen, chosen.least_n), _RmsThreshold(chosen, chosen.least_bend_n)

    def reset(self) -> None:
        """Forget the person."""
        self._places.clear()
        self._quick.reset()
        self._slow.reset()

    @property
    def limit_n(self) -> float | None:
        """The quick stir from which on somebody moves; None until it is learned."""
        return None if self._quick.limit is None else sqrt(self._quick.limit)

    def step(self, across_n: float, along_n: float) -> bool | None:
        """Take the moments about the middle of the mat, in newtons at the outer cells; None while learning."""
        places, place = self._places, complex(across_n, along_n)
        places.append(place)
        if len(places) < self._needed:
            return None
        bend = self._bend
        quick = self._quick.step(place - places[-2] - (place - places[-1 - self._steady]) / self._steady)
        slow = self._slow.step(places[-1 - bend] - (places[-1 - 2 * bend] + place) / 2)
        return quick or slow
