"""Frames of raw counts and the signals of a hop. Arrays appear only in Frames.

Axes of the mat: x runs from the left hand (column 0) to the right hand of a person lying on their
back, y from the base (row 0, hips end) to the head. Cells are row-major: cell = row * cols + col.
Times called t_s count seconds of frame time from the first frame the core was given.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


Counts = npt.NDArray[np.int32]


Flags = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frames:
    """A block of n frames of all cells.

    seq is the number of the first frame; t_ns (n,) int64 is CLOCK_BOOTTIME of the ready edge and never
    decreases; counts (n, cells) int32 are raw codes; status (n, cells) uint8 are Status bits. The producer
    does not write into the arrays afterwards.
    """

    seq: int
    t_ns: IntArray
    counts: Counts
    status: Flags

    def __len__(self) -> int:
        return len(self.t_ns)


class Signals(NamedTuple):  # ten a second: made in a third of the time of a frozen dataclass
    """What one hop of 100 ms says about the load. Newtons, metres; None where it is not known.

    cells_n has 0.0 for a lost cell; lost is a bit mask of those. cop_m is None under a load too small to divide by.
    row_shares run from base to head. evenness is 1 - |left - right| / (left + right), middle column ignored.
    lumbar_share is that of the board's lumbar rows. breaths_per_min is None unless it is known; breath_quality, 0..1,
    is how well the load repeats itself. motion is the share of the load that changed place between this hop and the
    last, in percent. moving is whether that is more than the breath and the noise; None until those are learned.
    still_and_slow is whether nobody moved for a minute and the breath is slow, as defined in signal/quiet.py (this is
    not sleep); None where one of both is not known. still_share is the part of the last minute without movement, 0..1.
    frames_lost_s are the seconds without any frame in the last minute. breath_depth_n is the load that a breath moves
    along the mat, None like its rate.
    """

    t_s: float
    cells_n: tuple[float, ...]
    lost: int
    load_n: float
    cop_m: tuple[float, float] | None
    row_shares: tuple[float, ...]
    evenness: float | None
    motion: float
    lumbar_share: float = 0.0
    breaths_per_min: float | None = None
    breath_quality: float = 0.0
    moving: bool | None = None
    still_and_slow: bool | None = None
    still_share: float | None = None
    frames_lost_s: float = 0.0
    breath_depth_n: float | None = None


@dataclass(frozen=True, slots=True)
class ButtonEdge:
    """The key of the pod went down or up at t_ns (CLOCK_BOOTTIME, as in Frames)."""

    t_ns: int
    down: bool
