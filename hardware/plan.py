"""The mat from above, to scale, as SVG: one unit is one millimetre, the head is at the top.

In this view a person lying on the back has the LEFT hand on the right of the drawing: x of the board runs to the left.
"""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from hardware.board import Board, Cell
from hardware.header import HEADER_PIN
from hardware.lines import clock_name, mat_cables

MARGIN_SIDE: Final = 190.0
MARGIN_TOP: Final = 330.0
MARGIN_BOTTOM: Final = 180.0
BANK_COLOURS: Final = ("#e8b33a", "#4f9d69", "#4a7fb5", "#9a6fb0", "#c8743c", "#5aa6a6", "#a05a6a", "#7d8a3c")
INK_COLOUR: Final = "#222"
SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
    'viewBox="{x:g} {y:g} {width:g} {height:g}">'
)
STYLE: Final = (
    "text{font-family:sans-serif;fill:#222;text-anchor:middle}"
    ".name{font-size:34px;font-weight:bold}.pin{font-size:15px}.note{font-size:15px}.title{font-size:26px}"
)


def plan_svg(board: Board) -> str:
    """Return the plan of a board as SVG."""
    width, length = board.width_m * 1e3, board.length_m * 1e3
    whole_w, whole_h = width + 2 * MARGIN_SIDE, length + MARGIN_TOP + MARGIN_BOTTOM
    body = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- Made by `python -m hardware.drawing` from the board file: change that one, not this drawing. -->",
        SVG.format(x=-MARGIN_SIDE, y=-MARGIN_TOP, width=whole_w, height=whole_h),
        f"<style>{STYLE}</style>",
        _rect((-MARGIN_SIDE, -MARGIN_TOP, whole_w, whole_h), "#fff"),
        *_person(width, length),
        *_mat(board),
        *_cables(board),
        *(part for cell in board.cells for part in _tile(board, cell)),
        *_sides(board),
        *_dimensions(width, length),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _rect(box: tuple[float, float, float, float], fill: str, extra: str = "") -> str:
    x, y, width, height = box
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" {extra}/>'


def _text(x: float, y: float, words: str, css: str, extra: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{css}" {extra}>{escape(words)}</text>'


def _person(width: float, length: float) -> Iterator[str]:
    """Draw where a person lies: head beyond the top, hips at the base, legs beyond it."""
    middle = width / 2
    yield '<g fill="#ececec">'
    yield f'<ellipse cx="{middle:g}" cy="-135" rx="74" ry="98"/>'
    yield _rect((middle - 44, -50, 88, 60), "#ececec")
    for side in (-1, 1):
        yield _rect((middle + side * 88 - 74, length - 20, 148, 190), "#ececec", 'rx="30"')
    yield "</g>"
    yield _text(middle, -130, "head", "note")


def _mat(board: Board) -> Iterator[str]:
    border = board.spec.mechanics.border_m * 1e3
    width, length = board.width_m * 1e3, board.length_m * 1e3
    base = (-border, -border, width + 2 * border, length + 2 * border)
    yield _rect(base, "#d9c6a5", f'stroke="{INK_COLOUR}" stroke-width="1.5" rx="4"')
    if board.spec.mechanics.base_parts > 1:
        fold = length - board.rows // 2 * length / board.rows
        yield f'<path d="M{-border:g},{fold:g} H{width + border:g}" stroke="{INK_COLOUR}" stroke-dasharray="8 5"/>'


def _tile(board: Board, cell: Cell) -> Iterator[str]:
    mat = board.spec.mat
    tile_w, tile_l = mat.tile_width_m * 1e3, mat.tile_length_m * 1e3
    x, y = (board.width_m - cell.x_m) * 1e3, (board.length_m - cell.y_m) * 1e3
    colour = BANK_COLOURS[cell.bank % len(BANK_COLOURS)]
    sck = board.sck_bcm[cell.bank]
    yield _rect((x - tile_w / 2, y - tile_l / 2, tile_w, tile_l), "#fffdf7", f'stroke="{INK_COLOUR}"')
    yield _rect((x - tile_w / 2, y - tile_l / 2, tile_w, 9), colour)
    yield _text(x, y - tile_l / 2 + 46, cell.name, "name")
    yield _text(x, y + 2, f"DT GPIO {cell.dout_bcm}", "pin")
    yield _text(x, y + 21, f"pin {HEADER_PIN[cell.dout_bcm]}", "pin")
    yield _text(x, y + 48, f"{clock_name(board, cell.bank)} GPIO {sck}", "pin")
    yield _text(x, y + 67, f"pin {HEADER_PIN[sck]}", "pin")


def _cables(board: Board) -> Iterator[str]:
    """Draw the electronics box at the right hand, and the cable of each line under the tiles."""
    border = board.spec.mechanics.border_m * 1e3
    by_rows = board.spec.pins.sck_order == "rows"
    edge = -border - 26
    paths = []
    for line in mat_cables(board):
        x = (board.width_m - sum(cell.x_m for cell in line.cells) / len(line.cells)) * 1e3
        y = (board.length_m - sum(cell.y_m for cell in line.cells) / len(line.cells)) * 1e3
        if by_rows:
            paths.append(f"M{edge:g},{edge:g} V{y:g} H{x:g}")
            yield _text(edge - 32, y + 5, f"line {line.name}", "note")
        else:
            paths.append(f"M{edge:g},{edge:g} H{x:g} V{y:g}")
            yield _text(x + 34, edge - 8, f"line {line.name}", "note")
    yield f'<path d="M-124,{edge:g} H{edge:g} {" ".join(paths)}" fill="none" stroke="#666" stroke-width="3"/>'
    yield _rect((-172, edge - 30, 96, 60), "#555", 'rx="6"')
    yield _text(-124, edge + 5, "box", "note", 'style="fill:#fff"')


def _sides(board: Board) -> Iterator[str]:
    """Name hands, base and lumbar rows."""
    width, length = board.width_m * 1e3, board.length_m * 1e3
    pitch = length / board.rows
    marks = (("sit here first", board.base_rows, 24, "#4a7fb5"), ("lumbar", board.lumbar_rows, 72, "#c8743c"))
    for words, rows, offset, colour in marks:
        top, bottom = length - (rows[-1] + 1) * pitch, length - rows[0] * pitch
        x, y = width + offset, (top + bottom) / 2
        yield f'<path d="M{x:g},{top + 6:g} V{bottom - 6:g}" stroke="{colour}" stroke-width="5"/>'
        yield _text(x + 18, y, words, "note", f'transform="rotate(90 {x + 18:g} {y:g})"')
    yield _text(width + 60, length + 40, "left hand", "note")
    yield _text(-60, length + 40, "right hand", "note")
    yield _text(width / 2, length + 40, "base: hips", "note")
    yield _text(width / 2, -MARGIN_TOP + 40, f"{board.name}, seen from above", "title")
    yield _text(width / 2, -MARGIN_TOP + 68, "to scale in mm; not tried on real parts yet", "note")


def _dimensions(width: float, length: float) -> Iterator[str]:
    """Draw the overall sizes and a scale bar."""
    y, x = length + 78, width + 128
    line = f'stroke="{INK_COLOUR}" stroke-width="1.5"'
    yield f'<path d="M0,{y:g} H{width:g} M0,{y - 9:g} v18 M{width:g},{y - 9:g} v18" {line}/>'
    yield _text(width / 2, y + 24, f"tiles {width:g} mm", "note")
    yield f'<path d="M{x:g},0 V{length:g} M{x - 9:g},0 h18 M{x - 9:g},{length:g} h18" {line}/>'
    yield _text(x + 24, length / 2, f"tiles {length:g} mm", "note", f'transform="rotate(90 {x + 24:g} {length / 2:g})"')
    yield _rect((0, length + 140, 100, 8), INK_COLOUR)
    yield _text(50, length + 134, "100 mm", "note")
