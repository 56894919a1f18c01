"""Whatever the chips and the operating system do: no wrong value is accepted, frames go on, nothing raises."""

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from firmware.drivers.hx711 import BankReader
from sim.chips.chip import UpdatePolicy
from sim.chips.wires import RandomStalls, VirtualLines
from sim.sensors.faults import CellFaultCommand, FaultKind
from tests.doubles.chip_truth import Judge, scrambled_chips

BANKS = st.sampled_from([1, 2, 4, 6, 12]).map(
    lambda clocks: [tuple(range(first, first + 12 // clocks)) for first in range(0, 12, 12 // clocks)]
)
LINE_FAULTS = (FaultKind.UNPLUGGED, FaultKind.STUCK_HIGH, FaultKind.STUCK_LOW, FaultKind.OK)
FAULTS = st.lists(
    st.builds(
        CellFaultCommand,
        cell=st.integers(0, 11),
        t_ns=st.integers(300_000_000, 2_000_000_000),
        kind=st.sampled_from(LINE_FAULTS),
    ),
    max_size=4,
)


# Chance drives the chips too, so a smaller example is not a simpler one: no shrinking.
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    banks=BANKS,
    policy=st.sampled_from(list(UpdatePolicy)),
    bias=st.floats(0.85, 1.17),
    spread=st.floats(0, 0.1),
    stalls=st.sampled_from([0.0, 0.0005, 0.002, 0.01]),
    cost_ns=st.integers(200, 6_000),
    shows=st.booleans(),
    keeps=st.booleans(),
    faults=FAULTS,
    seed=st.integers(0, 10_000),
)
def test_no_wrong_value_whatever_happens(
    *,
    banks: list[tuple[int, ...]],
    policy: UpdatePolicy,
    bias: float,
    spread: float,
    stalls: float,
    cost_ns: int,
    shows: bool,
    keeps: bool,
    faults: list[CellFaultCommand],
    seed: int,
) -> None:
    """Three seconds at 80: oscillators off, edges stalled, boards pulled, lines shorted, any policy, any wiring.

    A frame comes at least every 1.5 conversions of the slowest chip, or as late as the longest stalls make it. Two
    things cannot be detected: a line that breaks in the very middle of a word, and a board that is plugged in again
    while its bank settles from a reset and that shows unsettled values. Both are over after five conversions.
    """
    chips = scrambled_chips(
        12, 80 * bias, spread=spread, policy=policy, settling_shows=shows, keeps_gain=keeps, seed=seed
    )
    lines = VirtualLines(chips, banks, cost_ns=cost_ns, stalls=RandomStalls(stalls, seed=seed), faults=faults)
    reader, judge = BankReader(lines, banks, 12, 80), Judge(lines)
    longest_ns = last_ns = 0
    while lines.t_ns < 3_000_000_000:
        frame = reader.read_frame(0.1)
        assert frame is not None
        just_broken = {fault.cell for fault in faults if 0 < lines.t_ns - fault.t_ns < 5 * 17_000_000}
        assert just_broken.issuperset(judge.check(frame))
        longest_ns, last_ns = max(longest_ns, lines.t_ns - last_ns), lines.t_ns
    pace_ns = max(12_500_000, *(chip.period_ns for chip in chips))  # the nominal one until the true one is learned
    assert stalls or longest_ns < 1.5 * pace_ns + len(banks) * 150 * cost_ns + 1_000_000
    assert judge.verdict.accepted or stalls or faults
