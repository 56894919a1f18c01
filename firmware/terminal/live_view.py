"""A session followed in a terminal: one picture that is drawn in place, or log lines where that is not possible.

The last picture is a summary of the newest session and stays when the program ends.
"""

import os
from typing import TYPE_CHECKING, Final

from rich.control import Control
from rich.live import Live
from rich.segment import SegmentLines

from firmware.terminal import layouts
from firmware.terminal.composer import Composer
from firmware.terminal.console import Terminal
from firmware.terminal.follower import LiveViewMemory
from firmware.terminal.log_lines import head_line, log_line
from firmware.terminal.origin import FrameOrigin
from firmware.terminal.painter import Painter
from firmware.terminal.theme import Theme, palette_of
from firmware.words.quantities import duration_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from firmware.clock import Clock
    from firmware.cues.table import CueTable
    from firmware.terminal.canvas import Canvas
    from firmware.terminal.scene import LabelledFact, Scene
    from firmware.view import Tick
    from hardware.board import Board

PICTURE_INTERVAL_NS: Final = 200_000_000  # real time between two pictures: five a second


class LiveView:
    """A Sink that shows ticks to a person.

    Drawing happens in offer and takes a few milliseconds, at most once in PICTURE_INTERVAL_NS and only when a
    character changes.
    Everything that is kept is bounded.
    """

    def __init__(
        self,
        board: "Board",
        clock: "Clock",
        *,
        console: "Console | None" = None,
        origin: FrameOrigin | None = None,
        pacer_s: "Callable[[], float | None]" = lambda: None,
        cues: "CueTable | None" = None,
        doors: "Sequence[LabelledFact]" = (),
        flat: bool = False,
    ) -> None:
        """Prepare the view. pacer_s is the phase of the pacer, doors are commands to show below a summary.

        flat shows the cells without the guess between them.
        """
        self._board, self._clock = board, clock
        self._console = console or Terminal()
        self._origin = origin or FrameOrigin()
        self._pacer_s, self._flat = pacer_s, flat
        self._follower, self._composer = LiveViewMemory(board), Composer(board, cues, doors)
        self._theme = Theme(palette_of(self._console, os.environ))
        self._size: tuple[int, int] | None = None
        self._painter: Painter | None = None
        self._live: Live | None = None
        self._shown: Canvas | None = None
        self._drawn_ns: int | None = None
        self._tick: Tick | None = None
        self._log_s = 0.0
        # A terminal that is too small at the start, cannot move its cursor or is none gets lines.
        fits = layouts.choose_layout(self._console.width, self._console.height) is not None
        self._plain = not self._console.is_terminal or self._console.is_dumb_terminal or not fits
        if self._plain:
            self._print(head_line(simulated=self._origin.simulated))

    def offer(self, tick: "Tick") -> None:
        """Take a tick: print its lines, or draw the picture if the last one is old enough."""
        ended = self._follower.ended
        lines = self._follower.offer(tick)
        if self._plain:
            for t_s, line in lines:
                self._log_s = max(self._log_s, t_s)
                self._print(log_line(self._log_s, line))
            return
        if ended is not None and self._follower.ended is None:
            self._scroll_up(ended.summary.number, ended.summary.lying_s)
        if tick.signals is not None or self._tick is None or self._tick.signals is None:
            self._tick = tick  # the last tick of a source has no signals: it only closes the session
        now_ns = self._clock.boottime_ns()
        if self._drawn_ns is None or now_ns - self._drawn_ns >= PICTURE_INTERVAL_NS:
            self._drawn_ns = now_ns
            self._draw(self._composer.scene(self._tick, self._follower, self._pacer_s()))

    def close(self) -> None:
        """Draw the last picture and give the cursor back."""
        if self._plain or self._tick is None:
            return
        self._draw(self._composer.last(self._tick, self._follower))
        if self._live is not None:
            self._live.stop()
            self._live = None

    def picture(self, scene: "Scene") -> "Canvas | None":
        """Return a scene as it is drawn in a terminal of this size; None where no layout fits."""
        size = self._console.width, self._console.height
        if size != self._size:
            self._size, layout = size, layouts.choose_layout(*size)
            self._painter = (
                None if layout is None else Painter(self._board, layout, self._theme, self._origin, flat=self._flat)
            )
        return None if self._painter is None else self._painter.draw(scene)

    def _draw(self, scene: "Scene") -> None:
        resized = self._size not in (None, (self._console.width, self._console.height))
        canvas = self.picture(scene)
        if canvas is None or (canvas == self._shown and not resized):
            return
        self._shown = canvas
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, vertical_overflow="visible")
            self._live.start()
        if resized:  # the lines of the old size may have wrapped: only an empty screen is known
            self._console.control(Control.clear(), Control.home())
        self._live.update(SegmentLines(list(canvas.lines()), new_lines=True), refresh=True)

    def _scroll_up(self, number: int, lying_s: float) -> None:
        """Leave the ended session as one line above the picture."""
        if self._live is not None:
            self._live.console.print(f"Session {number}: {duration_text(lying_s)} on the mat.", highlight=False)

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
