"""The chips that share a clock line, and when they can be read without colliding with an update."""

from typing import Final

from firmware.drivers.cell import BUSY_NS, DEAD_NS, MS, SETTLING_PERIODS, Cell
from firmware.drivers.decode import BITS
from firmware.drivers.lines import Lines
from firmware.drivers.readout import Readout
from firmware.enums import Status
from hardware.board import Board

POLL_NS: Final = 250_000  # polling interval for an edge that cannot be predicted
SLOW_POLL_NS: Final = 1_000_000  # the same while the rate is unknown
MARGIN_NS: Final = 20_000
NARROW_NS: Final = 100_000  # an edge bounded this closely needs no poll before it
WATCHED_EDGES: Final = 64  # after so many edges as predicted wider bounds are accepted
LAST_SHARE: Final = 1 / 80  # of a period: bound of the edge that gives a frame its time
WIDE_SHARE: Final = 1 / 40  # of a period: bound of any other edge; reads keep clear of it
RESET_NS: Final = 10 * MS  # clock high; after a shorter one the first value is unreliable, says the Linux driver
BRIEF_RESET_NS: Final = 1 * MS  # enough for a chip that has just powered itself down
NEAR_PERIODS: Final = 3.9  # a chip that hides unsettled conversions shows its first one then
SLOW_READ_NS: Final = 200_000  # a read longer than usual by this is slow


def banks_of(board: Board) -> tuple[tuple[int, ...], ...]:
    """Return the cells on each clock line of a board, in the order of Board.sck_bcm."""
    return tuple(tuple(cell.index for cell in board.cells if cell.bank == bank) for bank in range(len(board.sck_bcm)))


class Bank:
    """The chips on one clock line.

    live_mask has the bits of the active cells. quiet_ns: no read before it; high_until_ns is set while the clock is
    held high for a reset. ready_ns is when all are certainly ready, windows bounds each edge still to come. from_ns: no
    read before it, set by the reader. awaited_ns: when the last edge was certain to have come.
    """

    def __init__(self, number: int, cells: tuple[Cell, ...]) -> None:
        self.number = number
        self.cells = cells
        self.mask = sum(1 << cell.index for cell in cells)
        self.live: tuple[Cell, ...] = cells
        self.live_mask = self.mask
        self.high_until_ns: float | None = None
        self.released_ns = 0.0
        self.quiet_ns = self.settled_ns = 0.0
        self.edge_ns = self.near_ns = 0.0
        self.ready_ns = self.poll_ns = self.from_ns = self.awaited_ns = 0.0
        self.windows: list[tuple[float, float, bool]] = []
        self.read_ns = 400_000.0  # duration of a read; learned
        self.words: list[int] = [0] * BITS

    def count_live(self) -> None:
        """Update live and live_mask from the cells."""
        self.live = tuple(cell for cell in self.cells if not cell.masked)
        self.live_mask = sum(1 << cell.index for cell in self.live)

    def start_reset(self, lines: Lines, t_ns: float, *, brief: bool = False, in_word: bool = False) -> None:
        """Power the chips down: the clock stays high.

        For a chip that was read completely the edge is a 26th pulse, which selects another gain, and the second version
        of the chip keeps that. in_word: the last read was aborted, so the edge is one of the 25.
        """
        lines.set_sck(self.number, level=True)
        self.high_until_ns = t_ns + (BRIEF_RESET_NS if brief else RESET_NS)
        self.quiet_ns = self.high_until_ns
        for cell in self.cells:
            cell.counts.resets += 1
            cell.gain_unsure |= not in_word
            cell.tracker.forget_phase()

    def end_reset(self, lines: Lines) -> None:
        """Power the chips up; they settle for four conversions."""
        lines.set_sck(self.number, level=False)
        now_ns = lines.now_ns()
        self.high_until_ns = None
        self.released_ns = now_ns
        self.quiet_ns = self.settled_ns = now_ns + SETTLING_PERIODS * max(
            cell.tracker.longest_ns for cell in self.cells
        )
        self.near_ns = now_ns + NEAR_PERIODS * min(cell.tracker.shortest_ns for cell in self.cells)
        for cell in self.cells:
            cell.await_edge(now_ns)
            cell.late_ns += 4 * cell.tracker.longest_ns

    def take(self, readout: Readout) -> None:
        """Check a readout for each cell and store its words. No read follows before from_ns is set again."""
        self.from_ns = float("inf")
        took_ns = readout.end_ns - readout.start_ns
        over_ns = took_ns - self.read_ns
        if not readout.stretched:
            self.words = readout.words[:BITS]
            self.read_ns += min(over_ns, SLOW_READ_NS) / (4 if over_ns > 0 else 16)
        ready_ns = min(readout.start_ns, self.awaited_ns)
        trackers = [cell.tracker for cell in self.live if cell.tracker.learned]
        edges = [tracker.last_before(max(ready_ns, tracker.hi_ns)) for tracker in trackers]
        self.edge_ns = max(edges, default=float(readout.start_ns))
        for cell in self.live:
            cell.flags = cell.judge(readout, slow=over_ns > SLOW_READ_NS)
            self.quiet_ns = max(self.quiet_ns, cell.blind_ns)

    def drop_desynced(self, t_ns: float) -> None:
        """Mask the cells that are out of step."""
        self._drop([cell for cell in self.live if cell.lost_step], t_ns, Status.DESYNC)

    def drop_silent(self, word: int, sampled_ns: int) -> None:
        """Mask the cells that are not ready long after their due time. word is the levels at sampled_ns."""
        silent = [cell for cell in self.live if word >> cell.index & 1 and cell.late_ns < sampled_ns]
        for cell in silent:
            cell.counts.silent += 1
        self._drop(silent, sampled_ns, Status.STALE)

    def _drop(self, cells: list[Cell], t_ns: float, cause: Status) -> None:
        for cell in cells:
            cell.fail(t_ns, cause)
        if cells:
            self.count_live()

    def readmit(self, t_ns: float) -> bool:
        """Unmask the cells that are due for a retry. True: the bank needs a reset.

        A dead cell must not disturb its neighbours: unless the whole bank is dead, it is only unmasked when its line
        moved, and without a reset.
        """
        reset = False
        for cell in self.cells:
            if not cell.may_retry(t_ns):
                continue
            if cell.dead and self.live and not cell.moved:
                cell.retry_ns = t_ns + DEAD_NS
                continue
            reset |= not cell.dead or not self.live or not cell.tracker.longest_ns
            cell.masked = False
            cell.tracker.relearn()
            cell.await_edge(t_ns)
        self.count_live()
        return reset

    @property
    def steady(self) -> bool:
        """Whether the edges of all active cells are known well enough to plan reads."""
        return self.high_until_ns is None and bool(self.live) and all(cell.tracker.learned for cell in self.live)

    def expect(self, word: int, sampled_ns: int) -> None:
        """Compute when all are ready. word is the levels at sampled_ns."""
        self.poll_ns = float("inf")
        self.ready_ns = max(self.quiet_ns, float(sampled_ns)) if self.live else self.poll_ns
        self.windows = []
        for cell in self.live:
            if not (word >> cell.index) & 1:
                continue
            if cell.due_ns is None or cell.due_ns[1] <= sampled_ns:
                fine = cell.tracker.longest_ns > 0.0 and sampled_ns >= self.near_ns
                self.poll_ns = min(self.poll_ns, sampled_ns + (POLL_NS if fine else SLOW_POLL_NS))
                self.ready_ns = max(self.ready_ns, self.poll_ns)
            else:
                lo_ns, hi_ns = cell.due_ns
                self.windows.append((max(lo_ns, sampled_ns), hi_ns, cell.tracker.edges >= WATCHED_EDGES))
                self.ready_ns = max(self.ready_ns, hi_ns)
        if word & self.live_mask:
            self.awaited_ns = self.ready_ns

    def wake_ns(self) -> float:
        """Return the time of the next action: a read, or a poll for an edge with wide bounds."""
        if self.high_until_ns is not None:
            return self.high_until_ns
        if not self.live:
            return float("inf")
        last_ns = max(self.ready_ns, self.from_ns)
        period_ns = min(cell.tracker.shortest_ns for cell in self.live)
        known_ns = max(NARROW_NS, LAST_SHARE * period_ns)
        slot_ns = (
            period_ns / len(self.live) - self.read_ns - BUSY_NS - 3 * MARGIN_NS
        )  # a narrower window always leaves a slot
        wide_ns = max(known_ns, min(WIDE_SHARE * period_ns, slot_ns))
        look_ns = self.poll_ns
        for lo_ns, hi_ns, trusted in self.windows:
            enough_ns = NARROW_NS if not trusted else wide_ns if hi_ns < last_ns else known_ns
            if hi_ns - lo_ns > enough_ns:
                look_ns = min(look_ns, (lo_ns + hi_ns) / 2)
        return min(self.clear_of_updates(last_ns), look_ns)

    def next_update_ns(self, t_ns: float) -> float:
        """Return the first time after t_ns at which a chip may update."""
        return min((cell.tracker.next_after(t_ns)[0] for cell in self.live if cell.tracker.learned), default=t_ns)

    def clear_of_updates(self, t_ns: float) -> float:
        """Return the first time from t_ns on at which a read can end before any chip updates.

        t_ns itself if there is none within two conversions: the read will be flagged, but its edges are useful.
        """
        trackers = [cell.tracker for cell in self.live if cell.tracker.learned]
        if not trackers:
            return t_ns
        at_ns = t_ns
        limit_ns = t_ns + 2 * max(tracker.longest_ns for tracker in trackers)
        clear = 0
        turn = 0
        while clear < len(trackers):
            if at_ns > limit_ns:
                return t_ns
            lo_ns, hi_ns = trackers[turn].next_after(at_ns - MARGIN_NS)
            if lo_ns - BUSY_NS - MARGIN_NS < at_ns + self.read_ns:
                at_ns = hi_ns + 2 * MARGIN_NS
                clear = 0
            else:
                clear += 1
            turn = (turn + 1) % len(trackers)
        return at_ns
