"""Seconds of a source for those who weigh: one at a time, with a deadline in frame time, and shown to a person."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, Self

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from firmware import daemon
from firmware.errors import CalibrationError
from firmware.signal.calibration import Calibration
from firmware.signal.fit import Placement
from firmware.signal.frontend import FrontEnd
from firmware.signal.known_weights import Newest
from firmware.signal.seconds import Cells, Seconds

if TYPE_CHECKING:
    from rich.console import Console

    from firmware.ports import Source
    from hardware.board import Board

PATIENCE_S: Final = 120.0
BAR: Final = 40


class Guide(Protocol):
    """What leads through a calibration: signal.weighing and signal.walking."""

    hint: str
    failed: str

    @property
    def zero(self) -> Cells | None:
        """The counts (cells,) of the empty mat."""
        ...

    @property
    def wanted(self) -> str:
        """What the person is to do now."""
        ...

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        ...

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        ...

    @property
    def placements(self) -> list[Placement]:
        """The loads so far."""
        ...

    def step(self, second: Seconds, newest: Newest) -> None:
        """Take a second."""
        ...


def lead(
    source: "Source",
    board: "Board",
    guide: Guide,
    teller: "CalibrationPrompt",
    stop: Callable[[], bool],
    *,
    patience_s: float = PATIENCE_S,
) -> None:
    """Read the source until the guide has finished; the source is closed.

    Raises CalibrationError: nothing gets on for patience_s of frame time (with the newest hint), the guide cannot go
    on, or the person or the source ends it.
    """
    cells = len(board.cells)
    front_end = FrontEnd(*Calibration((board.counts_per_newton,) * cells).limits(board.clip_n))
    second, moved_on_s, share, hint, wanted = Seconds(), 0.0, -1.0, "", ""
    try:
        for frames in daemon.blocks_of(source, stop):
            for times_s, means, lost in front_end.feed(frames):
                second.push(means, lost)
                if not front_end.second_over or not second.close():
                    continue
                guide.step(second, front_end.newest)
                teller.show(guide.wanted, guide.hint, guide.share)
                if guide.failed:
                    raise CalibrationError(guide.failed)
                if guide.finished:
                    return
                hint = guide.hint or (hint if guide.wanted == wanted else "")
                wanted = guide.wanted
                if guide.share > share:
                    share, moved_on_s = guide.share, times_s[-1]
                elif times_s[-1] - moved_on_s > patience_s:
                    raise CalibrationError(f"nothing moved on for {patience_s:.0f} s: {hint or guide.wanted}")
    finally:
        source.close()
    raise CalibrationError("ended before it was done; nothing was changed")


class CalibrationPrompt:
    """Shows what is wanted, why it does not count yet and how much is done: a picture, or lines where there is none."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._live: Live | None = None
        self._said: tuple[str, str] = ("", "")
        if console.is_terminal and not console.is_dumb_terminal:
            self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, wanted: str, hint: str, share: float) -> None:
        """Take what there is to show now."""
        if self._live is not None:
            bar = ProgressBar(1.0, share, BAR, complete_style="blue", finished_style="bright_blue")
            self._live.update(Group(Text(wanted, "bold"), Text(hint or " "), bar), refresh=True)
            return
        before, self._said = self._said, (wanted, hint)
        for text, was in zip(self._said, before, strict=True):
            if text and text != was:
                self._console.print(f"{share:4.0%}  {text}", markup=False, highlight=False)
