"""Faults that last, and what they cost the others; tests/story/test_fault_table.py has the table of all of them.

Times are in conversions of the slowest chip. Whatever happens, the reader raises nothing and frames go on.
"""

import time
from dataclasses import dataclass

import pytest

from firmware.drivers.cell import BACK_OFF_NS, DEAD_EARLY_NS, DEAD_NS
from firmware.drivers.hx711 import BankReader
from firmware.drivers.readout import Readout
from firmware.enums import Status
from sim.chips.chip import Hx711Settings
from sim.chips.wires import PlannedStall, VirtualLines
from sim.sensors.faults import CellFaultCommand, FaultKind
from tests.doubles.chip_truth import scrambled_chips

Banks = list[tuple[int, ...]]
ROWS: Banks = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)]
ONE: Banks = [tuple(range(12))]
WIRINGS = pytest.mark.parametrize("banks", [ROWS, ONE], ids=["four clocks", "one clock"])
RATES = pytest.mark.parametrize("rate_hz", [80.0, 10.0])
VICTIM = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """A status of the victim and of the worst other cell, with the time of the frame."""

    t_ns: int
    victim: Status
    others: Status


class ReaderRig:
    """Twelve chips at exactly their rate and a reader that has run for forty frames."""

    def __init__(self, banks: Banks, rate_hz: float, *, shows: bool = False) -> None:
        """Start it."""
        self.period_ns = 1e9 / rate_hz
        chips = scrambled_chips(12, rate_hz, settling_shows=shows, seed=3)
        self.lines = VirtualLines(chips, banks)
        self.reader = BankReader(self.lines, banks, 12, rate_hz, on_readout=self.record)
        self.stretched_ns = 0
        self.longest_gap_ns = 0
        self.watch(40)

    def record(self, readout: Readout) -> None:
        """Remember when a clock pulse was too long."""
        if readout.stretched:
            self.stretched_ns = readout.end_ns

    def watch(self, periods: float) -> list[Seen]:
        """Read for so many conversions."""
        seen = []
        end_ns = self.lines.t_ns + periods * self.period_ns
        while self.lines.t_ns < end_ns:
            before_ns = self.lines.t_ns
            frame = self.reader.read_frame(1.0)
            assert frame is not None
            self.longest_gap_ns = max(self.longest_gap_ns, self.lines.t_ns - before_ns)
            others = [int(status) for cell, status in enumerate(frame.status) if cell != VICTIM]
            seen.append(Seen(self.lines.t_ns, Status(int(frame.status[VICTIM])), Status(max(others))))
        return seen

    def hurt(self, kind: FaultKind, *cells: int) -> int:
        """Break cells now; returns the time."""
        for cell in cells or (VICTIM,):
            self.lines.break_cell(CellFaultCommand(cell, self.lines.t_ns, kind))
        return self.lines.t_ns

    def periods(self, seen: list[Seen], flag: Status, since_ns: int) -> float:
        """Return the time to the first frame with the flag, or without any for OK."""
        for one in seen:
            if one.t_ns > since_ns and (flag in one.victim if flag else one.victim is Status.OK):
                return (one.t_ns - since_ns) / self.period_ns
        raise AssertionError(f"{flag!r} never came: {[one.victim.name for one in seen]}")


@WIRINGS
@RATES
@pytest.mark.parametrize(("kind", "flag"), [(FaultKind.UNPLUGGED, Status.STALE), (FaultKind.STUCK_LOW, Status.DESYNC)])
def test_cell_that_stays_broken_becomes_dead_without_harm_to_others(
    *, banks: Banks, rate_hz: float, kind: FaultKind, flag: Status
) -> None:
    """Five resets, each after a longer pause, then DEAD; from then on no other cell is flagged for its sake."""
    mat = ReaderRig(banks, rate_hz)
    mat.hurt(kind)
    resets = mat.reader.cells[VICTIM].counts.resets
    pauses = sum(BACK_OFF_NS) / mat.period_ns
    seen = mat.watch(pauses + 80)
    assert any(flag in one.victim for one in seen)
    assert seen[-1].victim is Status.DEAD
    assert mat.reader.cells[VICTIM].counts.resets - resets == len(BACK_OFF_NS)
    quiet = mat.watch(1.2 * DEAD_NS / mat.period_ns if rate_hz < 80 else 200)
    assert {one.others for one in quiet} == {Status.OK}
    assert {one.victim for one in quiet} == {Status.DEAD}


def test_dead_cell_is_retried_when_its_line_moves() -> None:
    """Found dead, plugged in again half a minute later: good within a second, no reset, the others undisturbed."""
    mat = ReaderRig(ROWS, 80.0)
    mat.hurt(FaultKind.UNPLUGGED)
    mat.watch((sum(BACK_OFF_NS) + 2 * DEAD_EARLY_NS) / mat.period_ns)
    resets = mat.reader.cells[VICTIM].counts.resets
    repaired_ns = mat.hurt(FaultKind.OK)
    seen = mat.watch(80)
    assert mat.periods(seen, Status.OK, repaired_ns) < 80
    assert mat.reader.cells[VICTIM].counts.resets == resets
    stale = sum(one.others is Status.STALE for one in seen)
    assert stale <= 3


@RATES
@WIRINGS
@pytest.mark.parametrize("shows", [False, True])
@pytest.mark.parametrize("length_us", [40, 55, 3_000])
def test_pulse_held_high_costs_four_conversions_of_its_bank(
    *, banks: Banks, rate_hz: float, shows: bool, length_us: int
) -> None:
    """One clock pulse is held up. Below 50 us with its calls: nothing. Above: STRETCHED, a reset, four conversions.

    Good again within the settling time of the data sheet and one conversion: 62.5 ms at 80, 500 ms at 10. Where there
    are several clocks, the frame waits for the other banks: one conversion more at most.
    """
    mat = ReaderRig(banks, rate_hz, shows=shows)
    mat.lines.hold_up(PlannedStall(mat.lines.t_ns, length_us * 1_000, high=True))
    seen = mat.watch(12)
    worst = [one.victim | one.others for one in seen]
    if length_us < 50:
        assert set(worst) == {Status.OK}
        return
    hit = {cell.index for cell in mat.reader.cells if cell.counts.stretched}
    assert hit in [set(bank) for bank in banks]
    assert worst.count(Status.STRETCHED) == 1
    assert Status.SETTLING in worst[worst.index(Status.STRETCHED) + 1 :]
    good_ns = next(
        one.t_ns
        for one, flag, before in zip(seen[1:], worst[1:], worst, strict=False)
        if not flag and before is Status.SETTLING
    )
    assert good_ns - mat.stretched_ns < (5 if len(banks) == 1 else 6) * mat.period_ns
    assert not worst[-1]


@RATES
def test_pause_between_pulses_is_a_collision_only(rate_hz: float) -> None:
    """The driver is held up for most of a conversion with the clock low: one frame is dropped, nothing is reset."""
    mat = ReaderRig(ROWS, rate_hz)
    resets = [cell.counts.resets for cell in mat.reader.cells]
    mat.lines.hold_up(PlannedStall(mat.lines.t_ns, round(0.9 * mat.period_ns), high=False))
    worst = [one.victim | one.others for one in mat.watch(12)]
    assert Status.COLLISION in worst
    assert not Status.STRETCHED & max(worst)
    assert [cell.counts.resets for cell in mat.reader.cells] == resets
    assert sum(flag is not Status.OK for flag in worst) <= 3
    assert not worst[-1]


def test_all_cells_unplugged_cost_hardly_any_work() -> None:
    """Nothing answers: frames go on, all flagged, below 5 % of a processor; plugged in again, all is well."""
    mat = ReaderRig(ROWS, 80.0)
    mat.hurt(FaultKind.UNPLUGGED, *range(12))
    mat.watch(sum(BACK_OFF_NS) / mat.period_ns + 80)
    used_s = -time.thread_time()
    seen = mat.watch(15 * 80)
    used_s += time.thread_time()
    assert {one.victim for one in seen} == {Status.DEAD}
    assert len(seen) > 0.9 * 15 * 10
    assert used_s < 0.05 * 15
    mat.hurt(FaultKind.OK, *range(12))
    assert not mat.watch(80)[-1].victim


def test_failing_lines_are_reported_and_retried() -> None:
    """The operating system refuses every operation for 0.9 s: all cells are stale, then it runs again.

    After a second of failures the lines are gone, until one operation succeeds.
    """

    class Refusing(VirtualLines):
        refuses = False

        def read_all(self) -> int:
            if self.refuses:
                raise OSError("No such device")
            return super().read_all()

        def set_sck(self, bank: int, *, level: bool) -> None:
            if self.refuses:
                raise OSError("No such device")
            super().set_sck(bank, level=level)

    lines = Refusing(scrambled_chips(12, 80, seed=3), ROWS)
    reader = BankReader(lines, ROWS, 12, 80)
    for _ in range(60):
        reader.read_frame(1.0)
    lines.refuses = True
    end_ns = lines.t_ns + 900_000_000
    statuses = []
    while lines.t_ns < end_ns:
        frame = reader.read_frame(0.1)
        assert frame is not None
        statuses.append(list(frame.status))
    assert statuses[-1] == [Status.STALE] * 12
    assert 30 < len(statuses) < 90
    assert reader.line_errors > 0
    assert reader.gone == ""
    while lines.t_ns < end_ns + 150_000_000:
        reader.read_frame(0.1)
    assert reader.gone == "the lines of the cells went away while they were in use (No such device)"
    lines.refuses = False
    reader.read_frame(0.1)
    assert reader.gone == ""
    for _ in range(40):
        frame = reader.read_frame(1.0)
    assert frame is not None
    assert not any(frame.status)


def test_chip_with_much_jitter_is_still_read() -> None:
    """An oscillator forty times as restless as usual: surprises teach the reader wider bounds, frames stay good."""
    chips = list(scrambled_chips(12, 80, spread=0.02, seed=5))
    chips[VICTIM] = type(chips[VICTIM])(lambda _t: 1000.0, Hx711Settings(rate_hz=80, jitter_ns=20_000, seed=9))
    lines = VirtualLines(chips, ROWS)
    reader = BankReader(lines, ROWS, 12, 80)
    good = 0
    for _ in range(1600):
        frame = reader.read_frame(1.0)
        good += frame is not None and not frame.status[VICTIM]
    assert good > 0.9 * 1600
