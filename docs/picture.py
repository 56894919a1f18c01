"""The pictures of the terminal, drawn cell by cell from the real view of a simulated session."""

import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from firmware.core import MatCore
from firmware.enums import State
from firmware.terminal.composer import Composer
from firmware.terminal.follower import LiveViewMemory
from firmware.terminal.layouts import MEDIUM
from firmware.terminal.origin import FrameOrigin
from firmware.terminal.painter import Painter
from firmware.terminal.theme import Palette, Theme, rgb_of
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.people import story as stories

if TYPE_CHECKING:
    from rich.color import Color

    from firmware.terminal.canvas import Canvas

STORY, SEED, AT_S = "session", 1, 426.0
TITLE: Final = "make demo: a simulated session"
WIDE, HIGH = 9, 18  # pixels of a character
MARGIN, HEAD = 12, 34
CENTRED: Final = "text-anchor='middle' font-family='sans-serif' font-size='14'"
FONT: Final = "font-family='ui-monospace,DejaVu Sans Mono,Menlo,Consolas,monospace' font-size='14.5'"
# Characters that are drawn as rectangles: top and height as shares of the row.
BLOCKS: Final = {"▀": (0.0, 0.5), "▄": (0.5, 0.5), "█": (0.0, 1.0), "━": (0.42, 0.2), "─": (0.47, 0.08)}


def demo_picture() -> str:
    """Return the terminal as an SVG picture, some minutes into the session."""
    board = boards.load_board()
    bench = Bench(stories.load_story(STORY), board, SEED)
    core = MatCore(board, bench.calibration)
    follower, composer = LiveViewMemory(board), Composer(board)
    painter = Painter(board, MEDIUM, Theme(Palette.DARK), FrameOrigin(simulated=True, speed=30))
    for frames in blocks_from(FrameSource(bench)):
        for tick in core.push(frames):
            follower.offer(tick)
            if tick.t_s >= AT_S and tick.view.state is State.RESTING:
                return svg(painter.draw(composer.scene(tick, follower, core.pacer_s)), TITLE)
    raise ValueError(f"the story {STORY!r} has no resting stage at {AT_S:g} s: choose another moment")


def svg(canvas: "Canvas", title: str) -> str:
    """Return a picture of a canvas in a window with a title; no font is fetched, blocks are drawn as rectangles."""
    width, height = canvas.cols * WIDE + 2 * MARGIN, canvas.rows * HIGH + HEAD + MARGIN
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' role='img'>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{width}' height='{height}' rx='8' fill='#0c0c0c'/>",
        f"<text x='{width / 2:g}' y='22' fill='#c8c8c8' {CENTRED}>{escape(title)}</text>",
        f"<g {FONT} shape-rendering='crispEdges'>",
    ]
    for row, segments in enumerate(canvas.lines()):
        col = 0
        y = HEAD + row * HIGH
        for text, style, _ in segments:
            x = MARGIN + col * WIDE
            if style is not None and style.bgcolor is not None:
                parts.append(_rect(x, y, len(text) * WIDE, HIGH, style.bgcolor))
            if style is not None and style.color is not None and text.strip():
                parts += _characters(text, x, y, style.color, bold=bool(style.bold))
            col += len(text)
    return "\n".join([*parts, "</g>", "</svg>"]) + "\n"


def _rect(x: float, y: float, width: float, height: float, colour: "Color") -> str:
    return f"<rect x='{x:g}' y='{y:g}' width='{width:g}' height='{height:g}' fill='{_hex(colour)}'/>"


def _characters(text: str, x: int, y: int, colour: "Color", *, bold: bool) -> list[str]:
    """Return the rectangles of the blocks of a text and one element for each word between them."""
    parts = [
        _rect(x + place * WIDE, y + BLOCKS[char][0] * HIGH, WIDE, BLOCKS[char][1] * HIGH, colour)
        for place, char in enumerate(text)
        if char in BLOCKS
    ]
    weight = " font-weight='bold'" if bold else ""
    letters = "".join(" " if char in BLOCKS else char for char in text)
    for word in re.finditer(r"\S+", letters):  # one element a word: not every viewer keeps blanks
        place, length = x + word.start() * WIDE, len(word.group()) * WIDE
        parts.append(
            f"<text x='{place:g}' y='{y + 13.5:g}' textLength='{length:g}' fill='{_hex(colour)}'{weight}>"
            f"{escape(word.group())}</text>"
        )
    return parts


def _hex(colour: "Color") -> str:
    red, green, blue = rgb_of(colour)
    return f"#{red:02x}{green:02x}{blue:02x}"
