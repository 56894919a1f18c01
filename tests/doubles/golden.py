"""Pictures of the live view as plain text, in files that change only by `python -m tests.doubles.golden`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from firmware.terminal.canvas import Canvas
from firmware.terminal.layouts import LARGE, MEDIUM, SMALL, Layout
from firmware.terminal.origin import FrameOrigin
from firmware.terminal.painter import Painter
from firmware.terminal.theme import Palette, Theme
from tests.doubles.scenes import BOARD, scenes

FOLDER: Final = Path(__file__).parents[1] / "unit" / "terminal" / "golden"
STORED: Final = (
    (LARGE, Palette.DARK),
    (MEDIUM, Palette.DARK),
    (SMALL, Palette.DARK),
    (MEDIUM, Palette.PLAIN),
    (MEDIUM, Palette.ASCII),
)  # the other palettes have the characters of DARK
ORIGIN: Final = FrameOrigin(simulated=True, speed=30)


def pictures(layout: Layout, palette: Palette) -> Iterator[tuple[str, Canvas]]:
    """Yield every state with its picture."""
    painter = Painter(BOARD, layout, Theme(palette), ORIGIN)
    for name, scene in scenes().items():
        yield name, painter.draw(scene)


def path(layout: Layout, palette: Palette) -> Path:
    """Return the file of a layout and a palette."""
    return FOLDER / f"{layout.name}-{palette}.txt"


def text(layout: Layout, palette: Palette) -> str:
    """Return what the file should hold: each state between lines of its name."""
    parts = []
    for name, canvas in pictures(layout, palette):
        parts += [f"== {name}", *(f"|{row}|" for row in canvas.plain())]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Overwrite the files with the present view."""
    FOLDER.mkdir(exist_ok=True)
    for layout, palette in STORED:
        path(layout, palette).write_text(text(layout, palette), encoding="utf-8")


if __name__ == "__main__":
    main()
