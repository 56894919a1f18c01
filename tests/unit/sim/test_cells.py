"""Load cells and converters: each thing that real ones do wrong, alone, against cells that do nothing wrong."""

import msgspec
import numpy as np
import pytest

from hardware import board as boards
from sim.frames import Bench
from sim.people.acts import Leave, Lie, Wait
from sim.people.household import Visit
from sim.people.story import Story
from sim.people.vitals import Vitals
from sim.sensors.cell_model import PERFECT_CELLS, CellModel
from sim.sensors.cells import CODE_MAX, LoadCells, broken_read_codes
from sim.sensors.clocks import OscillatorModel, Oscillators
from sim.sensors.mishaps import ZeroKnock

BOARD = boards.load_board()
STILL = Vitals(breath_n=0, pulse_n=0, restless_n=0)
LYING = Story("lies", acts=(Lie(300), Leave(1.0), Wait(300)), vitals=STILL)
EMPTY = Story("nobody", seconds=7200)


def cells_of(story: Story, rate_hz: float = 80.0, **wrong: float) -> LoadCells:
    """Return cells that are perfect but for what is named."""
    model = msgspec.structs.replace(PERFECT_CELLS, **wrong)
    return Bench(msgspec.structs.replace(story, cells=model), BOARD, 1, rate_hz=rate_hz).cells


def newtons_at(cells: LoadCells, times_s: "np.ndarray | list[float]") -> "np.ndarray":
    """Read all cells at the same moments, as a perfect calibration would show it."""
    t_ns = np.rint(np.repeat(np.array(times_s)[:, None], len(BOARD.cells), axis=1) * 1e9).astype(np.int64)
    codes = np.concatenate([cells.codes(part) for part in np.array_split(t_ns, max(1, len(t_ns) // 100))])
    newtons: np.ndarray = (codes - cells.zero_counts) / cells.counts_per_newton
    return newtons


def test_perfect_cells_show_the_load() -> None:
    """Nothing wrong: the code is the load, to the last count."""
    cells = cells_of(LYING)
    load_n = cells.scene.load_n(np.array([100.0]))
    assert np.abs(newtons_at(cells, [100.0]) - load_n).max() <= 1 / BOARD.counts_per_newton


def test_one_by_one_or_all_at_once() -> None:
    """A chip that is read alone, at its own odd instants, gives the codes of the block. Out of order it does too."""
    block, single = (Bench(LYING, BOARD, 4).cells for _ in range(2))
    times, _ = Oscillators(len(BOARD.cells), 80, OscillatorModel(), 4).frames(100, 300)
    codes = block.codes(times)
    for frame in range(300):
        for cell in range(len(BOARD.cells)):
            assert single.code(cell, int(times[frame, cell])) == codes[frame, cell]
    assert single.code(3, int(times[50, 3])) == codes[50, 3]


def test_the_past_can_be_asked_again() -> None:
    """After minutes of the story its beginning is asked for again: the same codes."""
    cells = Bench(LYING, BOARD, 4).cells
    early, late = (np.full((1, len(BOARD.cells)), at_s * 1_000_000_000, np.int64) for at_s in (3, 400))
    first = cells.codes(early)
    second = cells.codes(late)
    assert np.array_equal(first, cells.codes(early))
    assert np.array_equal(second, cells.codes(late))


@pytest.mark.parametrize(("rate_hz", "factor"), [(80.0, 1.0), (10.0, 5 / 9)])
def test_noise_is_what_its_parameter_says(rate_hz: float, factor: float) -> None:
    """180 nV at a 3.3 V bridge are 117 counts rms; the slow rate is the quieter one."""
    cells = cells_of(EMPTY, rate_hz, noise_nv=180)
    noise = newtons_at(cells, list(np.arange(1, 31, 0.01))) * cells.counts_per_newton
    assert noise.std() == pytest.approx(117 * factor, rel=0.03)


def test_hum_is_a_sine_of_50_hz() -> None:
    """Mains hum comes and goes 50 times a second, as high as asked."""
    cells = cells_of(EMPTY, hum_nv=1000)
    one_cell = newtons_at(cells, list(1 + np.arange(0, 0.04, 0.0005)))[:, 0] * cells.counts_per_newton[0]
    assert np.ptp(one_cell) == pytest.approx(2 * 1000 * 128 * 2**24 / 3.3e9, rel=0.02)
    assert np.array_equal(one_cell[:40], one_cell[40:])


def test_gains_and_zeros_are_spread() -> None:
    """No two cells are alike, and a calibration that knows that still shows the load."""
    cells = cells_of(LYING, gain_spread=0.08, zero_spread_counts=1e5)
    assert 0.02 < (cells.counts_per_newton / BOARD.counts_per_newton).std() < 0.15
    assert np.ptp(cells.zero_counts) > 1e5
    assert np.abs(newtons_at(cells, [100.0]) - cells.scene.load_n(np.array([100.0]))).max() < 0.01


def test_creep_comes_slowly_and_goes_slowly() -> None:
    """Under 300 s of load the reading creeps up by half of its share (tau 600 s: 0.39); off it, it is still there."""
    cells = cells_of(LYING, creep_share=0.01)
    load_n = float(cells.scene.load_n(np.array([100.0])).sum())
    just_before, just_after = newtons_at(cells, [299.0, 305.0]).sum(axis=1)
    assert (just_before - load_n) / load_n == pytest.approx(0.0039, abs=0.0003)
    assert just_after / load_n == pytest.approx(0.0039, abs=0.0003)


def test_hysteresis_remembers_where_the_load_came_from() -> None:
    """After a heavy load has gone the empty cell reads off by the share of full scale; a fresh one does not."""
    cells = cells_of(LYING, hysteresis_full_scale=0.001)
    heaviest = int(np.argmax(cells.scene.load_n(np.array([100.0]))[0]))
    assert abs(newtons_at(cells_of(EMPTY, hysteresis_full_scale=0.001), [400.0])[0, heaviest]) < 0.01
    assert newtons_at(cells, [400.0])[0, heaviest] == pytest.approx(0.001 * BOARD.clip_n, rel=0.1)


def test_crosstalk_keeps_the_sum() -> None:
    """A bridging cover gives from each tile to its neighbours: the map blurs, the sum stays."""
    plain, bridged = (newtons_at(cells_of(LYING, crosstalk_share=share), [100.0])[0] for share in (0.0, 0.1))
    assert bridged.sum() == pytest.approx(plain.sum(), rel=1e-4)
    assert bridged.max() < plain.max()
    assert np.abs(bridged - plain).max() > 5


def test_off_centre_load_changes_the_gain_a_little() -> None:
    """A load towards the edge of a tile reads wrong by about the share."""
    plain, leaning = (newtons_at(cells_of(LYING, offcentre_share=share), [100.0])[0] for share in (0.0, 0.02))
    wrong = np.abs(leaning / plain - 1)
    assert 0.002 < wrong.max() < 0.1


def test_a_body_warms_the_cells() -> None:
    """Zero and span drift with the warmth of a body: slowly, and only where it lies."""
    long = Story("long", acts=(Lie(3600),), vitals=STILL)
    cells = cells_of(long, zero_full_scale_per_k=0.0002, warming_k=2.0)
    early, late = newtons_at(cells, [10.0])[0], newtons_at(cells, [3000.0])[0]
    moved = np.abs(late - early)
    assert 0.1 < moved.max() < 3 * 0.0002 * 2 * BOARD.clip_n


def test_drift_of_an_empty_mat() -> None:
    """98 N an hour in all: after an hour the empty mat shows 98 N more."""
    cells = cells_of(EMPTY, drift_n_per_h=98 / 12)
    start, end = newtons_at(cells, [10.0]).sum(), newtons_at(cells, [3610.0]).sum()
    assert end - start == pytest.approx(98, rel=0.01)


def test_the_room_wanders() -> None:
    """Zeros follow the temperature of the room, from nothing at the start of the story."""
    cells = cells_of(EMPTY, zero_full_scale_per_k=0.0002, room_k=1.0)
    start, later = newtons_at(cells, [1.0])[0], newtons_at(cells, [7000.0])[0]
    assert np.abs(start).max() < 0.01
    assert 0.05 < np.abs(later).max() < 3


def test_the_converter_needs_four_conversions() -> None:
    """A step is half there after two conversions and whole after four: 0.4 s at 10 Hz."""
    step = Story("step", visits=(Visit("box", 20, 40),))
    sudden = cells_of(step, 10.0)
    loads = newtons_at(sudden, [30.0, 59.2, 60.0, 60.25, 60.45]).sum(axis=1)
    true_n = sudden.scene.load_n(np.array([30.0, 59.2, 59.8, 60.05, 60.25])).sum(axis=1)
    assert loads == pytest.approx(true_n, abs=2.5)


def test_rails() -> None:
    """More than 24 bits can say stays at the rail."""
    story = Story("far too much", visits=(Visit("walking_across", 5, 30, mass_kg=200),))
    cells = cells_of(story)
    cells.counts_per_newton *= 20
    codes = cells.codes(np.repeat(np.arange(6, 20, 0.05)[:, None] * 1e9, len(BOARD.cells), axis=1).astype(np.int64))
    assert codes.max() == CODE_MAX


def test_glitches_are_the_codes_that_broken_reads_give() -> None:
    """As many as asked for; each is 2^k-1, -1, 0 or the code shifted by one bit."""
    cells = cells_of(EMPTY, zero_spread_counts=1e5, glitch_share=0.01)
    good = cells_of(EMPTY, zero_spread_counts=1e5)
    t_ns = np.repeat(np.arange(1, 60, 0.0125)[:, None] * 1e9, len(BOARD.cells), axis=1).astype(np.int64)
    bad, right = cells.codes(t_ns), good.codes(t_ns)
    wild = bad != right
    assert wild.mean() == pytest.approx(0.01, rel=0.15)
    ones = {(1 << bits) - 1 for bits in range(12, 24)}
    shifted = (bad[wild] == right[wild] >> 1) | (bad[wild] == right[wild] << 1)
    assert all(code in ones or code in {-1, 0} for code in bad[wild][~shifted].tolist())
    assert shifted.any()


def test_wild_codes_stay_inside_24_bits() -> None:
    """A doubled code at the rail is the rail."""
    codes = broken_read_codes(np.full(50, CODE_MAX, np.int32), np.arange(50, dtype=np.uint64))
    assert codes.max() <= CODE_MAX


def test_a_knock_moves_a_zero_for_good() -> None:
    """Cell 5 is knocked at 100 s by 30 N; nothing else changes."""
    story = msgspec.structs.replace(EMPTY, mishaps=(ZeroKnock(5, 100.0, 30.0),), cells=PERFECT_CELLS)
    before, after = newtons_at(Bench(story, BOARD, 1).cells, [99.9, 100.2])
    assert np.abs(before).max() < 0.01
    assert after[5] == pytest.approx(30, abs=0.01)
    assert np.abs(np.delete(after, 5)).max() < 0.01


def test_a_bed_gives_way_softly() -> None:
    """On a bed a jump of the load takes its time; on a floor it does not."""
    jumps = []
    for surface in ("floor", "bed"):
        body = {"title": "x", "acts": [{"do": "lie", "seconds": 20}, {"do": "leave", "seconds": 0.1}], "seconds": 30}
        converted = msgspec.convert({**body, "body": {"surface": surface}}, Story)
        cells = cells_of(msgspec.structs.replace(converted, vitals=STILL))
        full, left = newtons_at(cells, [19.0, 20.13]).sum(axis=1)
        jumps.append(left / full)
    assert jumps[0] < 0.05
    assert 0.1 < jumps[1] < 0.6


@pytest.mark.parametrize(("wrong", "word"), [({"noise_nv": -1}, "noise_nv is -1"), ({"supply_v": 0}, "supply_v is 0")])
def test_impossible_cells(wrong: dict[str, float], word: str) -> None:
    """Sensors that cannot be are refused by name and value."""
    with pytest.raises(ValueError, match=word):
        CellModel(**wrong)
