"""An address as a QR code of half blocks, for the camera of a phone; dark on light whatever the terminal's colours."""

from typing import TYPE_CHECKING, Final

import segno
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

STYLE: Final = "black on white"
BORDER: Final = 2
HALVES: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def qr_lines(address: str) -> "Iterator[Text]":
    """Yield the lines of the code."""
    rows = [list(row) for row in segno.make(address, error="l", micro=False).matrix_iter(border=BORDER)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        yield Text("".join(HALVES[above, below] for above, below in zip(upper, lower, strict=True)), STYLE)
