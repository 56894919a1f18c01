"""Printed parts: STL files made smaller, and what each part weighs."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hardware.board import Board
from hardware.bom import bom_items
from hardware.cuts import PRINTED_PARTS
from hardware.tables import INTRO, markdown_table

Corner = tuple[float, float, float]

PLA_G_PER_CM3: Final = 1.24
GRAMS_PER_HOUR: Final = 15.0  # 0.2 mm layers on a common printer, assumed
INFILL_SHARE: Final = {"holder": 1.0, "foot": 1.0, "hold_down": 1.0}  # share of the volume that is filled; else
WALL_SHARE: Final = 0.6  # thin shells at 20 % infill
ORIENTATION: Final = {
    "holder": "floor down",
    "foot": "flat side down, recess up",
    "hold_down": "flange down",
    "box_bottom": "floor down",
    "box_lid": "either side down",
    "pod_bottom": "open edge down, supports inside",
    "pod_top": "open edge down, supports inside",
}
PAGE_HEAD: Final = """\
Parts lie in the files as they are printed. Grams are *computed* from the volume (PLA, 1.24 g per cm³; holders, feet and
hold-downs solid, because they carry the stops; the others at 60 % of their volume); hours are *assumed*, 15 g an hour.
"""


def stl_triangles(path: Path) -> Iterator[tuple[Corner, Corner, Corner]]:
    """Yield the triangles of a binary STL."""
    data = path.read_bytes()
    (count,) = struct.unpack_from("<I", data, 80)
    for n in range(count):
        values = struct.unpack_from("<12f", data, 84 + 50 * n)
        yield values[3:6], values[6:9], values[9:12]


def volume_cm3(path: Path) -> float:
    """Return the volume of a closed body."""
    total = 0.0
    for (ax, ay, az), (bx, by, bz), (cx, cy, cz) in stl_triangles(path):
        total += ax * (by * cz - bz * cy) - ay * (bx * cz - bz * cx) + az * (bx * cy - by * cx)
    return total / 6e3


def to_binary_stl(path: Path) -> None:
    """Turn the text STL of OpenSCAD into a binary one, a fifth of the size."""
    numbers = [
        float(value) for value in re.findall(r"-?\d[\d.]*(?:e[+-]?\d+)?", re.sub(r"[a-z]+_\w+", "", path.read_text()))
    ]
    count, left = divmod(len(numbers), 12)
    if left:
        raise ValueError(f"{path}: not the STL of OpenSCAD ({len(numbers)} numbers); write it again")
    rows = (struct.pack("<12fH", *numbers[12 * n : 12 * n + 12], 0) for n in range(count))
    path.write_bytes(b"acumat".ljust(80) + struct.pack("<I", count) + b"".join(rows))


def parts_to_print(board: Board) -> dict[str, float]:
    """Return the number of pieces of each printed part of a board."""
    needed = {item.part.id: item.quantity for item in bom_items(board)}
    return {name: needed[name] for name in PRINTED_PARTS if name in needed}


def printing_md(board: Board, folder: Path) -> str:
    """Return the page of the printed parts, from the files in the folder."""
    rows, total_g = [], 0.0
    for name, pieces in parts_to_print(board).items():
        grams = volume_cm3(folder / f"{name}.stl") * PLA_G_PER_CM3 * INFILL_SHARE.get(name, WALL_SHARE)
        total_g += grams * pieces
        hours = grams * pieces / GRAMS_PER_HOUR
        rows.append(
            (
                f"[{name}]({name}.stl)",
                f"{pieces:g}",
                f"{grams:.1f} g",
                f"{grams * pieces:.0f} g",
                f"{hours:.0f} h",
                ORIENTATION[name],
            )
        )
    rows.append(("total", "", "", f"{total_g:.0f} g", f"{total_g / GRAMS_PER_HOUR:.0f} h", ""))
    head = markdown_table(("part", "pieces", "each", "all", "time", "orientation"), rows)
    return "\n".join((INTRO.format(title="Printed parts", name=board.name), PAGE_HEAD, head))
