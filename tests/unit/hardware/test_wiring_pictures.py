"""The drawings that a person wires by: every wire is there, they can be read, and no wires of a tile cross."""

import re
from itertools import combinations

import pytest

from hardware import board as boards
from hardware.board import Board
from hardware.drawing import board_files, generated_files
from hardware.lines import mat_cables
from hardware.sheets import SENSOR_RING
from hardware.wiring_pictures import cables_svg, corners_svg

BOARDS = {path.stem: boards.load_board(path) for path in board_files()}
each = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
WIRE = re.compile(r'<path d="M([\d.]+),([\d.]+) L([\d.]+),([\d.]+)" fill="none" stroke="#333"')
PAD = re.compile(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="17"[^>]*/>\n<text[^>]*>([^<]+)<')
Point = tuple[float, float]


# On a page of 900 pixels no word is lower than 9 pixels.
@each
def test_words_can_be_read(board: Board) -> None:
    for picture in (cables_svg(board), corners_svg(board)):
        [width] = re.findall(r'viewBox="0 0 ([\d.]+)', picture)
        assert min(float(size) for size in re.findall(r"font-size:([\d.]+)px", picture)) * 900 / float(width) >= 9


# Each socket has each way of its plug with its pin, each tile its tail, and the pod its wires.
@each
def test_every_way_of_every_plug_is_drawn(board: Board) -> None:
    picture = cables_svg(board)
    for line in mat_cables(board):
        assert f">socket line {line.name}<" in picture
        for way, wire in enumerate(line.wires, 1):
            pin = f": GPIO {wire.bcm} (pin {wire.header_pin})" if wire.bcm is not None else ""
            assert f">{way} {wire.signal}{pin}<" in picture
        for cell in line.cells:
            assert picture.count(f">{cell.name}, tail") == 1
    assert f">6 button: GPIO {board.button_bcm} (pin 29)<" in picture


# No word runs out of the picture, and none of a line board lies behind a converter; a letter is half as wide as high.
@each
def test_words_lie_in_the_picture_and_are_not_covered(board: Board) -> None:
    picture = cables_svg(board)
    [width] = re.findall(r'viewBox="0 0 ([\d.]+)', picture)
    for x, y, words in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)<', picture):
        assert float(x) + 15 * 0.5 * len(words) < float(width), words
        if words.startswith("line board"):
            boxes = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', picture)
            for left, top, across, high in boxes[1:]:
                beside = float(left) + float(across) < float(x) or float(left) > float(x) + 15 * 0.5 * len(words)
                assert beside or not float(top) < float(y) - 12 < float(top) + float(high)


# Twelve wires from four corners to eight pads, each to the pad of the table, and none crosses another on its way.
def test_wires_of_a_tile_do_not_cross() -> None:
    picture = corners_svg(BOARDS["board"])
    wires = [((float(a), float(b)), (float(c), float(d))) for a, b, c, d in WIRE.findall(picture)]
    pads = {(float(x), float(y)): name for x, y, name in PAD.findall(picture)}
    assert sorted(pads[end] for _, end in wires) == sorted(pad for row in SENSOR_RING.values() for pad in row.values())
    assert [pair for pair in combinations(wires, 2) if crossing(*pair)] == []


def crossing(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Return whether two straight wires cross; a common pad is no crossing."""

    def side(line: tuple[Point, Point], point: Point) -> float:
        (ax, ay), (bx, by) = line
        return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)

    apart = (side(one, other[0]) * side(one, other[1]), side(other, one[0]) * side(other, one[1]))
    return one[1] != other[1] and max(apart) < 0


# A board of single cells has no ring to draw.
def test_no_corners_without_a_ring() -> None:
    assert "wiring/corners.svg" in generated_files(BOARDS["board"])
    assert "wiring/corners.svg" not in generated_files(BOARDS["mat_3x2"])
