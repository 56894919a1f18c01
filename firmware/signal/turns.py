"""Turning points of a wave, counted only after a clear way back, and what their distances are like."""

from itertools import pairwise
from math import sqrt
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Series = npt.NDArray[np.float64]

LEAST = 3  # turning points with fewer intervals than two have no rate


class Pace(NamedTuple):
    """Intervals between turning points of one kind: turns a sample by mean and by median, and their variation.

    variation is the standard deviation of the intervals over their mean. Unknown is a rate of 0 and a variation of 9.
    """

    rate: float
    median_rate: float
    variation: float


UNKNOWN = Pace(0.0, 0.0, 9.0)


def paces(wave: Series, way_back: float) -> tuple[Pace, Pace]:
    """Pace of the tops and of the bottoms of a wave; each counts once the wave is way_back away from it again."""
    steps = wave[1:] - wave[:-1]
    places = np.flatnonzero(steps[1:] * steps[:-1] <= 0) + 1
    tops: list[int] = []
    bottoms: list[int] = []
    top = bottom = place = 0
    high = low = float(wave[0])
    rising = falling = True  # both until the first way back is seen
    for place, height in zip((*places.tolist(), len(wave) - 1), (*wave[places].tolist(), float(wave[-1])), strict=True):
        if height > high:
            top, high = place, height
        if height < low:
            bottom, low = place, height
        if rising and high - height > way_back:
            if not falling:
                tops.append(top)
            rising, falling, bottom, low = False, True, place, height
        elif falling and height - low > way_back:
            if not rising:
                bottoms.append(bottom)
            rising, falling, top, high = True, False, place, height
    return _pace(tops), _pace(bottoms)


def _pace(places: list[int]) -> Pace:
    if len(places) < LEAST:
        return UNKNOWN
    intervals = [later - earlier for earlier, later in pairwise(places)]
    mean = sum(intervals) / len(intervals)
    spread = sqrt(sum([(interval - mean) ** 2 for interval in intervals]) / len(intervals))
    return Pace(1.0 / mean, 1.0 / median(intervals), spread / mean)
