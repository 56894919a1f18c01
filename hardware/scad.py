"""The numbers of a board that the mechanical drawings need, as an OpenSCAD file. Lengths in millimetres."""

import json
from typing import Final

from hardware.board import Board
from hardware.bom import conditions
from hardware.lines import lines

HEAD: Final = "// Made by `python -m hardware.drawing` from the board file: change that one, not this file.\n"
PI_BOARD_MM: Final = {"zero_2_w": (65, 30), "3": (85, 56), "4": (85, 56), "5": (85, 56)}


def params_scad(board: Board) -> str:
    """Return the text of params.scad."""
    spec, has = board.spec, conditions(board)
    mat, mech = spec.mat, spec.mechanics
    cell = spec.cell.types[spec.cell.use]
    values: dict[str, object] = {
        "board": board.name,
        "rows": board.rows,
        "cols": board.cols,
        "mat_w": _mm(mat.width_m),
        "mat_l": _mm(mat.length_m),
        "tile_w": _mm(mat.tile_width_m),
        "tile_l": _mm(mat.tile_length_m),
        "gap": _mm(mat.gap_m),
        "base_h": _mm(mech.base_m),
        "base_parts": mech.base_parts,
        "tile_h": _mm(mech.tile_m),
        "border": _mm(mech.border_m),
        "inset": _mm(mech.sensor_inset_m),
        "stop_gap": _mm(mech.stop_gap_m),
        "cell_type": board.cell_type,
        "cell_h": _mm(cell.height_m),
        "ring": cell.sensors_per_tile > 1,
        "cell_names": [c.name for c in board.cells],
        "line_names": [line.name for line in lines(board)],
        "lines_by_rows": spec.pins.sck_order == "rows",
        "pod": "pod" in has,
        "pod_light": "light" in has,
        "pod_buzzer": "buzzer" in has,
        "pod_button": "button" in has,
        "pi_board": PI_BOARD_MM[spec.pi.model],
    }
    return HEAD + "".join(f"{name} = {json.dumps(value)};\n" for name, value in values.items())


def _mm(length_m: float) -> float:
    return round(length_m * 1e3, 3)
