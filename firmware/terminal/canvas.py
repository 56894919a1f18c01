"""A fixed grid of characters with styles. Nothing moves when a text gets longer, and nothing is written outside."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from rich.segment import Segment
from rich.style import Style

BLANK: Final = " "


class Canvas:
    """rows x cols characters. overflows lists the texts that were too long for their slot; there should be none."""

    def __init__(self, rows: int, cols: int, ground: Style) -> None:
        self.rows, self.cols = rows, cols
        self._cells: list[list[tuple[str, Style]]] = [[(BLANK, ground)] * cols for _ in range(rows)]
        self.overflows: list[str] = []

    def put(self, row: int, col: int, text: str, style: Style, width: int | None = None) -> None:
        """Write a text; what is beyond width characters or the edge is left out and noted in overflows."""
        room = min(self.cols - col, self.cols if width is None else width)
        if len(text) > room or not 0 <= row < self.rows:
            self.overflows.append(text)
        if not 0 <= row < self.rows:
            return
        for place, char in enumerate(text[:room], start=col):
            self._cells[row][place] = (char, style)

    def fill(self, row: int, col: int, width: int, style: Style) -> None:
        """Paint a part of a row."""
        self.put(row, col, BLANK * width, style)

    def lines(self) -> Iterator[list[Segment]]:
        """Yield each row as segments of one style."""
        for row in self._cells:
            yield [
                Segment("".join(char for char, _ in run), style)
                for style, run in ((style, list(run)) for style, run in groupby(row, key=lambda cell: cell[1]))
            ]

    def plain(self) -> list[str]:
        """Return the characters of each row."""
        return ["".join(char for char, _ in row) for row in self._cells]

    def cells(self) -> Iterator[tuple[str, Style]]:
        """Yield every character with its style."""
        for row in self._cells:
            yield from row

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Canvas) and self._cells == other._cells

    __hash__ = None  # type: ignore[assignment]  # it changes
