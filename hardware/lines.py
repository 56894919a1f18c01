"""Lines: the cables of the mat. A line serves one row of tiles, or one column where the clocks follow columns."""

import math
from dataclasses import dataclass
from typing import Final

from hardware.board import Board, Cell
from hardware.header import HEADER_PIN

# Colour codes of IEC 60757, in the order in which they are given out; clocks and data share one list.
_SUPPLY_COLOURS: Final = {"3V3S": "RD", "GND": "BK", "5VS": "OG"}
_PLAIN: Final = ("YE", "GN", "BU", "VT", "WH", "GY", "BN", "PK", "TQ")
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
    """One cable from the electronics box into the mat, its wires and the cells it serves. length_m in metres."""

    name: str
    cells: tuple[Cell, ...]
    wires: tuple[CableWire, ...]
    length_m: float


def supply_wires(board: Board) -> tuple[str, ...]:
    """Return the names of the supply wires: chips with a 5 V analog supply have one more."""
    extra = ("5VS",) if board.spec.adc.supply_v > board.spec.power.rail_v else ()
    return ("3V3S", "GND", *extra)


def clock_name(board: Board, bank: int) -> str:
    """Return the name of a clock: SCK if there is one, else SCK1, SCK2, ..."""
    return "SCK" if len(board.sck_bcm) == 1 else f"SCK{bank + 1}"


def mat_cables(board: Board) -> tuple[MatCable, ...]:
    """Return the cables of a board, starting at the base (or the left hand)."""
    by_rows = board.spec.pins.sck_order == "rows"
    count = board.rows if by_rows else board.cols
    made = []
    for number in range(count):
        cells = tuple(cell for cell in board.cells if (cell.row if by_rows else cell.col) == number)
        name = chr(ord("A") + number) if by_rows else str(number + 1)
        made.append(MatCable(name, cells, _wires(board, cells), _length_m(board, cells)))
    return tuple(made)


def _wires(board: Board, cells: tuple[Cell, ...]) -> tuple[CableWire, ...]:
    banks = sorted({cell.bank for cell in cells})
    signals = [(clock_name(board, bank), board.sck_bcm[bank]) for bank in banks]
    signals += [(f"DT {cell.name}", cell.dout_bcm) for cell in cells]
    supply = [CableWire(name, _SUPPLY_COLOURS[name], None, None) for name in supply_wires(board)]
    return (
        *supply,
        *(
            CableWire(signal, _SIGNAL_COLOURS[n % len(_SIGNAL_COLOURS)], bcm, HEADER_PIN[bcm])
            for n, (signal, bcm) in enumerate(signals)
        ),
    )


def _length_m(board: Board, cells: tuple[Cell, ...]) -> float:
    """From the box along the right-hand edge to the row, then to its middle; rounded up to 5 cm."""
    middle_x_m = sum(cell.x_m for cell in cells) / len(cells)
    middle_y_m = sum(cell.y_m for cell in cells) / len(cells)
    length_m = board.spec.wiring.trunk_m + (board.length_m - middle_y_m) + (board.width_m - middle_x_m)
    return math.ceil(length_m * 20 - 1e-9) / 20
