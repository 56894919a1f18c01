"""Tare and calibration in a terminal: the current instruction, and the scales that were found."""

from typing import TYPE_CHECKING, Final, Self

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from firmware.signal.fit import Fit
    from hardware.board import Board

PROGRESS_WIDTH: Final = 40


class CalibrationPrompt:
    """Shows the instruction, why it does not count yet and how much is done: a picture, or lines in a pipe."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._live: Live | None = None
        self._printed: tuple[str, str] = ("", "")
        if console.is_terminal and not console.is_dumb_terminal:
            self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, instruction: str, hint: str, share: float) -> None:
        """Show the current instruction; in a pipe only what has changed."""
        if self._live is not None:
            bar = ProgressBar(1.0, share, PROGRESS_WIDTH, complete_style="blue", finished_style="bright_blue")
            self._live.update(Group(Text(instruction, "bold"), Text(hint or " "), bar), refresh=True)
            return
        before, self._printed = self._printed, (instruction, hint)
        for text, was in zip(self._printed, before, strict=True):
            if text and text != was:
                self._console.print(f"{share:4.0%}  {text}", markup=False, highlight=False)


def scale_table(board: "Board", fit: "Fit") -> Table:
    """Return the scale of each tile against the board's with one standard error, tiles where they lie."""
    table = Table(title="Scale of each tile, in times of the board file's; seen from above, head at the top")
    for col in reversed(range(board.cols)):
        table.add_column(f"column {col + 1}", justify="right")
    for row in reversed(range(board.rows)):
        cells = [row * board.cols + col for col in reversed(range(board.cols))]
        table.add_row(
            *(
                f"{board.cells[cell].name}  {fit.counts_per_newton[cell] / board.counts_per_newton:.3f}"
                f" ±{fit.error_share[cell]:.1%}"
                for cell in cells
            )
        )
    return table
