"""Breaths a minute from the load that breathing moves along the mat, once a second, or None when it is not known.

A breath shifts load between pelvis and thorax, so the moment about the width of the mat swings with it (centroid
along the long axis, as in Isono's work with load cells under bed legs). Its rate of change over a window is clipped
at three times its usual size, so that one change of posture does not outweigh ten breaths, and its rate is estimated
in three ways: by autocorrelation (the shortest delay that fits nearly as well as the best one is the time of a breath),
by its spectrum, and by counting. Each is misled by something else: the first by every second breath being alike, the
second by one deep sigh, the third by a hiccup. So a rate is published only when all three agree, that is, when one
number describes the breathing of the whole window. The second and the third take turns, a second each.
"""

from collections import deque
from dataclasses import dataclass
from math import log, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from firmware.signal.frontend import HOP_S

STEP_HOPS = 2  # five values a second carry 30 breaths a minute with ten values each
STEP_S = STEP_HOPS * HOP_S
NORMAL_QUARTILES = 0.7413  # standard deviation of a normal distribution over the distance of its quartiles
POINTS = 256  # of the transform: the window is filled up with zeros
LINE_PER_MIN = 60.0 / (POINTS * STEP_S)  # from one line of the spectrum to the next

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BreathingSettings:
    """What a breath is, and when its rate is not known."""

    window_s: float = 50.0
    shortest_s: float = 2.0  # 30 breaths a minute
    longest_s: float = 12.0  # 5 breaths a minute; the pacer asks for 6
    smooth_s: float = 1.0
    clip: float = 3.0  # times the usual size of a change
    nearly: float = 0.75  # of the best fit: the shortest delay that reaches it, else every second breath would do
    quality: float = 0.55  # least fit (correlation coefficient) for a rate
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
    """One `step` a hop; the newest result stands until the next second."""

    def __init__(self, settings: BreathingSettings | None = None) -> None:
        self._set = chosen = settings or BreathingSettings()
        self._length = round(chosen.window_s / STEP_S)
        self._smooth = round(chosen.smooth_s / STEP_S)
        self._lags = slice(round(chosen.shortest_s / STEP_S), round(chosen.longest_s / STEP_S) + 1)
        self._lines = slice(
            int(60.0 / chosen.longest_s / LINE_PER_MIN), int(60.0 / chosen.shortest_s / LINE_PER_MIN) + 2
        )
        self._second_steps = round(1.0 / STEP_S)
        self._taper = np.hanning(self._length)
        self._overlap = self._length / (self._length - np.arange(self._lags.stop + 1))
        self._moments: deque[float] = deque(maxlen=self._length + self._smooth)
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._moments.clear()
        self._half, self._hops = 0.0, 0
        self._turn = False
        self._other: float | None = None  # the result of the spectrum or the count a second ago
        self.found = UNKNOWN

    def step(self, moment: float) -> Breathing:
        """Add the moment of a hop about the width of the mat (any unit); return the newest result."""
        self._half += moment
        self._hops += 1
        if self._hops % STEP_HOPS == 0:
            self._moments.append(self._half)
            self._half = 0.0
            if self._hops % (STEP_HOPS * self._second_steps) == 0 and len(self._moments) == self._moments.maxlen:
                self.found = self._estimate(np.array(self._moments))
        return self.found

    def _estimate(self, moments: Series) -> Breathing:
        # A mean over a second less the one before it: smoothing and rate of change in one.
        change = moments[self._smooth :] - moments[: -self._smooth]
        ordered = np.sort(change)
        lower, middle, upper = [float(ordered[self._length * quarter // 4]) for quarter in (1, 2, 3)]
        limit = self._set.clip * NORMAL_QUARTILES * (upper - lower)
        if limit <= 0:
            self._other = None
            return UNKNOWN
        change = np.minimum(np.maximum(change, middle - limit), middle + limit)
        change -= change.sum() / self._length
        recurring, fit = self._recurring(change)
        if fit < self._set.quality:
            self._other = None
            return Breathing(None, fit)
        ways = (self._strongest, self._counted) if self._turn else (self._counted, self._strongest)
        other = ways[1](change) if self._other is None else self._other
        self._turn, self._other = not self._turn, ways[0](change)
        low, middling, high = sorted((recurring, other, self._other))
        return Breathing(middling if high - low <= self._set.apart_per_min else None, fit)

    def _recurring(self, change: Series) -> tuple[float, float]:
        """Rate of the shortest delay that fits nearly as well as the best, and its fit; 0, 0 for none."""
        padded = np.concatenate((change, np.zeros(self._lags.stop)))
        fits = np.correlate(padded, change) * self._overlap
        before, here, behind = (fits[self._lags.start + shift : self._lags.stop + shift] for shift in (-1, 0, 1))
        peaks = np.flatnonzero((before <= here) & (here > behind))
        if not len(peaks) or here[peaks].max() <= 0:
            return 0.0, 0.0
        peak = int(peaks[here[peaks] >= self._set.nearly * here[peaks].max()][0])
        summit = _summit(float(before[peak]), float(here[peak]), float(behind[peak]))
        return 60.0 / ((self._lags.start + peak + summit) * STEP_S), min(float(here[peak] / fits[0]), 1.0)

    def _strongest(self, change: Series) -> float:
        """Rate at which the spectrum of the tapered window is highest."""
        sizes = np.abs(np.fft.rfft(change * self._taper, POINTS))
        line = self._lines.start + int(sizes[self._lines].argmax())
        lower, here, upper = [log(one + 1e-300) for one in sizes[line - 1 : line + 2].tolist()]
        return (line + _summit(lower, here, upper)) * LINE_PER_MIN

    def _counted(self, change: Series) -> float:
        """Rate of swings that go clearly below and then clearly above the middle; 0 for fewer than three."""
        turn = self._set.turn * sqrt(float(change.dot(change)) / self._length)
        places = np.flatnonzero(np.abs(change) > turn)
        above = change[places] > 0
        rises: list[int] = places[1:][above[1:] & ~above[:-1]].tolist()
        if len(rises) < 3:  # noqa: PLR2004
            return 0.0
        return 60.0 * (len(rises) - 1) / ((rises[-1] - rises[0]) * STEP_S)


def _summit(before: float, here: float, behind: float) -> float:
    """Place of the top of a parabola through three values about the middle one."""
    bend = before - 2 * here + behind
    return 0.5 * (before - behind) / bend if bend else 0.0
