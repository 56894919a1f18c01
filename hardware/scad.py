"""The numbers of a board that the mechanical drawings need, as an OpenSCAD file. Lengths in millimetres."""

import json
from typing import Final

from hardware.board import Board
from hardware.bom import board_conditions, needs_hold_down
from hardware.layout import PI_BOARD, converter_place, line_board_place, sensor_places
from hardware.lines import mat_cables

HEAD: Final = "// Made by `python -m hardware.drawing` from the board file: change that one, not this file.\n"


def params_scad(board: Board) -> str:
    """Return the text of params.scad."""
    spec, has = board.spec, board_conditions(board)
    mat, mech = spec.mat, spec.mechanics
    cell = spec.cell.types[spec.cell.use]
    converter, lines = converter_place(board), [line_board_place(board, line.cells) for line in mat_cables(board)]
    pi = PI_BOARD[spec.pi.model]
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
        "corners": [(at.x_mm, at.y_mm) for at in sensor_places(board)],
        "slots": [at.slot_deg for at in sensor_places(board)],
        "holder_side": _mm(mech.holder_m),
        "hold_down": needs_hold_down(board),
        "stop_gap": _mm(mech.stop_gap_m),
        "cell_type": board.cell_type,
        "cell_h": _mm(cell.height_m),
        "ring": cell.sensors_per_tile > 1,
        "cell_names": [c.name for c in board.cells],
        "line_names": [line.name for line in mat_cables(board)],
        "lines_by_rows": spec.pins.sck_order == "rows",
        "line_boards": [(at.x_mm, at.y_mm) for at in lines],
        "line_board_size": lines[0].size_mm,
        "converter_at": (converter.x_mm, converter.y_mm),
        "converter_size": converter.size_mm,
        "pod": "pod" in has,
        "pod_light": "light" in has,
        "pod_buzzer": "buzzer" in has,
        "pod_button": "button" in has,
        "pi_board": pi.size_mm,
        "pi_holes_x": pi.holes_x_mm,
        "supply_x": pi.supply_x_mm,
    }
    return HEAD + "".join(f"{name} = {json.dumps(value)};\n" for name, value in values.items())


def _mm(length_m: float) -> float:
    return round(length_m * 1e3, 3)
