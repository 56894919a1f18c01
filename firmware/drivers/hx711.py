"""Reader of all HX711 of a mat, robust against faults of chips and operating system.

Rules of this file: a bank is clocked only when every active chip is ready and none can update before the read ends;
every value is checked after the 25th pulse; every wait has a deadline; a doubtful value is a flag in the frame, never
an exception and never a plausible number. Frames come at the rate of the slowest chip, also when chips are silent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from firmware.drivers import readout as pulses
from firmware.drivers.bank import SLOW_READ_NS, Bank
from firmware.drivers.cell import MS, Cell
from firmware.drivers.decode import BITS, decode_words, flag_code
from firmware.drivers.lines import Lines
from firmware.drivers.readout import PULSES, Readout
from firmware.enums import Status

HELD_BACK: Final = 1.25  # periods after the last frame: then no bank waits for another
LATE_FRAME: Final = 1.5  # periods after the last frame: then an incomplete frame is emitted
SHORTEST_SLEEP_NS: Final = 50_000  # a shorter wait is a busy loop
IDLE_NS: Final = 100 * MS  # between frames while all cells are dead
REFUSED_NS: Final = 10 * MS  # pause after a failed operation
GONE_NS: Final = 1_000 * MS  # after failures for this long the lines are gone
GONE: Final = "the lines of the cells went away while they were in use"
_HOLD_LAST: Final = 0xFF & ~(Status.SATURATED | Status.SUSPECT)  # with one of these the last good code is repeated


@dataclass(frozen=True, slots=True)
class RawReading:
    """One reading of all cells: t_ns of the last ready edge, one code and one combination of flags for each cell."""

    seq: int
    t_ns: int
    counts: tuple[int, ...]
    status: tuple[int, ...]


class BankReader:
    """Reads any number of chips on one clock line, one per row, or one each.

    banks[b] lists the cells on clock line b; rate_hz is the nominal rate, used until the period of each chip is
    learned from its edges. line_errors counts failed operations. on_readout, if given, is called for every readout;
    clock_out replaces the common readout function.
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
        self._nominal_ns = 1e9 / rate_hz
        self._counts: tuple[int, ...] = (0,) * cells
        self._seq = 0
        self._fresh = 0
        self._word = (1 << cells) - 1
        self._sampled_ns = self._seen_ns = lines.now_ns()
        self._emitted_ns = self._stamp_ns = self._sampled_ns
        self._period_ns = self._nominal_ns
        self._lines_lost = True

    def read_frame(self, timeout_s: float) -> RawReading | None:
        """Return the next frame; None when none was due within timeout_s. Never raises, never waits longer."""
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
        """Why new lines are needed: every operation failed for a second. Empty while the lines work."""
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
        """Wait for the next action, sample the lines, and read the banks that are ready."""
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
            )  # timer slack, which real-time threads do not have
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
        """Schedule all banks together, once a frame, when the last is ready.

        One sample of the lines shows that; the last sample of each read serves the next. A bank that is not learned is
        read whenever it is ready, and a late bank delays the others only up to HELD_BACK.
        """
        for bank in self._banks:
            bank.expect(self._word, self._sampled_ns)
        awaited = [bank for bank in self._banks if bank.steady and bank.live_mask & ~self._fresh]
        held_ns = self._emitted_ns + HELD_BACK * self._period_ns
        together_ns = min(max((bank.ready_ns for bank in awaited), default=0.0), held_ns)
        for bank in self._banks:
            bank.from_ns = together_ns if bank in awaited else 0.0

    def _read_if_clear(self, bank: Bank) -> bool:
        """Read a bank if it is ready and clear of updates. Banks are tried in the order of their next update."""
        if bank.high_until_ns is not None or not bank.live_mask or self._word & bank.live_mask:
            return False
        now_ns = self._lines.now_ns()
        if max(bank.quiet_ns, bank.from_ns) > self._sampled_ns or bank.clear_of_updates(now_ns) > now_ns:
            return False
        self._take(bank, self._clock_out(bank.number))
        return True

    def _observe(self, word: int, before_ns: int, after_ns: int) -> None:
        """Register the levels sampled between before_ns and after_ns."""
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
        """Process a readout, with the edges of the other lines during it."""
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
            self._emitted_ns += int(held_up_ns)  # the banks still to be read for this frame are not late because of it
        self._fresh |= bank.live_mask
        if readout.stretched:
            bank.start_reset(self._lines, readout.end_ns, brief=True, in_word=len(readout.words) < PULSES)
        else:
            bank.drop_desynced(readout.end_ns)

    def _emit(self, now_ns: int) -> RawReading:
        words = [0] * BITS
        for bank in self._banks:
            words = [word | own & bank.mask for word, own in zip(words, bank.words, strict=True)]
        codes = decode_words(words, len(self.cells))
        flags = [self._flags(bank, cell, now_ns) for bank, cell in self._wiring]
        status = tuple([int(one or flag_code(code)) for one, code in zip(flags, codes, strict=True)])
        readings = zip(status, self._counts, codes, strict=True)
        self._counts = tuple([last if one & _HOLD_LAST else code for one, last, code in readings])
        edges = [bank.edge_ns for bank in self._banks if self._fresh & bank.live_mask]
        self._stamp_ns = max(self._stamp_ns + 1, int(max(edges, default=now_ns)))
        frame = RawReading(self._seq, self._stamp_ns, self._counts, status)
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
        """Mask silent cells, retry masked ones."""
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
        """Handle a failed operation: wait REFUSED_NS, then restart with a reset. Returns the present time."""
        self.line_errors += 1
        self._refusal = error.strerror or str(error)
        self._lines_lost = True
        if self._refused_ns is None:
            self._refused_ns = self._lines.now_ns()
        self._lines.sleep_ns(REFUSED_NS)
        return self._lines.now_ns()
