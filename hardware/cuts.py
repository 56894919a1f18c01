"""What to cut and what to print: pieces and sizes, from the board."""

from typing import Final

from hardware.board import Board
from hardware.bom import bom_items
from hardware.tables import INTRO, markdown_table

PRINTED_PARTS: Final = ("holder", "foot", "hold_down", "box_bottom", "box_lid", "pod_bottom", "pod_top")
SKIRT_MM: Final = (6.0, 8.0)
SIDE_FOAM_MM: Final = 150.0
END_FOAM_MM: Final = 600.0
COVER_WRAP_MM: Final = 60.0

CUT_PAGE = """\
## Cut

Lengths in mm. Along is from base to head, across from hand to hand. Chamfer the upper edges of the tiles by 2 mm and
sand everything a hand can reach.
"""
MARK_OUT_PAGE = """\
## Mark out

Draw lines on the base, measured from its edges (the pattern is the same from either side). Where a line along meets a
line across, {what}.

Lines along, distance from the long edge: {across} mm.

Lines across, distance from the short edge: {along} mm.
"""
PRINT_PAGE = """\
## Print

The files of the default mat are in hardware/mechanics/stl, with grams, hours and orientation; `make stl` writes those
of all boards to build/stl where OpenSCAD is installed. Parts lie as they are printed. Only the shells of the
pod, which stand on their open edge, need supports, inside. Layers of 0.2 mm; holders, feet and hold-downs with 100 %
infill, because they carry the stops.
"""


def mat_height_mm(board: Board) -> float:
    """Return the height in mm of the mat from the floor side of the base to the top of a tile."""
    spec = board.spec
    cell = spec.cell.types[spec.cell.use]
    gap_mm = spec.mechanics.stop_gap_m * 1e3 if cell.sensors_per_tile > 1 else 8.0  # or two spacers of 4 mm
    return (spec.mechanics.base_m + cell.height_m + spec.mechanics.tile_m) * 1e3 + gap_mm


def cut_sizes_mm(board: Board) -> dict[str, tuple[tuple[float, float, float], str]]:
    """Return (along, across, thick) in mm and the material of every cut part, by its id in the bill of materials."""
    mat, mech = board.spec.mat, board.spec.mechanics
    border, gap = mech.border_m * 1e3, mat.gap_m * 1e3
    along, across = mat.length_m * 1e3 + 2 * border, mat.width_m * 1e3 + 2 * border
    first = board.rows // 2 * (mat.tile_length_m * 1e3 + gap) - gap / 2 + border  # the half towards the base
    longer = along if mech.base_parts == 1 else max(first, along - first)
    high = round(mat_height_mm(board))
    return {
        "base_plate": ((longer, across, mech.base_m * 1e3), "birch plywood"),
        "tile_plate": ((mat.tile_length_m * 1e3, mat.tile_width_m * 1e3, mech.tile_m * 1e3), "birch plywood"),
        "skirt_long": ((along, *SKIRT_MM), "wood"),
        "skirt_short": ((SKIRT_MM[0], across - 2 * SKIRT_MM[0], SKIRT_MM[1]), "wood"),
        "cover": ((along + 2 * COVER_WRAP_MM, across + 2 * COVER_WRAP_MM, 0.3), "polyurethane-coated fabric"),
        "surround_side": ((along, SIDE_FOAM_MM, high), "EVA foam"),
        "surround_end": ((END_FOAM_MM, across, high), "EVA foam"),
    }


def sensor_marks_mm(board: Board) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the distances from the base edges to the sensors (or stops) in mm: across, then along."""
    mat, mech = board.spec.mat, board.spec.mechanics
    inset, gap, border = mech.sensor_inset_m * 1e3, mat.gap_m * 1e3, mech.border_m * 1e3

    def line(count: int, tile: float) -> tuple[float, ...]:
        starts = [border + n * (tile + gap) for n in range(count)]
        return tuple(round(start + at, 1) for start in starts for at in (inset, tile - inset))

    return line(board.cols, mat.tile_width_m * 1e3), line(board.rows, mat.tile_length_m * 1e3)


def cuts_md(board: Board) -> str:
    """Return the page as Markdown."""
    needed = {item.part.id: item for item in bom_items(board)}
    cut = [
        (name, f"{needed[name].quantity:g}", *(f"{length:g}" for length in size), material)
        for name, (size, material) in cut_sizes_mm(board).items()
    ]
    printed = [(name, f"{needed[name].quantity:g}", needed[name].text) for name in PRINTED_PARTS if name in needed]
    across, along = (", ".join(f"{mark:g}" for mark in marks) for marks in sensor_marks_mm(board))
    ring = board.spec.cell.types[board.cell_type].sensors_per_tile > 1
    what = (
        "the middle of a sensor holder goes" if ring else "a stop screw goes; the cell goes in the middle of its four"
    )
    parts = [
        INTRO.format(title="Cutting list", name=board.name),
        f"The mat is {mat_height_mm(board):.1f} mm high.\n",
        CUT_PAGE,
        markdown_table(("part", "pieces", "along", "across", "thick", "material"), cut),
    ]
    parts.append(MARK_OUT_PAGE.format(what=what, across=across, along=along))
    if board.spec.mechanics.base_parts > 1:
        row = chr(ord("A") + board.rows // 2)
        parts.append(
            f"The base folds between rows {chr(ord(row) - 1)} and {row}: both halves are listed with the length of the "
            "longer one; saw them to meet under the gap.\n"
        )
    return "\n".join([*parts, PRINT_PAGE, markdown_table(("part", "pieces", "what"), printed)])
