"""The state of one chip: its edges, its failures, its next retry."""

from dataclasses import dataclass, field
from typing import Final

from firmware.drivers.edges import EdgeTracker
from firmware.drivers.readout import Readout
from firmware.enums import Status

MS: Final = 1_000_000
FAST_NS: Final = 12_500_000.0  # the two nominal periods
SLOW_NS: Final = 100_000_000.0
BUSY_NS: Final = 75_000  # how long before the ready edge an unread chip raises its data line
FIRST_EDGE_NS: Final = 1_000 * MS  # deadline of the first edge after a reset, at unknown rate
FAST_SLOW_NS: Final = 70 * MS  # first edge after a reset: 9..73 ms at 80 samples/s, 70..580 ms at 10
LATE_PERIODS: Final = 3.0  # then a chip counts as silent
BACK_OFF_NS: Final = (0, 500 * MS, 1_000 * MS, 2_000 * MS, 4_000 * MS)  # before each reset
DEAD_NS: Final = 60_000 * MS  # before a retry of a dead cell
DEAD_EARLY_NS: Final = 10_000 * MS  # the same when its line has moved
SETTLING_PERIODS: Final = 4.05  # the fourth conversion after a reset is the first settled one
GOOD_RUN: Final = 20  # good reads that clear the count of failures
DESYNC_RUN: Final = 3  # of a chip not yet learned: one may be a collision, three in a row cannot


@dataclass(slots=True)
class CellCounts:
    """Counters of one cell since the start."""

    reads: int = 0
    good: int = 0
    silent: int = 0
    stretched: int = 0
    desynced: int = 0
    collided: int = 0
    resets: int = 0


@dataclass(slots=True)
class Cell:
    """State of one chip. flags are those of the last read; due_ns bounds its next ready edge.

    After a doubtful read a chip may be in the middle of a word: until blind_ns, when it has certainly updated, its line
    is ignored. A read without a known period can end a word early and add pulses to it, and so change the gain;
    gain_unsure: the next well-timed read must restore the gain, and four conversions settle after it.
    """

    index: int
    tracker: EdgeTracker = field(default_factory=EdgeTracker)
    counts: CellCounts = field(default_factory=CellCounts)
    flags: Status = Status.SETTLING
    due_ns: tuple[float, float] | None = None
    late_ns: float = 0.0
    settled_ns: float = 0.0
    gain_unsure: bool = True
    masked: bool = False
    moved: bool = False
    failures: int = 0
    retry_ns: float = 0.0
    early_retry_ns: float = 0.0
    blind_ns: float = 0.0
    good_run: int = 0
    desync_run: int = 0

    @property
    def dead(self) -> bool:
        """Whether it is given up: only polled until its line moves again."""
        return self.masked and self.failures > len(BACK_OFF_NS)

    def observe_edge(self, high_ns: int, low_ns: int, released_ns: float) -> None:
        """Register a ready edge between high_ns and low_ns; the last reset of its bank ended at released_ns."""
        tracker = self.tracker
        if not tracker.longest_ns:
            tracker.set_nominal(FAST_NS if high_ns - released_ns < FAST_SLOW_NS else SLOW_NS)
        tracker.observe(high_ns, low_ns)

    def judge(self, readout: Readout, *, slow: bool) -> Status:
        """Return the flags of a readout, and compute when the next edge is due."""
        tracker, counts = self.tracker, self.counts
        counts.reads += 1
        flags = Status.OK
        if readout.stretched:
            counts.stretched += 1
            return Status.STRETCHED
        low = not readout.words[-1] >> self.index & 1
        if not tracker.learned:
            flags |= Status.SETTLING
            self.gain_unsure = True
            if slow or low:
                self.blind_ns = readout.end_ns + tracker.longest_ns
        else:
            if slow or tracker.next_after(readout.start_ns)[0] - BUSY_NS < readout.end_ns:
                counts.collided += 1
                flags |= Status.COLLISION
                self.blind_ns = tracker.surely_after(readout.end_ns)[1]
            if self.gain_unsure:
                self.gain_unsure = False
                self.settled_ns = readout.end_ns + SETTLING_PERIODS * tracker.longest_ns
        if self.settled_ns > readout.start_ns:
            flags |= Status.SETTLING
        self.desync_run = self.desync_run + 1 if low and not flags & Status.COLLISION else 0
        if self.desync_run:
            counts.desynced += 1
            flags |= Status.DESYNC
        self.await_edge(readout.end_ns)
        if not flags:
            self.succeed()
        return flags

    @property
    def lost_step(self) -> bool:
        """Whether it needs a reset: out of step, and not because of collisions."""
        return self.desync_run >= (1 if self.tracker.learned else DESYNC_RUN)

    def may_retry(self, t_ns: float) -> bool:
        """Whether a masked cell is due for a retry."""
        return self.masked and (t_ns >= self.retry_ns or (self.moved and t_ns >= self.early_retry_ns))

    def await_edge(self, t_ns: float) -> None:
        """Compute the bounds of the next ready edge after t_ns."""
        tracker = self.tracker
        self.due_ns = tracker.surely_after(t_ns) if tracker.seen and tracker.longest_ns else None
        self.late_ns = t_ns + (LATE_PERIODS * tracker.longest_ns or FIRST_EDGE_NS)

    def fail(self, t_ns: float, cause: Status) -> None:
        """Mask it for a time that grows with its number of failures."""
        self.failures += 1
        self.masked, self.moved, self.good_run = True, False, 0
        given_up = self.failures > len(BACK_OFF_NS)
        self.retry_ns = t_ns + (DEAD_NS if given_up else BACK_OFF_NS[self.failures - 1])
        self.early_retry_ns = t_ns + DEAD_EARLY_NS if given_up else t_ns if cause is Status.STALE else self.retry_ns
        self.desync_run = 0
        self.flags = Status.DEAD if given_up else cause

    def succeed(self) -> None:
        """Count a good read."""
        self.counts.good += 1
        self.good_run += 1
        if self.good_run >= GOOD_RUN:
            self.failures = 0
