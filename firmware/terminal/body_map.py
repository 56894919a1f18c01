"""The mat seen from above, head at the top: twelve measured numbers, and a guess of the load between them.

Two pixels a character. Column 0 is on the RIGHT: seen from above, that is the left hand of a person on the back.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.color import Color
from rich.style import Style

from firmware.signal.pressure import Map, PressureMap
from firmware.terminal.theme import ColourRole, readable_ink

if TYPE_CHECKING:
    from firmware.terminal.canvas import Canvas
    from firmware.terminal.scene import ShownBody
    from firmware.terminal.theme import Theme
    from hardware.board import Board

SCALE_TOPS_KG: Final = (2, 4, 6, 8, 10, 15, 20, 30, 50)
LEAST_SHOWN_KG: Final = 0.05  # less is a dot
HALF_BLOCK: Final = "▀"
NUMBER_WIDTH: Final = 4  # characters that a cell needs for its number
ANSWER_WIDTH: Final = 6  # and for "answer"
WHITE_INK: Final = Color.from_rgb(255, 255, 255)
DARK_INK: Final = Color.from_rgb(16, 18, 27)


@dataclass(frozen=True, slots=True)
class CharacterArea:
    """Where the map is: top row, left column, columns and rows of characters."""

    top: int
    left: int
    width: int
    height: int


def scale_top_kg(cells_kg: tuple[float, ...]) -> int:
    """Return the top of the scale for the fullest cell, the same as on the page."""
    fullest = max(cells_kg, default=0.0)
    return next((top for top in SCALE_TOPS_KG if fullest <= top), SCALE_TOPS_KG[-1])


class BodyMap:
    """Draws bodies of one board into an area; flat leaves the guess between the cells out."""

    def __init__(self, board: "Board", area: CharacterArea, theme: "Theme", *, flat: bool = False) -> None:
        self._board, self._area, self._theme, self._flat = board, area, theme, flat
        self._across, self._along = area.width // board.cols, 2 * area.height // board.rows
        self.width = self._across * board.cols
        self._kriging: tuple[int, PressureMap] | None = None  # of the lost cells it was made for

    def draw(self, canvas: "Canvas", body: "ShownBody") -> None:
        """Draw the colours, the numbers and the centre of load."""
        shares = self._shares(body)
        if self._theme.painted:
            self._paint(canvas, shares)
        else:
            self._shade(canvas, shares)
        taken = set()
        for cell in self._board.cells:
            if body.lost >> cell.index & 1:
                self._hatch(canvas, cell.row, cell.col)
        for cell in self._board.cells:
            if not body.lost >> cell.index & 1:
                taken |= self._number(canvas, body, shares, cell.index)
        self._centre(canvas, body, taken)

    # --- colours ---------------------------------------------------------------------------------
    def _shares(self, body: "ShownBody") -> Map:
        """Return the load of the pixels as shares of the top of the scale: head at the top, left hand on the right."""
        rows, cols = self._board.rows * self._along, self._board.cols * self._across
        if not body.cells_kg or max(body.cells_kg) < LEAST_SHOWN_KG:
            return np.zeros((rows, cols))
        if self._flat:
            grid = np.array(body.cells_kg).reshape(self._board.rows, self._board.cols)
            pixels = np.kron(grid, np.ones((self._along, self._across)))
        else:
            kriging = self._interpolation(body.lost)
            pixels = kriging.of(body.cells_kg) * (self._across * self._along)
        seen: Map = pixels[::-1, ::-1] / scale_top_kg(body.cells_kg)
        return seen

    def _interpolation(self, lost: int) -> PressureMap:
        if self._kriging is None or self._kriging[0] != lost:
            self._kriging = lost, PressureMap(self._board, parts=(self._across, self._along), lost=lost)
        return self._kriging[1]

    def _paint(self, canvas: "Canvas", shares: Map) -> None:
        area = self._area
        for line in range(len(shares) // 2):
            for col in range(self.width):
                above, below = (self._theme.ramp(float(shares[2 * line + half, col])) for half in (0, 1))
                canvas.put(area.top + line, area.left + col, HALF_BLOCK, Style.from_color(above, below))

    def _shade(self, canvas: "Canvas", shares: Map) -> None:
        shades, area, style = self._theme.glyphs.shades, self._area, self._theme.style(ColourRole.INK)
        for line in range(len(shares) // 2):
            levels = np.minimum(shares[2 * line : 2 * line + 2].mean(axis=0), 0.999) * len(shades)
            text = "".join(shades[int(level)] for level in levels)
            canvas.put(area.top + line, area.left, text, style)

    # --- cells -----------------------------------------------------------------------------------
    def _place(self, row: int, col: int) -> tuple[int, int]:
        """Return the first pixel row and the first column of a cell as seen."""
        return (self._board.rows - 1 - row) * self._along, (self._board.cols - 1 - col) * self._across

    def _number(self, canvas: "Canvas", body: "ShownBody", shares: Map, index: int) -> set[tuple[int, int]]:
        cell, glyphs = self._board.cells[index], self._theme.glyphs
        pixel, col = self._place(cell.row, cell.col)
        line = (pixel + self._along // 2) // 2
        if body.cells_kg is None:
            text = glyphs.unknown
        elif not body.cells_kg or body.cells_kg[index] < LEAST_SHOWN_KG:
            text = glyphs.dot
        else:
            text = f"{body.cells_kg[index]:.1f}"
        if self._across < NUMBER_WIDTH:
            return set()
        plain = not self._theme.painted
        pill = f" {text} " if plain and self._across > len(text) + 1 else text
        start = col + (self._across - len(pill)) // 2
        if plain:
            style = self._theme.style(ColourRole.INK, bold=True)
        else:
            under = self._theme.ramp(float(shares[2 * line : 2 * line + 2, start : start + len(pill)].mean()))
            style = Style(bold=True) + Style.from_color(readable_ink(under), under)
        canvas.put(self._area.top + line, self._area.left + start, pill, style)
        return {(line, place) for place in range(start, start + len(pill))}

    def _hatch(self, canvas: "Canvas", row: int, col: int) -> None:
        """Draw a silent cell: hatched on the ground of the picture, and said in words where they fit."""
        pixel, left = self._place(row, col)
        first, last = (pixel + 1) // 2, (pixel + self._along) // 2
        style = self._theme.style(ColourRole.INK2)
        for line in range(first, last):
            canvas.put(self._area.top + line, self._area.left + left, self._theme.glyphs.hatch * self._across, style)
        if self._across >= ANSWER_WIDTH:
            middle = (first + last) // 2
            for line, text in ((middle - 1, "no"), (middle, "answer")):
                start = self._area.left + left + (self._across - len(text)) // 2
                canvas.put(self._area.top + line, start, text, self._theme.style(ColourRole.INK))

    def _centre(self, canvas: "Canvas", body: "ShownBody", taken: set[tuple[int, int]]) -> None:
        if body.centre is None:
            return
        x, y = body.centre
        height = self._board.rows * self._along // 2
        line = min(max(int((1 - y) * height), 0), height - 1)
        col = min(max(int((1 - x) * self.width), 0), self.width - 1)
        if (line, col) in taken:  # beside the number, not over it
            line += 1 if line + 1 < height else -1
        style = (
            Style.from_color(WHITE_INK, DARK_INK)
            if self._theme.painted
            else self._theme.style(ColourRole.INK, bold=True)
        )
        canvas.put(self._area.top + line, self._area.left + col, self._theme.glyphs.centre, style)
