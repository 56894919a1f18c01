"""Tare and calibration in a terminal: the current instruction, or the picture of a procedure."""

from typing import TYPE_CHECKING, Final, Self

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console


PROGRESS_WIDTH: Final = 40


class CalibrationPrompt:
    """Shows the instruction, why it does not count yet and how much is done: a picture, or lines in a pipe."""

    def __init__(self, console: "Console", picture: "Callable[[], Sequence[Text]] | None" = None) -> None:
        """Prepare. picture is the whole picture of a procedure; without one instruction and progress are shown."""
        self._console, self._picture = console, picture
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
        if self._live is not None and self._picture is not None:
            self._live.update(Group(*self._picture()), refresh=True)
            return
        if self._live is not None:
            bar = ProgressBar(1.0, share, PROGRESS_WIDTH, complete_style="blue", finished_style="bright_blue")
            self._live.update(Group(Text(instruction, "bold"), Text(hint or " "), bar), refresh=True)
            return
        before, self._printed = self._printed, (instruction, hint)
        for text, was in zip(self._printed, before, strict=True):
            if text and text != was:
                self._console.print(f"{share:4.0%}  {text}", markup=False, highlight=False)
