"""The virtual wires: what they cost, how they stall, what they refuse."""

import pytest

from sim.chips.chip import Analogue, Hx711Settings, VirtualHx711
from sim.chips.wires import RandomStalls, VirtualLines
from sim.sensors.faults import CellFaultCommand, FaultKind

PERIOD_NS = 12_500_000


def constant(counts: float) -> Analogue:
    """Return an input that never changes."""
    return lambda _t: counts


def chips(count: int) -> list[VirtualHx711]:
    """Return chips without noise and jitter that convert at the same moments; each returns its own number."""
    settings = Hx711Settings(jitter_ns=0.0, noise_counts=0.0)
    return [VirtualHx711(constant(number), settings) for number in range(count)]


def test_every_operation_moves_the_clock_by_its_cost() -> None:
    lines = VirtualLines(chips(2), [(0, 1)], cost_ns=5_000, clock_cost_ns=10, sleep_late_ns=100)
    lines.read_all()
    lines.set_sck(0, level=True)
    lines.set_sck(0, level=False)
    lines.sleep_ns(1_000)
    assert lines.now_ns() == 3 * 5_000 + 1_100 + 10
    assert (lines.operations.reads, lines.operations.sets, lines.operations.sleeps) == (1, 2, 1)
    assert lines.operations.lines == 3


def test_one_clock_reaches_the_chips_of_its_bank_only() -> None:
    """Four chips in two banks become ready together; the first bank is clocked, the second stays ready."""
    lines = VirtualLines(chips(4), [(0, 2), (1, 3)])
    lines.sleep_ns(PERIOD_NS)
    assert lines.read_all() == 0
    words = []
    for _ in range(25):
        lines.set_sck(0, level=True)
        lines.set_sck(0, level=False)
        words.append(lines.read_all())
    assert words[:22] == [0] * 22
    assert words[22:] == [0b0100, 0, 0b0101]  # chip 2 says 2, then the 25th pulse lifts both


def test_stalls_come_as_often_and_as_long_as_asked() -> None:
    """A tenth of 20000 edges stall for 20 to 40 us, half of them before the edge and half after it."""
    lines = VirtualLines(chips(1), [(0,)], cost_ns=0, stalls=RandomStalls(0.1, 20_000, 40_000, seed=5))
    for turn in range(20_000):
        lines.set_sck(0, level=turn % 2 == 0)
    assert 1_800 < lines.stalled < 2_200
    assert 20_000 * lines.stalled < lines.t_ns < 40_000 * lines.stalled


def test_fault_comes_at_its_time_even_in_a_long_sleep() -> None:
    lines = VirtualLines(chips(2), [(0, 1)], faults=[CellFaultCommand(1, 3 * PERIOD_NS, FaultKind.UNPLUGGED)])
    lines.sleep_ns(10 * PERIOD_NS)
    assert lines.read_all() == 0b10
    assert [one.t_ns for one in lines.chips[1].log if one.kind == "unplugged"] == [3 * PERIOD_NS]


def test_fault_of_the_past_happens_now() -> None:
    lines = VirtualLines(chips(1), [(0,)])
    lines.sleep_ns(PERIOD_NS)
    lines.break_cell(CellFaultCommand(0, 0, FaultKind.STUCK_HIGH))
    assert lines.read_all() == 1


def test_closing_leaves_the_clocks_low() -> None:
    """A clock that stayed high would leave the chips switched off."""
    lines = VirtualLines(chips(2), [(0,), (1,)])
    lines.set_sck(1, level=True)
    lines.close()
    lines.sleep_ns(10 * PERIOD_NS)
    assert lines.read_all() == 0


@pytest.mark.parametrize("banks", [[(0,)], [(0, 1), (1,)], [(0, 1, 2)]])
def test_wiring_that_does_not_hold_each_chip_once_is_refused(banks: list[tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="must be in one bank"):
        VirtualLines(chips(2), banks)


@pytest.mark.parametrize("bad", [{"probability": 1.5}, {"probability": 0.1, "shortest_ns": 9, "longest_ns": 8}])
def test_impossible_stalls_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"1\.5|8 ns"):
        RandomStalls(**bad)  # type: ignore[arg-type]


def test_negative_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        CellFaultCommand(-1, 0, FaultKind.OK)
