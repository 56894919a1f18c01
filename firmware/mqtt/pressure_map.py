"""The load of the cells as a small picture: head at the top, the left hand of a person on the back on the right."""

import struct
import zlib
from collections.abc import Sequence
from typing import Final

from hardware.board import STANDARD_GRAVITY, Board

CELL_PX: Final = 56
GAP_PX: Final = 4
LEVELS: Final = 12  # coarse, so that breathing changes no picture
FULL_KG: Final = 18.0  # the brightest; a person's hips on one cell
GROUND: Final = (24, 26, 31)
LOST: Final = (90, 40, 40)
COLD, WARM = (38, 44, 58), (255, 176, 84)


def levels(cells_n: Sequence[float], lost: int) -> tuple[int | None, ...]:
    """Return the level of each cell, 0 to LEVELS; None for a cell without readings."""
    full_n = FULL_KG * STANDARD_GRAVITY
    return tuple(
        None if lost >> cell & 1 else min(LEVELS, max(0, round(LEVELS * load_n / full_n)))
        for cell, load_n in enumerate(cells_n)
    )


def picture(board: Board, shown: Sequence[int | None]) -> bytes:
    """Return a PNG of the levels of all cells."""
    step = CELL_PX + GAP_PX
    width, height = board.cols * step + GAP_PX, board.rows * step + GAP_PX
    gap_row = bytes(GROUND) * width
    rows: list[bytes] = [gap_row] * GAP_PX
    for row in reversed(range(board.rows)):
        line = bytes(GROUND) * GAP_PX
        for col in reversed(range(board.cols)):
            line += bytes(_colour(shown[row * board.cols + col])) * CELL_PX + bytes(GROUND) * GAP_PX
        rows += [line] * CELL_PX + [gap_row] * GAP_PX
    raw = b"".join(b"\x00" + row for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _colour(level: int | None) -> tuple[int, ...]:
    if level is None:
        return LOST
    share = level / LEVELS
    return tuple(round(cold + share * (warm - cold)) for cold, warm in zip(COLD, WARM, strict=True))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
