"""The cutting list gives pieces that fit together."""

import re
import shutil
from pathlib import Path

import pytest

from hardware import board as boards
from hardware import bom, drawing
from hardware.board import Board
from hardware.cuts import PRINTED_PARTS, cut_sizes_mm, cuts_md, mat_height_mm, sensor_marks_mm
from hardware.printing import parts_to_print, stl_triangles
from hardware.render import write_stl

SMALL = boards.load_board(drawing.HERE / "boards" / "mat_3x2.toml")
each_board = pytest.mark.parametrize("board", [boards.load_board(), SMALL], ids=["4x3", "3x2"])


# The strips make a closed rim on the base, and stay below the tiles so that a pressed tile never rests on them.
@each_board
def test_skirt_fits_the_base(board: Board) -> None:
    size = {name: measures for name, (measures, _) in cut_sizes_mm(board).items()}
    along, across, thick = size["base_plate"]
    assert size["skirt_long"][0] == along
    assert size["skirt_short"][1] + 2 * size["skirt_long"][1] == across
    assert size["skirt_long"][2] < mat_height_mm(board) - thick - size["tile_plate"][2]


# All tiles with their gaps and the border on both sides are as large as the base.
@each_board
def test_tiles_fit_the_base(board: Board) -> None:
    (along, across, _), _ = cut_sizes_mm(board)["base_plate"]
    (tile_l, tile_w, _), _ = cut_sizes_mm(board)["tile_plate"]
    gap, border = board.spec.mat.gap_m * 1e3, board.spec.mechanics.border_m * 1e3
    assert board.rows * tile_l + (board.rows - 1) * gap + 2 * border == pytest.approx(along)
    assert board.cols * tile_w + (board.cols - 1) * gap + 2 * border == pytest.approx(across)


# 6 mm base, 9 mm holder, 0.8 mm gap and 12 mm tile.
def test_height_of_the_mat() -> None:
    assert mat_height_mm(boards.load_board()) == pytest.approx(27.8)


# A folding base is two plates that meet under the gap between rows B and C.
def test_folding_base() -> None:
    text = boards.default_text().replace("base_parts = 1", "base_parts = 2")
    board = boards.parse_board(text)
    (along, _, _), _ = cut_sizes_mm(board)["base_plate"]
    assert along == pytest.approx(697 / 2)
    assert "folds between rows B and C" in cuts_md(board)


# The marks are the same from either edge, two for each tile, and lie over the corners of the tiles.
@each_board
def test_marks_for_the_holders(board: Board) -> None:
    (along, across, _), _ = cut_sizes_mm(board)["base_plate"]
    xs, ys = sensor_marks_mm(board)
    assert (len(xs), len(ys)) == (2 * board.cols, 2 * board.rows)
    for marks, whole in ((xs, across), (ys, along)):
        assert [whole - mark for mark in reversed(marks)] == pytest.approx(marks, abs=0.11)
    border, inset = board.spec.mechanics.border_m * 1e3, board.spec.mechanics.sensor_inset_m * 1e3
    half_tile = board.spec.mat.tile_width_m * 500 - inset
    assert xs[0] == pytest.approx(border + board.cells[0].x_m * 1e3 - half_tile, abs=0.11)


# What the list of parts calls printed is what the drawing can print, and the cutting list names it.
def test_printed_parts() -> None:
    listed = [part.id for part in bom.part_catalogue(boards.load_board()).parts if "printed" in part.text]
    assert sorted(listed) == sorted(PRINTED_PARTS)
    scene = (drawing.HERE / "mechanics" / "print.scad").read_text()
    assert sorted(re.findall(r'if \(part == "(\w+)"\)', scene)) == sorted(PRINTED_PARTS)
    assert all(f"| {name} |" in cuts_md(boards.load_board()) for name in PRINTED_PARTS)


# A holder is written as a closed body; a board without holders has none to print.
@pytest.mark.skipif(shutil.which("openscad") is None, reason="openscad is not installed")
def test_a_printed_part_is_written(tmp_path: Path) -> None:
    file = tmp_path / "parts" / "holder.stl"
    write_stl(boards.load_board(), "holder", file)
    assert len(list(stl_triangles(file))) > 100
    assert "holder" not in parts_to_print(SMALL)
