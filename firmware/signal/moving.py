"""Whether the person moves at all: small movements, told apart from the breath and the noise of the cells.

A body that moves on the mat shifts its load, so the centre of pressure, times the load, runs: two numbers instead of
twelve cells, with that much less noise. From its change within a hop the mean change of the last half second is taken,
which takes out most of a breath; the root mean square over a second is the stir. What is usual for this person and
these cells is learned while they lie: the stir moves when it is well above the quiet peaks of the last minutes.
The method (differences of hop means, a learned limit) is that of Adami 2006 and MotionScale 2016; the numbers are ours.
"""

from collections import deque
from dataclasses import dataclass
from math import sqrt

from firmware.signal.frontend import HOP_S


@dataclass(frozen=True, slots=True)
class MovingSettings:
    """Seconds and newtons; found in simulation, with 6 N breaths and cells of 90 to 450 nV noise.

    steady_s: over so long a change is usual, as in a breath. peak_s: one peak of the stir is kept for each of these;
    the peak that a quarter of the last ones in learn_s do not reach, times above, is the limit, at least least_n.
    """

    steady_s: float = 0.5
    stir_s: float = 1.0
    peak_s: float = 5.0
    learn_s: float = 300.0
    needed_s: float = 20.0
    above: float = 1.53
    least_n: float = 0.55


class MovingWatch:
    """One `step` a hop while there is load; `reset` when there is none."""

    def __init__(self, settings: MovingSettings | None = None) -> None:
        chosen = settings or MovingSettings()
        self._set = chosen
        self._steady = round(chosen.steady_s / HOP_S)
        self._places: deque[complex] = deque(maxlen=self._steady + 1)  # across and along, as one number
        self._squares: deque[float] = deque(maxlen=round(chosen.stir_s / HOP_S))
        self._peak_hops = round(chosen.peak_s / HOP_S)
        self._peaks: deque[float] = deque(maxlen=round(chosen.learn_s / chosen.peak_s))
        self._needed = round(chosen.needed_s / chosen.peak_s)
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._places.clear()
        self._squares.clear()
        self._peaks.clear()
        self._peak, self._hops = 0.0, 0  # the highest mean square since the last one was kept, and of how many
        self._limit: float | None = None  # as mean square

    @property
    def limit_n(self) -> float | None:
        """The stir from which on somebody moves; None until it is learned."""
        return None if self._limit is None else sqrt(self._limit)

    def step(self, across_n: float, along_n: float) -> bool | None:
        """Take the moments about the middle of the mat, in newtons at the outer cells; None while learning."""
        places, squares, place = self._places, self._squares, complex(across_n, along_n)
        places.append(place)
        if len(places) <= self._steady:
            return None
        over = place - places[-2] - (place - places[0]) / self._steady
        squares.append(over.real * over.real + over.imag * over.imag)
        stir = sum(squares) / len(squares)
        if stir > self._peak:  # noqa: PLR1730 - a call costs more, ten times a second
            self._peak = stir
        self._hops += 1
        if self._hops == self._peak_hops:
            self._learn()
        limit = self._limit
        return None if limit is None else stir > limit

    def _learn(self) -> None:
        self._peaks.append(self._peak)
        self._peak, self._hops = 0.0, 0
        if len(self._peaks) >= self._needed:
            quiet = sorted(self._peaks)[len(self._peaks) // 4]
            self._limit = max(self._set.least_n**2, self._set.above**2 * quiet)
