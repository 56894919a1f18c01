"""Cables reach: a tail its converter; and what is made for the pilot serves the mat."""

import re

from hardware import board as boards
from hardware.bom import bom_items
from hardware.drawing import HERE
from hardware.layout import TILE_BOARD_MM, BoardPlace, converter_place, line_board_place, sensor_places, tile_corner
from hardware.lines import mat_cables, tail_m
from hardware.pcb.circuits import tile_board
from hardware.perfboard import ADAPTER_HOLES
from hardware.wiring_pictures import cables_svg

MAT = boards.load_board()
PILOT = boards.load_board(HERE / "boards" / "pilot_1x1.toml")
ENDS_MM = 20


# Along and across from the far end of its line board to each pad of the ordered tile board, and 2 cm for the ends.
def test_every_tail_reaches_its_tile_board() -> None:
    circuit = tile_board(MAT)
    assert circuit.size_mm == TILE_BOARD_MM
    wires = next(part for part in circuit.parts if part.ref == "J1")
    for line in mat_cables(MAT):
        start = line_board_place(MAT, line.cells)
        for cell in line.cells:
            corner, own = tile_corner(MAT, cell), converter_place(MAT)
            left, head = corner[0] + own.x_mm - own.size_mm[0] / 2, corner[1] + own.y_mm + own.size_mm[1] / 2
            for pad in wires.footprint.pads:
                across_mm = abs(left + wires.place[0] + pad.x_mm - start.x_mm)
                along_mm = abs(head - wires.place[1] - pad.y_mm - start.y_mm) + start.size_mm[1] / 2
                assert across_mm + along_mm + ENDS_MM <= tail_m(MAT, cell) * 1e3, cell.name
    page = re.sub(r"\s+", " ", (HERE / "ASSEMBLY.md").read_text("utf-8"))
    lengths = [tail_m(MAT, cell) for cell in MAT.cells[: MAT.cols]]
    assert "{2:g}, {1:g} and {0:g} m for columns 3, 2 and 1".format(*lengths) in page
    assert f"{mat_cables(MAT)[0].length_m:g} m for row A" in page


# Line board, converter and holders of a tile lie side by side.
def test_boards_and_holders_do_not_overlap() -> None:
    side = MAT.spec.mechanics.holder_m * 1e3
    holders = [BoardPlace(at.x_mm, at.y_mm, (side, side)) for at in sensor_places(MAT)]
    last = MAT.cells[: MAT.cols]
    corner = tile_corner(MAT, last[-1])
    line = line_board_place(MAT, last)
    line = BoardPlace(line.x_mm - corner[0], line.y_mm - corner[1], line.size_mm)
    small = [line, converter_place(MAT)]
    for one in small:
        for other in [*holders, *small]:
            apart = (abs(one.x_mm - other.x_mm), abs(one.y_mm - other.y_mm))
            touch = [(a + b) / 2 for a, b in zip(one.size_mm, other.size_mm, strict=True)]
            assert one is other or apart[0] >= touch[0] or apart[1] >= touch[1]


# A tail is never shorter than the board file asks for.
def test_a_longer_tail_can_be_asked_for() -> None:
    longer = boards.parse_board(boards.default_text().replace("# tail_m = 0.3", "tail_m = 0.4"))
    assert [tail_m(longer, cell) for cell in longer.cells[:3]] == [0.45, 0.4, 0.4]


# The pilot becomes tile A1: its HAT, plugs, cable and tail are those of row A, and nothing is bought or made twice.
def test_pilot_has_the_hat_and_the_cable_of_the_mat() -> None:
    [line], row_a = mat_cables(PILOT), mat_cables(MAT)[0]
    assert line.length_m == row_a.length_m
    assert [way.colour for way in line.ways] == [way.colour for way in row_a.ways]
    assert tail_m(PILOT, PILOT.cells[0]) == tail_m(MAT, MAT.cells[0])
    needed, listed = ({item.part.id: item for item in bom_items(board)} for board in (MAT, PILOT))
    for part in ("hat", "hat_socket", "series_resistor"):
        assert listed[part].quantity == needed[part].quantity
    for part in ("line_plug", "hat_socket", "line_socket", "line_cable"):
        assert listed[part].text == needed[part].text
    assert listed["line_socket"].sources[0] == "JST S6B-XH-A"
    assert ">6 spare<" in cables_svg(PILOT)


# Both adapter boards of the HAT are of the width on the list.
def test_adapter_boards_are_of_one_width() -> None:
    for part in ("regulator", "tvs_array"):
        text = next(item.text for item in bom_items(MAT) if item.part.id == part)
        assert f"rows of legs {ADAPTER_HOLES * 2.54:g} mm apart" in text
