"""The right side of the picture: the map, whose sides are whose, the scale of colours, and what is a guess."""

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from rich.style import Style

from firmware.terminal.body_map import BodyMap, scale_top_kg
from firmware.terminal.theme import ColourRole

if TYPE_CHECKING:
    from firmware.terminal.canvas import Canvas
    from firmware.terminal.layouts import Layout
    from firmware.terminal.scene import ShownBody
    from firmware.terminal.theme import Theme
    from hardware.board import Board

NARROW_COLUMNS: Final = 60  # columns of the layouts; beyond MEDIUM there is room for full sentences
MEDIUM_COLUMNS: Final = 80


class SidePanel:
    """Draws bodies of one board in one layout and palette."""

    def __init__(self, board: "Board", layout: "Layout", theme: "Theme", *, flat: bool) -> None:
        self._layout, self._theme = layout, theme
        self._map = BodyMap(board, layout.map, theme, flat=flat)

    def draw(self, canvas: "Canvas", body: "ShownBody", *, ended: bool) -> None:
        """Draw the map of a scene and what belongs to it."""
        layout, label = self._layout, self._theme.style(ColourRole.INK2)
        self._map.draw(canvas, body)
        middle = layout.map.left + self._map.width // 2
        canvas.put(layout.head, middle - 1, "Head", label)
        hands = "Your right  Your left" if layout.cols <= NARROW_COLUMNS else "Your right  Hips  Your left"
        if layout.right_width > len(hands):
            hands = "Your right     Hips     Your left"
        canvas.put(layout.hands, layout.right, hands, label)
        rows = layout.legend
        if layout.cols <= NARROW_COLUMNS:
            self._narrow_legend(canvas, body, ended=ended)
            return
        if body.scale:
            self._scale(canvas, body)
            rows = rows if layout.cols > MEDIUM_COLUMNS else rows[1:]
        lines = wrap(body.wide, layout.right_width) if layout.cols > MEDIUM_COLUMNS else list(body.legend)
        if layout.cols > MEDIUM_COLUMNS and body.scale:
            rows = rows[1:]
        for row, text in zip(rows, lines, strict=False):
            canvas.put(row, layout.right, self._shade(text), label, layout.right_width)

    def _shade(self, text: str) -> str:
        return text if self._theme.painted else text.replace("colour", "shade")

    def _narrow_legend(self, canvas: "Canvas", body: "ShownBody", *, ended: bool) -> None:
        layout, label = self._layout, self._theme.style(ColourRole.INK2)
        first = layout.events[0] if ended else layout.legend[0]
        for row, text in enumerate(body.narrow, first):
            shown = self._shade(text)
            canvas.put(row, canvas.cols - 1 - len(shown), shown, label)

    def _scale(self, canvas: "Canvas", body: "ShownBody") -> None:
        layout, glyphs, label = self._layout, self._theme.glyphs, self._theme.style(ColourRole.INK2)
        steps = 14 if layout.cols > MEDIUM_COLUMNS else 9
        canvas.put(layout.scale, layout.right, "0", label)
        for step in range(steps):
            share = (step + 0.5) / steps
            col = layout.right + 2 + step
            if self._theme.painted:
                colour = self._theme.ramp(share)
                canvas.put(layout.scale, col, " ", Style.from_color(colour, colour))
            else:
                canvas.put(
                    layout.scale, col, glyphs.shades[int(share * len(glyphs.shades))], self._theme.style(ColourRole.INK)
                )
        canvas.put(layout.scale, layout.right + 3 + steps, f"{scale_top_kg(body.cells_kg or ())} kg", label)
        if layout.cols > MEDIUM_COLUMNS:
            canvas.put(layout.legend[0], layout.right, f"{glyphs.centre} centre of load", label)
        else:
            canvas.put(layout.scale, layout.right + layout.right_width - 8, f"{glyphs.centre} centre", label)
