"""The reader of the banks against chips that do what they like."""

from functools import partial

import numpy as np
import pytest

from firmware.drivers.hx711 import BankReader, RawReading
from firmware.enums import Status
from sim.chips.chip import Hx711Settings, UpdatePolicy, VirtualHx711
from sim.chips.wires import RandomStalls, VirtualLines
from sim.sensors.faults import CellFaultCommand, FaultKind
from tests.doubles.chip_truth import Judge, scrambled_chips, slowest_hz

ONE = [tuple(range(12))]
FOUR = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)]
TWELVE = [(cell,) for cell in range(12)]
WIRINGS = pytest.mark.parametrize("banks", [ONE, FOUR, TWELVE], ids=["one clock", "four clocks", "twelve clocks"])


def read_for(reader: BankReader, lines: VirtualLines, seconds: float, judge: Judge | None = None) -> list[RawReading]:
    """Read until so much virtual time has gone by. Every frame is checked against the truth."""
    frames = []
    end_ns = lines.t_ns + seconds * 1e9
    while lines.t_ns < end_ns:
        frame = reader.read_frame(1.0)
        if frame is not None:
            frames.append(frame)
            assert judge is None or judge.check(frame) == []
    return frames


def constant(code: int, _t_ns: int) -> float:
    """Return what a chip measures whose cell never changes."""
    return float(code)


@WIRINGS
def test_known_signal_comes_out_exactly(banks: list[tuple[int, ...]]) -> None:
    """Each chip holds its own code, the ends of the range among them; after the start every frame has just these."""
    codes = [-(1 << 23) + 1, (1 << 23) - 2, -2, 1, 2, -77_777, 5_592_405, -5_592_406, 123_456, 3, -3, 8_388_000]
    chips = [
        VirtualHx711(partial(constant, code), Hx711Settings(rate_hz=80 + cell / 4, noise_counts=0.0, seed=cell))
        for cell, code in enumerate(codes)
    ]
    lines = VirtualLines(chips, banks)
    frames = read_for(BankReader(lines, banks, 12, 80), lines, 5)
    clean = [frame for frame in frames if not any(frame.status)]
    assert len(clean) > 0.95 * 5 * 80
    assert all(list(frame.counts) == codes for frame in clean)


@WIRINGS
@pytest.mark.parametrize(("rate_hz", "seconds"), [(80, 10), (10, 40)])
def test_pace_is_that_of_the_slowest_chip(banks: list[tuple[int, ...]], rate_hz: float, seconds: float) -> None:
    """Oscillators 17 % fast and 10 % apart, no stalls: after the start, a good frame for 97 of 100 conversions."""
    chips = scrambled_chips(12, rate_hz * 1.17, spread=0.1, seed=4)
    lines = VirtualLines(chips, banks)
    reader, judge = BankReader(lines, banks, 12, rate_hz), Judge(lines)
    read_for(reader, lines, 20 / rate_hz)
    frames = read_for(reader, lines, seconds, judge)
    clean = sum(not any(frame.status) for frame in frames)
    assert clean / seconds >= 0.97 * slowest_hz(chips)


@WIRINGS
@pytest.mark.parametrize("policy", list(UpdatePolicy))
def test_no_wrong_value_is_accepted_under_heavy_stalls(banks: list[tuple[int, ...]], policy: UpdatePolicy) -> None:
    """Every 500th line operation is held up for 20 us to 5 ms: values are lost, none is wrong, frames go on."""
    chips = scrambled_chips(12, 80 * 0.85, spread=0.1, policy=policy, settling_shows=True, keeps_gain=True, seed=8)
    lines = VirtualLines(chips, banks, stalls=RandomStalls(0.002, seed=8))
    reader, judge = BankReader(lines, banks, 12, 80), Judge(lines)
    frames = read_for(reader, lines, 6, judge)
    assert len(frames) > 6 * 40
    assert judge.verdict.accepted > 0


@WIRINGS
@pytest.mark.parametrize("spread", [0.03, 0.1])
def test_stamps_are_the_ready_edges_and_grow(banks: list[tuple[int, ...]], spread: float) -> None:
    """The stamp of a frame is the last ready edge in it, to a tenth of a millisecond; numbers have no gap."""
    chips = scrambled_chips(12, 80, spread=spread, seed=2)
    for chip in chips:
        chip.log = type(chip.log)(maxlen=2000)
    lines = VirtualLines(chips, banks)
    frames = read_for(BankReader(lines, banks, 12, 80), lines, 5)
    assert [frame.seq for frame in frames] == list(range(len(frames)))
    assert (np.diff([frame.t_ns for frame in frames]) > 0).all()
    edges = np.sort([one.t_ns for chip in chips for one in chip.log if one.kind == "update"])
    stamps = np.array([frame.t_ns for frame in frames[50:]])
    nearest = edges[np.searchsorted(edges, stamps).clip(1, len(edges) - 1)[:, np.newaxis] + np.array([-1, 0])]
    assert np.abs(nearest - stamps[:, np.newaxis]).min(axis=1).max() < 100_000


def test_board_set_to_the_other_rate_is_found_out() -> None:
    """The board file has 80, the chips have their rate pin low: frames come at 10 and are right."""
    chips = scrambled_chips(12, 11.7, spread=0.02, seed=3)
    lines = VirtualLines(chips, FOUR)
    reader, judge = BankReader(lines, FOUR, 12, 80), Judge(lines)
    read_for(reader, lines, 3)
    frames = read_for(reader, lines, 20, judge)
    clean = sum(not any(frame.status) for frame in frames)
    assert clean / 20 >= 0.97 * slowest_hz(chips)


def test_nothing_is_trusted_before_the_periods_are_learned() -> None:
    chips = scrambled_chips(12, 80, spread=0.05, seed=6)
    lines = VirtualLines(chips, ONE)
    frames = read_for(BankReader(lines, ONE, 12, 80), lines, 0.08)
    assert frames
    assert all(set(frame.status) == {Status.SETTLING} for frame in frames)


def test_time_limit_is_kept() -> None:
    """Two milliseconds are too short for a frame: nothing comes, and not much more time has passed."""
    lines = VirtualLines(scrambled_chips(12, 10, seed=1), ONE)
    reader = BankReader(lines, ONE, 12, 10)
    before_ns = lines.t_ns
    assert reader.read_frame(0.002) is None
    assert lines.t_ns - before_ns < 3_000_000


@pytest.mark.parametrize(("banks", "most"), [(ONE, 76), (FOUR, 4 * 76), (TWELVE, 12 * 76)])
@pytest.mark.parametrize("late_ns", [60_000, 0], ids=["ordinary", "real time"])
def test_clocking_out_needs_few_line_operations(banks: list[tuple[int, ...]], most: int, late_ns: int) -> None:
    """25 times up, down and look, and one look before: that is all that reading every cell once costs.

    Looks for edges that are still to come are counted apart: there are fewer than four. A sleeper with real-time
    priority wakes on time, an ordinary one late: neither looks again and again until it is time.
    """
    chips = scrambled_chips(12, 80, seed=9)
    lines = VirtualLines(chips, banks, sleep_late_ns=late_ns)
    reader = BankReader(lines, banks, 12, 80)
    read_for(reader, lines, 2)
    before, looks, cell_reads = lines.operations.sets, lines.operations.reads, reader.cells[0].counts.reads
    frames = read_for(reader, lines, 10)
    clocked = (lines.operations.sets - before) / len(frames)
    assert abs(reader.cells[0].counts.reads - cell_reads - len(frames)) <= 1
    assert clocked * 25 / 50 + clocked + len(banks) <= most * 1.002
    assert (lines.operations.reads - looks) / len(frames) - clocked * 25 / 50 < 4


@WIRINGS
@pytest.mark.parametrize("spread", [0.0, 0.03, 0.05, 0.1])
@pytest.mark.parametrize(("rate_hz", "looks"), [(80, 2.4), (10, 3.2)])
def test_all_operations_of_a_frame(banks: list[tuple[int, ...]], rate_hz: int, looks: float, spread: float) -> None:
    """Looks for edges still to come included: 75 operations for each clock line, and in all one look to three or so.

    One look shows the last chip ready; after that the last look of a read is the one before the next. No line is read
    twice for one frame, and no conversion of the slowest chip is lost for it.
    """
    chips = scrambled_chips(12, rate_hz, spread=spread, seed=21)
    lines = VirtualLines(chips, banks)
    reader, judge = BankReader(lines, banks, 12, rate_hz), Judge(lines)
    read_for(reader, lines, 300 / rate_hz)
    before = lines.operations.lines
    frames = read_for(reader, lines, 250 / rate_hz, judge)
    assert (lines.operations.lines - before) / len(frames) <= 75 * len(banks) + (looks if spread else 1.2)
    assert sum(not any(frame.status) for frame in frames) >= 0.995 * 250 / rate_hz * slowest_hz(chips)


def test_silent_chip_takes_nothing_from_the_other_clocks() -> None:
    """A cable comes off one row: the others, which wait for it to be read together, are in every frame all the same."""
    lines = VirtualLines(scrambled_chips(12, 80, spread=0.05, seed=9), FOUR)
    reader, judge = BankReader(lines, FOUR, 12, 80), Judge(lines)
    read_for(reader, lines, 3)
    lines.break_cell(CellFaultCommand(11, lines.t_ns, FaultKind.UNPLUGGED))
    frames = read_for(reader, lines, 1, judge)
    assert len(frames) > 0.9 * 80
    assert not any(any(frame.status[:9]) for frame in frames)
    assert frames[-1].status[11]


@pytest.mark.parametrize("banks", [[(0, 1)], [(0, 1, 2), (2,)]])
def test_wiring_that_leaves_a_cell_out_is_refused(banks: list[tuple[int, ...]]) -> None:
    lines = VirtualLines(scrambled_chips(3, 80), [(0, 1, 2)])
    with pytest.raises(ValueError, match="each of the cells 0 to 2"):
        BankReader(lines, banks, 3, 80)


def test_impossible_rate_is_refused() -> None:
    lines = VirtualLines(scrambled_chips(3, 80), [(0, 1, 2)])
    with pytest.raises(ValueError, match="10 or 80"):
        BankReader(lines, [(0, 1, 2)], 3, 0)
