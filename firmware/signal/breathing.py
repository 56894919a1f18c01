"""Breaths a minute from the load that breathing moves along the mat, with a calibrated quality.

A breath shifts load between pelvis and thorax, so the rows of the mat, weighted from -1 at the base to 1 at the head,
swing with it (centroid along the long axis, as in Isono's work with load cells under bed legs). Changes are clipped at
three times their usual size and added up again, so that one change of posture does not outweigh ten breaths. The rate
is the median of five estimates: turning points of the wave in the broad band of breathing (tops and bottoms), and phase
and turning points (tops and bottoms) in a narrow band around the strongest line. The quality is a logistic regression
over how well they agree and how even and deep the wave is: the probability that the rate is within 0.5 a minute. Its
weights were fitted on belts of real people, played at half, normal and 1.5 times their pace over the loads of others.
A press from outside adds load to the whole mat, a breath moves load along it: that separates the two.
"""

from dataclasses import dataclass
from functools import cache
from math import exp, log, nan, pi
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from firmware.signal.frontend import HOP_S
from firmware.signal.turns import Pace, Series, paces

STEP_HOPS: Final = 2  # five values a second: 30 breaths a minute have ten values each
STEPS_PER_MIN: Final = 60.0 / (STEP_HOPS * HOP_S)
POINTS: Final = 512  # of the transforms
LINES_PER_MIN: Final = STEPS_PER_MIN / POINTS * np.arange(POINTS // 2 + 1)
EDGE: Final = 50  # values added at both ends before the filters
SMOOTH: Final = 3  # values of the moving average
ENDS: Final = 10  # values of the mean at either end, through which the trend goes
NORMAL_QUARTILES: Final = 0.7413  # standard deviation of a normal distribution over the distance of its quartiles
NARROW_MASKS: Final = 64  # stored, in logarithmic steps of the centre

Spectrum = npt.NDArray[np.complex128]
Rows = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BreathingSettings:
    """Seconds, breaths a minute, newtons."""

    window_s: float = 50.0
    first_s: float = 30.0  # of lying: shorter windows without breath were answered in 1 to 3 %
    every_s: float = 2.0
    clip: float = 3.0  # times the usual size of a change
    slowest_per_min: float = 4.6
    fastest_per_min: float = 33.0
    quality: float = 0.75  # least quality of a published rate
    first_quality: float = 0.90  # the same before the window is nearly full
    least_n: float = 0.3  # swing of the weighted rows
    missing: float = 0.3  # of the window may be in gaps between frames; straight lines fill them
    press_n: float = 1.5  # swing of the whole load that can be a press
    press_share: float = 0.75  # of the swings of the rows, if they go together

    def __post_init__(self) -> None:
        longest_s = (POINTS - 2 * EDGE) * STEP_HOPS * HOP_S
        if self.window_s > longest_s:
            raise ValueError(f"window_s is {self.window_s}, but must be at most {longest_s:g}")


class Breathing(NamedTuple):
    """breaths_per_min is None when not known; quality is the probability that a rate is right, also when too low.

    depth_n is how much load a breath moves along the mat, in newtons, None like the rate. It is in proportion to the
    true depth for one person in one posture (semi-real: 1.50 and 2.00 times for breaths 1.5 and 2 times as deep, three
    people), not from one to another.
    """

    breaths_per_min: float | None
    quality: float
    depth_n: float | None = None


UNKNOWN = Breathing(None, 0.0)


class Estimate(NamedTuple):
    """What one window shows. Rates in breaths a minute, swing_n from the lowest to the highest weighted rows."""

    rate: float
    line: float  # strongest line of the spectrum
    phase: float
    broad: tuple[Pace, Pace]
    narrow: tuple[Pace, Pace]
    envelope: float  # 10th over 50th percentile of the envelope in the narrow band
    clipped: float  # share of changes
    swing_n: float
    length: int


class BreathingEstimator:
    """One `step` a hop while there is load, `reset` when there is none; the newest result stands until the next one."""

    def __init__(self, rows: int, settings: BreathingSettings | None = None) -> None:
        self._set = chosen = settings or BreathingSettings()
        self._weights = np.linspace(-1.0, 1.0, rows)
        self._rows = np.zeros((round(chosen.window_s / (STEP_HOPS * HOP_S)), rows))
        self._first = round(chosen.first_s / (STEP_HOPS * HOP_S))
        self._every = round(chosen.every_s / HOP_S)
        fade = np.sin(0.5 * pi * (np.arange(EDGE) + 0.5) / EDGE) ** 2
        self._fades = fade, fade[::-1]
        self._broad = _band(4.0, 6.4, 34.0, 46.0)
        centres = np.geomspace(chosen.slowest_per_min, chosen.fastest_per_min, NARROW_MASKS)
        self._log_first, self._log_step = log(centres[0]), log(centres[1] / centres[0])
        self._narrow = [2.0 * _band(*(centre * edge for edge in (0.47, 0.77, 1.30, 1.80))) for centre in centres]
        self._lines = slice(*np.searchsorted(LINES_PER_MIN, (chosen.slowest_per_min, chosen.fastest_per_min)).tolist())
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._pair: list[Rows] = []  # of the hops that become the next value
        self._hops = self._filled = 0
        self.found = UNKNOWN

    def step(self, rows_n: Rows | None) -> Breathing:
        """Add the loads of the rows in a hop, in newtons from base to head, None for a hop without frames."""
        self._hops += 1
        if rows_n is not None:
            self._pair.append(rows_n)
        if self._hops % STEP_HOPS == 0:
            pair, self._pair = self._pair, []
            place = self._filled % len(self._rows)
            self._rows[place] = [sum(row) / len(pair) for row in zip(*pair, strict=True)] if pair else nan
            self._filled += 1
        if self._hops % self._every == 0 and self._filled >= self._first:
            self.found = self._estimate(self._window())
        return self.found

    def _window(self) -> Series:
        """Loads (n, rows) of the window, oldest first."""
        oldest = self._filled % len(self._rows)
        if self._filled < len(self._rows):
            return self._rows[:oldest]
        return np.concatenate((self._rows[oldest:], self._rows[:oldest]))

    def _estimate(self, rows_n: Series) -> Breathing:
        missing = np.isnan(rows_n[:, 0])
        if missing.any():
            if missing.mean() > self._set.missing:
                return UNKNOWN
            there, places = np.flatnonzero(~missing), np.arange(len(rows_n))
            rows_n = np.array([np.interp(places, there, row) for row in rows_n[there].T]).T
        position, clipped = self._position(rows_n @ self._weights)
        if clipped is None:
            return UNKNOWN
        spectrum = np.fft.rfft(self._extended(position), POINTS)
        inside = slice(EDGE, EDGE + len(position))
        wave = np.fft.irfft(spectrum * self._broad)[inside]
        line = self._strongest(wave)
        low, high = _percentiles(wave, 10, 90)
        broad = paces(wave, 0.25 * (high - low))
        mask = min(max(round((log(line) - self._log_first) / self._log_step), 0), NARROW_MASKS - 1)
        narrow_wave = np.fft.ifft(spectrum * self._narrow[mask], POINTS)[inside]
        turned = np.angle(narrow_wave[1:] * narrow_wave[:-1].conj())
        phase = STEPS_PER_MIN * float(turned.sum()) / (2 * pi * (len(wave) - 1))
        low, middle = _percentiles(np.abs(narrow_wave), 10, 50)
        narrow = paces(narrow_wave.real, 0.3 * middle)
        rates = [phase] + [STEPS_PER_MIN * one.rate for one in (*broad, *narrow)]
        rate = sorted(rates)[2]
        if not self._set.slowest_per_min <= rate <= self._set.fastest_per_min:
            return UNKNOWN
        swing_n, press = self._swing(rows_n, rate)
        found = Estimate(rate, line, phase, broad, narrow, low / middle, clipped, swing_n, len(wave))
        quality = quality_of(found)
        short = len(rows_n) < 0.96 * len(self._rows)
        known = quality >= (self._set.first_quality if short else self._set.quality)
        sure = known and swing_n > self._set.least_n and not press
        return Breathing(rate, quality, swing_n) if sure else Breathing(None, quality)

    def _position(self, weighted: Series) -> tuple[Series, float | None]:
        """The weighted rows with large changes clipped and without a trend, and the share of clipped changes."""
        change = (weighted[SMOOTH:] - weighted[:-SMOOTH]) / SMOOTH  # of the moving average
        lower, middle, upper = _percentiles(change, 25, 50, 75)
        limit = self._set.clip * NORMAL_QUARTILES * (upper - lower)
        if limit <= 0:
            return change, None
        clipped = np.minimum(np.maximum(change, middle - limit), middle + limit)
        position = (clipped - middle).cumsum()
        start, end = float(position[:ENDS].sum()) / ENDS, float(position[-ENDS:].sum()) / ENDS
        trend = (end - start) / (len(position) - ENDS)
        position -= start + trend * (np.arange(len(position)) - (ENDS - 1) / 2)
        return position, np.count_nonzero(clipped != change) / len(change)

    def _extended(self, wave: Series) -> Series:
        """The wave with both ends continued by odd reflection and faded out."""
        rise, fall = self._fades
        before = rise * (2 * wave[0] - wave[EDGE:0:-1])
        behind = fall * (2 * wave[-1] - wave[-2 : -EDGE - 2 : -1])
        return np.concatenate((before, wave, behind))

    def _strongest(self, wave: Series) -> float:
        """The strongest line of the spectrum, weighted with its frequency, in breaths a minute."""
        power = np.abs(np.fft.rfft(_taper(len(wave)) * wave, POINTS)) ** 2 * LINES_PER_MIN + 1e-300
        line = self._lines.start + int(power[self._lines].argmax())
        lower, here, upper = np.log(power[line - 1 : line + 2]).tolist()
        bend = lower - 2 * here + upper
        aside = 0.5 * (lower - upper) / bend if bend < 0 else 0.0
        # At the end of the range the strongest line need not be a peak, and the parabola leads anywhere.
        return float((line + min(max(aside, -0.5), 0.5)) * LINES_PER_MIN[1])

    def _swing(self, rows_n: Series, rate: float) -> tuple[float, bool]:
        """Swing of the weighted rows at a rate, in newtons, and whether it is a press of the whole mat."""
        taper = _taper(len(rows_n))
        wave = taper * np.exp(-2j * pi * rate / STEPS_PER_MIN * np.arange(len(taper)))
        parts = 4.0 / taper.sum() * (wave @ (rows_n - rows_n.mean(axis=0)))
        whole_n, rows_swing_n = float(abs(parts.sum())), float(np.abs(parts).sum())
        press = whole_n > self._set.press_n and whole_n > self._set.press_share * rows_swing_n
        return float(abs(parts @ self._weights)), press


def quality_of(found: Estimate) -> float:
    """Probability that the rate is right: a logistic regression, fitted as the head of this file has it."""
    tops, bottoms = (STEPS_PER_MIN * one.rate for one in found.broad)
    narrow_tops, narrow_bottoms = (STEPS_PER_MIN * one.rate for one in found.narrow)
    narrow = (found.phase, narrow_tops, narrow_bottoms)
    pace = log(min(max(found.rate, 4.0), 40.0) / 15.0)
    variation = min(found.broad[0].variation, found.broad[1].variation)
    x = (
        -4.283
        - 0.466 * min(max(narrow) - min(narrow), 2.0)
        - 0.927 * min(abs(found.rate - found.line), 2.0)
        - 0.635 * min(abs(found.rate - (tops + bottoms) / 2), 2.0)
        - 0.561 * log(min(max(found.narrow[0].variation, 0.02), 1.0))
        - 0.551 * log(min(max(found.narrow[1].variation, 0.02), 1.0))
        - 1.010 * log(min(max(variation, 0.03), 1.0))
        + 2.579 * found.envelope
        - 19.77 * min(found.clipped, 0.2)
        + 0.436 * pace
        + 2.900 * pace * pace
        + 0.517 * log(min(max(found.swing_n, 0.05), 8.0))
        - 0.378 * min(abs(STEPS_PER_MIN * found.broad[0].median_rate - found.line), 3.0)
        - 0.601 * max(250 - found.length, 0) / 125
    )
    return 1.0 / (1.0 + exp(-x))


@cache
def _taper(length: int) -> Series:
    return np.hanning(length)


def _percentiles(values: Series, *percents: int) -> list[float]:
    """Percentiles by the nearest rank."""
    ordered = np.sort(values)
    return [float(ordered[(len(ordered) - 1) * percent // 100]) for percent in percents]


def _band(start: float, low: float, high: float, end: float) -> Series:
    """Mask (lines,) that rises as sin^2 from start to low and falls from high to end, in breaths a minute."""
    rise = np.clip((LINES_PER_MIN - start) / (low - start), 0.0, 1.0)
    fall = np.clip((end - LINES_PER_MIN) / (end - high), 0.0, 1.0)
    mask: Series = np.sin(0.5 * pi * rise) ** 2 * np.sin(0.5 * pi * fall) ** 2
    return mask
