"""The front end: frames of raw counts in, one mean of each cell for every hop of 100 ms of frame time out.

A frame belongs to the hop that its own time falls into; the frame index is never time, because the chips run freely
(92.8 Hz was measured for "80", 11.7 for "10"). A hop is closed as a whole, by the first frame behind it, so nothing
depends on how the frames were cut into blocks. Limits and levels change between whole seconds only.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from firmware.frames import Counts, Flags
from firmware.signal.median_filter import MedianFilter
from firmware.signal.outlier_gate import OutlierGate
from firmware.signal.seconds import SECOND_HOPS, Cells, Mask

if TYPE_CHECKING:
    from firmware.frames import Frames

HOP_NS: Final = 100_000_000
HOP_S: Final = 0.1
MOST_FRAMES: Final = 4000  # of a hop, far more than any chip gives; frames beyond them are ignored


@dataclass(frozen=True, slots=True)
class FrontEndSettings:
    """hold_s: a silent cell keeps its last mean for this time (three periods at 10 samples/s), then it is lost.

    pause_s: the same for all cells while no frame arrives at all: frames are lost in bursts of about a second.
    gap_s: a gap between frames of at most this length is filled with empty hops; after a longer one, time jumps.
    """

    hold_s: float = 0.35
    pause_s: float = 1.5
    gap_s: float = 90.0


class Hop(NamedTuple):
    """One complete hop: its end in seconds, means (cells,) in counts, and the lost cells (cells,), None for none.

    In an empty hop no frame arrived: its means are old ones.
    """

    t_s: float
    means: Cells
    lost: Mask | None
    ends_second: bool
    empty: bool


class FrontEnd:
    """Cuts frames into hops; outlier gate and median filter give the mean of each. low, high (cells,) are counts."""

    def __init__(self, low: Counts, high: Counts, settings: FrontEndSettings | None = None) -> None:
        chosen = settings or FrontEndSettings()
        cells = len(low)
        self.gate = OutlierGate(low, high)
        self._filter = MedianFilter(cells, round(chosen.hold_s / HOP_S))
        self._pause_hops = round(chosen.pause_s / HOP_S)
        self._empty_hops = 0  # on end, without a frame
        self._held: tuple[Cells, Mask | None] = np.zeros(cells), np.ones(cells, np.bool_)
        self._gap_ns = round(chosen.gap_s / HOP_S) * HOP_NS
        self._origin_ns: int | None = None
        self._hop = 0  # number of the open hop; hop 0 begins with the first frame
        self._end_ns = 0  # of the open hop
        self._times_ns: list[int] = []  # of the frames that are in no hop yet
        self._counts: list[Counts] = []  # of the same frames, block by block
        self._flags: list[Flags] = []
        self.newest = np.zeros(cells, np.int32), np.zeros(cells, np.uint8)  # codes and flags of the last frame

    def seconds(self, t_ns: int) -> float:
        """Seconds from the first frame to a frame time in nanoseconds; 0.0 before the first."""
        return 0.0 if self._origin_ns is None else (t_ns - self._origin_ns) / 1e9

    def push(self, frames: "Frames") -> Iterable[Hop]:
        """Yield each hop that the block completes. Iterate to the end before the next block is pushed."""
        times_ns, newest_ns = self._times_ns, frames.t_ns.tolist()
        if len(times_ns) < MOST_FRAMES or (newest_ns and newest_ns[-1] >= self._end_ns):
            times_ns += newest_ns
            self._counts.append(frames.counts)
            self._flags.append(frames.status)
        return self._complete_hops() if times_ns and times_ns[-1] >= self._end_ns else ()

    def flush(self) -> Iterator[Hop]:
        """Yield the open hop, at the end of a recording."""
        if self._origin_ns is not None:
            yield self._close(np.concatenate(self._counts), np.concatenate(self._flags))

    def _complete_hops(self) -> Iterator[Hop]:
        times_ns = self._times_ns
        if self._origin_ns is None:
            self._origin_ns = times_ns[0]
            self._end_ns = times_ns[0] + HOP_NS
        counts, flags = np.concatenate(self._counts), np.concatenate(self._flags)
        start = 0
        while times_ns[-1] >= self._end_ns:
            end = bisect_left(times_ns, self._end_ns, start)
            yield self._close(counts[start:end], flags[start:end])
            start = end
            self._skip_long_gap(times_ns[start])
        self._times_ns, self._counts, self._flags = times_ns[start:], [counts[start:]], [flags[start:]]

    def _close(self, counts: Counts, flags: Flags) -> Hop:
        """Close the open hop with its frames."""
        counts, flags = counts[:MOST_FRAMES], flags[:MOST_FRAMES]
        self._empty_hops = 0 if len(counts) else self._empty_hops + 1
        if not 0 < self._empty_hops <= self._pause_hops:
            self._held = self._filter.step(counts, self.gate.step(counts, flags))
        means, lost = self._held
        if len(counts):
            self.newest = counts[-1], flags[-1]
        t_s = self.seconds(self._end_ns)
        self._hop += 1
        self._end_ns += HOP_NS
        return Hop(t_s, means, lost, self._hop % SECOND_HOPS == 0, not len(counts))

    def _skip_long_gap(self, next_ns: int) -> None:
        """Let time jump at the end of a second when the next frame is too far away."""
        gap_ns = next_ns - self._end_ns
        if gap_ns >= self._gap_ns and self._hop % SECOND_HOPS == 0:
            skipped = (gap_ns - self._gap_ns) // HOP_NS
            self._hop += skipped
            self._end_ns += skipped * HOP_NS
