"""Whether the person moves at all: small movements, separated from the breath and the noise of the cells.

A body that moves on the mat shifts its load, so the centre of pressure times the load moves: two numbers instead of
twelve cells, with that much less noise. Two high-pass filters remove what goes steadily, as most of a breath does: the
change within a hop less the mean change of the last half second, which is quick, and the place two hops ago less the
middle between the places two hops before and after it, which is slower. The root mean square over a second is compared
with a limit that is learned while the person lies: well above the quiet peaks of the last minutes.
The method (differences of hop means, a learned limit) is that of Adami 2006 and MotionScale 2016; the numbers are ours.
"""

from collections import deque
from dataclasses import dataclass
from math import sqrt

from firmware.signal.frontend import HOP_S


@dataclass(frozen=True, slots=True)
class MovementSettings:
    """Seconds and newtons; found in simulation, with 6 N breaths and cells of 90 to 450 nV noise.

    steady_s: a change over this time is steady, as in a breath. bend_s: the distance of the three places of the slower
    filter. rms_s: length of the root mean square. One peak of it is kept for each peak_s; the limit is above times the
    lower quartile of the peaks of learn_s, at least least_n (quick) and least_bend_n (slower). Nothing is known before
    needed_s.
    """

    steady_s: float = 0.5
    bend_s: float = 0.2
    rms_s: float = 1.0
    peak_s: float = 5.0
    learn_s: float = 300.0
    needed_s: float = 20.0
    above: float = 1.7
    least_n: float = 0.55
    least_bend_n: float = 0.65


class RmsThreshold:
    """Whether the root mean square of a filter is above its learned limit. Everything in mean squares, N^2."""

    def __init__(self, chosen: MovementSettings, least_n: float) -> None:
        self._squares: deque[float] = deque(maxlen=round(chosen.rms_s / HOP_S))
        self._peak_hops = round(chosen.peak_s / HOP_S)
        self._peaks: deque[float] = deque(maxlen=round(chosen.learn_s / chosen.peak_s))
        self._needed = round(chosen.needed_s / chosen.peak_s)
        self._above, self._least = chosen.above**2, least_n**2
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._squares.clear()
        self._peaks.clear()
        self._peak, self._hops = 0.0, 0  # the highest mean square since the last peak was kept, and of how many hops
        self.limit: float | None = None

    def step(self, square: float) -> bool | None:
        """Add the squared output of the filter in a hop; None while learning."""
        self._squares.append(square)
        mean_square = sum(self._squares) / len(self._squares)
        self._peak = max(self._peak, mean_square)
        self._hops += 1
        if self._hops == self._peak_hops:
            self._learn()
        return None if self.limit is None else mean_square > self.limit

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
        self._places: deque[tuple[float, float]] = deque(maxlen=self._needed)
        self._quick, self._slow = RmsThreshold(chosen, chosen.least_n), RmsThreshold(chosen, chosen.least_bend_n)

    def skip(self) -> bool | None:
        """Let a hop without frames pass: places before and behind it are not compared. False once a limit is known."""
        self._places.clear()
        return None if self._quick.limit is None else False

    def reset(self) -> None:
        """Forget the person."""
        self._places.clear()
        self._quick.reset()
        self._slow.reset()

    @property
    def limit_n(self) -> float | None:
        """The quick limit as root mean square; None until it is learned."""
        return None if self._quick.limit is None else sqrt(self._quick.limit)

    def step(self, across_n: float, along_n: float) -> bool | None:
        """Add the moments about the middle of the mat, in newtons at the outer cells; None while learning."""
        places = self._places
        places.append((across_n, along_n))
        if len(places) < self._needed:
            return None if self._quick.limit is None else False
        before, steady = places[-2], places[-1 - self._steady]
        middle, start = places[-1 - self._bend], places[-1 - 2 * self._bend]
        quick_x = across_n - before[0] - (across_n - steady[0]) / self._steady
        quick_y = along_n - before[1] - (along_n - steady[1]) / self._steady
        slow_x = middle[0] - (start[0] + across_n) / 2
        slow_y = middle[1] - (start[1] + along_n) / 2
        quick = self._quick.step(quick_x * quick_x + quick_y * quick_y)
        slow = self._slow.step(slow_x * slow_x + slow_y * slow_y)
        return quick or slow
