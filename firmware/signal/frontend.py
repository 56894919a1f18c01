"""The integer front end: frames of raw counts become hops of 100 ms of frame time, exactly.

Everything up to the mean of a hop is integer arithmetic, so the result does not depend on how many frames
arrive in a block. A frame belongs to the hop its time falls into; the frame index is never time, because the
chips run freely (92.8 Hz has been seen for "80", 11.7 for "10"). Hops that are complete come out together, but
never over a whole second of frame time: what a caller changes takes effect from the next second on, so that
feedback does not depend on the blocks either.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from firmware.frames import Counts, Flags
from firmware.signal.median_filter import Floats, MedianFilter
from firmware.signal.outlier_gate import MOST_FRAMES
from firmware.signal.seconds import SECOND_HOPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.frames import Frames

HOP_NS = 100_000_000
HOP_S = 0.1


@dataclass(frozen=True, slots=True)
class FrontEndSettings:
    """hold_s: a silent cell keeps its last mean so long (three periods at 10 samples/s), then it is lost.

    gap_s: so long a gap between frames is filled with empty hops, one by one; after it time jumps.
    """

    hold_s: float = 0.35
    gap_s: float = 90.0


# Up to ten hops on end: their ends in seconds (hops,), means (hops, cells) in counts, and which (hops, cells) of them
# are lost, None for none. A plain tuple: it is made ten times a second.
Hops = tuple[list[float], Floats, npt.NDArray[np.bool_] | None]


class FrontEnd:
    """Sum and number of valid, median-filtered samples of each cell for each hop; see Samples for what is valid."""

    def __init__(self, low: Counts, high: Counts, settings: FrontEndSettings | None = None) -> None:
        chosen = settings or FrontEndSettings()
        cells = len(low)
        self._hold_hops = round(chosen.hold_s / HOP_S)
        self._gap_ns = round(chosen.gap_s / HOP_S) * HOP_NS
        self._samples = MedianFilter(low, high, self._hold_hops)
        self._origin_ns: int | None = None
        self.second_over = False  # whether the hops that were given last end a second
        self._hop = 0  # number of the open hop; hop 0 begins with the first frame
        self._hop_end_ns = 0
        self._times: list[int] = []  # of the frames that are in no hop yet
        self._rows = self._samples.rows
        self._flags = np.zeros((MOST_FRAMES, cells), np.uint8)
        self._flagged = False
        self._memory, self._row_size = self._rows.data.cast("B"), cells * self._rows.itemsize
        self._alone: list[Frames] = []  # frames that came one by one and are not in the rows yet
        self._spilled: tuple[Floats, Floats] | None = None  # of the open hop, when it has more frames than rows
        self.newest = np.zeros(cells, np.int32), np.zeros(cells, np.uint8)  # codes and flags at the end of the second
        self._held = np.zeros(cells)
        self._silent_hops = np.full(cells, self._hold_hops + 1)
        self._all_heard = False

    def set_limits(self, low: Counts, high: Counts) -> None:
        """Change what counts as a reading, from the next second on. Call it between blocks of Hops only."""
        self._samples.plausible.set_limits(low, high)

    def refer(self, level: Floats, jump: Floats) -> None:
        """Say where the cells (cells,) are at the end of a second; a lone sample farther away than jump is wrong."""
        self._samples.plausible.refer(level, jump)

    def seconds(self, t_ns: int) -> float:
        """Seconds from the first frame to a frame time in nanoseconds; 0.0 before the first."""
        return 0.0 if self._origin_ns is None else (t_ns - self._origin_ns) / 1e9

    def absorb(self, frames: "Frames") -> bool:
        """Take a block that completes no hop; false, and nothing taken, when it does. The quick way when live."""
        times = self._times
        try:
            t_ns: int = frames.t_ns.item()
        except ValueError:  # not one frame
            return False
        if t_ns >= self._hop_end_ns or len(times) == MOST_FRAMES:
            return False
        times.append(t_ns)
        self._alone.append(frames)
        return True

    def feed(self, frames: "Frames") -> "Iterator[Hops]":
        """Take a block; yield the hops that it completes, at most a second of them at a time."""
        times, start = frames.t_ns.tolist(), 0
        total = len(times)
        if self._origin_ns is None and total:
            self._origin_ns = times[0]
            self._hop_end_ns = times[0] + HOP_NS
        while start < total:
            next_ns = times[start]
            if next_ns >= self._hop_end_ns:
                yield self._close(next_ns)
                if next_ns - self._hop_end_ns >= self._gap_ns:
                    self._skip_long_gap(next_ns)
                continue
            if total == 1 and self.absorb(frames):
                return
            second_end_ns = self._second_end_ns()
            stop = total if times[-1] < second_end_ns else bisect_left(times, second_end_ns, start)
            stop = min(stop, start + MOST_FRAMES - len(self._times))
            self._store(times[start:stop], frames.counts[start:stop], frames.status[start:stop])
            start = stop
            if start == total and times[-1] >= self._hop_end_ns:
                yield self._close(times[-1])
            elif len(self._times) == MOST_FRAMES and start < total and times[start] < self._hop_end_ns:
                self._spill()

    def flush(self) -> "Iterator[Hops]":
        """Close the hop that is under way, at the end of a recording."""
        if self._origin_ns is not None:
            yield self._close(self._hop_end_ns)

    def _gather(self) -> None:
        """Write the frames that came one by one behind the others, as bytes: a third of the time of arrays."""
        alone, end = self._alone, len(self._times)
        if not alone:
            return
        start = end - len(alone)
        rows = slice(start * self._row_size, end * self._row_size)
        self._memory[rows] = b"".join(cast("list[bytes]", [frames.counts for frames in alone]))
        flags = b"".join(cast("list[bytes]", [frames.status for frames in alone]))
        if flags != bytes(len(flags)):
            self._flags[start:end] = np.frombuffer(flags, np.uint8).reshape(end - start, -1)
            self._flagged = True
        alone.clear()

    def _second_end_ns(self) -> int:
        return self._hop_end_ns + (SECOND_HOPS - 1 - self._hop % SECOND_HOPS) * HOP_NS

    def _store(self, times: list[int], counts: Counts, flags: Flags) -> None:
        self._gather()
        filled = len(self._times)
        end = filled + len(times)
        self._times += times
        self._rows[filled:end] = counts
        if flags.tobytes() != bytes(flags.size):
            self._flags[filled:end] = flags
            self._flagged = True

    def _spill(self) -> None:
        """Make room: frames of the open hop are added up; those of complete ones were closed before."""
        flags = self._flags[: len(self._times)] if self._flagged else None
        totals, numbers, _ = self._samples.sums([0, len(self._times)], flags, self._hop)
        if self._spilled is not None:
            numbers, _ = self._add_spilled(totals, numbers)
        self._spilled = totals, np.broadcast_to(numbers, totals.shape).copy()
        self._drop(len(self._times))

    def _add_spilled(self, totals: Floats, numbers: Floats) -> tuple[Floats, bool]:
        """Add what was added up before to the first hop; give the numbers, and whether there is no 0 in them."""
        assert self._spilled is not None  # noqa: S101 - asked for by every caller
        (spilled, more), self._spilled = self._spilled, None
        numbers = np.broadcast_to(numbers, totals.shape).copy()
        totals[0] += spilled[0]
        numbers[0] += more[0]
        return numbers, bool(numbers.all())

    def _drop(self, done: int) -> None:
        """Forget the first frames; what is left moves up."""
        left = len(self._times) - done
        del self._times[:done]
        if left:
            self._rows[:left] = self._rows[done : done + left]
        if self._flagged:
            self._flags[:left] = self._flags[done : done + left]
            self._flags[left:] = 0
            self._flagged = bool(self._flags.any())

    def _skip_long_gap(self, next_ns: int) -> None:
        skipped = (next_ns - self._hop_end_ns - self._gap_ns) // HOP_NS
        self._hop += skipped
        self._hop_end_ns += skipped * HOP_NS

    def _close(self, until_ns: int) -> Hops:
        """Close the open hop and those after it that end at or before until_ns, but none beyond the second."""
        self._gather()
        times, end_ns, origin_ns = self._times, self._hop_end_ns, self._origin_ns or 0
        bounds, t_s = [0, bisect_left(times, end_ns)], [(end_ns - origin_ns) / 1e9]
        left = SECOND_HOPS - 1 - self._hop % SECOND_HOPS
        while left and until_ns >= end_ns + HOP_NS:
            end_ns += HOP_NS
            t_s.append((end_ns - origin_ns) / 1e9)
            bounds.append(bisect_left(times, end_ns))
            left -= 1
        self._hop_end_ns = end_ns + HOP_NS
        ready = bounds[-1]
        totals, numbers, whole = self._samples.sums(bounds, self._flags[:ready] if self._flagged else None, self._hop)
        if self._spilled is not None:
            numbers, whole = self._add_spilled(totals, numbers)
        self._hop += len(t_s)
        self.second_over = not left
        if ready and not left:
            self.newest = self._rows[ready - 1].copy(), self._flags[ready - 1].copy()
        if self._flagged or ready < len(times):
            self._drop(ready)
        else:
            times.clear()
        if whole and self._all_heard:
            means = totals / numbers
            self._held = means[-1]
            return t_s, means, None
        return t_s, *self._hold(totals, numbers)

    def _hold(self, totals: Floats, numbers: Floats) -> tuple[Floats, npt.NDArray[np.bool_] | None]:
        """Means of the hops; a cell without samples keeps its last mean, and is lost when that is too old."""
        means = np.empty(totals.shape)
        lost = np.empty(totals.shape, np.bool_)
        held = self._held.copy()
        numbers = np.broadcast_to(numbers, totals.shape)
        for hop, (total, seen) in enumerate(zip(totals, numbers > 0, strict=True)):
            np.divide(total, numbers[hop], out=held, where=seen)
            self._silent_hops += 1
            self._silent_hops[seen] = 0
            means[hop] = held
            lost[hop] = self._silent_hops > self._hold_hops
        self._held = held
        self._all_heard = not self._silent_hops.any()
        return means, lost if lost.any() else None
