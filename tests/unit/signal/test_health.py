"""Which cells are not to be believed, how soon that is known, and what it costs to be without them."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from firmware.enums import Status
from firmware.signal.health import CellFault, CellHealthMonitor, Cost, cost_of
from hardware import board as boards

BOARD = boards.load_board()
CELLS = 12
SCALE = 1000.0
ZERO = np.full(CELLS, 50_000.0)
GOOD = np.full(CELLS, 50_000, np.int32), np.zeros(CELLS, np.uint8)

Floats = npt.NDArray[np.float64]


class Bench:
    """A watch, and seconds of cells with their ordinary noise of 0.03 N a hop."""

    def __init__(self, *, noise_n: float = 0.03, zero: Floats | None = ZERO) -> None:
        self.watch = CellHealthMonitor(np.full(CELLS, SCALE))
        self._chance = np.random.default_rng(4)
        self._noise_n, self._zero = noise_n, zero

    def run(
        self,
        seconds: int,
        spoil: Callable[[Floats], None] = lambda _hops: None,
        *,
        vacant: bool = True,
        missing: int | None = None,
        newest: tuple[int, int] = (50_000, 0),
    ) -> int | None:
        """Spoil each second in newtons; give after how many seconds a cell was first accused."""
        gone = None if missing is None else np.arange(CELLS) == missing
        codes, flags = GOOD[0].copy(), GOOD[1].copy()
        if missing is not None:
            codes[missing], flags[missing] = newest
        for second in range(1, seconds + 1):
            hops = self._noise_n * self._chance.standard_normal((10, CELLS))
            spoil(hops)
            hops = np.rint(hops * SCALE) + ZERO
            self.watch.step(hops, gone, (codes, flags), self._zero, vacant=vacant)
            if any(self.watch.faults()):
                return second
        return None

    def fault(self) -> tuple[int, CellFault]:
        """Return the one cell that is accused, and of what."""
        [found] = [(cell, fault) for cell, fault in enumerate(self.watch.faults()) if fault is not None]
        return found


def stuck(hops: Floats) -> None:
    hops[:, 7] = 3.0


def floating(hops: Floats) -> None:
    hops[:, 7] = np.random.default_rng(int(1e6 * abs(hops[0, 0]))).normal(0, 600, 10)


def noisy(hops: Floats) -> None:
    hops[:, 7] *= 20


def nudge(hops: Floats) -> None:
    hops += np.linspace(0, 120, 10)[:, np.newaxis]


def test_good_cells_are_never_accused() -> None:
    """An hour of noise, quiet or loud, empty or with a person who moves."""
    for noise_n in (0.001, 0.03, 0.3):
        for vacant in (True, False):
            assert Bench(noise_n=noise_n).run(1200, vacant=vacant) is None
    assert Bench().run(1200, nudge, vacant=False) is None


def test_a_simulation_without_noise_is_not_stuck() -> None:
    """All cells alike: then sameness says nothing."""
    assert Bench(noise_n=0.0).run(60) is None


def test_cells_that_all_stand_still_are_stuck_after_a_minute() -> None:
    """No set of converters gives the same codes for a minute; one count of one cell, and the minute begins again."""
    bench = Bench(noise_n=0.0)
    assert bench.run(120) == 60 + 9
    assert all(fault is CellFault.STUCK for fault in bench.watch.faults())
    other = Bench(noise_n=0.0)
    assert other.run(50) is None
    assert other.run(1, nudge, vacant=False) is None
    assert other.run(60) is None


@pytest.mark.parametrize("vacant", [True, False])
@pytest.mark.parametrize(
    ("spoil", "fault", "after_s"),
    [(stuck, CellFault.STUCK, 10), (floating, CellFault.FLOATING, 3)],
)
def test_loads_that_are_none_are_taken_out(
    spoil: Callable[[Floats], None], fault: CellFault, after_s: int, vacant: bool
) -> None:
    """With somebody on the mat as without; and the cell is let in again when it behaves."""
    bench = Bench()
    assert bench.run(60, spoil, vacant=vacant) == after_s
    assert bench.fault() == (7, fault)
    assert bench.watch.excluded is not None
    assert bench.watch.excluded.tolist() == (np.arange(CELLS) == 7).tolist()
    for _ in range(5):
        bench.run(1, vacant=vacant)
    assert bench.watch.faults() == (None,) * CELLS
    assert bench.watch.excluded is None


def test_noise_is_reported_but_the_cell_still_counts() -> None:
    """Twenty times the noise on an empty mat, for ten seconds; while somebody is there nothing is said about noise."""
    bench = Bench()
    assert bench.run(60, noisy, vacant=False) is None
    assert bench.run(60, noisy) == 10
    assert bench.fault() == (7, CellFault.NOISY)
    assert bench.watch.excluded is None


def test_what_moves_on_a_cell_is_not_its_noise() -> None:
    """A cat of 5 kg that shifts about on one tile of an otherwise empty mat."""
    chance = np.random.default_rng(9)

    def cat(hops: Floats) -> None:
        hops[:, 7] += 40 + chance.normal(0, 1, 10)

    assert Bench().run(300, cat) is None


def test_without_a_zero_floating_is_not_judged() -> None:
    """Below zero cannot be detected without a zero; stuck is stuck all the same."""
    bench = Bench(zero=None)
    assert bench.run(30, floating) is None
    assert bench.run(30, stuck) == 10


@pytest.mark.parametrize(
    ("newest", "fault"),
    [
        ((50_000, Status.STALE), CellFault.LOST),
        ((0, Status.DESYNC | Status.SUSPECT), CellFault.LOST),
        ((-1, 0), CellFault.LOST),
        ((0x7FFFFF, Status.SATURATED), CellFault.SATURATED),
        ((-0x800000, Status.SATURATED), CellFault.SATURATED),
        ((4_000_000, 0), CellFault.SATURATED),
    ],
)
def test_a_missing_cell_is_silent_or_at_its_end(newest: tuple[int, int], fault: CellFault) -> None:
    """After two seconds; what its held value looks like accuses it of nothing else."""
    bench = Bench()
    assert bench.run(30, stuck, missing=7, newest=newest) == 2
    assert bench.fault() == (7, fault)
    bench.run(30, stuck, missing=7, newest=newest)
    assert bench.fault() == (7, fault)
    assert bench.watch.excluded is None


def test_a_visit_that_left_a_cell_elsewhere_is_reported() -> None:
    """Three newtons: a screw, wet foam, a tired cell. A graver fault of the same cell is reported instead."""
    bench = Bench()
    crept_n = (0.0, -3.5, 2.9, *(0.0,) * 9)
    assert bench.watch.faults(crept_n)[:3] == (None, CellFault.DRIFTED, None)
    bench.run(5, missing=1, newest=(50_000, int(Status.STALE)))
    assert bench.watch.faults(crept_n)[1] is CellFault.LOST


def test_what_missing_cells_cost() -> None:
    """An even load: a share of it is not seen, and its centre is off; nine of twelve are enough."""
    assert cost_of(BOARD, 0) == Cost(12, 12, 0.0, 0.0, enough=True)
    corner = cost_of(BOARD, 1)
    assert corner.load_share == pytest.approx(1 / 12)
    assert corner.cop_m == pytest.approx(np.hypot(0.141, 0.2565) / 11, rel=0.01)
    row = cost_of(BOARD, 0b111)
    assert (row.usable, row.enough) == (9, True)
    assert row.cop_m == pytest.approx(0.2565 / 3, rel=0.01)
    assert not cost_of(BOARD, 0b1111).enough
    assert cost_of(BOARD, 0xFFF) == Cost(0, 12, 1.0, 0.0, enough=False)
