"""Reads all HX711 of a mat, whatever they and the operating system do.

Rules of this file: a bank is clocked only when every chip that is waited for is ready and none can update before
the read ends; every value is checked after the 25th pulse; every wait has a deadline; a doubtful value is a flag in
the frame, never an exception and never a number that looks right. A frame of all cells comes out at the pace of the
slowest chip, and when chips are silent it comes out all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

import numpy as np

from firmware.drivers import readout as pulses
from firmware.drivers.bank import SLOW_READ_NS, Bank
from firmware.drivers.cell import MS, Cell
from firmware.drivers.decode import Counts, Flags, decode, flag_codes
from firmware.drivers.lines import Lines
from firmware.drivers.readout import PULSES, Readout
from firmware.frames import Status

HELD_BACK: Final = 1.25  # periods after the last frame at which no bank waits for another one any more
LATE_FRAME: Final = 1.5  # periods after the last frame at which one comes out with what there is
SHORTEST_SLEEP_NS: Final = 50_000  # a shorter wait is not worth a sleep
IDLE_NS: Final = 100 * MS  # between frames while all cells are given up: enough to say so, and cheap
REFUSED_NS: Final = 10 * MS  # so long nothing is tried after the operating system refused an operation
GONE_NS: Final = 1_000 * MS  # refused for so long without a break: these lines will not come back
GONE: Final = "the lines of the cells went away while they were in use"
_HOLD_LAST: Final = np.uint8(
    0xFF & ~(Status.SATURATED | Status.SUSPECT)
)  # with one of these the last good code is shown


@dataclass(frozen=True, slots=True)
class Frame:
    """One reading of all cells: t_ns of the last ready edge, counts (cells,) int32, status (cells,) uint8."""

    seq: int
    t_ns: int
    counts: Counts
    status: Flags


class BankReader:
    """Twelve chips (or any number) on one clock, one per row, or one each.

    banks[b] lists the cells on clock line b; rate_hz is what the board is set to, and only a first guess: each chip's
    own period is learned from its edges. line_errors counts operations that the operating system refused. on_shot,
    where given, hears of every clocking-out; clock_out is how a bank is clocked out where the backend has a way of its
    own.
    """

    def __init__(
        self,
        lines: Lines,
        banks: Sequence[tuple[int, ...]],
        cells: int,
        rate_hz: float,
        *,
        on_readout: Callable[[Readout], None] | None = None,
        clock_out: Callable[[int], Readout] | None = None,
    ) -> None:
        if sorted(cell for bank in banks for cell in bank) != list(range(cells)):
            raise ValueError(f"banks are {list(banks)}; each of the cells 0 to {cells - 1} must be in one of them")
        if rate_hz <= 0:
            raise ValueError(f"rate_hz is {rate_hz}; an HX711 gives 10 or 80 samples a second")
        self.cells = tuple(Cell(index) for index in range(cells))
        self.line_errors = 0
        self._lines = lines
        self._refused_ns: int | None = None
        self._refusal = ""
        self._on_readout = on_readout
        self._clock_out = clock_out or partial(pulses.clock_out, lines)
        self._banks = tuple(Bank(number, tuple(self.cells[i] for i in bank)) for number, bank in enumerate(banks))
        self._wiring = sorted(((b, c) for b in self._banks for c in b.cells), key=lambda wire: wire[1].index)
        self._lanes = np.array([[bank.mask] for bank in self._banks], np.int64)
        self._nominal_ns = 1e9 / rate_hz
        self._counts = np.zeros(cells, np.int32)
        self._seq = 0
        self._fresh = 0
        self._word = (1 << cells) - 1
        self._sampled_ns = self._seen_ns = lines.now_ns()
        self._emitted_ns = self._stamp_ns = self._sampled_ns
        self._period_ns = self._nominal_ns
        self._lines_lost = True

    def read_frame(self, timeout_s: float) -> Frame | None:
        """Give the next frame; None when none was due within timeout_s. Never raises, never waits longer."""
        end_ns = self._lines.now_ns() + timeout_s * 1e9
        while True:
            try:
                now_ns = self._work(end_ns)
                self._refused_ns = None
            except OSError as error:
                now_ns = self._line_failure(error)
            if self._due(now_ns):
                return self._emit(now_ns)
            if now_ns >= end_ns:
                return None

    @property
    def gone(self) -> str:
        """Why new lines are needed, in words: these were refused for a second on end. Empty while they were not."""
        if self._refused_ns is None or self._lines.now_ns() - self._refused_ns < GONE_NS:
            return ""
        return f"{GONE} ({self._refusal})"

    def _due(self, now_ns: int) -> bool:
        awaited = 0
        for bank in self._banks:
            if bank.high_until_ns is None and bank.settled_ns <= now_ns:
                awaited |= bank.live_mask
        if awaited and not self._lines_lost:
            return not awaited & ~self._fresh or now_ns >= self._emitted_ns + LATE_FRAME * self._period_ns
        return now_ns >= self._emitted_ns + self._period_ns

    def _work(self, end_ns: float) -> int:
        """Wait for the next thing to look at, look, and read the banks that can be read."""
        lines = self._lines
        if self._lines_lost:
            self._reset_all()
        self._arrange()
        wake_ns = min(bank.wake_ns() for bank in self._banks)
        frame_ns = self._emitted_ns + (LATE_FRAME if any(bank.live for bank in self._banks) else 1.0) * self._period_ns
        until_ns = min(wake_ns, frame_ns, end_ns)
        order = sorted(self._banks, key=lambda bank: bank.next_update_ns(until_ns))
        before_ns = lines.now_ns()
        if until_ns - before_ns > SHORTEST_SLEEP_NS:
            lines.sleep_ns(
                int(until_ns - before_ns - SHORTEST_SLEEP_NS)
            )  # the system adds as much, but not for real time
            before_ns = lines.now_ns()
            if until_ns > before_ns:
                lines.sleep_ns(int(until_ns - before_ns))
                before_ns = lines.now_ns()
        word = lines.read_all()
        self._observe(word, before_ns, lines.now_ns())
        for bank in self._banks:
            if bank.high_until_ns is not None and self._seen_ns >= bank.high_until_ns:
                bank.end_reset(lines)
        self._arrange()
        while any(self._read_if_clear(bank) for bank in order):
            pass
        return lines.now_ns()

    def _arrange(self) -> None:
        """Let all banks be read together, once a frame, when the last is ready.

        One look shows that; the last one of each read is the look before the next. A bank still being learned is read
        whenever it is ready, and one that is late holds nobody back for long.
        """
        for bank in self._banks:
            bank.expect(self._word, self._sampled_ns)
        awaited = [bank for bank in self._banks if bank.steady and bank.live_mask & ~self._fresh]
        held_ns = self._emitted_ns + HELD_BACK * self._period_ns
        together_ns = min(max((bank.ready_ns for bank in awaited), default=0.0), held_ns)
        for bank in self._banks:
            bank.from_ns = together_ns if bank in awaited else 0.0

    def _read_if_clear(self, bank: Bank) -> bool:
        """Read a bank if it can be read now. The soonest to update comes first: the others can wait."""
        if bank.high_until_ns is not None or not bank.live_mask or self._word & bank.live_mask:
            return False
        now_ns = self._lines.now_ns()
        if max(bank.quiet_ns, bank.from_ns) > self._sampled_ns or bank.clear_of_updates(now_ns) > now_ns:
            return False
        self._take(bank, self._clock_out(bank.number))
        return True

    def _observe(self, word: int, before_ns: int, after_ns: int) -> None:
        """Take in the levels that were sampled between before_ns and after_ns."""
        changed = self._word ^ word
        if changed:
            for bank in self._banks:
                if changed & bank.mask and bank.high_until_ns is None:
                    self._observe_bank(bank, changed, word, after_ns)
        self._word = word
        self._sampled_ns, self._seen_ns = before_ns, after_ns

    def _observe_bank(self, bank: Bank, changed: int, word: int, after_ns: int) -> None:
        for cell in bank.cells:
            bit = 1 << cell.index
            if changed & bit:
                cell.moved = True
                if not word & bit and self._sampled_ns >= cell.blind_ns:
                    cell.observe_edge(self._sampled_ns, after_ns, bank.released_ns)

    def _take(self, bank: Bank, readout: Readout) -> None:
        """Judge what was clocked out. What the other lines did meanwhile is worth looking at too."""
        others = ~bank.mask
        own = self._word & bank.mask
        ends = (*readout.low_ns[1:], readout.end_ns)
        seen = zip(readout.words, readout.low_ns, ends, strict=True)
        for word, low_ns, after_ns in islice(seen, readout.whole_from, None):
            self._observe(word & others | own, low_ns, after_ns)
        self._word = self._word & others | readout.words[-1] & bank.mask
        bank.take(readout)
        if self._on_readout is not None:
            self._on_readout(readout)
        held_up_ns = readout.end_ns - readout.start_ns - bank.read_ns
        if held_up_ns > SLOW_READ_NS:
            self._emitted_ns += int(held_up_ns)  # no fault of the banks that are still to be read for this frame
        self._fresh |= bank.live_mask
        if readout.stretched:
            bank.start_reset(self._lines, readout.end_ns, brief=True, in_word=len(readout.words) < PULSES)
        else:
            bank.drop_desynced(readout.end_ns)

    def _emit(self, now_ns: int) -> Frame:
        flags = [self._flags(bank, cell, now_ns) for bank, cell in self._wiring]
        status = np.array(flags, np.uint8)
        words = np.array([bank.words for bank in self._banks], np.int64) & self._lanes
        codes = decode(np.bitwise_or.reduce(words, axis=0), len(self.cells))
        status |= np.where(status == 0, flag_codes(codes), np.uint8(0))
        self._counts = np.where(status & _HOLD_LAST, self._counts, codes)
        edges = [bank.edge_ns for bank in self._banks if self._fresh & bank.live_mask]
        self._stamp_ns = max(self._stamp_ns + 1, int(max(edges, default=now_ns)))
        frame = Frame(self._seq, self._stamp_ns, self._counts, status)
        self._seq += 1
        self._fresh = 0
        self._emitted_ns = now_ns
        self._maintain(now_ns)
        return frame

    def _flags(self, bank: Bank, cell: Cell, now_ns: int) -> Status:
        if self._lines_lost:
            return Status.STALE
        if cell.masked or self._fresh >> cell.index & 1:
            return cell.flags
        if bank.high_until_ns is not None or bank.settled_ns > now_ns or not cell.tracker.learned:
            return Status.SETTLING
        return Status.STALE

    def _maintain(self, now_ns: int) -> None:
        """Give up on silent cells, try lost ones again."""
        periods = [cell.tracker.period_ns for cell in self.cells if cell.tracker.learned and not cell.masked]
        self._period_ns = max(periods, default=IDLE_NS if all(cell.dead for cell in self.cells) else self._nominal_ns)
        if self._lines_lost:
            return
        for bank in self._banks:
            if bank.high_until_ns is None:
                bank.drop_silent(self._word, self._sampled_ns)
                if bank.readmit(now_ns):
                    self._reset(bank, now_ns)

    def _reset(self, bank: Bank, now_ns: int) -> None:
        try:
            bank.start_reset(self._lines, now_ns)
        except OSError as error:
            self._line_failure(error)

    def _reset_all(self) -> None:
        for bank in self._banks:
            bank.start_reset(self._lines, self._lines.now_ns())
        self._lines_lost = False

    def _line_failure(self, error: OSError) -> int:
        """The operating system refused an operation. Begin again from a reset, ten milliseconds later: that is now."""
        self.line_errors += 1
        self._refusal = error.strerror or str(error)
        self._lines_lost = True
        if self._refused_ns is None:
            self._refused_ns = self._lines.now_ns()
        self._lines.sleep_ns(REFUSED_NS)
        return self._lines.now_ns()
