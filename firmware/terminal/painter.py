"""Draws a scene by a layout and a theme onto a canvas."""

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from firmware import words
from firmware.terminal.canvas import Canvas
from firmware.terminal.digits import large_digits
from firmware.terminal.side_panel import MEDIUM_COLUMNS, NARROW_COLUMNS, SidePanel
from firmware.terminal.swatch import light_swatch
from firmware.terminal.theme import ASCII_MARKS, ColourRole, Palette

if TYPE_CHECKING:
    from rich.style import Style

    from firmware.terminal.layouts import Layout
    from firmware.terminal.origin import FrameOrigin
    from firmware.terminal.scene import Scene
    from firmware.terminal.theme import Theme
    from hardware.board import Board

LEFT_MARGIN: Final = 1  # the first column of text
SIMULATED_BADGE: Final = "SIMULATED"
FULL_SCALE_MOTION: Final = 10.0  # percent of the load that changes place in a hop: the highest mark of movement
EVENT_TIME_WIDTH: Final = 5  # characters of a time in the list of events
SLIDER_WIDTH: Final = 9


class Painter:
    """Draws scenes of one board in one layout, palette and map."""

    def __init__(
        self, board: "Board", layout: "Layout", theme: "Theme", origin: "FrameOrigin", *, flat: bool = False
    ) -> None:
        self._layout, self._theme, self._origin = layout, theme, origin
        self._side = SidePanel(board, layout, theme, flat=flat)

    def draw(self, scene: "Scene") -> Canvas:
        """Return the picture."""
        layout = self._layout
        canvas = Canvas(layout.rows, layout.cols, self._style(ColourRole.INK))
        self._band(canvas)
        if scene.stop:
            self._stop(canvas, scene)
        else:
            self._time(canvas, scene)
            self._sentence(canvas, scene)
        if not (scene.stop and not layout.minutes):
            self._bars(canvas, scene)
        if scene.ended:
            self._summary(canvas, scene)
        else:
            self._facts(canvas, scene)
            self._movement(canvas, scene)
        self._events(canvas, scene)
        self._side.draw(canvas, scene.body, ended=scene.ended)
        return canvas

    def _style(self, role: ColourRole, *, bold: bool = False, band: bool = False) -> "Style":
        return self._theme.style(role, bold=bold, band=band)

    # --- parts -----------------------------------------------------------------------------------
    def _band(self, canvas: Canvas) -> None:
        small = self._layout.cols <= NARROW_COLUMNS
        for row in range(self._layout.band_rows):
            canvas.fill(row, 0, canvas.cols, self._style(ColourRole.INK, band=True))
        canvas.put(0, LEFT_MARGIN, "acumat", self._style(ColourRole.INK, bold=True, band=True))
        what = words.WHAT_THIS_IS_SHORT if small else words.WHAT_THIS_IS
        canvas.put(0, 9, what, self._style(ColourRole.INK2, band=True))
        if not self._origin.simulated:
            return
        speed = self._origin.speed
        badge = f" {SIMULATED_BADGE} {self._theme.glyphs.times}{speed:g} " if speed > 1 else f" {SIMULATED_BADGE} "
        canvas.put(0, canvas.cols - 1 - len(badge), badge, self._style(ColourRole.NOTE, bold=True))
        if small:
            text = words.NOBODY_THERE_SHORT
        else:
            text = words.NOBODY_THERE.format(speed=f"{speed:g}") if speed > 1 else words.NOBODY_THERE_REAL
        canvas.put(1, LEFT_MARGIN, text, self._style(ColourRole.INK2, band=not small))

    def _time(self, canvas: Canvas, scene: "Scene") -> None:
        row, glyphs = self._layout.figures, self._theme.glyphs
        stage = self._style(ColourRole.ACCENT, bold=True)
        if not self._layout.large:
            self._small_time(canvas, scene, row)
            return
        col = LEFT_MARGIN
        if self._theme.palette is Palette.ASCII:
            canvas.put(
                row,
                LEFT_MARGIN,
                f"{scene.figures} {scene.caption}".strip(),
                self._style(ColourRole.INK),
                self._layout.text,
            )
            canvas.put(row, LEFT_MARGIN, scene.figures, self._style(ColourRole.INK, bold=True))
            place = row + 1
        else:
            for line, text in enumerate(large_digits(scene.figures) if scene.figures else ()):
                canvas.put(row + line, LEFT_MARGIN, text, self._style(ColourRole.INK))
                col = LEFT_MARGIN + len(text) + 2
            canvas.put(row, col, scene.caption, self._style(ColourRole.INK), self._layout.right - col)
            place = row + 1 if scene.figures else row
        canvas.put(place, col, scene.stage, stage, self._layout.right - col)
        if scene.pacer is not None:
            dots = (glyphs.filled * scene.pacer.filled).ljust(10, glyphs.empty)
            label, accent = self._style(ColourRole.INK2), self._style(ColourRole.ACCENT)
            canvas.put(place + 1, col, scene.pacer.words, self._style(ColourRole.INK, bold=True))
            for at, text, style in (
                (12, dots[:4], accent),
                (17, "in", label),
                (20, dots[4:], accent),
                (27, "out", label),
            ):
                canvas.put(place + 1, col + at, text, style)
        else:
            canvas.put(place + 1, col, scene.under, self._style(ColourRole.INK, bold=True))

    def _small_time(self, canvas: Canvas, scene: "Scene", row: int) -> None:
        """Write stage and time in one row; the pacer is left out."""
        stage = scene.short_stage or scene.stage
        canvas.put(row, LEFT_MARGIN, stage, self._style(ColourRole.ACCENT, bold=True))
        col = LEFT_MARGIN + len(stage) + 2
        canvas.put(row, col, scene.figures, self._style(ColourRole.INK, bold=True))
        col += len(scene.figures) + 1
        canvas.put(row, col, scene.short_caption, self._style(ColourRole.INK2), self._layout.map.left - col - 1)
        if scene.under:
            canvas.put(row - 1, LEFT_MARGIN, scene.under, self._style(ColourRole.INK, bold=True))

    def _sentence(self, canvas: Canvas, scene: "Scene") -> None:
        layout = self._layout
        lines = wrap(scene.sentence, layout.text)
        rows = layout.sentence_rows if not (scene.ended and layout.reason is None) else 2
        for line, text in enumerate(lines):
            canvas.put(
                layout.sentence + line if line < rows else -1, LEFT_MARGIN, text, self._style(ColourRole.INK, bold=True)
            )
        reason = layout.sentence + rows if layout.reason is None else layout.reason
        if layout.reason is None and not scene.ended:
            return
        if len(lines) == 1 and layout.cols > MEDIUM_COLUMNS:  # the wide layout keeps them together
            reason -= 1
        for line, text in enumerate(wrap(scene.reason, layout.text)):
            row = reason + line if line < (2 if scene.ended else 1) else -1
            canvas.put(row, LEFT_MARGIN, text, self._style(ColourRole.INK2))

    def _stop(self, canvas: Canvas, scene: "Scene") -> None:
        layout, style = self._layout, self._style(ColourRole.STOP)
        inside = layout.text - 2
        lines = [line for part in scene.stop for line in wrap(part, inside)]
        for line in range(max(layout.stop_rows, len(lines))):
            canvas.fill(layout.stop + line, LEFT_MARGIN, layout.text, style)
            text = lines[line] if line < len(lines) else ""
            canvas.put(layout.stop + line, LEFT_MARGIN + 1, text, self._style(ColourRole.STOP, bold=line == 0), inside)
        row = layout.stop_stage
        canvas.put(row, LEFT_MARGIN, scene.stage, self._style(ColourRole.ACCENT, bold=True))
        col = LEFT_MARGIN + len(scene.stage) + 2
        canvas.put(row, col, scene.figures, self._style(ColourRole.INK, bold=True))
        canvas.put(row, col + len(scene.figures) + 1, scene.caption, self._style(ColourRole.INK2))

    def _bars(self, canvas: Canvas, scene: "Scene") -> None:
        layout, glyphs = self._layout, self._theme.glyphs
        for number, bar in enumerate(scene.bars):
            col = LEFT_MARGIN + number * (layout.bar + 1)
            done = round(bar.done * layout.bar)
            rest = layout.bar - done
            later = glyphs.bar if bar.current and self._theme.painted else glyphs.thin
            canvas.put(layout.bars, col, glyphs.bar * done, self._style(ColourRole.ACCENT))
            role = ColourRole.NOW if bar.current else ColourRole.EDGE
            canvas.put(layout.bars, col + done, later * rest, self._style(role))
            name = self._style(ColourRole.INK if bar.current else ColourRole.INK2, bold=bar.current)
            canvas.put(layout.bars + 1, col, bar.name, name, layout.bar)
            if layout.minutes:
                canvas.put(layout.bars + 2, col, bar.length, self._style(ColourRole.INK2), layout.bar)

    def _facts(self, canvas: Canvas, scene: "Scene") -> None:
        layout = self._layout
        ink, label = self._style(ColourRole.INK), self._style(ColourRole.INK2)
        if scene.lamp is not None:
            canvas.put(layout.light, LEFT_MARGIN, "Hand light", label)
            text, style = light_swatch(scene.lamp, self._theme, layout.swatch)
            canvas.put(layout.light, layout.value, text, style)
            said = drop_last_parts(scene.lamp.words, layout.lamp_width)
            canvas.put(layout.light, layout.lamp, said, ink, layout.lamp_width)
            if layout.light_note is not None and scene.lamp.lightness:
                canvas.put(layout.light_note, layout.lamp, "shown brighter than it is", label)
        width = layout.map.left - layout.value - 1
        for row, fact in zip((layout.breath, layout.load), scene.facts, strict=False):
            text = fact.short if fact.short and layout.cols <= NARROW_COLUMNS else fact.text
            if layout.sides is not None and fact.text.startswith("about"):
                text += ", an estimate; nothing to aim for"
            canvas.put(row, LEFT_MARGIN, fact.label, label)
            canvas.put(row, layout.value, text, ink, width)
        if layout.sides is not None and scene.sides is not None:
            right = round(100 * scene.sides)
            place = min(int((1 - scene.sides) * SLIDER_WIDTH), SLIDER_WIDTH - 1)
            glyphs = self._theme.glyphs
            canvas.put(layout.sides, LEFT_MARGIN, "Sides", label)
            head = f"your right {right} % "
            canvas.put(layout.sides, layout.value, head, ink)
            col = layout.value + len(head)
            canvas.put(layout.sides, col, glyphs.thin * SLIDER_WIDTH, self._style(ColourRole.EDGE))
            canvas.put(layout.sides, col + place, glyphs.filled, self._style(ColourRole.ACCENT))
            canvas.put(layout.sides, col + SLIDER_WIDTH, f" your left {100 - right} %", ink)

    def _movement(self, canvas: Canvas, scene: "Scene") -> None:
        row, sparks = self._layout.movement, self._theme.glyphs.sparks
        if row is None or not scene.movement:
            return
        label, accent = self._style(ColourRole.INK2), self._style(ColourRole.ACCENT)
        canvas.put(row, LEFT_MARGIN, "Movement, the last 5 minutes", label)
        levels = (min(int(motion / FULL_SCALE_MOTION * len(sparks)), len(sparks) - 1) for motion in scene.movement)
        canvas.put(row + 2, LEFT_MARGIN, "".join(sparks[level] for level in levels), accent)
        for place in scene.marks:
            canvas.put(row + 1, LEFT_MARGIN + place, self._mark("◆"), accent)
        canvas.put(row + 3, LEFT_MARGIN, "5 min ago", label)
        canvas.put(row + 3, LEFT_MARGIN + len(scene.movement) - 3, "now", label)

    def _events(self, canvas: Canvas, scene: "Scene") -> None:
        layout = self._layout
        rows = layout.events
        if scene.ended and scene.doors:
            return
        if scene.note is not None:
            first, second = scene.note
            for line, text in enumerate((first, second)[: layout.note_rows]):
                width = layout.text if layout.note_rows > 1 else canvas.cols - 2
                canvas.fill(layout.note + line, LEFT_MARGIN, width, self._style(ColourRole.NOTE))
                canvas.put(
                    layout.note + line, LEFT_MARGIN + 1, text, self._style(ColourRole.NOTE, bold=line == 0), width - 1
                )
            rows = tuple(row for row in rows if row >= layout.note + layout.note_rows)
        elif layout.happened is not None and scene.happened:
            canvas.put(
                layout.happened, LEFT_MARGIN, "What happened, by minutes on the mat", self._style(ColourRole.INK2)
            )
        for row, event in zip(rows, scene.happened[-len(rows) :], strict=False):
            canvas.put(
                row, LEFT_MARGIN, f"{event.at:>{EVENT_TIME_WIDTH}}", self._style(ColourRole.INK2), EVENT_TIME_WIDTH + 1
            )
            role = ColourRole.INK2 if event.mark == "·" else ColourRole.ACCENT
            canvas.put(row, LEFT_MARGIN + EVENT_TIME_WIDTH + 1, self._mark(event.mark), self._style(role))
            canvas.put(row, LEFT_MARGIN + EVENT_TIME_WIDTH + 3, event.text, self._style(ColourRole.INK), 39)

    def _mark(self, mark: str) -> str:
        return ASCII_MARKS[mark] if self._theme.palette is Palette.ASCII else mark

    def _summary(self, canvas: Canvas, scene: "Scene") -> None:
        layout = self._layout
        for row, fact in enumerate(scene.facts, layout.facts):
            text = fact.short if fact.short and layout.cols <= NARROW_COLUMNS else fact.text
            canvas.put(row, LEFT_MARGIN, fact.label, self._style(ColourRole.INK2))
            canvas.put(
                row, layout.facts_value, text, self._style(ColourRole.INK), layout.map.left - 3 - layout.facts_value
            )
        width = layout.right - layout.facts_value - 1
        whole = (door for door in scene.doors if len(door.text) <= width)
        for row, door in enumerate(whole, layout.doors):
            canvas.put(row, LEFT_MARGIN, door.label, self._style(ColourRole.INK2), layout.facts_value - LEFT_MARGIN - 1)
            canvas.put(row, layout.facts_value, door.text, self._style(ColourRole.ACCENT), width)


def drop_last_parts(text: str, width: int) -> str:
    """Return a text of parts between commas or semicolons with the last ones left out, until it fits."""
    while len(text) > width and max(text.rfind(","), text.rfind(";")) > 0:
        text = text[: max(text.rfind(","), text.rfind(";"))]
    return text
