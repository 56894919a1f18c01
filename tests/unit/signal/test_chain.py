"""From raw counts to measures: load, centre of pressure, shares, evenness, motion."""

import numpy as np
import pytest

from firmware.enums import Status
from firmware.frames import Frames, Signals
from firmware.signal.calibration import Calibration
from firmware.signal.chain import SignalChain
from firmware.signal.health import CellFault
from firmware.signal.zero_tracker import Refusal
from hardware import board as boards

BOARD = boards.load_board()
CELLS = len(BOARD.cells)
SCALE = 1000.0
ZERO = 50_000


def chain(zero: int | None = ZERO) -> SignalChain:
    return SignalChain(BOARD, Calibration((SCALE,) * CELLS, None if zero is None else (zero,) * CELLS))


def frames_of(newtons: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", hz: float = 80.0) -> Frames:
    counts = np.rint(newtons * SCALE + ZERO).astype(np.int32)
    times = (np.arange(len(counts)) / hz * 1e9).astype(np.int64)
    return Frames(0, times, counts, np.zeros(counts.shape, np.uint8))


def held(newtons: list[float], seconds: float = 0.5) -> Frames:
    return frames_of(np.tile(np.array(newtons), (round(seconds * 80), 1)))


def last(unit: SignalChain, block: Frames) -> Signals:
    signals = [signals for _, signals in unit.push(block)][-1]
    assert signals is not None
    return signals


def test_a_load_on_one_tile_is_there_and_nowhere_else() -> None:
    """100 N on the third tile of the second row: its place is the centre of pressure."""
    newtons = [0.0] * CELLS
    newtons[5] = 100.0
    signals = last(chain(), held(newtons))
    assert signals.cells_n == pytest.approx(newtons)
    assert signals.load_n == pytest.approx(100.0)
    assert signals.cop_m == pytest.approx((BOARD.cells[5].x_m, BOARD.cells[5].y_m))
    assert signals.row_shares == pytest.approx((0, 1, 0, 0))
    assert signals.evenness == pytest.approx(0.0)


def test_evenness_compares_the_sides_and_leaves_the_middle_out() -> None:
    """30 N left, 10 N right and any load in the middle: half even."""
    newtons = [30.0, 500.0, 10.0] + [0.0] * (CELLS - 3)
    assert last(chain(), held(newtons)).evenness == pytest.approx(0.5)


def test_under_a_few_newtons_nothing_is_divided() -> None:
    """An empty mat has no centre of pressure, no shares and no evenness."""
    signals = last(chain(), held([0.1] * CELLS))
    assert (signals.cop_m, signals.evenness, signals.motion) == (None, None, 0.0)
    assert set(signals.row_shares) == {0.0}


def test_motion_is_the_share_of_load_that_changed_place() -> None:
    """20 of 200 N go to the neighbour: ten percent, spread over no more than two hops."""
    before, after = [0.0] * CELLS, [0.0] * CELLS
    before[0], after[0], after[1] = 200.0, 180.0, 20.0
    block = frames_of(np.array([before] * 33 + [after] * 31))
    motion = [round(signals.motion, 1) for _, signals in chain().push(block) if signals is not None]
    assert sum(share > 0.1 for share in motion) <= 2
    assert sum(motion) == pytest.approx(10.0, abs=0.3)
    assert motion[-1] == 0.0


def test_still_and_slow_breathing_is_reported_after_a_minute_and_ends_with_a_move() -> None:
    """Nine breaths a minute, 4 N deep, for a minute and a half, then a push of 20 N; an empty mat says nothing."""
    t_s = np.arange(0, 95, 1 / 80)
    newtons = np.full((len(t_s), CELLS), 25.0)
    breath = 4.0 * np.sin(2 * np.pi * 0.15 * t_s)
    newtons[:, 10] += breath
    newtons[:, 1] -= breath
    newtons[t_s >= 92, 3] += 20.0
    newtons[t_s >= 94] = 0.0
    newtons += np.random.default_rng(3).normal(0, 0.02, newtons.shape)
    said = {round(at_s, 1): one.still_and_slow for at_s, one in chain().push(frames_of(newtons)) if one is not None}
    assert said[60.0] is not True
    assert said[91.0] is True
    assert said[92.5] is False
    assert said[94.8] is None


def test_a_small_movement_is_distinguished_from_the_breath() -> None:
    """Half a minute of a slow breath along the mat, then 1.5 N to and fro across it."""
    t_s = np.arange(0, 40, 1 / 80)
    newtons = np.full((len(t_s), CELLS), 25.0)
    breath = 2.0 * np.sin(2 * np.pi * 0.2 * t_s)
    newtons[:, 10] += breath
    newtons[:, 1] -= breath
    wiggle = np.where(t_s >= 35, 1.5 * np.sin(2 * np.pi * 2 * t_s), 0.0)
    newtons[:, 3] += wiggle
    newtons[:, 5] -= wiggle
    said = [(t_s, signals.moving) for t_s, signals in chain().push(frames_of(newtons)) if signals is not None]
    assert {moving for at_s, moving in said if at_s < 20} == {None}
    assert {moving for at_s, moving in said if 21 < at_s < 35} == {False}
    assert True in {moving for at_s, moving in said if 35 < at_s < 36}


def test_a_lost_cell_is_named_and_weighs_nothing() -> None:
    """Its bit is set, its load is zero, the others go on."""
    block = held([10.0] * CELLS, seconds=2.0)
    block.status[40:, 7] = Status.DEAD
    signals = last(chain(), block)
    assert signals.lost == 1 << 7
    assert signals.cells_n[7] == 0.0
    assert signals.load_n == pytest.approx(10.0 * (CELLS - 1))


def still(seconds: float, newtons: float = 0.0, start_s: float = 0.0) -> Frames:
    """All cells under the same load."""
    block = held([newtons] * CELLS, seconds)
    return Frames(0, block.t_ns + round(start_s * 1e9), block.counts, block.status)


def test_without_a_zero_nothing_is_said_until_a_person_says_empty() -> None:
    """None, never a wrong number; then the zero is the still mat's own, from the next second on."""
    unit = chain(zero=None)
    assert {signals for _, signals in unit.push(still(30, 3.0))} == {None}
    assert (unit.calibration.zero_counts, unit.zero_refusal) == (None, Refusal.NOT_ZEROED)
    unit.ask_zero()
    said = [signals for _, signals in unit.push(still(10, 3.0, start_s=30))]
    assert said.count(None) == 31
    assert said[-1] is not None
    assert said[-1].load_n == pytest.approx(0.0, abs=0.1)
    assert unit.calibration.zero_counts == (ZERO + 3000,) * CELLS
    assert unit.zero_refusal is None
    assert unit.seconds(1_000_000_000) == 1.0


def test_a_new_zero_is_reported_once_and_is_no_movement() -> None:
    """Eight newtons that were there at the start are gone behind the second second, and motion stays nothing."""
    unit = chain()
    reported, loads, motion = [], [], []
    for _, signals in unit.push(still(4, 8.0 / CELLS)):
        assert signals is not None
        reported.append(unit.take_zero())
        loads.append(round(signals.load_n, 2))
        motion.append(signals.motion)
    assert [hop for hop, taken in enumerate(reported) if taken is not None] == [20]
    assert reported[20] is not None
    assert sum(reported[20].offset_n) == pytest.approx(8.0, abs=0.01)
    assert loads == [8.0] * 20 + [0.0] * 19
    assert set(motion) == {0.0}


def test_a_zero_is_only_taken_after_a_whole_second_of_nobody() -> None:
    """One hop of somebody in each second is enough to keep it."""
    unit = chain()
    for hop, _ in enumerate(unit.push(still(20, 0.6))):
        unit.note_vacant(vacant=hop % 10 != 4)
    assert unit.calibration.zero_counts == (ZERO,) * CELLS
    assert unit.zero_refusal is Refusal.OCCUPIED


def test_a_second_cut_short_by_a_gap_moves_nothing() -> None:
    """Time jumps behind a long silence; what is left of that second says nothing about the zero."""
    unit = chain()
    list(unit.push(still(1.05)))
    list(unit.push(still(0.5, start_s=4000.25)))
    assert unit.take_zero() is None


def test_the_limits_of_a_tile_follow_a_drifting_zero() -> None:
    """A zero that has drifted down by 3 N in two minutes: a load just below the clip is still a reading."""
    unit = chain()
    drift_n = np.repeat(-0.025 * np.arange(120), 80)
    list(unit.push(frames_of(np.tile(drift_n[:, None], (1, CELLS)))))
    newtons = np.full((160, CELLS), -3.0)
    newtons[:, 0] = -BOARD.clip_n - 1.0
    later = frames_of(newtons)
    signals = last(unit, Frames(0, later.t_ns + 120_000_000_000, later.counts, later.status))
    assert signals.lost == 0
    assert signals.cells_n[0] < -BOARD.clip_n + 3


def test_the_unfinished_hop_at_the_end_counts_too() -> None:
    """It comes by flush: the hop that no later frame completed."""
    unit = chain()
    block = held([5.0] * CELLS, seconds=0.35)
    assert len(list(unit.push(block))) == 3
    assert [t_s for t_s, _ in unit.flush()] == [pytest.approx(0.4)]


def noisy(seconds: float, newtons: float = 10.0) -> Frames:
    """All cells under the same load, with the noise that every converter has."""
    rng = np.random.default_rng(8)
    return frames_of(newtons + rng.normal(0, 0.05, (round(seconds * 80), CELLS)))


def test_a_stuck_cell_is_taken_out_and_let_in_again() -> None:
    """Not one count of difference for ten seconds: reported as lost, weighs nothing, and moves no zero."""
    unit, block = chain(), noisy(25)
    block.counts[: 15 * 80, 4] = ZERO + 90_000
    signals = [signals for _, signals in unit.push(block) if signals is not None]
    assert [bool(one.lost) for one in signals] == [False] * 100 + [True] * 60 + [False] * 89
    assert {one.lost for one in signals} == {0, 1 << 4}
    assert signals[120].cells_n[4] == 0.0
    assert unit.faults == (None,) * CELLS


def test_lost_and_excluded_cells_are_reported_together() -> None:
    """One stuck, another silent: two bits, and the reason of each."""
    unit, block = chain(), noisy(14)
    block.counts[:, 4] = ZERO
    block.status[80:, 9] = Status.STALE
    signals = last(unit, block)
    assert signals.lost == 1 << 4 | 1 << 9
    assert [fault for fault in unit.faults if fault] == [CellFault.STUCK, CellFault.LOST]
