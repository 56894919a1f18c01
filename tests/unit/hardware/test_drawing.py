"""Every drawing and table follows from a board file, and the committed ones are those that follow from it today."""

import csv
import io
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from hardware import board as boards
from hardware import bom, drawing, render
from hardware.board import Board
from hardware.lines import mat_cables
from hardware.sheets import parts_in_wiring, wiring_sheets
from hardware.shopping import PARTS_ON_BOARDS, shopping_md
from hardware.tables import pins_md

SVG = "{http://www.w3.org/2000/svg}"
MECHANICS = drawing.HERE / "mechanics"


def changed(*changes: tuple[str, str]) -> Board:
    """Return the default board with parts of its text replaced."""
    text = boards.default_text()
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return boards.parse_board(text)


SMALL = boards.load_board(drawing.HERE / "boards" / "mat_3x2.toml")
VARIANTS = {
    "as it comes": boards.load_board(),
    "three by two": SMALL,
    "one clock": changed(("[17, 24, 11, 16]", "[17]")),
    "bar cells": changed(('use = "quad50"', 'use = "bar50"')),
    "platform cells on a bed": changed(
        ('use = "quad50"', 'use = "single100"'),
        ('use_on = "floor"', 'use_on = "bed"'),
        ("base_m = 0.006", "base_m = 0.012"),
    ),
    "one tile": boards.load_board(drawing.HERE / "boards" / "pilot_1x1.toml"),
    "folding": changed(("base_parts = 1", "base_parts = 2")),
    "Pi 5 without a buzzer": changed(('model = "zero_2_w"', 'model = "5"'), ("buzzer = 12", "# ")),
    "a clock for each cell, no pod": boards.parse_board(
        "\n".join(
            line
            for line in boards.default_text()
            .replace("[17, 24, 11, 16]", str(list(range(16, 28))))
            .replace("[27, 22, 23]", "[4, 5, 6]")
            .replace("[10, 9, 25]", "[7, 8, 9]")
            .replace("[8, 7, 6]", "[10, 11, 12]")
            .replace("[26, 20, 21]", "[13, 14, 15]")
            .replace("keep_free = [2, 3, 4, 14, 15]", "keep_free = [2, 3]")
            .splitlines()
            if line.split(" ")[0] not in ("red", "green", "blue", "buzzer", "button")
        )
    ),
    "with a motor": changed(("[2, 3, 4, 14, 15]   #", "[2, 3, 4, 14]\nmotor = 15 #")),
    "10 Hz": changed(("rate_hz = 80", "rate_hz = 10")),
}
each_variant = pytest.mark.parametrize("board", VARIANTS.values(), ids=VARIANTS.keys())


# A board file was changed and not drawn again: the stale files are listed.
@pytest.mark.parametrize("path", drawing.board_files(), ids=lambda path: path.stem)
def test_committed_files_are_what_the_board_gives(path: Path) -> None:
    assert drawing.stale_files(boards.load_board(path), drawing.board_files()[path]) == []


# The same for pictures, without any drawing tool: each has the digest of its sources.
@pytest.mark.parametrize("path", drawing.board_files(), ids=lambda path: path.stem)
def test_committed_pictures_are_made_from_todays_sources(path: Path) -> None:
    assert render.stale_pictures(boards.load_board(path), drawing.board_files()[path]) == []


# A file that was lost, one edited by hand and one of a row that is no more: all three are listed, and written again.
def test_stale_files_are_found_and_written_again(tmp_path: Path) -> None:
    board = boards.load_board()
    drawing.write_files(board, tmp_path)
    (tmp_path / "pins.md").unlink()
    (tmp_path / "bom.csv").write_text("edited\n")
    (tmp_path / "wiring" / "row-e.yml").write_text("old\n")
    assert drawing.stale_files(board, tmp_path) == ["pins.md", "bom.csv", "wiring/row-e.yml"]
    drawing.write_files(board, tmp_path)
    assert drawing.stale_files(board, tmp_path) == []


# A picture whose source changed, and one painted over, are named.
def test_stale_pictures_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "mat_3x2"
    shutil.copytree(drawing.HERE / "boards" / "mat_3x2", folder)
    assert render.stale_pictures(SMALL, folder) == []
    with (folder / "wiring" / "column-1.yml").open("a") as file:
        file.write("# changed\n")
    (folder / "mechanics" / "closed.png").write_bytes(b"painted over")
    (folder / "wiring" / "overview.svg").unlink()
    assert render.stale_pictures(SMALL, folder) == [
        "wiring/overview.svg",
        "wiring/column-1.svg",
        "mechanics/closed.png",
    ]


# The command: writes the drawings of a board of one's own, checks them, and refuses words that make no sense.
def test_command_for_a_board_of_ones_own(tmp_path: Path) -> None:
    path, out = tmp_path / "mine.toml", tmp_path / "mine"
    path.write_text(boards.default_text().replace('name = "mat_4x3"', 'name = "mine"'))
    words = ["--board", str(path), "--out", str(out)]
    assert CliRunner().invoke(drawing.main, [*words, "--check"]).exit_code == 1
    assert CliRunner().invoke(drawing.main, words).exit_code == 0
    assert CliRunner().invoke(drawing.main, [*words, "--check"]).exit_code == 0
    assert (out / "pins.md").read_text().startswith("# Pins of mine\n")
    assert CliRunner().invoke(drawing.main, words[:2]).exit_code == 2
    path.write_text("rows 4\n")
    wrong = CliRunner().invoke(drawing.main, words)
    assert wrong.exit_code == 2
    assert "not TOML" in wrong.stderr


# Every part on the list can be seen in the wiring, in the same number, and nothing is drawn that is not on it.
@each_variant
def test_wiring_shows_the_parts_on_the_list(board: Board) -> None:
    listed = {item.part.id: item.quantity for item in bom.bom_items(board) if item.part.used == "wiring"}
    drawn = parts_in_wiring(board)
    assert listed.keys() == drawn.keys()
    for part, quantity in drawn.items():
        assert listed[part] == pytest.approx(quantity, abs=0.1), part  # cables are rounded up to 0.1 m


# The same for the mechanics, by name: bom("id") in a drawing is a part on the list, and the other way round.
def test_mechanics_name_the_parts_on_the_list() -> None:
    text = "".join(path.read_text() for path in MECHANICS.glob("*.scad"))
    listed = {part.id for part in bom.part_catalogue(boards.load_board()).parts if part.used == "mechanics"}
    assert set(re.findall(r'bom\("(\w+)"', text)) == listed


# And by number, where OpenSCAD is installed: the drawing itself counts what it builds.
@pytest.mark.skipif(shutil.which("openscad") is None, reason="openscad is not installed")
@each_variant
def test_mechanics_build_as_many_parts_as_are_on_the_list(board: Board, tmp_path: Path) -> None:
    for part in MECHANICS.glob("*.scad"):
        shutil.copy(part, tmp_path)
    (tmp_path / "params.scad").write_text(drawing.generated_files(board)["mechanics/params.scad"])
    said = tmp_path / "said.echo"
    subprocess.run(
        ["openscad", "-o", str(said), "-D", 'view="all"', str(tmp_path / "assembly.scad")],
        check=True,
        capture_output=True,
        timeout=60,
    )
    built: Counter[str] = Counter()
    for part_id, pieces in re.findall(r"BOM (\w+) ([\d.]+)", said.read_text()):
        built[part_id] += float(pieces)  # type: ignore[assignment]
    assert "WARNING" not in said.read_text()
    assert dict(built) == {
        item.part.id: item.quantity for item in bom.bom_items(board) if item.part.used == "mechanics"
    }


# The list for twelve quad tiles: one converter a tile, four sensors a tile, prices marked as approximate and dated.
def test_list_of_parts() -> None:
    rows = list(csv.DictReader(io.StringIO(bom.bom_csv(boards.load_board()))))
    quantity = {row["id"]: row["quantity"] for row in rows}
    assert (quantity["hx711"], quantity["half_bridge"], quantity["tile_plate"]) == ("12", "48", "12")
    assert (quantity["line_plug"], quantity["series_resistor"], quantity["parallel_resistor"]) == ("8", "19", "12")
    assert "bar_cell" not in quantity
    assert "approx_usd_2026-11" in rows[0]
    assert rows[-1]["id"] == "total"
    assert "nothing was ordered" in rows[-1]["part"]


# The shopping list has every part once, with the same total as the bill of materials; filament and crimper are on it.
@each_variant
def test_shopping_list_is_the_bill_of_materials(board: Board) -> None:
    page = shopping_md(board)
    for item in bom.bom_items(board):
        assert page.count(f"| {item.part.id} |") == 1
    total = list(csv.reader(io.StringIO(bom.bom_csv(board))))[-1][5]
    assert f"**Total: about {total} USD.**" in page
    assert (
        f"**Prices are not checked.** They are approximate, in USD, noted in {bom.part_catalogue(board).priced}" in page
    )
    assert page.count("| filament |") == page.count("| crimper |") == 1


# A part that is named by its number has a second source beside it, and printed parts cost their filament only.
def test_two_sources_and_no_price_twice() -> None:
    parts = bom.part_catalogue(boards.load_board()).parts
    assert all(len(part.sources) != 1 for part in parts)
    assert sum(bool(part.sources) for part in parts) > 20
    assert all(part.usd == 0 for part in parts if part.text.endswith("printed"))
    assert {part.id for part in parts} >= PARTS_ON_BOARDS


# A motor has a transistor, a diode and its resistors on the list and a line in the pin table; without it there is none.
def test_motor_is_driven_by_a_transistor() -> None:
    with_motor = VARIANTS["with a motor"]
    ids = {item.part.id for item in bom.bom_items(with_motor)}
    assert {"motor", "motor_transistor", "motor_diode", "motor_base_resistor", "motor_off_resistor"} <= ids
    page = pins_md(with_motor)
    assert "| motor |  | base of the motor's transistor, through 470 Ω | GPIO 15 (pin 10) |" in page
    assert "| **motor** |" in page
    assert not any("motor" in item.part.id for item in bom.bom_items(boards.load_board()))


# The pin table lists each line once, at the pin of the board file.
@each_variant
def test_pin_table_has_every_line(board: Board) -> None:
    page = pins_md(board)
    for cell in board.cells:
        assert page.count(f"**DT {cell.name}**") == 1
        assert re.search(rf"\| {cell.name} \|.*GPIO {cell.dout_bcm} .*GPIO {board.sck_bcm[cell.bank]} ", page)


# A cable has one wire for each clock and each data line of its row, and the wires of a plug have different colours.
@each_variant
def test_lines_carry_every_cell_once(board: Board) -> None:
    served = [cell.name for line in mat_cables(board) for cell in line.cells]
    assert sorted(served) == sorted(cell.name for cell in board.cells)
    for line in mat_cables(board):
        assert len({wire.colour for wire in line.wires}) == len(line.wires)
        pins = {wire.bcm for wire in line.wires}
        assert pins >= {cell.dout_bcm for cell in line.cells} | {board.sck_bcm[cell.bank] for cell in line.cells}


# Boards whose analog half is fed from 5 V get one more wire, and no added feedback resistor.
def test_two_supplies() -> None:
    assert [wire.signal for wire in mat_cables(SMALL)[0].wires] == [
        "3V3S",
        "GND",
        "5VS",
        "SCK1",
        "DT A1",
        "DT B1",
        "DT C1",
    ]
    assert "parallel_resistor" not in parts_in_wiring(SMALL)
    assert parts_in_wiring(SMALL)["hx711_two"] == 6


# In the ring of four half-bridges each junction joins two sensors by wires of one colour, and E and A lie crosswise.
def test_ring_of_sensors_is_a_bridge() -> None:
    ring = next(sheet for sheet in wiring_sheets(boards.load_board()) if sheet.file == "ring")
    pads: dict[str, list[tuple[str, str]]] = {}
    for cable in ring.cables:
        for colour, _, pad in cable.wires:
            pads.setdefault(pad, []).append((cable.start, colour))
    for pad in ("N1", "N2", "N3", "N4"):
        (_, first), (_, second) = pads[pad]
        assert first == second
    around = ["HEAD LEFT", "HEAD RIGHT", "BASE RIGHT", "BASE LEFT"]
    middle = {pad: pads[pad][0][0] for pad in ("E+", "A+", "E-", "A-")}
    assert abs(around.index(middle["E+"]) - around.index(middle["E-"])) == 2
    assert abs(around.index(middle["A+"]) - around.index(middle["A-"])) == 2


# The plan is to scale, and seen from above: the left hand, column 1, is on the right; the head, last row, at the top.
@each_variant
def test_plan_is_to_scale_and_the_right_way_round(board: Board) -> None:
    svg = ET.fromstring(drawing.generated_files(board)["mechanics/plan.svg"])  # noqa: S314 - our own drawing
    place = {text.text: (float(text.attrib["x"]), float(text.attrib["y"])) for text in svg.iter(f"{SVG}text")}
    for cell in board.cells:
        x, _ = place[cell.name]
        assert x == pytest.approx((board.width_m - cell.x_m) * 1e3, abs=0.01)
    first, last = board.cells[0].name, board.cells[-1].name
    assert board.cols == 1 or place[first][0] > place[last][0]
    assert board.rows == 1 or place[first][1] > place[last][1]
    assert place["left hand"][0] > place["right hand"][0]
    sizes = Counter((rect.attrib["width"], rect.attrib["height"]) for rect in svg.iter(f"{SVG}rect"))
    mat = board.spec.mat
    assert sizes[f"{mat.tile_width_m * 1e3:g}", f"{mat.tile_length_m * 1e3:g}"] == len(board.cells)
    _, _, width, height = (float(value) for value in svg.attrib["viewBox"].split())
    assert (svg.attrib["width"], svg.attrib["height"]) == (f"{width:g}mm", f"{height:g}mm")


# A board of one clock for each cell has no pins left for light and sound: it is drawn without a pod.
def test_board_without_a_pod() -> None:
    text = boards.default_text()
    outputs = ("red", "green", "blue", "buzzer", "button")
    bare = boards.parse_board("\n".join(line for line in text.splitlines() if line.split(" ")[0] not in outputs))
    assert "POD" not in {box.name for sheet in wiring_sheets(bare) for box in sheet.boxes}
    assert "pod = false;" in drawing.generated_files(bare)["mechanics/params.scad"]
    assert {"pod_top", "pod_cable", "piezo"}.isdisjoint(item.part.id for item in bom.bom_items(bare))
