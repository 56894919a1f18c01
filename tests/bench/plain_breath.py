"""The breath by the rule of our chain, in plain loops: what the same result costs without arrays."""

from collections import deque
from math import cos, log, pi, sqrt
from operator import mul
from typing import Final

from firmware.signal.breathing import NORMAL_QUARTILES, POINTS, STEP_HOPS, STEP_S, BreathingSettings

HOPS_A_SECOND: Final = 10


class PlainBreath:
    """last are breaths a minute, once a second, None where not known; quality is how well the load repeats itself."""

    def __init__(self) -> None:
        self._set = chosen = BreathingSettings()
        self._length = round(chosen.window_s / STEP_S)
        self._smooth = round(chosen.smooth_s / STEP_S)
        self._lags = (round(chosen.shortest_s / STEP_S), round(chosen.longest_s / STEP_S))
        self._line_per_min = 60.0 / (POINTS * STEP_S)
        first, last = 60.0 / chosen.longest_s / self._line_per_min, 60.0 / chosen.shortest_s / self._line_per_min
        self._turns = [(line, 2 * cos(2 * pi * line / POINTS)) for line in range(int(first) - 1, int(last) + 3)]
        self._taper = [0.5 - 0.5 * cos(2 * pi * number / (self._length - 1)) for number in range(self._length)]
        self._moments: deque[float] = deque(maxlen=self._length + self._smooth)
        self._half, self._hops = 0.0, 0
        self._turn = False
        self._other: float | None = None
        self.last: float | None = None
        self.quality = 0.0

    def step(self, moment: float) -> None:
        """Add one hop."""
        self._half += moment
        self._hops += 1
        if self._hops % STEP_HOPS == 0:
            self._moments.append(self._half)
            self._half = 0.0
            if self._hops % HOPS_A_SECOND == 0 and len(self._moments) == self._moments.maxlen:
                self.last = self._estimate()

    def _estimate(self) -> float | None:
        moments, length = list(self._moments), self._length
        change = [b - a for a, b in zip(moments, moments[self._smooth :], strict=False)]
        ordered = sorted(change)
        lower, middle, upper = [ordered[length * quarter // 4] for quarter in (1, 2, 3)]
        limit = self._set.clip * NORMAL_QUARTILES * (upper - lower)
        change = [min(max(one, middle - limit), middle + limit) for one in change]
        mean = sum(change) / length
        change = [one - mean for one in change]
        recurring, fit = self._recurring(change)
        self.quality = min(fit, 1.0)
        if fit < self._set.quality:
            self._other = None
            return None
        ways = (self._strongest, self._counted) if self._turn else (self._counted, self._strongest)
        other = ways[1](change) if self._other is None else self._other
        self._turn, self._other = not self._turn, ways[0](change)
        rates = sorted((recurring, other, self._other))
        return rates[1] if rates[2] - rates[0] <= self._set.apart_per_min else None

    def _recurring(self, change: list[float]) -> tuple[float, float]:
        first, last = self._lags
        length, energy = self._length, sum(map(mul, change, change))
        fits = [
            sum(map(mul, change[: length - lag], change[lag:])) / energy * length / (length - lag)
            for lag in range(last + 2)
        ]
        peaks = [lag for lag in range(first, last + 1) if fits[lag - 1] <= fits[lag] > fits[lag + 1]]
        best = max((fits[lag] for lag in peaks), default=0.0)
        if best <= 0:
            return 0.0, 0.0
        lag = next(lag for lag in peaks if fits[lag] >= self._set.nearly * best)
        return 60.0 / ((lag + _summit(*fits[lag - 1 : lag + 2])) * STEP_S), fits[lag]

    def _strongest(self, change: list[float]) -> float:
        """Goertzel's sum for each line of the spectrum that can be a breath."""
        tapered = list(map(mul, change, self._taper))
        power = []
        for _, turn in self._turns:
            older = newer = 0.0
            for one in tapered:
                older, newer = newer, one + turn * newer - older
            power.append(older * older + newer * newer - turn * older * newer)
        best = max(range(1, len(power) - 1), key=power.__getitem__)
        place = self._turns[best][0] + _summit(*(log(one) for one in power[best - 1 : best + 2]))
        return place * self._line_per_min

    def _counted(self, change: list[float]) -> float:
        turn = self._set.turn * sqrt(sum(map(mul, change, change)) / self._length)
        rises, below = [], False
        for number, one in enumerate(change):
            if one < -turn:
                below = True
            elif one > turn and below:
                rises.append(number)
                below = False
        if len(rises) < 3:
            return 0.0
        return 60.0 * (len(rises) - 1) / ((rises[-1] - rises[0]) * STEP_S)


def _summit(before: float, here: float, behind: float) -> float:
    return 0.5 * (before - behind) / (before - 2 * here + behind)
