"""The mat as a block of colours, seen from above with the head at the top: its cells, and a guess of what lies between.

The cells are what was measured. The smooth picture is interpolated and says so.
"""

from typing import TYPE_CHECKING

from rich.text import Text

from hardware.board import STANDARD_GRAVITY

if TYPE_CHECKING:
    from firmware.frames import Signals
    from firmware.signal.pressure import PressureMap
    from hardware.board import Board

CELL_WIDTH, CELL_HEIGHT = 9, 3  # characters
FULL_COLOUR_N = 120.0  # the brightest colour stands for this, or for the heaviest cell if that is more
# Dark to bright in one order of brightness and without red against green, after viridis (van der Walt, Smith 2015).
RAMP = ((26, 22, 48), (65, 68, 135), (42, 120, 142), (34, 168, 132), (122, 209, 81), (253, 231, 37))
BRIGHT_BACKGROUND = 0.55  # of the ramp; from here on black letters are read better than white ones


def heat_map(board: "Board", signals: "Signals | None") -> Text:
    """Draw each cell with its load in kg and the centre of pressure as a cross.

    Row 0, the base, is the last line. Column 0 stands on the RIGHT: seen from above, that is where the left hand of a
    person on the back lies. signals None (no zero yet) draws empty cells.
    """
    width = board.cols * CELL_WIDTH
    cross = _cross(board, signals)
    picture = Text(justify="left")
    picture.append("head".center(width) + "\n", "dim")
    for row in reversed(range(board.rows)):
        for line in range(CELL_HEIGHT):
            for col in reversed(range(board.cols)):
                label, style = _cell(signals, row * board.cols + col)
                text = label.center(CELL_WIDTH) if line == CELL_HEIGHT // 2 else " " * CELL_WIDTH
                here = (board.rows - 1 - row) * CELL_HEIGHT + line, (board.cols - 1 - col) * CELL_WIDTH
                if cross is not None and cross[0] == here[0] and 0 <= cross[1] - here[1] < CELL_WIDTH:
                    at = cross[1] - here[1]
                    text = text[:at] + "+" + text[at + 1 :]
                picture.append(text, style)
            picture.append("\n")
    picture.append("your right".ljust(width - 9) + "your left\n", "dim")
    picture.append("base, where you sit down".center(width), "dim")
    return picture


def between_map(pressure: "PressureMap", signals: "Signals | None") -> Text:
    """Draw the interpolated map, two pixels a character, one above the other; the same way round as the cells.

    Each picture has the whole ramp, from nothing to its own brightest pixel, so it says where and not how much.
    """
    if signals is None or signals.cop_m is None:
        pixels = [[0.0] * pressure.cols for _ in range(pressure.rows)]
    else:
        pixels = pressure.of(signals.cells_n)[::-1, ::-1].tolist()
    brightest = max(max(row) for row in pixels) or 1.0
    picture = Text(justify="left")
    picture.append("interpolated".center(pressure.cols) + "\n", "dim italic")
    pixels += [[0.0] * pressure.cols] * (len(pixels) % 2)
    for upper, lower in zip(pixels[::2], pixels[1::2], strict=True):
        for above, below in zip(upper, lower, strict=True):
            letters, ground = (_colour(pixel / brightest) for pixel in (above, below))
            picture.append("\N{UPPER HALF BLOCK}", f"{letters} on {ground}")
        picture.append("\n")
    picture.append("between the cells:\na guess", "dim")
    return picture


def _cell(signals: "Signals | None", cell: int) -> tuple[str, str]:
    """Give what is written in a cell and in which colours."""
    if signals is None:
        return "-", "white on rgb(26,22,48)"
    if signals.lost >> cell & 1:
        return "no data", "italic white on grey35"
    load_n = signals.cells_n[cell]
    heat = min(max(load_n / max(FULL_COLOUR_N, *signals.cells_n), 0.0), 1.0)
    letters = "black" if heat > BRIGHT_BACKGROUND else "white"
    return f"{abs(load_n) / STANDARD_GRAVITY:.1f}", f"{letters} on {_colour(heat)}"


def _colour(heat: float) -> str:
    """Blend the two colours of the ramp next to heat (0..1)."""
    place = heat * (len(RAMP) - 1)
    before = min(int(place), len(RAMP) - 2)
    part = place - before
    red, green, blue = (
        round(low + (high - low) * part) for low, high in zip(RAMP[before], RAMP[before + 1], strict=True)
    )
    return f"rgb({red},{green},{blue})"


def _cross(board: "Board", signals: "Signals | None") -> tuple[int, int] | None:
    """Give line and character of the centre of pressure, None where there is none."""
    if signals is None or signals.cop_m is None:
        return None
    x_m, y_m = signals.cop_m
    lines, characters = board.rows * CELL_HEIGHT, board.cols * CELL_WIDTH
    line = round((1 - y_m / board.length_m) * lines - 0.5)
    character = round((1 - x_m / board.width_m) * characters - 0.5)
    return min(max(line, 0), lines - 1), min(max(character, 0), characters - 1)
