"""The integer front end: frames of raw counts become hops of 100 ms of frame time, exactly.

Everything up to the mean of a hop is integer arithmetic, so the result does not depend on how many frames
arrive in a block. A frame belongs to the hop its time falls into; the frame index is never time, because the
chips run freely (92.8 Hz has been seen for "80", 11.7 for "10"). Hops that are complete come out together, but
never over a whole second of frame time: what a caller changes takes effect from the next second on, so that
feedback does not depend on the blocks either.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from firmware.signal.samples import Samples
from firmware.signal.seconds import SECOND_HOPS
from firmware.types import Counts, Flags, IntArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.types import Frames

HOP_NS = 100_000_000
HOP_S = 0.1
BUFFER_FRAMES = 512


@dataclass(frozen=True, slots=True)
class FrontEndSettings:
    """hold_s: a silent cell keeps its last mean so long (three periods at 10 samples/s), then it is lost.

    gap_s: so long a gap between frames is filled with empty hops, one by one; after it time jumps.
    """

    hold_s: float = 0.35
    gap_s: float = 90.0


@dataclass(frozen=True, slots=True)
class Hops:
    """Up to ten hops on end. t_s (hops,) are their ends; means (hops, cells) counts; lost (hops, cells) or None."""

    t_s: list[float]
    means: npt.NDArray[np.float64]
    lost: npt.NDArray[np.bool_] | None


class FrontEnd:
    """Sum and number of valid, median-filtered samples of each cell for each hop; see Samples for what is valid."""

    def __init__(self, low: Counts, high: Counts, settings: FrontEndSettings | None = None) -> None:
        chosen = settings or FrontEndSettings()
        cells = len(low)
        self._hold_hops = round(chosen.hold_s / HOP_S)
        self._gap_hops = round(chosen.gap_s / HOP_S)
        self._samples = Samples(low, high, self._hold_hops)
        self._origin_ns: int | None = None
        self._hop = 0  # number of the open hop; hop 0 begins with the first frame
        self._hop_end_ns = 0
        self._filled = 0
        self._times = np.zeros(BUFFER_FRAMES, np.int64)
        self._rows = np.zeros((BUFFER_FRAMES, cells), np.int32)
        self._flags = np.zeros((BUFFER_FRAMES, cells), np.uint8)
        self.newest = np.zeros(cells, np.int32), np.zeros(cells, np.uint8)  # codes and flags of the last frame
        self._held = np.zeros(cells)
        self._silent_hops = np.full(cells, self._hold_hops + 1)
        self._all_heard = False

    def set_limits(self, low: Counts, high: Counts) -> None:
        """Change what counts as a reading, from the next second on. Call it between blocks of Hops only."""
        self._samples.plausible.set_limits(low, high)

    def refer(self, level: npt.NDArray[np.float64], jump: npt.NDArray[np.float64]) -> None:
        """Say where the cells (cells,) are at the end of a second; a lone sample farther away than jump is wrong."""
        self._samples.plausible.refer(level, jump)

    def seconds(self, t_ns: int) -> float:
        """Seconds from the first frame to a frame time in nanoseconds; 0.0 before the first."""
        return 0.0 if self._origin_ns is None else (t_ns - self._origin_ns) / 1e9

    @property
    def second_over(self) -> bool:
        """Whether the hops that were just given end a second."""
        return self._hop % SECOND_HOPS == 0

    def absorb(self, frames: "Frames") -> bool:
        """Take a block that completes no hop; false, and nothing taken, when it does. The quick way when live."""
        times, filled = frames.t_ns, self._filled
        if len(times) != 1 or filled == BUFFER_FRAMES or times[0] >= self._hop_end_ns:
            return False
        self._times[filled] = times[0]
        self._rows[filled] = frames.counts[0]
        self._flags[filled] = frames.status[0]
        self._filled = filled + 1
        return True

    def feed(self, frames: "Frames") -> "Iterator[Hops]":
        """Take a block; yield the hops that it completes, at most a second of them at a time."""
        times, start, total = frames.t_ns, 0, len(frames)
        if self._origin_ns is None and total:
            self._origin_ns = int(times[0])
            self._hop_end_ns = self._origin_ns + HOP_NS
        while start < total:
            next_ns = int(times[start])
            if next_ns >= self._hop_end_ns:
                yield self._close(next_ns)
                self._skip_long_gap(next_ns)
                continue
            second_end_ns = self._second_end_ns()
            stop = total if int(times[-1]) < second_end_ns else int(np.searchsorted(times, second_end_ns))
            stop = min(stop, start + BUFFER_FRAMES - self._filled)
            self._store(times[start:stop], frames.counts[start:stop], frames.status[start:stop])
            start = stop
            if start == total and int(times[-1]) >= self._hop_end_ns:
                yield self._close(int(times[-1]))
            elif self._filled == BUFFER_FRAMES and start < total and int(times[start]) < self._hop_end_ns:
                self._spill()

    def flush(self) -> "Iterator[Hops]":
        """Close the hop that is under way, at the end of a recording."""
        if self._origin_ns is not None:
            yield self._close(self._hop_end_ns)

    def _second_end_ns(self) -> int:
        return self._hop_end_ns + (SECOND_HOPS - 1 - self._hop % SECOND_HOPS) * HOP_NS

    def _store(self, times: IntArray, counts: Counts, flags: Flags) -> None:
        filled = self._filled
        self._filled = end = filled + len(times)
        self._times[filled:end] = times
        self._rows[filled:end] = counts
        self._flags[filled:end] = flags

    def _spill(self) -> None:
        """Make room: frames of the open hop are added up; those of complete ones were closed before."""
        self._samples.add(self._rows[: self._filled], self._flags[: self._filled], self._hop, None)
        self._filled = 0

    def _skip_long_gap(self, next_ns: int) -> None:
        missing_hops = (next_ns - self._hop_end_ns) // HOP_NS
        if missing_hops > self._gap_hops:
            skipped = missing_hops - self._gap_hops
            self._hop += skipped
            self._hop_end_ns += skipped * HOP_NS

    def _close(self, until_ns: int) -> Hops:
        """Close the open hop and those after it that end at or before until_ns, but none beyond the second."""
        number = 1 + (until_ns - self._hop_end_ns) // HOP_NS
        if number > 1:
            number = min(number, SECOND_HOPS - self._hop % SECOND_HOPS)
        end_ns = self._hop_end_ns + (number - 1) * HOP_NS
        ready = filled = self._filled
        if filled and self._times[filled - 1] >= end_ns:
            ready = int(np.searchsorted(self._times[:filled], end_ns))
        bounds = None
        if number > 1:
            starts_ns = self._hop_end_ns + HOP_NS * np.arange(-1, number)
            bounds = np.searchsorted(self._times[:ready], starts_ns)
        self._samples.add(self._rows[:ready], self._flags[:ready], self._hop, bounds)
        if ready:
            self.newest = self._rows[ready - 1].copy(), self._flags[ready - 1].copy()
        if ready < filled:
            for array in (self._times, self._rows, self._flags):
                array[: filled - ready] = array[ready:filled]
        self._filled = filled - ready
        t_s = [self.seconds(self._hop_end_ns + hop * HOP_NS) for hop in range(number)]
        self._hop += number
        self._hop_end_ns = end_ns + HOP_NS
        means, lost = self._hold(*self._samples.take())
        return Hops(t_s, means, lost)

    def _hold(self, sums: IntArray, numbers: IntArray) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_] | None]:
        """Means of the hops; a cell without samples keeps its last mean, and is lost when that is too old."""
        if self._all_heard and np.logical_and.reduce(numbers, axis=None):
            means = sums / numbers
            self._held = means[-1]
            return means, None
        means = np.empty(sums.shape)
        lost = np.empty(sums.shape, np.bool_)
        held = self._held.copy()
        numbers = np.broadcast_to(numbers, sums.shape)
        for hop, (total, seen) in enumerate(zip(sums, numbers > 0, strict=True)):
            np.divide(total, numbers[hop], out=held, where=seen)
            self._silent_hops += 1
            self._silent_hops[seen] = 0
            means[hop] = held
            lost[hop] = self._silent_hops > self._hold_hops
        self._held = held
        self._all_heard = not self._silent_hops.any()
        return means, lost if lost.any() else None
