"""The wires between virtual chips and a driver: one clock of whole nanoseconds, advanced by what the driver does.

Nothing here sleeps: every line operation costs time on that clock, and a sleep is a jump. So a driver meets exactly
the delays, stalls and late wake-ups that a test sets, and the test runs as fast as the computer can count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sim.chips.chip import NEVER_NS, VirtualHx711
from sim.sensors.faults import CellFaultCommand

LINE_OPERATION_NS: Final = (
    3_000  # one line operation: between RPi.GPIO on a Pi 4 (2 us) and a character device on a Zero 2 W (6 us)
)
CLOCK_READING_NS: Final = 100  # one reading of the clock
WAKEUP_DELAY_NS: Final = 60_000  # Linux wakes a sleeper about so much late (timer slack 50 us)


@dataclass(frozen=True, slots=True)
class RandomStalls:
    """Another process has the processor: how often per line operation, and for how long (uniform between the two)."""

    probability: float = 0.0
    shortest_ns: int = 20_000
    longest_ns: int = 5_000_000
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability is {self.probability}; it is a share, 0 to 1")
        if not 0 <= self.shortest_ns <= self.longest_ns:
            raise ValueError(f"stalls from {self.shortest_ns} to {self.longest_ns} ns: the first is the shorter one")

    def lengths(self) -> Iterator[int]:
        """Yield the stall of each operation: positive before the line is touched, negative after, mostly 0."""
        chance = np.random.default_rng(self.seed)
        while True:
            happens = chance.random(4096) < self.probability
            lengths = chance.integers(self.shortest_ns, self.longest_ns, 4096, endpoint=True)
            sides = chance.choice((-1, 1), 4096)
            yield from (happens * lengths * sides).tolist()


@dataclass(frozen=True, slots=True)
class PlannedStall:
    """One planned stall: the first pulse after t_ns is held up, while the clock is high or after it fell."""

    t_ns: int
    length_ns: int
    high: bool

    def __post_init__(self) -> None:
        if self.t_ns < 0 or self.length_ns < 0:
            raise ValueError(f"t_ns {self.t_ns} and length_ns {self.length_ns} of a stall cannot be negative")


@dataclass(slots=True)
class LineOperations:
    """Counts of what the driver did with the wires."""

    reads: int = 0
    sets: int = 0
    sleeps: int = 0

    @property
    def lines(self) -> int:
        """Operations on lines; sleeps do not count."""
        return self.reads + self.sets


class VirtualLines:
    """The Lines protocol over virtual chips. banks lists the cells that share a clock line, chips are in cell order.

    t_ns is the time now. operations counts what the driver did, stalled how many operations were held up.
    """

    def __init__(
        self,
        chips: Sequence[VirtualHx711],
        banks: Sequence[Sequence[int]],
        *,
        cost_ns: int = LINE_OPERATION_NS,
        clock_cost_ns: int = CLOCK_READING_NS,
        sleep_late_ns: int = WAKEUP_DELAY_NS,
        stalls: RandomStalls | None = None,
        faults: Sequence[CellFaultCommand] = (),
        start_ns: int = 0,
    ) -> None:
        wired = sorted(cell for bank in banks for cell in bank)
        if wired != list(range(len(chips))):
            raise ValueError(f"banks hold the cells {wired}; each of the {len(chips)} chips must be in one bank")
        self.chips = tuple(chips)
        self.t_ns = start_ns
        self.operations = LineOperations()
        self.stalled = 0
        self._banks = tuple(tuple((chips[cell], 1 << cell) for cell in bank) for bank in banks)
        self._high: set[int] = set()
        self._cost_ns = cost_ns
        self._clock_cost_ns = clock_cost_ns
        self._sleep_late_ns = sleep_late_ns
        self._stalls = (stalls or RandomStalls()).lengths()
        self._faults = sorted(faults, key=lambda fault: fault.t_ns, reverse=True)
        self._planned: list[PlannedStall] = []
        self._fell = False  # the last operation was a falling clock edge
        self._word = 0
        self._next_ns = 0  # the first change from inside any chip, or a fault
        self._advance()

    def read_all(self) -> int:
        """Levels of all data lines, bit i = cell i."""
        self.operations.reads += 1
        stall_ns = self._begin(pulse=self._fell, high=False)
        self._fell = False
        if self.t_ns >= self._next_ns or self._high:
            self._advance()
        if stall_ns < 0:
            self.t_ns -= stall_ns
        return self._word

    def set_sck(self, bank: int, *, level: bool) -> None:
        """Drive the clock line of a bank."""
        self.operations.sets += 1
        stall_ns = self._begin(pulse=not level, high=True)
        self._fell = not level
        if self._faults and self.t_ns >= self._faults[-1].t_ns:
            self._advance()
        if level != (bank in self._high):
            self._clock(bank, level=level)
        if stall_ns < 0:
            self.t_ns -= stall_ns

    def now_ns(self) -> int:
        """Nanoseconds on the virtual clock."""
        self.t_ns += self._clock_cost_ns
        return self.t_ns

    def sleep_ns(self, duration_ns: int) -> None:
        """Advance the clock, plus the delay with which Linux wakes a sleeper."""
        self.operations.sleeps += 1
        self.t_ns += max(duration_ns, 0) + self._sleep_late_ns

    def close(self) -> None:
        """Leave the clock lines low."""
        for bank in tuple(self._high):
            self._clock(bank, level=False)

    def break_cell(self, fault: CellFaultCommand) -> None:
        """Add a fault to those that are still to come; one whose time has passed happens at once."""
        self._faults.append(replace(fault, t_ns=max(fault.t_ns, self.t_ns)))
        self._faults.sort(key=lambda one: one.t_ns, reverse=True)
        self._advance()

    def hold_up(self, stall: PlannedStall) -> None:
        """Plan one stall."""
        self._planned.append(stall)

    def _begin(self, *, pulse: bool, high: bool) -> int:
        """Spend the time of one operation, and of a stall before it; return the stall."""
        stall_ns = next(self._stalls)
        if self._planned and pulse:
            due = [stall for stall in self._planned if stall.high is high and stall.t_ns <= self.t_ns]
            for stall in due:
                self._planned.remove(stall)
                stall_ns = max(stall_ns, stall.length_ns)
        if stall_ns:
            self.stalled += 1
            self.t_ns += max(stall_ns, 0)
        self.t_ns += self._cost_ns
        return stall_ns

    def _clock(self, bank: int, *, level: bool) -> None:
        now_ns = self.t_ns
        word, next_ns = self._word, self._next_ns
        (self._high.add if level else self._high.discard)(bank)
        for chip, bit in self._banks[bank]:
            if level:
                chip.rise(now_ns)
            else:
                chip.fall(now_ns)
            word = word | bit if chip.dout else word & ~bit
            if chip.next_ns < next_ns:  # noqa: PLR1730 - half of the time of min(), eight million times a test
                next_ns = chip.next_ns
        self._word, self._next_ns = word, next_ns

    def _advance(self) -> None:
        """Advance every chip to now, and apply the faults that are due."""
        now_ns = self.t_ns
        while self._faults and self._faults[-1].t_ns <= now_ns:
            fault = self._faults.pop()
            self.chips[fault.cell].apply(fault.kind, fault.t_ns)
        word, next_ns = 0, self._faults[-1].t_ns if self._faults else NEVER_NS
        for cell, chip in enumerate(self.chips):
            word |= chip.level(now_ns) << cell
            next_ns = min(next_ns, chip.next_ns)
        self._word, self._next_ns = word, next_ns
