"""Where things sit, in millimetres: the sensors of a tile, and the ports of each Raspberry Pi.

The coordinates are those of mechanics/lib.scad: x from the right hand to the left hand, y from the base to the head.
Ports and holes are from the mechanical drawings of the boards, from memory: measure yours.
"""

from dataclasses import dataclass
from typing import Final

from hardware.board import Board, Cell


@dataclass(frozen=True, slots=True)
class CornerPlace:
    """A corner of a tile, measured from the tile's own corner. slot_deg: where the wires leave, 0 to the head."""

    x_mm: float
    y_mm: float
    slot_deg: int


@dataclass(frozen=True, slots=True)
class PiBoard:
    """A Raspberry Pi seen from above, its ports towards y = 0. supply_x_mm is the middle of the supply port."""

    size_mm: tuple[float, float]
    holes_x_mm: tuple[float, float]
    supply_x_mm: float


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """Where a small board lies: its middle, and its size across and along the mat."""

    x_mm: float
    y_mm: float
    size_mm: tuple[float, float]


LINE_BOARD_MM: Final = (20.0, 44.0)
LINE_BOARD_FROM_EDGE_MM: Final = 34.0  # right-hand edge of its tile to its middle: between the holders
TILE_BOARD_MM: Final = (50.0, 33.0)  # as ordered, hardware/pcb; a converter with its ring board takes no more across
CONVERTER_MM: Final = (20.0, 34.0)
HOLD_DOWN_ROOM_MM: Final = 8.0  # kept free beside the middle of a tile
CELL_ROOM_MM: Final = 20.0  # a single cell lies along the middle
PI_BOARD: Final = {
    "zero_2_w": PiBoard((65, 30), (3.5, 61.5), 54.0),  # the outer one of two micro-USB ports: PWR IN
    "3": PiBoard((85, 56), (3.5, 61.5), 10.6),
    "4": PiBoard((85, 56), (3.5, 61.5), 11.2),
    "5": PiBoard((85, 56), (3.5, 61.5), 11.2),
}


def sensor_places(board: Board) -> tuple[CornerPlace, ...]:
    """Return the four corners of a tile at which its sensors (or stops) sit; the wires leave towards its middle."""
    mat, inset = board.spec.mat, board.spec.mechanics.sensor_inset_m * 1e3
    width, length = mat.tile_width_m * 1e3, mat.tile_length_m * 1e3
    return tuple(
        CornerPlace(round(x, 3), round(y, 3), 0 if y < length / 2 else 180)
        for x in (inset, width - inset)
        for y in (inset, length - inset)
    )


def converter_place(board: Board) -> BoardPlace:
    """Return where the converter (or tile board) lies, from the corner of its tile: beside the middle, left hand."""
    mat, ring = board.spec.mat, board.sensors_per_tile > 1
    size, room = (TILE_BOARD_MM, HOLD_DOWN_ROOM_MM) if ring else (CONVERTER_MM, CELL_ROOM_MM)
    return BoardPlace(mat.tile_width_m * 500 + room + size[0] / 2, mat.tile_length_m * 500, size)


def tile_corner(board: Board, cell: Cell) -> tuple[float, float]:
    """Return the corner of a tile at base and right hand."""
    mat = board.spec.mat
    x_m = board.width_m - cell.x_m - mat.tile_width_m / 2
    return round(x_m * 1e3, 3), round((cell.y_m - mat.tile_length_m / 2) * 1e3, 3)


def line_board_place(board: Board, cells: tuple[Cell, ...]) -> BoardPlace:
    """Return where the line board of these cells lies: under the tile that its cable reaches first, right hand."""
    corner = max((tile_corner(board, cell) for cell in cells), key=lambda at: (-at[0], at[1]))
    return BoardPlace(
        corner[0] + LINE_BOARD_FROM_EDGE_MM, corner[1] + board.spec.mat.tile_length_m * 500, LINE_BOARD_MM
    )
