"""The screens of `acumat calibrate` with weights: steps, instruction, the tiles where they lie, and the result."""

from math import ceil
from typing import TYPE_CHECKING, Final

from rich.text import Text

from firmware.signal.known_weights import STILL_S
from firmware.terminal.screen import (
    BADGE_STYLE,
    BAR_STYLE,
    SIMULATED_MAT,
    TITLE_STYLE,
    beside,
    labelled_fact,
    screen_header,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firmware.signal.fit import Fit
    from firmware.signal.known_weights import Weighing
    from hardware.board import Board

WIDTH: Final = 78
GRID_CELL: Final = 14
FACTS_COLUMN: Final = 46
STILL_BAR: Final = 12
MINUTE_S: Final = 60
PLACE_S: Final = 15.0  # of the first places: until then nobody knows how quick this person is
PLACES_KNOWN: Final = 3
GOES_ON: Final = "It goes on by itself when the reading is still. While a load does not count, this line says why:"
KEEPS: Final = "Ctrl-C stops and keeps the old calibration."
SCALES: Final = ("How much each tile gives.", "1.000 is what the board", "file says; ± one standard", "error.")


def weighing_screen(guide: "Weighing", board: "Board", *, simulated: bool) -> list[Text]:
    """Return the picture of a calibration with weights as it is now."""
    lines = screen_header("acumat calibrate", simulated=simulated, badge=SIMULATED_MAT)
    lines += [*_steps(guide), Text(), *(Text(line, TITLE_STYLE) for line in wrapped(guide.wanted, WIDTH)), Text()]
    lines += [*beside(_tiles(guide, board), _facts(guide), FACTS_COLUMN), Text()]
    lines += map(Text, wrapped(GOES_ON, WIDTH))
    lines += [Text(line, TITLE_STYLE) for line in wrapped(guide.hint, WIDTH)]
    return [*lines, Text(KEEPS)]


def _steps(guide: "Weighing") -> list[Text]:
    """Return a bar for each step: the zero, each mass, and keeping the result."""
    masses = sorted({target.mass_kg for target in guide.targets})
    shares = [("Zero", float(guide.zero is not None))]
    for mass_kg in masses:
        places = [number for number, target in enumerate(guide.targets) if target.mass_kg == mass_kg]
        shares.append((f"{mass_kg:g} kg", sum(number < guide.done for number in places) / len(places)))
    shares.append(("Keep", 0.0))
    width = WIDTH // len(shares) - 1
    current = next(name for name, share in shares if share < 1.0)
    bars, names = Text(), Text()
    for name, share in shares:
        done = round(width * share)
        bars.append("━" * done + "─" * (width - done), BAR_STYLE)
        bars.append(" ")
        names.append(f"{name:<{width + 1}}", TITLE_STYLE if name == current else "")
    return [bars, names]


def _tiles(guide: "Weighing", board: "Board") -> list[Text]:
    """Return the tiles where they lie, head on top, the left hand on the right, with what each still needs."""
    todo = guide.targets[guide.done :]
    now = todo[0] if todo and guide.zero is not None else None

    def tile(col: int, row: int) -> tuple[str, str]:
        cell = board.cells[row * board.cols + col]
        if now is not None and cell.index == now.cell:
            return f"{cell.name} now", BADGE_STYLE
        left = any(target.cell == cell.index and (now is None or target.mass_kg == now.mass_kg) for target in todo)
        return f"{cell.name} to do" if left else f"{cell.name} ✓", ""

    return _grid(board, tile)


def _grid(board: "Board", tile: "Callable[[int, int], tuple[str, str]]", width: int = GRID_CELL) -> list[Text]:
    across = width * board.cols
    lines = [Text("Head end".center(across - 2).rstrip())]
    for row in reversed(range(board.rows)):
        line = Text()
        for col in reversed(range(board.cols)):
            text, style = tile(col, row)
            line.append(f" {text}".ljust(width - 2), style)
            line.append("  ")
        lines.append(line)
    return [*lines, Text("Your right" + "Hips end".center(across - 21) + "Your left")]


def _facts(guide: "Weighing") -> list[Text]:
    """Return what the tile reads, for how long it is still, and how much there is left to do."""
    reads = "–" if guide.reads_kg is None else f"{guide.reads_kg:.2f} kg"
    still = Text()
    still.append("Still for  ", TITLE_STYLE)
    still_s = guide.still_s if guide.hint else 0  # without a load nothing is waited for
    done = round(STILL_BAR * still_s / STILL_S)
    still.append("━" * done + "─" * (STILL_BAR - done), BAR_STYLE)
    still.append(f" {still_s} of {STILL_S} s")
    each_s = guide.seconds / guide.done if guide.done >= PLACES_KNOWN else PLACE_S
    minutes = ceil((guide.total - guide.done) * each_s / MINUTE_S)
    facts = (("Place", f"{min(guide.done + 1, guide.total)} of {guide.total}"), ("Left", f"about {minutes} min"))
    lines = [Text(), *labelled_fact("Reads", reads, 11, 34), still]
    for label, text in facts:
        lines += labelled_fact(label, text, 11, 34)
    return lines


def scale_lines(board: "Board", fit: "Fit") -> list[Text]:
    """Return the scale of each tile against the board's with one standard error, tiles where they lie."""

    def tile(col: int, row: int) -> tuple[str, str]:
        index = row * board.cols + col
        share = fit.counts_per_newton[index] / board.counts_per_newton
        return f"{board.cells[index].name} {share:.3f} ±{fit.error_share[index]:.1%}", ""

    words: Sequence[Text] = [Text(), *map(Text, SCALES)]
    return [*beside(_grid(board, tile, 18), words, 54), Text()]
