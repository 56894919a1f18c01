"""The interpolated map: what the cells measured stays exactly what the tiles add up to."""

from pathlib import Path

import numpy as np
import pytest

from firmware.signal.pressure import PressureMap, PressureSettings
from hardware import board as boards

BOARD = boards.load_board()
SMALL = Path(boards.__file__).parent / "boards" / "mat_3x2.toml"


def tiles(
    unit: PressureMap, board: boards.Board, newtons: "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
) -> list[float]:
    high, wide = unit.rows // board.rows, unit.cols // board.cols
    sums = newtons.reshape(board.rows, high, board.cols, wide).sum(axis=(1, 3))
    return [float(value) for value in sums.ravel()]


@pytest.mark.parametrize("board", [BOARD, boards.load_board(SMALL)], ids=["4x3", "3x2"])
def test_tiles_add_up_to_their_cells_and_nothing_is_negative(board: boards.Board) -> None:
    """Mass is conserved to a billionth for any loads, also very uneven ones."""
    unit, chance = PressureMap(board), np.random.default_rng(4)
    for _ in range(50):
        cells = chance.exponential(40.0, len(board.cells)) * (chance.random(len(board.cells)) < 0.6)
        found = unit.of(cells)
        assert tiles(unit, board, found) == pytest.approx(cells.tolist(), abs=1e-9 * max(1.0, float(cells.sum())))
        assert found.min() >= 0.0


def test_even_loads_make_no_steps_between_tiles() -> None:
    """What would be a staircase as tiles is smooth."""
    cells = np.repeat([80.0, 60.0, 40.0, 20.0], BOARD.cols)
    unit = PressureMap(BOARD)
    column = unit.of(cells)[:, unit.cols // 2]
    steps = np.abs(np.diff(column))
    assert steps.max() < 0.25 * (column.max() - column.min())


def test_left_stays_left_and_base_stays_base() -> None:
    """The heaviest pixel lies in the tile that carries the load."""
    for cell in BOARD.cells:
        unit = PressureMap(BOARD)
        cells = np.full(len(BOARD.cells), 10.0)
        cells[cell.index] = 200.0
        row, col = np.unravel_index(int(unit.of(cells).argmax()), (unit.rows, unit.cols))
        assert (int(row) * BOARD.rows // unit.rows, int(col) * BOARD.cols // unit.cols) == (cell.row, cell.col)


def test_negative_cells_count_as_nothing_and_an_empty_mat_is_empty() -> None:
    """Zero drift below nothing draws no pressure anywhere."""
    unit = PressureMap(BOARD)
    assert unit.of(np.full(len(BOARD.cells), -3.0)).sum() == 0.0


def test_a_pixel_is_never_larger_than_asked() -> None:
    """Whole pixels to a tile."""
    unit = PressureMap(BOARD, PressureSettings(pixel_m=0.02))
    assert BOARD.length_m / unit.rows <= 0.02
    assert BOARD.width_m / unit.cols <= 0.02
    assert (unit.rows % BOARD.rows, unit.cols % BOARD.cols) == (0, 0)


def test_a_silent_cell_is_left_out() -> None:
    """Its value changes nothing, its pixels are empty, and those of every other cell add up to the measured load."""
    cells_n = np.array([30.0, 80, 32, 14, 33, 13, 35, 61, 34, 12, 26, 13])
    pressure = PressureMap(BOARD, parts=(7, 8), lost=1 << 4)
    found = pressure.of(cells_n)
    assert found.shape == (BOARD.rows * 8, BOARD.cols * 7)
    other = cells_n.copy()
    other[4] = 500.0
    assert np.array_equal(found, pressure.of(other))
    sums = found.reshape(BOARD.rows, 8, BOARD.cols, 7).sum(axis=(1, 3)).ravel()
    assert sums[4] == 0.0
    assert np.allclose(np.delete(sums, 4), np.delete(cells_n, 4))
    neighbour = found.reshape(BOARD.rows, 8, BOARD.cols, 7)[1, :, 0].sum(axis=0)
    as_zero = PressureMap(BOARD, parts=(7, 8)).of(np.where(np.arange(12) == 4, 0.0, cells_n))
    darkened = as_zero.reshape(BOARD.rows, 8, BOARD.cols, 7)[1, :, 0].sum(axis=0)
    assert neighbour[-1] > darkened[-1]  # next to the silent cell; taken as 0 it would pull the load away
