"""Breaths a minute from the load that breathing moves along the mat, once a second, or None when it is not known.

A breath shifts load between pelvis and thorax, so the moment about the width of the mat swings with it (centroid
along the long axis, as in Isono's work with load cells under bed legs). Its rate of change over a window is clipped
at three times its usual size, so that one change of posture does not outweigh ten breaths, and compared with itself
some time earlier: the shortest delay that fits nearly as well as the best one is the time of a breath.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firmware.signal.frontend import HOP_S

STEP_HOPS = 2  # five values a second carry 30 breaths a minute with ten values each
STEP_S = STEP_HOPS * HOP_S
NORMAL_MAD = 1.4826  # standard deviation of a normal distribution over its median absolute deviation


@dataclass(frozen=True, slots=True)
class BreathingSettings:
    """What is a breath, and when to say nothing."""

    window_s: float = 45.0
    shortest_s: float = 2.0  # 30 breaths a minute
    longest_s: float = 12.0  # 5 breaths a minute; the pacer asks for 6
    smooth_s: float = 1.0
    clip: float = 3.0  # times the usual size of a change
    nearly: float = 0.75  # of the best fit: the shortest delay that reaches it, else every second breath would do
    quality: float = 0.63  # fit (correlation coefficient) from which a rate is told
    disturbed: float = 8.0  # the largest change over the usual one: more than that is a movement, not a breath


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
        self._second_steps = round(1.0 / STEP_S)
        self._moments: deque[int] = deque(maxlen=self._length + self._smooth + 1)
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
            self._moments.append(self._half)
            self._half = 0
            if self._hops % (STEP_HOPS * self._second_steps) == 0 and len(self._moments) == self._moments.maxlen:
                self.found = self._estimate()
        return self.found

    def _estimate(self) -> Breathing:
        moments = np.array(self._moments, dtype=np.int64)
        steps = np.abs(moments[1:] - moments[:-1])[-self._length :]
        usual = float(np.partition(steps, self._length // 2)[self._length // 2])
        if usual <= 0 or float(steps.max()) > self._set.disturbed * usual:
            return UNKNOWN
        # The sum over a second, minus the sum a step before: smoothing and rate of change in one.
        change = (moments[self._smooth :] - moments[: -self._smooth])[-self._length :].astype(np.float64)
        change -= np.partition(change, self._length // 2)[self._length // 2]
        size = np.partition(np.abs(change), self._length // 2)[self._length // 2]
        limit = self._set.clip * NORMAL_MAD * float(size)
        np.clip(change, -limit, limit, out=change)
        change -= np.add.reduce(change) / self._length
        return self._rate(_fits(change, self._lags[1] + 2))

    def _rate(self, fits: list[float]) -> Breathing:
        """Find the shortest delay that fits nearly as well as the best, between the steps by a parabola."""
        first, last = self._lags
        peaks = [lag for lag in range(first, last + 1) if fits[lag - 1] <= fits[lag] > fits[lag + 1]]
        best = max((fits[lag] for lag in peaks), default=0.0)
        if best <= 0:
            return UNKNOWN
        lag = next(lag for lag in peaks if fits[lag] >= self._set.nearly * best)
        before, here, behind = fits[lag - 1 : lag + 2]
        place = lag + 0.5 * (before - behind) / (before - 2 * here + behind)
        known = here >= self._set.quality
        return Breathing(60.0 / (place * STEP_S) if known else None, min(here, 1.0))


def _fits(change: npt.NDArray[np.float64], lags: int) -> list[float]:
    """Correlation of a series (n,) with itself so many steps later, for each lag below lags, over what overlaps."""
    length = len(change)
    padded = np.concatenate((change, np.zeros(lags)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, length)[:lags]
    products = np.einsum("ij,j->i", windows, change)
    energy = np.concatenate(([0.0], np.cumsum(change * change)))
    shared = energy[length - lags + 1 : length + 1][::-1] * (energy[length] - energy[:lags])
    fits: list[float] = (products / np.sqrt(np.maximum(shared, 1e-300))).tolist()
    return fits
