"""Where things sit, in millimetres: the sensors of a tile, and the ports of each Raspberry Pi.

The coordinates are those of mechanics/lib.scad: x from the right hand to the left hand, y from the base to the head.
Ports and holes are from the mechanical drawings of the boards, from memory: measure yours.
"""

from dataclasses import dataclass
from typing import Final

from hardware.board import Board


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
