"""Frames become hops: exactly, whatever the blocks, and without wrong codes."""

from itertools import chain

import numpy as np
import pytest

from firmware.enums import Status
from firmware.frames import Frames
from firmware.signal.frontend import HOP_NS, MOST_FRAMES, FrontEnd, FrontEndSettings

CELLS = 3
LIMIT = np.full(CELLS, 8_000_000, np.int32)


def front_end(reach: int = 8_000_000) -> FrontEnd:
    limit = np.full(CELLS, reach, np.int32)
    return FrontEnd(-limit, limit)


def frames(counts: list[list[int]], period_ns: int = 12_500_000, start_ns: int = 0, status: int = 0) -> Frames:
    array = np.array(counts, np.int32)
    times = start_ns + np.arange(len(array), dtype=np.int64) * period_ns
    return Frames(0, times, array, np.full(array.shape, status, np.uint8))


def part(block: Frames, start: int, end: int) -> Frames:
    rows = slice(start, end)
    return Frames(start, block.t_ns[rows], block.counts[rows], block.status[rows])


def hops(unit: FrontEnd, block: Frames) -> list[tuple[float, list[float], list[bool]]]:
    found: list[tuple[float, list[float], list[bool]]] = []
    for hop in chain(unit.push(block), unit.flush()):
        lost = np.zeros(CELLS, np.bool_) if hop.lost is None else hop.lost
        found.append((hop.t_s, hop.means.tolist(), lost.tolist()))
    return found


def ends(unit: FrontEnd, block: Frames) -> list[float]:
    return [round(hop.t_s, 3) for hop in unit.push(block)]


def test_a_hop_is_the_mean_of_its_medians_of_three() -> None:
    """Eight frames at 80 a second make a hop; the first two samples of a cell only prime the median."""
    samples = [10, 20, 30, 40, 50, 60, 70, 80]
    [(t_s, means, lost)] = hops(front_end(), frames([[value] * CELLS for value in samples]))
    assert t_s == 0.1
    assert means == [np.mean([20, 30, 40, 50, 60, 70])] * CELLS
    assert lost == [False] * CELLS


def test_a_frame_on_the_edge_belongs_to_the_next_hop() -> None:
    """Hops are half-open: a frame at exactly 100 ms is the first of the second hop."""
    block = frames([[100] * CELLS] * 3 + [[500] * CELLS] * 3, period_ns=HOP_NS // 3 + 1)
    early = frames([[100] * CELLS] * 4 + [[500] * CELLS] * 3, period_ns=HOP_NS // 4)
    assert [t_s for t_s, _, _ in hops(front_end(), block)] == [0.1, 0.2]
    assert hops(front_end(), early)[0][1] == [100.0] * CELLS


@pytest.mark.parametrize("wrong", [0, -1, 4095, (1 << 20) - 1, (1 << 23) - 1, -(1 << 23), (1 << 31) - 1, 7_999_999])
def test_wrong_codes_change_nothing(wrong: int) -> None:
    """Codes that broken reads give, rails and loads that no tile carries leave the mean as it is."""
    good = [[1000] * CELLS for _ in range(16)]
    bad = [list(row) for row in good]
    for frame in (4, 5, 9):  # two in a row outvote a plain median of three
        bad[frame][1] = wrong
    unit = front_end(reach=1_000_000)
    assert [means for _, means, _ in hops(unit, frames(bad))] == [[1000.0] * CELLS] * 2


def test_a_single_half_value_does_not_reach_the_mean() -> None:
    """A bit-shifted value looks like a load, so only the median can stop it, also when it is next to a wrong code."""
    rows = [[1000] * CELLS for _ in range(16)]
    rows[5][0], rows[6][0] = 500, -1
    assert all(means[0] == 1000.0 for _, means, _ in hops(front_end(), frames(rows)))


def test_every_status_flag_bars_the_sample() -> None:
    """A flagged sample is no reading, whatever its code."""
    for flag in Status:
        block = frames([[1000] * CELLS] * 8)
        block.status[4:, 2] = flag
        block.counts[4:, 2] = 90_000
        assert hops(front_end(), block)[0][1] == [1000.0] * CELLS


def test_a_silent_cell_is_held_then_lost_then_comes_back_fresh() -> None:
    """Three hops without a sample keep the mean, the fourth says lost; old samples do not vote after the return."""
    rows = [[1000] * CELLS for _ in range(8 * 8)]
    block = frames(rows)
    block.status[8 : 8 * 6, 0] = Status.STALE
    block.counts[8 * 6 :, 0] = 3000
    seen = hops(front_end(), block)
    assert [lost[0] for _, _, lost in seen] == [False] * 4 + [True] * 2 + [False] * 2
    assert [means[0] for _, means, _ in seen] == [1000.0] * 6 + [3000.0] * 2
    assert not any(lost[1] or lost[2] for _, _, lost in seen)


def test_a_gap_is_filled_with_empty_hops_up_to_a_limit() -> None:
    """Five seconds without frames are fifty hops; two hours are no more than the limit, and time jumps behind them."""
    unit = FrontEnd(-LIMIT, LIMIT, FrontEndSettings(gap_s=6))
    first = frames([[1000] * CELLS] * 8)
    assert list(unit.push(first)) == []
    five = ends(unit, frames([[1000] * CELLS] * 8, start_ns=5_100_000_000))
    assert len(five) == 51
    assert five[-1] == 5.1
    hours = ends(unit, frames([[1000] * CELLS] * 8, start_ns=7_200_000_000_000))
    assert len(hours) == 70  # to the end of that second, then the limit, then the hop of the frames
    assert (hours[0], hours[-1]) == (5.2, 7200.0)


def test_very_many_frames_in_a_hop_are_all_counted() -> None:
    """A source faster than any HX711 gives 1200 frames in a hop."""
    rows = [[value] * CELLS for value in range(10_000, 11_200)]
    [(_, means, _)] = hops(front_end(), frames(rows, period_ns=80_000))
    assert means == [np.mean(range(10_001, 11_199))] * CELLS


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_clock_that_stands_still_fills_no_memory(size: int) -> None:
    """Frames without end in one hop: those beyond the limit are ignored, whatever the blocks, and time goes on."""
    unit, many = front_end(), 3 * MOST_FRAMES
    block = frames([[value] * CELLS for value in range(10_000, 10_000 + many)], period_ns=0)
    found = [hop for start in range(0, many, size) for hop in unit.push(part(block, start, start + size))]
    assert found == []
    [first, second] = hops(unit, frames([[9_000] * CELLS], start_ns=HOP_NS))
    assert first[1] == [np.mean(range(10_001, 10_000 + MOST_FRAMES - 1))] * CELLS
    assert second[1] == [10_000 + MOST_FRAMES - 2] * CELLS


def test_a_cell_that_is_seldom_read_is_primed_again_only_after_it_was_lost() -> None:
    """Ten samples a second: two hops without one change nothing; after four the first two samples prime it."""
    read = [0, 1, 2, 3, 6, 7, 12, 13, 14]
    block = frames([[1000 + hop] * CELLS for hop in range(15)], period_ns=HOP_NS)
    block.status[[hop for hop in range(15) if hop not in read]] = Status.STALE
    found = {round(t_s * 10) - 1: (means[0], lost[0]) for t_s, means, lost in hops(front_end(), block)}
    assert [hop for hop, (_, lost) in found.items() if lost] == [0, 1, 11, 12, 13]
    assert [found[hop][0] for hop in (2, 3, 5, 6, 7, 13, 14)] == [1001, 1002, 1002, 1003, 1006, 1006, 1013]


def test_nothing_in_nothing_out() -> None:
    """No frame ever: no hop, and no time."""
    unit = front_end()
    nothing = Frames(0, np.empty(0, np.int64), np.empty((0, CELLS), np.int32), np.empty((0, CELLS), np.uint8))
    assert list(unit.push(nothing)) == []
    assert list(unit.flush()) == []
    assert unit.seconds(5) == 0.0


def test_a_pause_of_all_frames_is_no_loss_of_cells() -> None:
    """A second without frames keeps every mean; only after a second and a half the cells become silent, then lost."""
    unit = front_end()
    first = list(unit.push(frames([[1000] * CELLS] * 9)))
    second = list(unit.push(frames([[3000] * CELLS] * 9, start_ns=1_200_000_000)))
    assert [hop.empty for hop in (*first, *second)] == [False] + [False] + [True] * 10 + [False]
    assert all(hop.lost is None and hop.means.tolist() == [1000.0] * CELLS for hop in second[:-1])
    longer = list(unit.push(frames([[3000] * CELLS], start_ns=4_000_000_000)))
    silent_s = [round(hop.t_s - longer[0].t_s, 1) for hop in longer if hop.lost is not None]
    assert silent_s[0] == 1.9
