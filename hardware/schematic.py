"""Draws the schematic of one channel: sensors, converter, cable, Pi; and the rework of the common converter board.

Needs schemdraw, from the extra `hardware`: python -m hardware.schematic FILE.svg
"""

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import schemdraw
import schemdraw.elements as elm

from hardware.board import Board, load_board
from hardware.bom import resistance_text
from hardware.lines import clock_name, supply_wires
from hardware.tables import header_place

Point = tuple[float, float]
REWORK: Final = "#c22f2f"
LEFT, RIGHT, FOOT, HEAD = 11.0, 15.6, -0.6, 9.9  # the converter board
RAIL_Y: Final = 11.7
PI_X: Final = 23.0
PINS: Final = {  # name -> where its wire begins
    "AVDD": (LEFT, 8.4), "VFB": (LEFT, 6.2), "A+": (LEFT, 3.6), "AGND": (LEFT, 1.4), "A-": (LEFT, 0.2),
    "VSUP": (12.4, HEAD), "DVDD": (14.2, HEAD), "RATE": (RIGHT, 8.4), "DOUT": (RIGHT, 5.2), "PD_SCK": (RIGHT, 2.8),
}  # fmt: skip


def draw_channel(board: Board, path: Path) -> None:
    """Draw the channel of the first cell as SVG."""
    schemdraw.use("svg")
    with schemdraw.Drawing(file=str(path), show=False) as d:
        d.config(fontsize=12, lw=1.6, bgcolor="white", margin=0.5)
        _converter(d)
        _bridge(d, board)
        _feedback(d, board)
        _supply(d, board)
        _signals(d, board)


def _wire(d: Any, *points: Point, **look: Any) -> None:  # noqa: ANN401 - schemdraw is not typed
    for start, end in pairwise(points):
        d += elm.Line(**look).endpoints(start, end)


def _words(d: Any, at: Point, words: str, **look: Any) -> None:  # noqa: ANN401 - schemdraw is not typed
    d += elm.Label().at(at).label(words, **look)


def _part(d: Any, element: Any, start: Point, end: Point, words: str = "", **look: Any) -> None:  # noqa: ANN401
    d += element.endpoints(start, end).label(words, **look)


def _converter(d: Any) -> None:  # noqa: ANN401 - schemdraw is not typed
    d += elm.Rect(corner1=(0, 0), corner2=(RIGHT - LEFT, HEAD - FOOT)).theta(0).at((LEFT, FOOT))
    _words(d, ((LEFT + RIGHT) / 2, 4.4), "HX711 board", fontsize=14)
    for name, (x, y) in PINS.items():
        side = 0.15 if x == LEFT else -0.15
        if y == HEAD:
            _words(d, (x, y - 0.6), name, halign="center", valign="center")
        else:
            _words(d, (x + side, y), name, halign="left" if x == LEFT else "right", valign="center")


def _bridge(d: Any, board: Board) -> None:  # noqa: ANN401 - schemdraw is not typed
    """Draw the sensors of the tile as the bridge they form."""
    top, right, bottom, left = (2.6, 6.0), (5.0, 3.6), (2.6, 1.4), (0.2, 3.6)
    for start, end in ((top, right), (right, bottom), (bottom, left), (left, top)):
        d += elm.ResistorIEC().endpoints(start, end)
        d += elm.Dot().at(start)
    quad = board.cell_type == "quad50"
    _words(d, (2.6, 3.6), "ring of\nfour sensors" if quad else "load cell", halign="center", valign="center")
    _wire(d, top, (top[0], 8.4), PINS["AVDD"])
    _wire(d, right, PINS["A+"])
    _wire(d, bottom, PINS["AGND"])
    _wire(d, left, (left[0], 0.2), PINS["A-"])
    for name, y in (("E+", 8.4), ("A+", 3.6), ("E-", 1.4), ("A-", 0.2)):
        _words(d, (6.2, y + 0.3), name, halign="center", valign="center")


def _feedback(d: Any, board: Board) -> None:  # noqa: ANN401 - schemdraw is not typed
    """Draw the divider that sets the bridge voltage, and the resistor added to it."""
    adc = board.spec.adc
    rail, tap, low = (9.4, 8.4), (9.4, 6.2), (9.4, 4.4)
    for place in (rail, tap):
        d += elm.Dot().at(place)
    _part(d, elm.ResistorIEC(), rail, tap, resistance_text(adc.feedback_top_ohm), loc="bottom")
    _part(d, elm.ResistorIEC(), tap, low, resistance_text(adc.feedback_bottom_ohm), loc="bottom")
    d += elm.Ground().at(low)
    _wire(d, tap, PINS["VFB"])
    as_sold_v = 1.25 * (1 + adc.feedback_top_ohm / adc.feedback_bottom_ohm)
    if adc.feedback_parallel_ohm is None:
        words = f"bridge: {as_sold_v:.2f} V from {adc.supply_v:g} V\nno rework needed"
        _words(d, (-0.2, 10.6), words, halign="left", valign="center")
        return
    _part(
        d,
        elm.ResistorIEC().color(REWORK),
        (7.8, 8.4),
        (7.8, 6.2),
        f"{resistance_text(adc.feedback_parallel_ohm)}\nadded",
        loc="top",
        color=REWORK,
    )
    _wire(d, (7.8, 6.2), tap, color=REWORK)
    words = (
        f"As sold the bridge is set to {as_sold_v:.2f} V:\n{adc.supply_v:g} V cannot give that. "
        f"{resistance_text(adc.feedback_parallel_ohm)} across\nthe top resistor sets it to {adc.avdd_v:.2f} V."
    )
    _words(d, (-0.2, 10.6), words, color=REWORK, halign="left", valign="center")


def _supply(d: Any, board: Board) -> None:  # noqa: ANN401 - schemdraw is not typed
    """Draw the way from the 5 V pin to the chip."""
    power = board.spec.power
    two = "5VS" in supply_wires(board)
    _part(d, elm.Fuse(), (PI_X, RAIL_Y), (PI_X - 2.2, RAIL_Y), "polyfuse\n500 mA", loc="top")
    _wire(d, (PI_X - 2.2, RAIL_Y), (19.9, RAIL_Y))
    d += elm.Rect(corner1=(0, 0), corner2=(1.6, 1.2)).theta(0).at((18.3, RAIL_Y - 0.6))
    _words(d, (19.1, RAIL_Y), "3.3 V", halign="center", valign="center")
    _words(d, (19.1, RAIL_Y + 1.0), power.regulator, halign="center", valign="center")
    d += elm.Ground().at((19.1, RAIL_Y - 0.6))
    rail_end = PINS["DVDD"] if two else PINS["VSUP"]
    _wire(d, (18.3, RAIL_Y), (rail_end[0], RAIL_Y), rail_end)
    _words(d, (17.2, RAIL_Y + 0.4), "3V3S", halign="center", valign="center")
    if two:
        _wire(d, (20.5, RAIL_Y), (20.5, RAIL_Y + 1.9), (PINS["VSUP"][0], RAIL_Y + 1.9), PINS["VSUP"])
        _words(d, (16.6, RAIL_Y + 2.3), "5VS", halign="center", valign="center")
        d += elm.Dot().at((20.5, RAIL_Y))
    else:
        _wire(d, (PINS["DVDD"][0], RAIL_Y), PINS["DVDD"])
        d += elm.Dot().at((PINS["DVDD"][0], RAIL_Y))
    _part(d, elm.Capacitor(), (16.0, RAIL_Y), (16.0, RAIL_Y - 1.6), "10 µF\n100 nF", loc="bottom")
    d += elm.Ground().at((16.0, RAIL_Y - 1.6))
    d += elm.Dot().at((16.0, RAIL_Y))
    d += elm.Dot(open=True).at((PI_X, RAIL_Y))
    _words(d, (PI_X + 0.3, RAIL_Y), "5 V (pin 2)", halign="left", valign="center")


def _signals(d: Any, board: Board) -> None:  # noqa: ANN401 - schemdraw is not typed
    """Draw clock, data and the rate pin."""
    cell = board.cells[0]
    series = resistance_text(board.spec.pins.series_ohm)
    fast = board.spec.adc.rate_hz > 10  # noqa: PLR2004 - the slow rate
    data, clock = header_place(cell.dout_bcm), header_place(board.sck_bcm[cell.bank])
    for pin, words in (
        ("DOUT", f"{data}\ndata {cell.name}, pull-up on"),
        ("PD_SCK", f"{clock}\n{clock_name(board, cell.bank)}"),
    ):
        x, y = PINS[pin]
        _wire(d, (x, y), (19.0, y))
        _part(d, elm.ResistorIEC(), (19.0, y), (21.6, y), series, loc="top")
        _wire(d, (21.6, y), (PI_X, y))
        d += elm.Dot(open=True).at((PI_X, y))
        _words(d, (PI_X + 0.3, y), words, halign="left", valign="center")
    _words(d, (17.3, 5.2 + 0.3), "cable", halign="center", valign="center")
    _words(d, (17.3, 2.8 + 0.3), "cable", halign="center", valign="center")
    x, y = PINS["RATE"]
    _wire(d, (x, y), (16.2, y))
    words = f"{'to DVDD: 80 Hz' if fast else 'to ground: 10 Hz'}\n(most boards: to ground, 10 Hz)"
    _words(d, (16.9, y - 0.1), words, halign="left", valign="center")
    if fast:
        _wire(d, (16.2, y), (16.2, y + 0.4))
        d += elm.Vdd().at((16.2, y + 0.4))
    else:
        d += elm.Ground().at((16.2, y))


if __name__ == "__main__":
    draw_channel(load_board(), Path(sys.argv[1]))
