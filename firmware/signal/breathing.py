"""Breaths a minute from the load that breathing moves along the mat, once a second, or None when it is not known.

A breath shifts load between pelvis and thorax, so the moment about the width of the mat swings with it (centroid
along the long axis, as in Isono's work with load cells under bed legs). Its rate of change over a window is clipped
at three times its usual size, so that one change of posture does not outweigh ten breaths, and its rate is found in
three ways: by comparing it with itself some time earlier (the shortest delay that fits nearly as well as the best one
is the time of a breath), by its spectrum, and by counting. Each is fooled by something else: the first by every second
breath being alike, the second by one deep sigh, the third by a hiccup. So a rate is told only when all three agree,
that is, when one number describes the breathing of the whole window. The second and the third take turns, a second
each: in fifty of them hardly anything becomes otherwise.
"""

from collections import deque
from dataclasses import dataclass
from math import log, pi, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from firmware.signal.frontend import HOP_S

STEP_HOPS = 2  # five values a second carry 30 breaths a minute with ten values each
STEP_S = STEP_HOPS * HOP_S
NORMAL_QUARTILES = 0.7413  # standard deviation of a normal distribution over the distance of its quartiles
POINTS = 256  # values to which a window is thought to be filled up with nothing: lines of the spectrum lie that close
WORD = 8  # bytes of a number
YES = 1  # the byte of True
LINE_PER_MIN = 60.0 / (POINTS * STEP_S)  # from one line of the spectrum to the next

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BreathingSettings:
    """What is a breath, and when to say nothing."""

    window_s: float = 50.0
    shortest_s: float = 2.0  # 30 breaths a minute
    longest_s: float = 12.0  # 5 breaths a minute; the pacer asks for 6
    smooth_s: float = 1.0
    clip: float = 3.0  # times the usual size of a change
    nearly: float = 0.75  # of the best fit: the shortest delay that reaches it, else every second breath would do
    quality: float = 0.55  # fit (correlation coefficient) from which a rate is told
    apart_per_min: float = 0.9  # how far the three rates may lie apart: three quarters of a breath in the window
    turn: float = 0.5  # of the root mean square: a swing beyond it to both sides counts as a breath

    def __post_init__(self) -> None:
        if self.window_s > POINTS * STEP_S:
            raise ValueError(f"window_s is {self.window_s}, but must be at most {POINTS * STEP_S}")


class Breathing(NamedTuple):
    """breaths_per_min is None when not known; quality is the fit, 0 to 1, also when it was not enough."""

    breaths_per_min: float | None
    quality: float


UNKNOWN = Breathing(None, 0.0)


class BreathingEstimator:
    """One `step` a hop; what it found last stands until the next second."""

    def __init__(self, settings: BreathingSettings | None = None) -> None:
        self._set = chosen = settings or BreathingSettings()
        self._length = 2 * round(chosen.window_s / STEP_S / 2)  # even: it is folded at its middle
        self._smooth = round(chosen.smooth_s / STEP_S)
        self._lags = (round(chosen.shortest_s / STEP_S), round(chosen.longest_s / STEP_S))
        self._second_steps = round(1.0 / STEP_S)
        self._moments: deque[float] = deque(maxlen=self._smooth)
        # Changes are written twice, so that the newest window is always in one piece.
        memory = bytearray(2 * self._length * WORD)
        self._changes, self._windows = memoryview(memory).cast("d"), np.frombuffer(memory)
        self._room = _Room.of(
            self._length,
            self._lags,
            int(60.0 / chosen.longest_s / LINE_PER_MIN) - 1,
            int(60.0 / chosen.shortest_s / LINE_PER_MIN) + 3,
        )
        self._half = 0.0
        self._hops = 0
        self._turn = False
        self._other: float | None = None  # what the spectrum or the count gave a second ago
        self.found = UNKNOWN

    def reset(self) -> None:
        """Forget everything, because nobody is there."""
        self._moments.clear()
        self._half, self._hops = 0.0, 0
        self._turn, self._other = False, None
        self.found = UNKNOWN

    def step(self, moment: float) -> Breathing:
        """Take the moment of a hop about the width of the mat (any unit); give what is known."""
        self._half += moment
        self._hops += 1
        if self._hops % STEP_HOPS == 0:
            steps = self._hops // STEP_HOPS
            if steps > self._smooth:
                # The sum over a second, minus the sum a step before: smoothing and rate of change in one.
                place = steps % self._length
                self._changes[place] = self._changes[place + self._length] = self._half - self._moments[0]
            self._moments.append(self._half)
            self._half = 0.0
            if steps % self._second_steps == 0 and steps >= self._length + self._smooth:
                oldest = (steps + 1) % self._length
                self.found = self._estimate(self._windows[oldest : oldest + self._length])
        return self.found

    def _estimate(self, window: Series) -> Breathing:
        change, ordered = self._room.change, self._room.ordered
        ordered[:] = window
        ordered.sort()
        lower, middle, upper = [ordered.item(self._length * quarter // 4) for quarter in (1, 2, 3)]
        limit = self._set.clip * NORMAL_QUARTILES * (upper - lower)
        if limit <= 0:
            self._other = None
            return UNKNOWN
        window.clip(middle - limit, middle + limit, change)
        np.subtract(change, change.dot(self._room.ones) / self._length, change)
        recurring, fit = self._recurring()
        if fit < self._set.quality:
            self._other = None
            return Breathing(None, fit)
        ways = (self._strongest, self._counted) if self._turn else (self._counted, self._strongest)
        other = ways[1]() if self._other is None else self._other
        self._turn, self._other = not self._turn, ways[0]()
        low, middling, high = sorted((recurring, other, self._other))
        return Breathing(middling if high - low <= self._set.apart_per_min else None, fit)

    def _recurring(self) -> tuple[float, float]:
        """Give the rate of the shortest delay that fits nearly as well as the best, and its fit; 0, 0 for none."""
        room = self._room
        products = np.correlate(room.padded, room.change)
        np.multiply(products, room.overlap, room.fits)
        energy = products.item(0)
        peaks: list[int] = ((room.before <= room.here) & (room.here > room.behind)).nonzero()[0].tolist()
        heights = [room.here.item(peak) for peak in peaks]
        best = max(heights, default=0.0)
        if best <= 0:
            return 0.0, 0.0
        peak, height = next(pair for pair in zip(peaks, heights, strict=True) if pair[1] >= self._set.nearly * best)
        summit = _summit(room.before.item(peak), height, room.behind.item(peak))
        return 60.0 / ((self._lags[0] + peak + summit) * STEP_S), min(height / energy, 1.0)

    def _strongest(self) -> float:
        """Give the rate at which the spectrum of the tapered window is highest.

        Seen from the middle of the window cosines are even and sines odd, so half of the products will do.
        """
        room = self._room
        np.add(room.later, room.earlier, room.even)
        np.subtract(room.later, room.earlier, room.odd)
        room.even.dot(room.cosines, room.cosine_parts)
        room.odd.dot(room.sines, room.sine_parts)
        np.hypot(room.cosine_parts, room.sine_parts, room.sizes)
        line = int(room.within.argmax())
        lower, here, upper = [log(one + 1e-300) for one in room.sizes[line : line + 3].tolist()]
        return (room.first_line + 1 + line + _summit(lower, here, upper)) * LINE_PER_MIN

    def _counted(self) -> float:
        """Give the rate of swings that go clearly below and then clearly above the middle; 0 for fewer than three."""
        change = self._room.change
        turn = self._set.turn * sqrt(change.dot(change) / self._length)
        below, above = (change < -turn).tobytes(), (change > turn).tobytes()
        rises, place = [], below.find(YES)
        while place >= 0 and (place := above.find(YES, place)) >= 0:
            rises.append(place)
            place = below.find(YES, place)
        if len(rises) < 3:  # noqa: PLR2004
            return 0.0
        return 60.0 * (len(rises) - 1) / ((rises[-1] - rises[0]) * STEP_S)


class _Room(NamedTuple):
    """Memory for one estimate, and views into it: a call saved is a third of a microsecond, and there are many."""

    padded: Series  # the window, and behind it nothing for as long as the longest delay
    change: Series  # of it: the window
    ordered: Series
    ones: Series
    overlap: Series  # what a fit is to be multiplied by, because delayed windows do not cover each other
    fits: Series  # by delay
    before: Series  # of them: where a peak may be, and the ones beside it
    here: Series
    behind: Series
    later: Series  # of change: from the middle on, and from there backwards
    earlier: Series
    even: Series
    odd: Series
    cosines: Series  # (half the window, lines): tapered, from the middle on
    sines: Series
    cosine_parts: Series  # what they find
    sine_parts: Series
    sizes: Series  # of both together
    within: Series  # of them: all but the first and the last line
    first_line: int

    @classmethod
    def of(cls, length: int, lags: tuple[int, int], first_line: int, end_line: int) -> "_Room":
        """Make it for a window and what may be a breath in it."""
        first, last = lags
        padded, fits = np.zeros(length + last + 1), np.empty(last + 2)
        change, half = padded[:length], length // 2
        even, odd = np.empty((2, half))
        cosine_parts, sine_parts, sizes = np.empty((3, end_line - first_line))
        overlap = length / (length - np.arange(last + 2))
        beside = fits[first - 1 : last], fits[first : last + 1], fits[first + 1 :]
        return cls(
            padded, change, np.empty(length), np.ones(length), overlap, fits, *beside,
            change[half:], change[half - 1 :: -1], even, odd, *_lines(length, first_line, end_line),
            cosine_parts, sine_parts, sizes, sizes[1:-1], first_line,
        )  # fmt: skip


def _lines(length: int, first: int, last: int) -> tuple[Series, Series]:
    """Matrices (length / 2, lines): cosines and sines, tapered, of the later half of a window, about its middle."""
    half = length // 2
    angles = 2 * pi / POINTS * np.outer(np.arange(half) + 0.5, np.arange(first, last))
    taper = np.hanning(length)[half:, np.newaxis]
    return taper * np.cos(angles), taper * np.sin(angles)


def _summit(before: float, here: float, behind: float) -> float:
    """Place of the top of a parabola through three values about the middle one."""
    bend = before - 2 * here + behind
    return 0.5 * (before - behind) / bend if bend else 0.0
