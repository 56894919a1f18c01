"""The breath by the rule of our chain, in plain loops: what the same result costs without arrays."""

from cmath import exp as rotate
from itertools import pairwise
from math import atan2, cos, hypot, log, pi, sin
from operator import mul
from typing import TYPE_CHECKING, Final

from firmware.signal import breathing
from firmware.signal.breathing import EDGE, ENDS, NORMAL_QUARTILES, POINTS, SMOOTH, STEP_HOPS, STEPS_PER_MIN, UNKNOWN
from firmware.signal.turns import LEAST, Pace
from firmware.signal.turns import UNKNOWN as NO_PACE

if TYPE_CHECKING:
    from collections.abc import Sequence

HOP_S: Final = 0.1
LINE: Final = STEPS_PER_MIN / POINTS
ROOTS: Final = [rotate(-2j * pi * number / POINTS) for number in range(POINTS)]


class PlainBreath:
    """One `step` a hop, as BreathingEstimator."""

    def __init__(self, rows: int) -> None:
        self._set = chosen = breathing.BreathingSettings()
        self._weights = [2 * row / (rows - 1) - 1 for row in range(rows)]
        self._length = round(chosen.window_s / (STEP_HOPS * HOP_S))
        self._first, self._every = round(chosen.first_s / (STEP_HOPS * HOP_S)), round(chosen.every_s / HOP_S)
        self._fade = [sin(0.5 * pi * (number + 0.5) / EDGE) ** 2 for number in range(EDGE)]
        self._broad = _band(4.0, 6.4, 34.0, 46.0)
        span, steps = log(chosen.fastest_per_min / chosen.slowest_per_min), breathing.NARROW_MASKS - 1
        self._log_step = span / steps
        edges = (0.47, 0.77, 1.30, 1.80)
        centres = [
            chosen.slowest_per_min * (chosen.fastest_per_min / chosen.slowest_per_min) ** (n / steps)
            for n in range(steps + 1)
        ]
        self._narrow = [_band(*(centre * edge for edge in edges)) for centre in centres]
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._rows: list[list[float] | None] = []
        self._pair: list[tuple[float, ...]] = []
        self._hops = 0
        self.found = UNKNOWN

    def step(self, rows_n: tuple[float, ...] | None) -> breathing.Breathing:
        """Add a hop, None for one without frames."""
        self._hops += 1
        if rows_n is not None:
            self._pair.append(rows_n)
        if self._hops % STEP_HOPS == 0:
            self._rows.append([sum(row) / len(self._pair) for row in zip(*self._pair, strict=True)] or None)
            self._pair = []
            del self._rows[: -self._length]
        if self._hops % self._every == 0 and len(self._rows) >= self._first:
            self.found = self._estimate(_bridged(self._rows))
        return self.found

    def _estimate(self, rows: "Sequence[Sequence[float]]") -> breathing.Breathing:
        weighted = [sum(map(mul, row, self._weights)) for row in rows]
        change = [(late - early) / SMOOTH for early, late in zip(weighted, weighted[SMOOTH:], strict=False)]
        lower, middle, upper = (_rank(change, percent) for percent in (25, 50, 75))
        limit = self._set.clip * NORMAL_QUARTILES * (upper - lower)
        wave, clipped = self._position(change, middle, limit)
        length = len(wave)
        spectrum = _transform([*self._before(wave), *wave, *self._behind(wave)])
        broad = [2 * one.real for one in _back(spectrum, self._broad)[EDGE : EDGE + length]]
        line = self._strongest(broad)
        narrow = self._narrow[round(min(max(log(line / self._set.slowest_per_min) / self._log_step, 0), 63))]
        turning = [2 * one for one in _back(spectrum, narrow)[EDGE : EDGE + length]]
        steps = [late * early.conjugate() for early, late in pairwise(turning)]
        phase = STEPS_PER_MIN * sum([atan2(one.imag, one.real) for one in steps]) / (2 * pi * (length - 1))
        envelope = [abs(one) for one in turning]
        low, half = _rank(envelope, 10), _rank(envelope, 50)
        broad_paces = _paces(broad, 0.25 * (_rank(broad, 90) - _rank(broad, 10)))
        narrow_paces = _paces([one.real for one in turning], 0.3 * half)
        rate = sorted([phase] + [STEPS_PER_MIN * one.rate for one in (*broad_paces, *narrow_paces)])[2]
        if not self._set.slowest_per_min <= rate <= self._set.fastest_per_min:
            return UNKNOWN
        swing_n, press = self._swing(rows, rate)
        quality = breathing.quality_of(
            breathing.Estimate(rate, line, phase, broad_paces, narrow_paces, low / half, clipped, swing_n, length)
        )
        short = len(rows) < 0.96 * self._length
        known = quality >= (self._set.first_quality if short else self._set.quality)
        sure = known and swing_n > self._set.least_n and not press
        return breathing.Breathing(rate, quality, swing_n) if sure else breathing.Breathing(None, quality)

    def _position(self, change: list[float], middle: float, limit: float) -> tuple[list[float], float]:
        wave: list[float] = []
        total, clipped = 0.0, 0
        for one in change:
            inside = min(max(one, middle - limit), middle + limit)
            clipped += inside != one
            total += inside - middle
            wave.append(total)
        start, end = sum(wave[:ENDS]) / ENDS, sum(wave[-ENDS:]) / ENDS
        trend = (end - start) / (len(wave) - ENDS)
        flat = [one - start - trend * (place - (ENDS - 1) / 2) for place, one in enumerate(wave)]
        return flat, clipped / len(change)

    def _before(self, wave: list[float]) -> list[float]:
        return [fade * (2 * wave[0] - one) for fade, one in zip(self._fade, wave[EDGE:0:-1], strict=True)]

    def _behind(self, wave: list[float]) -> list[float]:
        return [
            fade * (2 * wave[-1] - one) for fade, one in zip(self._fade[::-1], wave[-2 : -EDGE - 2 : -1], strict=True)
        ]

    def _strongest(self, wave: list[float]) -> float:
        spectrum = _transform([one * _taper(place, len(wave)) for place, one in enumerate(wave)])
        power = [abs(one) ** 2 * number * LINE + 1e-300 for number, one in enumerate(spectrum[: POINTS // 2 + 1])]
        lines = range(int(self._set.slowest_per_min / LINE) + 1, int(self._set.fastest_per_min / LINE) + 1)
        line = max(lines, key=power.__getitem__)
        lower, here, upper = (log(one) for one in power[line - 1 : line + 2])
        bend = lower - 2 * here + upper
        aside = 0.5 * (lower - upper) / bend if bend < 0 else 0.0
        return (line + min(max(aside, -0.5), 0.5)) * LINE

    def _swing(self, rows: "Sequence[Sequence[float]]", rate: float) -> tuple[float, bool]:
        tapers = [_taper(place, len(rows)) for place in range(len(rows))]
        waves = [taper * rotate(-2j * pi * rate / STEPS_PER_MIN * place) for place, taper in enumerate(tapers)]
        parts = []
        for row in zip(*rows, strict=True):
            mean = sum(row) / len(row)
            parts.append(4 / sum(tapers) * sum([wave * (one - mean) for wave, one in zip(waves, row, strict=True)]))
        whole_n, rows_n = abs(sum(parts)), sum([abs(one) for one in parts])
        press = whole_n > self._set.press_n and whole_n > self._set.press_share * rows_n
        return abs(sum(map(mul, parts, self._weights))), press


def _bridged(rows: "Sequence[list[float] | None]") -> list[list[float]]:
    """Straight lines where rows are missing."""
    there = [place for place, row in enumerate(rows) if row is not None]
    bridged = []
    for place, row in enumerate(rows):
        before = max((one for one in there if one <= place), default=there[0])
        behind = min((one for one in there if one >= place), default=there[-1])
        early, late = rows[before], rows[behind]
        assert early is not None
        assert late is not None
        share = (place - before) / (behind - before) if behind > before else 0.0
        bridged.append(row or [a + share * (b - a) for a, b in zip(early, late, strict=True)])
    return bridged


def _transform(values: "Sequence[complex]") -> list[complex]:
    """Cooley and Tukey's transform of POINTS values, filled up with zeros."""

    def parts(some: list[complex], stride: int) -> list[complex]:
        if len(some) == 1:
            return some
        even, odd = parts(some[::2], 2 * stride), parts(some[1::2], 2 * stride)
        turned = [root * one for root, one in zip(ROOTS[::stride], odd, strict=False)]
        return [a + b for a, b in zip(even, turned, strict=True)] + [a - b for a, b in zip(even, turned, strict=True)]

    return parts([*values, *(0j,) * (POINTS - len(values))], 1)


def _back(spectrum: list[complex], mask: list[float]) -> list[complex]:
    """The wave of the positive lines under a mask; its real part twice is the wave of all lines."""
    kept = [one.conjugate() * weight for one, weight in zip(spectrum, mask, strict=False)]
    return [one.conjugate() / POINTS for one in _transform(kept)]


def _band(start: float, low: float, high: float, end: float) -> list[float]:
    def part(share: float) -> float:
        return sin(0.5 * pi * min(max(share, 0.0), 1.0)) ** 2

    lines = [number * LINE for number in range(POINTS // 2 + 1)]
    return [part((line - start) / (low - start)) * part((end - line) / (end - high)) for line in lines]


def _taper(place: int, length: int) -> float:
    return 0.5 - 0.5 * cos(2 * pi * place / (length - 1))


def _rank(values: "Sequence[float]", percent: int) -> float:
    return sorted(values)[(len(values) - 1) * percent // 100]


def _paces(wave: list[float], way_back: float) -> tuple[Pace, Pace]:
    """Turning points, by a look at every value."""
    turns: tuple[list[int], list[int]] = [], []
    top = bottom = 0
    rising = falling = True
    for place, height in enumerate(wave):
        top, bottom = (place if height > wave[top] else top), (place if height < wave[bottom] else bottom)
        if rising and wave[top] - height > way_back:
            turns[0].extend([] if falling else [top])
            rising, falling, bottom = False, True, place
        elif falling and height - wave[bottom] > way_back:
            turns[1].extend([] if rising else [bottom])
            rising, falling, top = True, False, place
    return _pace(turns[0]), _pace(turns[1])


def _pace(places: list[int]) -> Pace:
    if len(places) < LEAST:
        return NO_PACE
    gaps = [late - early for early, late in pairwise(places)]
    mean, ordered = sum(gaps) / len(gaps), sorted(gaps)
    middle = (ordered[len(gaps) // 2] + ordered[(len(gaps) - 1) // 2]) / 2
    return Pace(1 / mean, 1 / middle, hypot(*[gap - mean for gap in gaps]) / len(gaps) ** 0.5 / mean)
