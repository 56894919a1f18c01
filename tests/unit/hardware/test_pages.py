"""The hand-written pages say what the board file says, and what has not been tried."""

import re
import tomllib
from pathlib import Path

import pytest

from firmware.terminal.doctor_screen import MARKS
from hardware import board as boards
from hardware.drawing import HERE
from hardware.ratings import rail_ma, tile_mpa
from hardware.rules import broken_rules
from hardware.schema import BoardSpec, read_table
from hardware.sheets import SENSOR_RING

PAGES = sorted(HERE.glob("*.md"))
MARKED = re.compile(r"not tried on real|tried on real|Nothing (here|on this page) was tried")


def variants() -> list[str]:
    """Return the board changes shown in VARIANTS.md."""
    return re.findall(r"```toml\n(.*?)```", (HERE / "VARIANTS.md").read_text(), re.DOTALL)


def merge(into: dict[str, object], change: dict[str, object]) -> None:
    """Put the keys of a change into a table, table by table."""
    for key, value in change.items():
        inner = into.get(key)
        if isinstance(inner, dict) and isinstance(value, dict):
            merge(inner, value)
        else:
            into[key] = value


# Each variant of the page, merged into board.toml, is a valid board.
@pytest.mark.parametrize("block", variants(), ids=lambda block: re.sub(r"\W+", " ", block)[:40].strip())
def test_variants_are_boards(block: str) -> None:
    table = tomllib.loads(boards.default_text())
    without = re.search(r"# without: (.*)", block)
    for path in without[1].split(", ") if without else ():
        name, key = path.split(".")
        del table[name][key]
    merge(table, tomllib.loads(block))
    problems: list[str] = []
    spec = read_table(BoardSpec, table, problems)
    assert problems == []
    assert spec is not None
    assert broken_rules(spec) == []


# There are as many variants as the page has headings for them, so that none is forgotten.
def test_every_kind_of_variant_is_shown() -> None:
    shown = "".join(variants())
    for word in (
        'model = "3"',
        'model = "5"',
        "rate_hz = 10",
        "supply_v = 5.0",
        "bar50",
        "single100",
        "[17]",
        '"bed"',
        "base_parts",
        "motor = 15",
    ):
        assert word in shown


# Nothing was built so far, and every page says so where a reader begins.
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_say_what_was_not_tried(page: Path) -> None:
    assert MARKED.search(page.read_text()[:1500])


# A link to a file leads to a file.
@pytest.mark.parametrize("page", sorted(HERE.rglob("*.md")), ids=lambda page: page.relative_to(HERE).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert (page.parent / link).exists(), link


# The pages lead from parts to bring-up: boards before the tile, one tile and its calibration before all, no step ahead.
def test_assembly_is_in_the_order_of_the_work() -> None:
    text = (HERE / "ASSEMBLY.md").read_text()
    assert all(len(line) < 80 for line in text.splitlines() if line.startswith("#"))
    steps = re.findall(r"^## (\d+)\. (\w+)", text, re.MULTILINE)
    assert [int(number) for number, _ in steps] == list(range(1, 10))
    assert [word for _, word in steps][:6] == ["Boards", "Boards", "Learn", "One", "Calibrate", "All"]
    for page in PAGES:
        for number in re.findall(r"ASSEMBLY\.md\)?,? step (\d+)", re.sub(r"\s+", " ", page.read_text())):
            assert 1 <= int(number) <= len(steps), page.name


# Numbers in the text are those of the board: current, stress, bounds of a sound cell, height below a tile.
def test_numbers_in_the_text_are_those_of_the_board() -> None:
    board = boards.load_board()
    spec = board.spec
    safety, calibration = (HERE / "SAFETY.md").read_text(), (HERE / "CALIBRATION.md").read_text()
    assert f"about {rail_ma(spec):.0f} mA" in safety
    heel = spec.loads[-1]
    assert f"{tile_mpa(spec, heel):.0f} of {spec.mechanics.ply_mpa:g} MPa by a heel of {heel.tile_kg:g} kg" in safety
    assert round(1 / heel.safety(spec.cell.types["quad50"])) == 3
    assert "three times what a 50 kg sensor survives" in safety
    for name, cell in spec.cell.types.items():
        nominal = cell.counts_per_kg(board.gain)
        low, high = nominal * cell.counts_low, nominal * cell.counts_high
        assert f"| {name} | {nominal:,.0f} | {low:,.0f} and {high:,.0f} |" in calibration
    below_mm = (spec.cell.types["quad50"].height_m + spec.mechanics.stop_gap_m) * 1e3
    assert f"there are {below_mm:g} mm below a tile" in (HERE / "ASSEMBLY.md").read_text()
    assert f"{spec.adc.avdd_v:.2f} V ± 0.1 V" in (HERE / "BRINGUP.md").read_text().replace("\n", " ")


# A variant is lines to put into a copy, never a file that is there: no page refers to a separate file.
def test_boards_with_two_supplies_are_a_copy_of_the_board_file() -> None:
    step = (HERE / "ASSEMBLY.md").read_text().split("### Identify")[1].split("### Rework")[0]
    assert "into a copy of [board.toml](board.toml)" in re.sub(r"\s+", " ", step)
    assert "that board file" not in re.sub(r"\s+", " ", step)
    assert "## Converter boards with two supplies" in (HERE / "VARIANTS.md").read_text()


# The pages have the words of the screen of `acumat doctor`.
def test_pages_have_the_words_of_the_doctor() -> None:
    words = [mark.split()[1] for mark in MARKS.values()]
    page = (HERE / "BRINGUP.md").read_text()
    assert all(f"*{word}*" in page for word in words)
    for name in ("ASSEMBLY.md", "BRINGUP.md"):
        assert not re.search(r"\*fail\*|\bfails?\b|\ba note\b", (HERE / name).read_text()), name


# The table of the ring in the text is the ring that is drawn.
def test_ring_in_the_text_is_the_ring_that_is_drawn() -> None:
    text = (HERE / "ASSEMBLY.md").read_text()
    names = {"HEAD LEFT": "head, left hand", "HEAD RIGHT": "head, right hand", "BASE RIGHT": "base, right hand"}
    for corner, pads in SENSOR_RING.items():
        name = names.get(corner, "base, left hand")
        assert f"| {name} | {pads['RD']} | {pads['WH']} | {pads['BK']} |" in text
