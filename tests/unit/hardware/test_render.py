"""The drawing tools draw. Each test is skipped where its tool is not installed; make hardware needs them all."""

import importlib.util
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hardware import board as boards
from hardware import drawing, render

needs_schemdraw = pytest.mark.skipif(
    importlib.util.find_spec("schemdraw") is None, reason="schemdraw is not installed (extra `hardware`)"
)
needs_wireviz = pytest.mark.skipif(
    importlib.util.find_spec("wireviz") is None or shutil.which("dot") is None,
    reason="wireviz (extra `hardware`) or graphviz is not installed",
)
needs_openscad = pytest.mark.skipif(
    shutil.which("openscad") is None or shutil.which("xvfb-run") is None, reason="openscad or xvfb is not installed"
)
SMALL_PATH = drawing.HERE / "boards" / "mat_3x2.toml"


def words(picture: Path) -> str:
    """Return all text of an SVG."""
    return " ".join(ET.parse(picture).getroot().itertext())  # noqa: S314 - our own drawing


# The schematic of the default board shows the added resistor; that of a board with two supplies does not.
@needs_schemdraw
def test_schematic(tmp_path: Path) -> None:
    for name, path in (("one", None), ("two", SMALL_PATH)):
        (tmp_path / name / "wiring").mkdir(parents=True)
        render.draw_schematic(boards.load_board(path), tmp_path / name)
    reworked, two = (words(tmp_path / name / "wiring" / "channel.svg") for name in ("one", "two"))
    assert "4.30 V" in reworked
    assert "22 kΩ" in reworked
    assert "GPIO 27 (pin 13)" in reworked
    assert "no rework needed" in two
    assert "5VS" in two


# WireViz understands every sheet, of both boards, and shows the pins of the board.
@needs_wireviz
def test_wiring_sheets(tmp_path: Path) -> None:
    for path in (None, SMALL_PATH):
        board = boards.load_board(path)
        folder = tmp_path / board.name
        drawing.write_files(board, folder)
        render.draw_wiring(board, folder)
        overview = words(folder / "wiring" / "overview.svg")
        for cell in board.cells:
            assert f"GPIO {cell.dout_bcm} " in overview


# OpenSCAD draws the parts of a board with the board's own sizes.
@needs_openscad
def test_mechanics(tmp_path: Path) -> None:
    board = boards.load_board(SMALL_PATH)
    drawing.write_files(board, tmp_path)
    render.draw_mechanics(board, tmp_path)
    for view in render.mechanics_views(tmp_path):
        picture = (tmp_path / "mechanics" / f"{view.name}.png").read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 10_000
