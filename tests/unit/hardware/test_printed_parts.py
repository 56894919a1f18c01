"""The committed STL files are bodies that can be printed, and they fit each other. No OpenSCAD is needed."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from hardware import board as boards
from hardware.drawing import HERE
from hardware.layout import PI_BOARD, sensor_places
from hardware.printing import OTHER_BOXES, parts_to_print, stl_triangles, to_binary_stl, volume_cm3

STL = HERE / "mechanics" / "stl"
BOARD = boards.load_board()
PARTS = [*sorted(parts_to_print(BOARD)), *OTHER_BOXES]
Triangles = npt.NDArray[np.float64]
needs_trimesh = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("trimesh", "manifold3d")),
    reason="trimesh is not installed (extra `hardware`)",
)


def triangles(part: str) -> Triangles:
    """Return the triangles (n, 3, 3) of a part in mm."""
    return np.array(list(stl_triangles(STL / f"{part}.stl")), dtype=float)


def bodies(mesh: Triangles) -> int:
    """Return how many bodies do not touch each other, by common corners."""
    _, corner = np.unique(mesh.reshape(-1, 3).round(4), axis=0, return_inverse=True)
    label = np.arange(corner.max() + 1)
    sides = corner.reshape(-1, 3)
    while True:
        before = label.copy()
        np.minimum.at(label, sides, label[sides].min(axis=1)[:, None])
        label = label[label]
        if (label == before).all():
            return len(np.unique(label[sides]))


def hits(mesh: Triangles, start: Triangles, way: Triangles) -> int:
    """Return how many triangles a ray meets (Moeller and Trumbore 1997)."""
    edge_1, edge_2 = mesh[:, 1] - mesh[:, 0], mesh[:, 2] - mesh[:, 0]
    normal = np.cross(way, edge_2)
    det = (edge_1 * normal).sum(axis=1)
    inverse = 1 / np.where(np.abs(det) < 1e-9, np.inf, det)
    offset = start - mesh[:, 0]
    u = (offset * normal).sum(axis=1) * inverse
    q = np.cross(offset, edge_1)
    v = (way * q).sum(axis=1) * inverse
    t = (edge_2 * q).sum(axis=1) * inverse
    return int(((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 1e-6) & (np.abs(det) > 1e-9)).sum())


def scad(name: str, file: str) -> list[float]:
    """Return the numbers of a constant of an OpenSCAD file."""
    text = (HERE / "mechanics" / file).read_text()
    [value] = re.findall(rf"^{name} = (.*?);", text, re.MULTILINE)
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", value)]


# Each part is one closed body: every edge belongs to two triangles. A post that only touches the floor would be two.
@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_one_closed_body(part: str) -> None:
    mesh = triangles(part)
    _, corner = np.unique(mesh.reshape(-1, 3).round(4), axis=0, return_inverse=True)
    sides = corner.reshape(-1, 3)
    edges = np.sort(np.concatenate([sides[:, [0, 1]], sides[:, [1, 2]], sides[:, [2, 0]]]), axis=1)
    edges = edges[edges[:, 0] != edges[:, 1]]
    _, count = np.unique(edges, axis=0, return_counts=True)
    assert (count % 2 == 0).all()
    assert bodies(mesh) == 1
    assert volume_cm3(STL / f"{part}.stl") > 0.5


# OpenSCAD writes the triangles of a body in any order: the file is the same all the same.
def test_a_body_has_one_file(tmp_path: Path) -> None:
    facets = [f"facet normal 0 0 {n} outer loop vertex 0 0 0 vertex 1 0 0 vertex 0 1 {n}.5 endloop" for n in range(3)]
    files = []
    for number, order in enumerate((facets, facets[::-1])):
        file = tmp_path / f"{number}.stl"
        file.write_text("\n".join(["solid OpenSCAD_Model", *order, "endsolid OpenSCAD_Model"]))
        to_binary_stl(file)
        files.append(file.read_bytes())
    assert files[0] == files[1]


# A post that stands beside a plate is found.
def test_two_bodies_are_counted() -> None:
    foot = triangles("foot")
    assert bodies(np.concatenate([foot, foot + 100.0])) == 2


# A plug reaches the supply port: nothing of the box is on its way, over the width of its moulding.
@pytest.mark.parametrize(
    ("part", "model"),
    [
        ("box_bottom", BOARD.spec.pi.model),
        *((name, model) for name, (part, model) in OTHER_BOXES.items() if part == "box_bottom"),
        ("box_bottom_pi_4_5", "5"),
    ],
)
def test_the_supply_window_is_where_the_port_is(part: str, model: str) -> None:
    mesh = triangles(part)
    [wall], [edge] = scad("wall", "electronics_box.scad"), scad("edge", "electronics_box.scad")
    pi = PI_BOARD[model]
    depth = max(pi.size_mm[1], 56.0) - pi.size_mm[1]
    x, y, z = wall + 18 + pi.supply_x_mm, wall + edge + depth, wall + 5 + 1.4 + 1.5
    for across in (-7.0, 0.0, 7.0):
        for up in (-4.5, 0.0, 4.5):
            way = np.array([0.0013, -1.0, 0.0007])
            assert hits(mesh, np.array([x + across, y - 0.5, z + up]), way) == 0
    assert hits(mesh, np.array([x - 25, y - 0.5, z]), np.array([0.0013, -1.0, 0.0007])) > 0


# The slot for the wires of each holder faces the middle of the tile, in the drawing as in the text.
def test_slots_face_the_middle_of_the_tile() -> None:
    middle_mm = BOARD.spec.mat.tile_length_m * 500
    for place in sensor_places(BOARD):
        towards = 1 if place.slot_deg == 0 else -1
        assert (middle_mm - place.y_mm) * towards > 0
    holder = triangles("holder")
    out = np.array([0.0, 0.0, holder[:, :, 2].max() - 1])
    assert hits(holder, out, np.array([0.0011, 1.0, 0.0007])) == 0
    assert hits(holder, out, np.array([0.0011, -1.0, 0.0007])) > 0
    assert "rotate(slots[n])" in (HERE / "mechanics" / "assembly.scad").read_text()
    assert "slots towards the middle of the tile" in re.sub(r"\s+", " ", (HERE / "ASSEMBLY.md").read_text())


# A pad under every holder, in the drawing as in the list of parts and in the text.
def test_a_pad_under_every_holder() -> None:
    base = (HERE / "mechanics" / "base.scad").read_text()
    assert 'for (corner = corners) bom("foot_pad")' in base
    assert "48 rubber pads" in (HERE / "ASSEMBLY.md").read_text()
    assert 'per = "corner"' in next(line for line in boards.default_text().splitlines() if '"foot_pad"' in line)


# At rest and with the tile on its stop, foot and holder share no space; the shoulder of the hold-down catches the tile
# before a foot leaves its pocket.
@needs_trimesh
def test_parts_do_not_run_into_each_other() -> None:
    trimesh = importlib.import_module("trimesh")

    def load(part: str) -> object:
        return trimesh.load(Path(STL / f"{part}.stl"))

    holder, foot = load("holder"), load("foot")
    mech, cell_mm = BOARD.spec.mechanics, BOARD.spec.cell.types["quad50"].height_m * 1e3
    foot.apply_transform(trimesh.transformations.rotation_matrix(np.pi, [1, 0, 0]))  # type: ignore[attr-defined]
    high = foot.bounds[1][2]  # type: ignore[attr-defined]
    for sunk_mm in (0.0, mech.stop_gap_m * 1e3):
        placed = foot.copy()  # type: ignore[attr-defined]
        placed.apply_translation([1.2, 1.2, cell_mm + mech.stop_gap_m * 1e3 - sunk_mm - high])
        common = trimesh.boolean.intersection([holder, placed], engine="manifold")
        assert common.is_empty or common.volume < 1.0
    depth_mm = scad("foot_h", "tile.scad")[0] - mech.stop_gap_m * 1e3
    half_mm = BOARD.spec.mat.tile_width_m * 500
    inset_mm = mech.sensor_inset_m * 1e3
    lift_mm = scad("lift", "hold_down.scad")[0] * (2 * half_mm - 2 * inset_mm) / (half_mm - inset_mm)
    assert lift_mm < depth_mm
