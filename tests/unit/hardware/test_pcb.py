"""The committed boards are those that board.toml gives today. Nothing here needs KiCad; ERC and DRC do, where it is."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from hardware import board as boards
from hardware.board import Board, BoardError
from hardware.pcb import circuits
from hardware.pcb.__main__ import parts_csv
from hardware.pcb.check import board_differences, board_nets
from hardware.pcb.parts_picture import COLOURS, kinds_to_solder, parts_svg
from hardware.pcb.schematic_file import schematic_text
from hardware.sheets import SENSOR_RING

HERE = Path(circuits.__file__).parent
BOARD = boards.load_board()
MADE = {make.__name__: make for make in (circuits.tile_board, circuits.hat)}
each = pytest.mark.parametrize("name", MADE)


def file(name: str, ending: str) -> Path:
    return HERE / name / f"{name}{ending}"


def changed(old: str, new: str) -> Board:
    """Return the default board with a part of its text replaced."""
    assert BOARD.text.count(old) == 1
    return boards.parse_board(BOARD.text.replace(old, new))


# Nets and places of the board, and the whole schematic, follow from board.toml.
@each
def test_committed_boards_follow_from_the_board_file(name: str) -> None:
    circuit = MADE[name](BOARD)
    assert board_differences(circuit, file(name, ".kicad_pcb")) == []
    assert file(name, ".kicad_sch").read_text("utf-8") == schematic_text(circuit)


# What is ordered and looked at is there.
@each
@pytest.mark.parametrize("ending", ["-gerbers.zip", "-parts.csv", "-places.csv", "-schematic.pdf", ".png"])
def test_the_files_of_a_maker_are_there(name: str, ending: str) -> None:
    assert file(name, ending).stat().st_size > 300


# List of parts and annotated picture are those of today; the picture names every part, and no two kinds look alike.
@each
def test_parts_and_their_picture(name: str) -> None:
    circuit = MADE[name](BOARD)
    assert file(name, "-parts.csv").read_text("utf-8") == parts_csv(circuit)
    picture = file(name, "-parts.svg").read_text("utf-8")
    assert picture == parts_svg(circuit)
    assert set(re.findall(r'class="r"[^>]*>(\w+)<', picture)) == {
        part.ref for part in circuit.parts if part.symbol != "HOLE"
    }
    assert len(kinds_to_solder(circuit)) <= len(set(COLOURS))


# Words of the picture are 9 pixels high or more on a page of 900 pixels.
@each
def test_the_picture_can_be_read(name: str) -> None:
    picture = parts_svg(MADE[name](BOARD))
    [width] = re.findall(r'viewBox="0 0 ([\d.]+)', picture)
    sizes = [float(size) for size in re.findall(r'font-size[:=]"?([\d.]+)', picture)]
    assert min(sizes) * 900 / float(width) >= 9


# What goes to the maker of the boards is the circuit of today: the copper files name part, pad and net of every pad. An
# attribute of a Gerber file holds until it is set again or deleted.
@each
def test_the_ordered_copper_is_that_of_the_circuit(name: str) -> None:
    nets: dict[str, set[tuple[str, str]]] = {}
    with zipfile.ZipFile(file(name, "-gerbers.zip")) as bundle:
        text = bundle.read(f"{name}-F_Cu.gtl").decode()
    now: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("%TD"):
            now = {}
        elif found := re.match(r"%TO\.([PN]),([^*]*)\*%", line):
            now[found[1]] = found[2]
        elif line.endswith("D03*") and "P" in now:
            ref, pad = now["P"].split(",")[:2]
            nets.setdefault(now["N"], set()).add((ref, pad))
    assert nets == MADE[name](BOARD).netlist()


# The three mistakes that cost a board: two data lines joined, a clock of another row, a supply that is not there.
@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("[27, 22, 23]", "[27, 27, 23]", "GPIO 27"),
        ("[17, 24, 11, 16]", "[24, 17, 11, 16]", "net SCK1"),
        ("[power]", "[supply]", "power: missing"),
    ],
)
def test_a_broken_board_file_is_found_without_kicad(old: str, new: str, found: str) -> None:
    try:
        board = changed(old, new)
    except BoardError as error:
        assert found in str(error)  # noqa: PT017 - a break is found by a rule, or by the board that was committed
    else:
        assert found in board_differences(circuits.hat(board), file("hat", ".kicad_pcb"))


# board.toml broken on purpose: two clocks exchanged, two data lines exchanged. The committed HAT is stale then.
@pytest.mark.parametrize(
    ("old", "new", "nets"),
    [
        ("[17, 24, 11, 16]", "[24, 17, 11, 16]", {"net SCK1", "net SCK2"}),
        ("[27, 22, 23]", "[22, 27, 23]", {"net DT_A1", "net DT_A2"}),
    ],
)
def test_a_changed_pin_makes_the_board_stale(old: str, new: str, nets: set[str]) -> None:
    assert nets <= set(board_differences(circuits.hat(changed(old, new)), file("hat", ".kicad_pcb")))


# A board file in which two data lines are joined, or the supply of a chip is missing, differs from the circuit.
@pytest.mark.parametrize(
    ("name", "old", "new"), [("hat", '"DT_A2"', '"DT_A1"'), ("tile_board", '"3V3S"', '"unconnected"')]
)
def test_a_board_with_a_wrong_net_is_found(name: str, old: str, new: str, tmp_path: Path) -> None:
    text = file(name, ".kicad_pcb").read_text("utf-8")
    assert old in text
    (tmp_path / "board").write_text(text.replace(old, new), "utf-8")
    assert board_differences(MADE[name](BOARD), tmp_path / "board")


# Every GPIO of the board file reaches its plug through one resistor, and nothing else is on the way.
def test_every_line_has_its_series_resistor() -> None:
    nets = board_nets(file("hat", ".kicad_pcb"))
    for cell in BOARD.cells:
        [resistor] = {ref for ref, _ in nets[f"GPIO{cell.dout_bcm}"] if ref.startswith("R")}
        assert resistor in {ref for ref, _ in nets[f"DT_{cell.name}"]}
    assert len(nets["BUTTON"]) == 3  # resistor, protection, socket
    assert ("U1", "3") in nets["3V3"]  # the regulator is enabled by the Pi


# The ring on the tile board is the ring of the wiring sheets, with E- on ground.
def test_ring_of_the_tile_board() -> None:
    nets = board_nets(file("tile_board", ".kicad_pcb"))
    sockets = {"HEAD LEFT": "J2", "HEAD RIGHT": "J3", "BASE RIGHT": "J4", "BASE LEFT": "J5"}
    for corner, wires in SENSOR_RING.items():
        for pin, colour in (("1", "WH"), ("2", "RD"), ("3", "BK")):
            net = "GND" if wires[colour] == "E-" else wires[colour]
            assert (sockets[corner], pin) in nets[net]
    assert ("U1", "5") in nets["GND"]  # AGND


# ERC and DRC find nothing, where KiCad 9 is installed.
@pytest.mark.skipif(shutil.which("kicad-cli") is None, reason="KiCad 9 is not installed")
@each
def test_erc_and_drc_find_nothing(name: str, tmp_path: Path) -> None:
    for words in (("sch", "erc", ".kicad_sch"), ("pcb", "drc", ".kicad_pcb")):
        group, check, ending = words
        command = [
            "kicad-cli",
            group,
            check,
            "--severity-all",
            "--exit-code-violations",
            "-o",
            str(tmp_path / "report"),
        ]
        done = subprocess.run([*command, str(file(name, ending))], check=False, capture_output=True, timeout=120)
        assert done.returncode == 0, (tmp_path / "report").read_text()
