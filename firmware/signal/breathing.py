"""Breaths a minute from the load that breathing moves along the mat, once a second, or None when it is not known.

A breath shifts load between pelvis and thorax, so the moment about the width of the mat swings with it (centroid
along the long axis, as in Isono's work with load cells under bed legs). Its rate of change over a window is clipped
at three times its usual size, so that one change of posture does not outweigh ten breaths, and its rate is found in
three ways: by comparing it with itself some time earlier (the shortest delay that fits nearly as well as the best one
is the time of a breath), by its spectrum, and by counting. Each is fooled by something else: the first by every second
breath being alike, the second by one deep sigh, the third by a hiccup. So a rate is told only when all three agree,
that is, when one number describes the breathing of the whole window.
"""

from collections import deque
from dataclasses import dataclass
from math import log, pi, sqrt

import numpy as np
import numpy.typing as npt

from firmware.signal.frontend import HOP_S

STEP_HOPS = 2  # five values a second carry 30 breaths a minute with ten values each
STEP_S = STEP_HOPS * HOP_S
NORMAL_MAD = 1.4826  # standard deviation of a normal distribution over its median absolute deviation
POINTS = 512  # values to which a window is thought to be filled up with nothing: lines of the spectrum lie that close
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
        if (self.window_s + self.longest_s) / STEP_S + 2 > POINTS:
            raise ValueError(f"window_s is {self.window_s}, longest_s {self.longest_s}: together at most 102 s")


@dataclass(frozen=True, slots=True)
class Breathing:
    """breaths_per_min is None when not known; quality is the fit, 0 to 1, also when it was not enough."""

    breaths_per_min: float | None
    quality: float


UNKNOWN = Breathing(None, 0.0)


class BreathingMeter:
    """One `step` a hop; what it found last stands until the next second."""

    def __init__(self, settings: BreathingSettings | None = None) -> None:
        self._set = chosen = settings or BreathingSettings()
        self._length = round(chosen.window_s / STEP_S)
        self._smooth = round(chosen.smooth_s / STEP_S)
        self._lags = (round(chosen.shortest_s / STEP_S), round(chosen.longest_s / STEP_S))
        self._first_line = int(60.0 / chosen.longest_s / LINE_PER_MIN) - 1
        self._lines = _lines(self._length, self._first_line, int(60.0 / chosen.shortest_s / LINE_PER_MIN) + 3)
        self._overlap = self._length / (self._length - np.arange(self._lags[1] + 2))
        self._ones, self._work = np.ones(self._length), np.empty(self._length)
        self._second_steps = round(1.0 / STEP_S)
        self._moments: deque[int] = deque(maxlen=self._smooth)
        self._changes = np.zeros((2, self._length))  # written twice, so that the newest window is always in one piece
        self._padded = np.zeros(self._length + self._lags[1] + 1)
        self._half = 0
        self._hops = 0
        self.found = UNKNOWN

    def reset(self) -> None:
        """Forget everything, because nobody is there."""
        self._moments.clear()
        self._half = self._hops = 0
        self.found = UNKNOWN

    def step(self, moment: int) -> Breathing:
        """Take the moment of a hop about the width of the mat (any unit, whole numbers); give what is known."""
        self._half += moment
        self._hops += 1
        if self._hops % STEP_HOPS == 0:
            steps = self._hops // STEP_HOPS
            if steps > self._smooth:
                # The sum over a second, minus the sum a step before: smoothing and rate of change in one.
                self._changes[:, steps % self._length] = self._half - self._moments[0]
            self._moments.append(self._half)
            self._half = 0
            if steps % self._second_steps == 0 and steps >= self._length + self._smooth:
                oldest = (steps + 1) % self._length
                self.found = self._estimate(self._changes.reshape(-1)[oldest : oldest + self._length].copy())
        return self.found

    def _estimate(self, change: Series) -> Breathing:
        middle, work = self._length // 2, self._work
        work[:] = change
        work.partition(middle)
        change -= work[middle]
        np.abs(change, work)
        work.partition(middle)
        limit = self._set.clip * NORMAL_MAD * work.item(middle)
        if limit <= 0:
            return UNKNOWN
        change.clip(-limit, limit, change)
        change -= change.dot(self._ones) / self._length
        recurring, fit = self._recurring(change)
        if fit < self._set.quality:
            return Breathing(None, fit)
        rates = (recurring, self._strongest(change), self._counted(change))
        agreed = max(rates) - min(rates) <= self._set.apart_per_min
        return Breathing(sorted(rates)[1] if agreed else None, fit)

    def _recurring(self, change: Series) -> tuple[float, float]:
        """Give the rate of the shortest delay that fits nearly as well as the best, and its fit; 0, 0 for none."""
        first, last = self._lags
        self._padded[: self._length] = change
        products = np.correlate(self._padded, change)
        fits: list[float] = (products * (self._overlap / products[0])).tolist()
        peaks = [lag for lag in range(first, last + 1) if fits[lag - 1] <= fits[lag] > fits[lag + 1]]
        best = max((fits[lag] for lag in peaks), default=0.0)
        if best <= 0:
            return 0.0, 0.0
        lag = next(lag for lag in peaks if fits[lag] >= self._set.nearly * best)
        return 60.0 / ((lag + _summit(*fits[lag - 1 : lag + 2])) * STEP_S), min(fits[lag], 1.0)

    def _strongest(self, change: Series) -> float:
        """Give the rate at which the spectrum of the tapered window is highest."""
        parts = change.dot(self._lines)
        parts *= parts
        power = parts[: len(parts) // 2] + parts[len(parts) // 2 :]
        line = int(power[1:-1].argmax()) + 1
        lower, here, upper = (log(one + 1e-300) for one in power[line - 1 : line + 2].tolist())
        return (self._first_line + line + _summit(lower, here, upper)) * LINE_PER_MIN

    def _counted(self, change: Series) -> float:
        """Give the rate of swings that go clearly below and then clearly above the middle; 0 for fewer than three."""
        turn = self._set.turn * sqrt(change.dot(change) / self._length)
        beyond = (np.abs(change) > turn).nonzero()[0]
        above = change[beyond] > 0
        rises = beyond[1:][above[1:] > above[:-1]]
        if len(rises) < 3:  # noqa: PLR2004
            return 0.0
        return 60.0 * (len(rises) - 1) / (int(rises[-1] - rises[0]) * STEP_S)


def _lines(length: int, first: int, last: int) -> Series:
    """Matrix (length, 2 * lines) that takes a window to cosine and sine parts of its tapered spectrum, line by line."""
    angles = 2 * pi / POINTS * np.outer(np.arange(length), np.arange(first, last))
    taper = np.hanning(length)[:, np.newaxis]
    return np.hstack((taper * np.cos(angles), taper * np.sin(angles)))


def _summit(before: float, here: float, behind: float) -> float:
    """Place of the top of a parabola through three values about the middle one."""
    bend = before - 2 * here + behind
    return 0.5 * (before - behind) / bend if bend else 0.0
