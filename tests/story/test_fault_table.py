"""The table of faults: what each one looks like, how soon it is reported, how soon it is over. Nothing here may raise.

A whole empty mat, bit by bit: virtual chips, driver, signal chain. Cell B2 fails at five seconds; as soon as it has
been reported, and ten conversions later at the earliest, it is corrected. What befalls a bank is read on the first cell
that it hits. flag is the reader's first doubt (SETTLING apart), within so many conversions of the slowest chip; OK: the
signal chain alone can see it. reported is what the health watch calls the cell, within so many seconds. back: so many
conversions after the repair, and for a lost cell the wait for the next try, its readings are good again; the word is
taken back within TAKEN_BACK_S.
"""

import dataclasses
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from firmware.drivers.cell import BACK_OFF_NS
from firmware.enums import Status
from firmware.signal.chain import SignalChain
from firmware.signal.health import CellFault as Word
from hardware import board as boards
from sim.chips.virtual_mat import ChipSource
from sim.chips.wires import PlannedStall, VirtualLines
from sim.frames import Bench
from sim.people.story import Story
from sim.sensors.faults import CellFaultCommand, FaultKind

FOUR_CLOCKS = boards.load_board()
ONE_CLOCK = boards.parse_board(re.sub(r"(?m)^sck = .*", "sck = [17]", boards.default_text()))
VICTIM = 4
START_S = 5.0
LONGEST_S = 40.0
LONG_NS = 11_000_000
TAKEN_BACK_S = 12.0  # a word goes as it came, one by one a second

Act = Callable[[VirtualLines], None]


class Row(NamedTuple):
    """One fault, in the words of the page above. What the health watch has no word for is over by itself."""

    what: str
    hit: Act
    flag: Status
    within: float
    reported: Word | None
    reported_s: float
    back: float


def breaks(kind: FaultKind, *cells: int) -> Act:
    def hit(lines: VirtualLines) -> None:
        for cell in cells:
            lines.break_cell(CellFaultCommand(cell, lines.t_ns, kind))

    return hit


def held_up(length_ns: int, *, high: bool) -> Act:
    return lambda lines: lines.hold_up(PlannedStall(lines.t_ns, length_ns, high=high))


ALL = range(12)
ONE_CELL = (
    (FaultKind.UNPLUGGED, Status.STALE, 3.1, Word.LOST, 4, 50),
    (FaultKind.STUCK_HIGH, Status.STALE, 3.1, Word.LOST, 4, 50),
    (FaultKind.STUCK_LOW, Status.DESYNC, 2.1, Word.LOST, 4, 50),
    (FaultKind.SATURATED_HIGH, Status.SATURATED, 2.1, Word.SATURATED, 4, 2.1),
    (FaultKind.SATURATED_LOW, Status.SATURATED, 2.1, Word.SATURATED, 4, 2.1),
    (FaultKind.FLOATING, Status.OK, 0, Word.FLOATING, 5, 2.1),
    (FaultKind.FROZEN, Status.OK, 0, Word.STUCK, 12, 2.1),
    (FaultKind.NOISY, Status.OK, 0, Word.NOISY, 20, 2.1),
    (FaultKind.BROWN_OUT, Status.STALE, 3.1, None, 0, 24),
    (FaultKind.GLITCH, Status.SUSPECT, 2.1, None, 0, 3.1),
)
TABLE = (
    *(Row(kind.value, breaks(kind, VICTIM), *limits) for kind, *limits in ONE_CELL),
    Row("all unplugged", breaks(FaultKind.UNPLUGGED, *ALL), Status.STALE, 3.1, Word.LOST, 4, 50),
    Row("clock held high", held_up(3_000_000, high=True), Status.STRETCHED, 2.1, None, 0, 8),
    Row("held up, clock low", held_up(LONG_NS, high=False), Status.COLLISION, 2.1, None, 0, 3.1),
)


class Seen(NamedTuple):
    """A frame: when it came, the flags and the words of all cells."""

    t_ns: int
    flags: tuple[int, ...]
    words: tuple[Word | None, ...]


class EmptyMat:
    """An empty mat that is read, and what was seen of it."""

    def __init__(self, board: boards.Board, rate_hz: int) -> None:
        """Read it until it is steady."""
        bench = Bench(Story("empty", seconds=100), dataclasses.replace(board, rate_hz=rate_hz), 3, rate_hz=rate_hz)
        self.source = ChipSource(bench)
        self.lines = self.source.lines
        self.chain = SignalChain(bench.board, bench.calibration)
        self.seen: list[Seen] = []
        self.held_up_ns = 0
        self.period_ns = max(chip.period_ns for chip in self.lines.chips)
        self.read_until(lambda: self.lines.t_ns > START_S * 1e9)
        assert self.well

    @property
    def well(self) -> bool:
        """Whether nothing is wrong with any cell just now."""
        return not any(self.seen[-1].flags) and not any(self.seen[-1].words)

    def read_until(self, enough: Callable[[], bool]) -> None:
        """Read on; no frame may come later than one and a half conversions and what it was held up for."""
        end_ns = self.lines.t_ns + LONGEST_S * 1e9
        while not enough():
            before_ns = self.lines.t_ns
            assert before_ns < end_ns
            block = self.source.read(1.0)
            assert block is not None
            assert not self.seen or self.lines.t_ns - before_ns < 1.6 * self.period_ns + self.held_up_ns
            for _ in self.chain.push(block):
                pass
            self.seen.append(Seen(self.lines.t_ns, tuple(block.status[0].tolist()), self.chain.faults))

    def reported(self, word: Word | None) -> bool:
        """Whether the victim is called so; None is no word for any cell."""
        words = self.seen[-1].words
        return words[VICTIM] is word if word else not any(words)


@pytest.mark.parametrize("rate_hz", [80, 10])
@pytest.mark.parametrize("board", [FOUR_CLOCKS, ONE_CLOCK], ids=["four clocks", "one clock"])
@pytest.mark.parametrize("row", TABLE, ids=[row.what for row in TABLE])
def test_fault(row: Row, board: boards.Board, rate_hz: int) -> None:
    """Hit, reported, corrected, well again."""
    mat = EmptyMat(board, rate_hz)
    hit_ns, first = mat.lines.t_ns, len(mat.seen)
    row.hit(mat.lines)
    mat.held_up_ns = 0 if row.reported else LONG_NS
    mat.read_until(lambda: mat.lines.t_ns > hit_ns + 10 * mat.period_ns and mat.reported(row.reported))
    after = mat.seen[first:]
    reported_ns = after[-1].t_ns
    doubtful = [(one.t_ns, cell) for one in after for cell, flags in enumerate(one.flags) if flags & ~Status.SETTLING]
    flagged_ns, victim = doubtful[0] if doubtful and not row.reported else (hit_ns, VICTIM)
    doubts = [(one.t_ns, one.flags[victim] & ~Status.SETTLING) for one in after if one.flags[victim]]
    if row.flag:
        assert Status(doubts[0][1]) is row.flag
        assert doubts[0][0] - hit_ns <= row.within * mat.period_ns
    else:
        assert {flag for _, flag in doubts} <= {Status.SATURATED}, "what swings also comes to the end of the range"
    if row.reported:
        assert reported_ns - hit_ns <= row.reported_s * 1e9
        breaks(FaultKind.OK, *ALL)(mat.lines)
        flagged_ns = reported_ns
    else:
        assert not any(any(one.words) for one in after)
    mat.read_until(lambda: mat.lines.t_ns > flagged_ns + 60 * mat.period_ns and mat.well)
    good_ns = next(one.t_ns for one in mat.seen if one.t_ns > flagged_ns and not one.flags[victim])
    wait_ns = max(BACK_OFF_NS) if row.reported is Word.LOST else 0
    assert good_ns - flagged_ns <= row.back * mat.period_ns + wait_ns
    assert mat.lines.t_ns - good_ns <= max(TAKEN_BACK_S * 1e9, 61 * mat.period_ns)


def test_every_fault_that_can_be_pretended_has_a_row() -> None:
    """And the other way round: a new kind of fault needs its line here."""
    assert {kind.value for kind in FaultKind} - {"ok"} <= {row.what for row in TABLE}
