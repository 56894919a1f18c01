"""Lines: the cables of the mat. A line serves one row of tiles, or one column where the clocks follow columns."""

import math
from dataclasses import dataclass
from typing import Final

from hardware.board import Board, Cell, load_board
from hardware.header import HEADER_PIN
from hardware.layout import converter_place, line_board_place, tile_corner

# Colour codes of IEC 60757, in the order in which they are given out; clocks and data share one list.
_SUPPLY_COLOURS: Final = {"3V3S": "RD", "GND": "BK", "5VS": "OG"}
_PLAIN: Final = ("YE", "GN", "BU", "VT", "WH", "GY", "BN", "PK", "TQ")
TAIL_SPARE_M: Final = 0.03  # both ends stripped, and a bow
_SIGNAL_COLOURS: Final = _PLAIN + tuple(f"{colour}BK" for colour in _PLAIN)  # the second nine have a black stripe


@dataclass(frozen=True, slots=True)
class CableWire:
    """One way of a line's plug. bcm and header_pin are None for supply."""

    signal: str
    colour: str
    bcm: int | None
    header_pin: int | None


@dataclass(frozen=True, slots=True)
class MatCable:
    """One cable from the electronics box into the mat, its wires and the cells it serves. length_m in metres.

    spare: the ways after the wires that nothing uses yet, on the cable of a pilot.
    """

    name: str
    cells: tuple[Cell, ...]
    wires: tuple[CableWire, ...]
    length_m: float
    spare: tuple[CableWire, ...] = ()

    @property
    def ways(self) -> tuple[CableWire, ...]:
        """Every way of its plugs."""
        return (*self.wires, *self.spare)


def supply_wires(board: Board) -> tuple[str, ...]:
    """Return the names of the supply wires: chips with a 5 V analog supply have one more."""
    extra = ("5VS",) if board.spec.adc.supply_v > board.spec.power.rail_v else ()
    return ("3V3S", "GND", *extra)


def clock_name(board: Board, bank: int) -> str:
    """Return the name of a clock: SCK if there is one, else SCK1, SCK2, ..."""
    return "SCK" if len(board.sck_bcm) == 1 else f"SCK{bank + 1}"


def built_into(board: Board) -> Board:
    """Return the mat whose first tile a pilot becomes; any other board is that mat itself."""
    return load_board() if board.spec.wiring.pilot else board


def mat_cables(board: Board) -> tuple[MatCable, ...]:
    """Return the cables of a board, starting at the base (or the left hand)."""
    whole = built_into(board)
    made = []
    for number in range(board.rows if _by_rows(board) else board.cols):
        cells, later = _cells_of(board, number), _cells_of(whole, number)
        name = chr(ord("A") + number) if _by_rows(board) else str(number + 1)
        wires, all_ways = _wires(board, cells), len(supply_wires(board)) + len(_signals(whole, later))
        spare = tuple(
            CableWire("spare", _SIGNAL_COLOURS[way - len(supply_wires(board))], None, None)
            for way in range(len(wires), all_ways)
        )
        made.append(MatCable(name, cells, wires, _length_m(whole, later), spare))
    return tuple(made)


def tail_m(board: Board, cell: Cell) -> float:
    """Return the length of the wires from the line board to a converter: along and across, rounded up to 5 cm.

    They may begin anywhere on the line board and end anywhere on the converter. The tail of a pilot is that of its tile
    in the mat.
    """
    whole = built_into(board)
    number = cell.row if _by_rows(whole) else cell.col
    line, own = line_board_place(whole, _cells_of(whole, number)), converter_place(whole)
    corner = tile_corner(whole, next(one for one in whole.cells if one.name == cell.name))
    across_mm = abs(corner[0] + own.x_mm - line.x_mm) + own.size_mm[0] / 2
    along_mm = abs(corner[1] + own.y_mm - line.y_mm) + own.size_mm[1] / 2 + line.size_mm[1] / 2
    return max(_up_to_5_cm((across_mm + along_mm) / 1e3 + TAIL_SPARE_M), whole.spec.wiring.tail_m)


def _by_rows(board: Board) -> bool:
    return board.spec.pins.sck_order == "rows"


def _cells_of(board: Board, number: int) -> tuple[Cell, ...]:
    """Return the cells of a line, counted from the base (or the left hand)."""
    return tuple(cell for cell in board.cells if (cell.row if _by_rows(board) else cell.col) == number)


def _signals(board: Board, cells: tuple[Cell, ...]) -> list[tuple[str, int]]:
    """Return the clocks and data lines of some cells, each with its pin."""
    banks = sorted({cell.bank for cell in cells})
    clocks = [(clock_name(board, bank), board.sck_bcm[bank]) for bank in banks]
    return clocks + [(f"DT {cell.name}", cell.dout_bcm) for cell in cells]


def _wires(board: Board, cells: tuple[Cell, ...]) -> tuple[CableWire, ...]:
    signals = _signals(board, cells)
    supply = [CableWire(name, _SUPPLY_COLOURS[name], None, None) for name in supply_wires(board)]
    return (
        *supply,
        *(
            CableWire(signal, _SIGNAL_COLOURS[n % len(_SIGNAL_COLOURS)], bcm, HEADER_PIN[bcm])
            for n, (signal, bcm) in enumerate(signals)
        ),
    )


def _length_m(board: Board, cells: tuple[Cell, ...]) -> float:
    """From the box along the right-hand edge to the row, then to its middle, which leaves some for plugs and bends."""
    middle_x_m = sum(cell.x_m for cell in cells) / len(cells)
    middle_y_m = sum(cell.y_m for cell in cells) / len(cells)
    return _up_to_5_cm(board.spec.wiring.trunk_m + (board.length_m - middle_y_m) + (board.width_m - middle_x_m))


def _up_to_5_cm(length_m: float) -> float:
    return math.ceil(length_m * 20 - 1e-9) / 20
