"""Every state of the live view in every size and colour mode: whole, readable, and as it was agreed."""

import itertools

import pytest

from firmware.terminal.canvas import Canvas
from firmware.terminal.layouts import LARGE, LAYOUTS, MEDIUM, SMALL, Layout, choose_layout
from firmware.terminal.origin import FrameOrigin
from firmware.terminal.painter import Painter, drop_last_parts
from firmware.terminal.theme import Palette, Theme, contrast_ratio, rgb_of
from tests.doubles import golden
from tests.doubles.scenes import BOARD, scenes

READABLE = 4.5  # WCAG 2.2, normal text
DRAWN = set("▀▄█━─╌╱▁▂▃▄▅▆▇░▒▓ ")  # pixels, lines and patches: not text
SCENES = scenes()


def texts(canvas: Canvas) -> float:
    """Return the lowest contrast of any character that is text."""
    pairs = {(style.color, style.bgcolor) for char, style in canvas.cells() if char not in DRAWN}
    return min(contrast_ratio(rgb_of(ink), rgb_of(ground)) for ink, ground in pairs if ink and ground)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("palette", Palette)
def test_every_state_is_whole_and_readable(layout: Layout, palette: Palette) -> None:
    """Nothing is too long for its slot, no row has another width, nothing is cut, and every letter has its contrast."""
    for name, canvas in golden.pictures(layout, palette):
        assert canvas.overflows == [], name
        rows = canvas.plain()
        assert len(rows) == layout.rows, name
        assert {len(row) for row in rows} == {layout.cols}, name
        assert "…" not in "".join(rows), name
        if Theme(palette).painted:
            assert texts(canvas) >= READABLE, name
        else:
            assert all(style.color is None and style.bgcolor is None for _, style in canvas.cells()), name
        if palette is Palette.ASCII:
            assert "".join(rows).isascii(), name


@pytest.mark.parametrize(("layout", "palette"), golden.STORED, ids=lambda one: getattr(one, "name", str(one)))
def test_pictures_are_the_agreed_ones(layout: Layout, palette: Palette) -> None:
    """The plain text of every state is stored; it changes only by an explicit command, and is looked at then."""
    agreed = golden.path(layout, palette).read_text(encoding="utf-8")
    assert golden.text(layout, palette) == agreed, "if this is meant: python -m tests.doubles.golden, and look at it"


def test_characters_do_not_depend_on_the_colours() -> None:
    """A light ground or 256 colours change no character of a picture."""
    for palette in (Palette.LIGHT, Palette.DARK_256, Palette.LIGHT_256):
        assert golden.text(MEDIUM, palette) == golden.text(MEDIUM, Palette.DARK)


def test_a_real_mat_is_not_called_simulated() -> None:
    """The badge and the second line belong to the simulator."""
    picture = "".join(Painter(BOARD, MEDIUM, Theme(Palette.DARK), FrameOrigin()).draw(SCENES["resting"]).plain())
    assert "SIMULATED" not in picture
    assert "Nobody lies here" not in picture


def test_pixels_of_a_cell_add_up_to_its_number() -> None:
    """The twelve numbers of the map are the measured ones, at the cells where they were measured."""
    for layout in LAYOUTS:
        rows = Painter(BOARD, layout, Theme(Palette.DARK), FrameOrigin()).draw(SCENES["resting"]).plain()
        area = layout.map
        numbers = [row[area.left : area.left + area.width].replace("▀", " ").replace("◎", " ").split() for row in rows]
        found = [line for line in numbers[area.top : area.top + area.height] if line]
        assert found == [["1.4", "2.7", "1.3"], ["3.5", "6.3", "3.6"], ["1.4", "3.4", "1.5"], ["3.2", "8.2", "3.4"]]


def test_flat_cells_have_one_colour_each() -> None:
    """`--map cells`: no guess between the numbers."""
    canvas = Painter(BOARD, MEDIUM, Theme(Palette.DARK), FrameOrigin(), flat=True).draw(SCENES["resting"])
    cells = list(canvas.cells())
    area = MEDIUM.map
    grounds = {
        cells[row * MEDIUM.cols + col][1].bgcolor
        for row, col in itertools.product(range(area.top, area.top + area.height), range(area.left, area.left + 21))
        if cells[row * MEDIUM.cols + col][0] == "▀"
    }
    assert len(grounds) == len(set(SCENES["resting"].body.cells_kg or ()))


@pytest.mark.parametrize(
    ("size", "layout"),
    [((100, 35), LARGE), ((300, 90), LARGE), ((99, 35), MEDIUM), ((100, 34), MEDIUM), ((80, 24), MEDIUM),
     ((79, 24), SMALL), ((80, 23), SMALL), ((60, 20), SMALL), ((59, 20), None), ((60, 19), None)],
)  # fmt: skip
def test_the_next_lower_layout_is_taken(size: tuple[int, int], layout: Layout | None) -> None:
    """Whenever width or height does not reach."""
    assert choose_layout(*size) is layout


def test_words_of_the_light_lose_whole_parts() -> None:
    """A narrow slot drops what follows a comma, never half a word."""
    assert drop_last_parts("amber turning blue, breathing", 26) == "amber turning blue"
    assert drop_last_parts("off; one short tick every 10 s", 26) == "off"
    assert drop_last_parts("amber, breathing with you", 26) == "amber, breathing with you"
