"""When lying started and ended: the way of the load from one pose to another, and when it passed a level of it.

The start of lying is nine tenths of the way from sitting to the lying pose, at every pace; the end is half of the way
back to sitting, or when half of the load has left.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from firmware.posture.history import since_crossing
from firmware.posture.steady import moved

if TYPE_CHECKING:
    from firmware.posture.history import Loads

START_LEVEL: Final = 0.9  # of the way
START_REARM: Final = 0.895  # staying beyond that is not going back (0.85-0.895)
END_LEVEL: Final = 0.5
END_REARM: Final = 0.45
LEAST_LOAD: Final = 0.6  # of the lying load; with less the person is coming or leaving (0.6-0.75)
LEAST_WAY: Final = 0.15  # of the load elsewhere; a shorter way starts from the empty mat
SMOOTH_HOPS: Final = 15  # a centred median leaves a steady way as it is and removes wiggles


def since_start(loads: "Loads", lying: "Loads") -> tuple[float, float]:
    """Return seconds since lying started, and the seconds that the way took; loads (n, cells) are those of the visit.

    The way begins at the pose farthest from lying (cells,), in newtons.
    """
    first = _farthest(loads, lying)
    origin = loads[first]
    if moved(origin, lying) < LEAST_WAY:
        first, origin = 0, np.zeros_like(lying)
    ago_s = since_crossing(_progress(loads[first:], origin, lying), START_LEVEL, START_REARM)
    return ago_s, (len(loads) - first) / 10 - ago_s


def since_sitting_up(loads: "Loads", lying: "Loads") -> float:
    """Return seconds since half of the way from lying (cells,) to the pose farthest from it."""
    last = _farthest(loads, lying)
    after_s = (len(loads) - 1 - last) / 10
    return after_s + since_crossing(_progress(loads[: last + 1], lying, loads[last]), END_LEVEL, END_REARM)


def since_half_left(loads: "Loads", lying_n: float) -> float:
    """Return seconds since the load fell through half of that of lying for the last time."""
    return since_crossing(-loads.sum(axis=1), -END_LEVEL * lying_n)


def _farthest(loads: "Loads", lying: "Loads") -> int:
    """Return the index of the hop whose loads are farthest from lying, in newtons, with enough load for a person."""
    away_n = np.abs(loads - lying).sum(axis=1)
    away_n[loads.sum(axis=1) < LEAST_LOAD * lying.sum()] = -1.0
    return int(away_n.argmax())


def _progress(loads: "Loads", start: "Loads", end: "Loads") -> "Loads":
    """Return the part (n,) of the way from start to end, without wiggles."""
    way = end - start
    parts = (loads - start) @ way / max(float(way @ way), 1e-9)
    half = SMOOTH_HOPS // 2
    return np.asarray(np.median(sliding_window_view(np.pad(parts, half, mode="edge"), SMOOTH_HOPS), axis=1))
