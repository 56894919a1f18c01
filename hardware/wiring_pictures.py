"""Two drawings that a person wires by: the cables of the whole mat, and the four sensors of a tile in their corners.

Both are seen from above with the head at the top, so the left hand is on the right.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape

from hardware.board import Board
from hardware.lines import MatCable, mat_cables, tail_m
from hardware.sheets import BRIDGE_COLOURS, SENSOR_RING, wiring_sheets
from hardware.tables import POD_COLOURS, header_place, output_pins

COLOURS: Final = {
    "BK": "#222222", "BN": "#7b4a2d", "RD": "#d62728", "OG": "#ff7f0e", "YE": "#e6c700", "GN": "#2ca02c",
    "BU": "#1f77b4", "VT": "#9467bd", "GY": "#888888", "WH": "#ffffff", "PK": "#f4a6c0", "TQ": "#30c0b0",
}  # fmt: skip
STYLE: Final = (
    "text{font-family:sans-serif;fill:#1b1b1b;font-size:15px}.t{font-size:24px;font-weight:bold}"
    ".b{font-weight:bold}.m{text-anchor:middle}.e{text-anchor:end}"
)
WIDTH_MIN: Final = 860.0  # the note below the title
WAY: Final = 24.0  # height of a way
HAT_X, HAT_W, BOARD_X, TILE_X, TILE_W = 20.0, 290.0, 400.0, 470.0, 150.0
Way = tuple[str, str]
"""Words and the colour code of the wire."""


def _head(title: str, note: str, width: float, height: float) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<!-- Made by `python -m hardware.drawing` from the board file: change that one, not this drawing. -->"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">'
    yield f"<style>{STYLE}</style>"
    yield f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>'
    yield _text(20, 34, title, "t")
    yield _text(20, 60, note)


def _rect(box: tuple[float, float, float, float], fill: str) -> str:
    x, y, width, height = box
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" stroke="#555" rx="4"/>'


def _text(x: float, y: float, words: str, css: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{css}">{escape(words)}</text>'


def _wire(points: Iterable[tuple[float, float]], colour: str) -> Iterator[str]:
    """Draw a wire in its colour with a dark rim, so that white can be seen; a second code is a stripe."""
    path = "M" + " L".join(f"{x:g},{y:g}" for x, y in points)
    yield f'<path d="{path}" fill="none" stroke="#333" stroke-width="6"/>'
    yield f'<path d="{path}" fill="none" stroke="{COLOURS[colour[:2]]}" stroke-width="4"/>'
    if len(colour) > 2:  # noqa: PLR2004 - two codes of two letters
        yield f'<path d="{path}" fill="none" stroke="{COLOURS[colour[2:]]}" stroke-width="4" stroke-dasharray="6 6"/>'


def _plug(x: float, y: float, width: float, title: str, ways: list[Way]) -> Iterator[str]:
    """Draw a box with a title and its ways, one below the other."""
    yield _rect((x, y, width, WAY * (len(ways) + 1) + 8), "#f4f6f8")
    yield _text(x + 8, y + 18, title, "b")
    for n, (words, colour) in enumerate(ways):
        yield from _wire([(x + 8, _way_y(y, n) - 5), (x + 34, _way_y(y, n) - 5)], colour)
        yield _text(x + 42, _way_y(y, n), words)


def _way_y(y: float, number: int) -> float:
    return y + 18 + WAY * (number + 1)


def cables_svg(board: Board) -> str:
    """Return the cables of the whole mat: sockets of the HAT, line boards, converters and pod, by way and colour."""
    lines = mat_cables(board)[::-1]
    pod = [("1 GND", "BK")] + [
        (f"{way} {name}: {header_place(bcm)}", POD_COLOURS[name])
        for way, (name, _, bcm) in enumerate((one for one in output_pins(board) if one[2] is not None), 2)
    ]
    bands = [WAY * (len(line.ways) + 1) + 50 for line in lines] + [WAY * (len(pod) + 1) + 50] * (len(pod) > 1)
    width = max(TILE_X + max(len(line.cells) for line in lines) * (TILE_W + 8) + 12, WIDTH_MIN)
    note = "Left: sockets of the HAT, way, signal, pin behind its resistor. Right: converters, left hand at the right."
    body = [*_head(f"{board.name}: cables", note, width, 90 + sum(bands))]
    y = 86.0
    for line, band in zip(lines, bands, strict=False):
        body += _line_band(board, line, y)
        y += band
    if len(pod) > 1:
        body += _plug(HAT_X, y, HAT_W, "socket pod", pod)
        for n, (_, colour) in enumerate(pod):
            body += _wire([(HAT_X + HAT_W, _way_y(y, n) - 5), (TILE_X, _way_y(y, n) - 5)], colour)
        body.append(_text((HAT_X + HAT_W + TILE_X) / 2, y + 18, f"{board.spec.wiring.pod_m:g} m", "m"))
        body += _plug(TILE_X, y, TILE_W + 80, "pod", [(words.split(":")[0][2:], colour) for words, colour in pod])
    return "\n".join([*body, "</svg>"]) + "\n"


def _line_band(board: Board, line: MatCable, y: float) -> Iterator[str]:
    """Draw one line: its socket, its cable, its line board, and a tail to each converter."""
    ways = [
        (f"{n} {wire.signal}" + (f": {header_place(wire.bcm)}" if wire.bcm is not None else ""), wire.colour)
        for n, wire in enumerate(line.ways, 1)
    ]
    tails = {cable.name: cable.wires for sheet in wiring_sheets(board) for cable in sheet.cables}
    yield from _plug(HAT_X, y, HAT_W, f"socket line {line.name}", ways)
    for n, (_, colour) in enumerate(ways):
        yield from _wire([(HAT_X + HAT_W, _way_y(y, n) - 5), (BOARD_X, _way_y(y, n) - 5)], colour)
    yield _text((HAT_X + HAT_W + BOARD_X) / 2, y + 18, f"{line.length_m:g} m", "m")
    yield _rect((BOARD_X, y + 24, 26, WAY * len(ways) + 4), "#b7d3b0")
    below = max(len(ways), *(len(tails[f"TAIL {cell.name}"]) + 1 for cell in line.cells))
    yield _text(BOARD_X + 34, y + WAY * below + 22, f"line board {line.name}")
    cells = sorted(line.cells, key=lambda cell: -cell.x_m)
    yield f'<path d="M{BOARD_X + 26:g},{y + 34:g} H{TILE_X + (len(cells) - 1) * (TILE_W + 8):g}" stroke="#777" '
    yield 'stroke-width="5" fill="none"/>'
    for n, cell in enumerate(cells):
        wires = tails[f"TAIL {cell.name}"]
        title = f"{cell.name}, tail {tail_m(board, cell):g} m"
        yield from _plug(TILE_X + n * (TILE_W + 8), y, TILE_W, title, [(to, colour) for _, colour, to in wires])


# --- the sensors of one tile -----------------------------------------------------------------------
TILE: Final = (150.0, 100.0, 600.0, 560.0)
CORNER_XY: Final = {"HEAD RIGHT": (0, 0), "HEAD LEFT": (1, 0), "BASE RIGHT": (0, 1), "BASE LEFT": (1, 1)}
PAD_XY: Final = {  # on the ring board, in the order in which the wires come without crossing
    "A+": (360, 320), "N1": (450, 320), "E+": (540, 320), "N2": (360, 380), "N4": (540, 380),
    "E-": (360, 440), "N3": (450, 440), "A-": (540, 440),
}  # fmt: skip


def corners_svg(board: Board) -> str:
    """Return the four sensors of a tile in their corners, and the pad of each of their wires."""
    x, y, width, height = TILE
    note = "Tile seen from above. Red is the middle of a half-bridge (ASSEMBLY.md, step 3)."
    body = [*_head(f"{board.name}: the four sensors of a tile", note, 900, 760), _rect(TILE, "#f3e3c3")]
    body.append(_text(x + width / 2, y - 8, "head", "m b"))
    body.append(_text(x - 10, y + height / 2, "right hand", "e b"))
    body.append(_text(x + width + 10, y + height / 2, "left hand", "b"))
    body.append(_text(x + width / 2, y + height + 20, "base", "m b"))
    body.append(_rect((330, 290, 240, 180), "#b7d3b0"))
    for corner, pads in SENSOR_RING.items():
        right, down = CORNER_XY[corner]
        left, top = x + 14 + right * (width - 128), y + 14 + down * (height - 128)
        body.append(_rect((left, top, 100, 100), "#5d6b78"))
        body.append(f'<circle cx="{left + 50:g}" cy="{top + 50:g}" r="20" fill="#e8e6e0" stroke="#333"/>')
        body.append(_text(left + 50, top + (118 if not down else -8), f"{corner.lower().replace(' ', ', ')} hand", "m"))
        for n, (colour, pad) in enumerate(sorted(pads.items(), key=lambda item: _turn(item[1], right, down))):
            start = (left + (100 if not right else 0), top + 25 + 25 * n)
            body += _wire([start, PAD_XY[pad]], colour)
    for pad, (pad_x, pad_y) in PAD_XY.items():
        body.append(f'<circle cx="{pad_x:g}" cy="{pad_y:g}" r="17" fill="#d9b13b" stroke="#6b5518"/>')
        body.append(_text(pad_x, pad_y + 5, pad, "m b"))
    body.append(_text(450, 385, "ring board", "m"))
    to = ", ".join(f"{pad} {code}" for pad, code in BRIDGE_COLOURS.items())
    body.append(_text(20, 715, f"To the converter: {to} (RD red, BK black, WH white, GN green)."))
    body.append(
        _text(20, 739, "A tile board is ring board and converter in one: W, R and B of the same corner. Never built.")
    )
    return "\n".join([*body, "</svg>"]) + "\n"


def _turn(pad: str, right: int, down: int) -> float:
    """Return the order of a corner's wires from top to bottom, so that they do not cross."""
    x, y = PAD_XY[pad]
    return (y - 380) * 2 + (450 - x if right else x - 450) * (1 if down else -1)
