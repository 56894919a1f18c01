"""Printed parts: STL files made smaller, and what each part weighs."""

import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from hardware.board import Board
from hardware.bom import bom_items
from hardware.cuts import PRINTED_PARTS
from hardware.schema import PiTable
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
OTHER_BOXES: Final[dict[str, tuple[str, Literal["3", "4"]]]] = {  # of the default mat: name, part, computer
    "box_bottom_pi_3": ("box_bottom", "3"),
    "box_bottom_pi_4_5": ("box_bottom", "4"),
    "box_lid_pi_3_4_5": ("box_lid", "3"),
}
BOXES_HEAD: Final = """\
## Box of another computer

The box above is for a Zero 2 W. Print these instead for another one: the window of the supply is where its port is
(from memory: measure yours). Another number of lines? `python -m hardware.render --stl my_parts --board my.toml`.
"""
PAGE_HEAD: Final = """\
Parts lie in the files as they are printed, in layers of 0.2 mm. Grams are *computed* from the volume (PLA, 1.24 g per
cm³; holders, feet and hold-downs solid, because they carry the stops; the others at 60 % of their volume); hours are
*assumed*, 15 g an hour.
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
    """Turn the text STL of OpenSCAD into a binary one, a fifth of the size; triangles sorted: their order is chance."""
    numbers = [
        float(value) for value in re.findall(r"-?\d[\d.]*(?:e[+-]?\d+)?", re.sub(r"[a-z]+_\w+", "", path.read_text()))
    ]
    count, left = divmod(len(numbers), 12)
    if left:
        raise ValueError(f"{path}: not the STL of OpenSCAD ({len(numbers)} numbers); write it again")
    rows = (struct.pack("<12fH", *row, 0) for row in sorted(numbers[12 * n : 12 * n + 12] for n in range(count)))
    path.write_bytes(b"acumat".ljust(80) + struct.pack("<I", count) + b"".join(rows))


def parts_to_print(board: Board) -> dict[str, float]:
    """Return the number of pieces of each printed part of a board."""
    needed = {item.part.id: item.quantity for item in bom_items(board)}
    return {name: needed[name] for name in PRINTED_PARTS if name in needed}


def with_computer(board: Board, model: Literal["3", "4"]) -> Board:
    """Return a board for another Raspberry Pi."""
    return replace(board, spec=replace(board.spec, pi=PiTable(model)))


def part_g(part: str, file: Path) -> float:
    """Return what a printed part weighs in grams."""
    return volume_cm3(file) * PLA_G_PER_CM3 * INFILL_SHARE.get(part, WALL_SHARE)


def printing_md(board: Board, folder: Path) -> str:
    """Return the page of the printed parts, from the files in the folder."""
    rows, total_g = [], 0.0
    for name, pieces in parts_to_print(board).items():
        grams = part_g(name, folder / f"{name}.stl")
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
    boxes = markdown_table(
        ("part", "each", "orientation"),
        [
            (f"[{name}]({name}.stl)", f"{part_g(part, folder / f'{name}.stl'):.1f} g", ORIENTATION[part])
            for name, (part, _) in OTHER_BOXES.items()
        ],
    )
    return "\n".join((INTRO.format(title="Printed parts", name=board.name), PAGE_HEAD, head, BOXES_HEAD, boxes))
