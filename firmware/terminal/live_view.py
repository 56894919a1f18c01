"""A session followed in a terminal: stage, clock, load, the cells as a heat map, what happened last, and how it went.

On a terminal that can move its cursor it is one picture, drawn at most ten times a second; anywhere else (a pipe,
TERM=dumb) it is one plain line for each event.
"""

from collections import deque
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from firmware.enums import State
from firmware.events import SessionEnded, SessionSummary
from firmware.signal.pressure import PressureMap
from firmware.terminal.body_map import CELL_WIDTH, between_map, heat_map
from firmware.terminal.console import Terminal
from firmware.view import Tick
from firmware.words.event_lines import describe_event
from hardware.board import STANDARD_GRAVITY

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from firmware.clock import Clock
    from hardware.board import Board

FRAME_NS = 100_000_000  # real time between two pictures
FIGURES_WIDTH = 72  # characters, or what the terminal leaves beside the heat map
MAP_FROM_WIDTH = 130  # so wide a terminal has room for the interpolated map too
LINES_KEPT = 7
SESSIONS_KEPT = 30
WAITING = {State.IDLE: "waiting for somebody", State.AFTERCARE: "aftercare: sit a moment, drink some water"}


class LiveView:
    """A Sink that shows ticks to a person. simulated labels everything as such.

    Drawing happens in offer and takes a few milliseconds, at most once in FRAME_NS. All it keeps is bounded.
    """

    def __init__(
        self, board: "Board", clock: "Clock", *, console: "Console | None" = None, simulated: bool = False
    ) -> None:
        self._board, self._clock = board, clock
        self._console = console or Terminal()
        self._simulated = simulated
        self._plain = not self._console.is_terminal or self._console.is_dumb_terminal
        # Where there is no room for the map between the cells, it is never made.
        self._between = PressureMap(board) if self._console.width >= MAP_FROM_WIDTH else None
        self._lines: deque[tuple[float, str]] = deque(maxlen=LINES_KEPT)
        self._sessions: deque[SessionSummary] = deque(maxlen=SESSIONS_KEPT)
        self._live: Live | None = None
        self._drawn_ns: int | None = None
        self._tick: Tick | None = None
        if self._plain and simulated:
            self._console.print("SIMULATED", markup=False)

    def offer(self, tick: Tick) -> None:
        """Take a tick: print its events, or draw the picture if the last one is old enough."""
        self._tick = tick
        for event in tick.events:
            self._lines.append((event.t_s, describe_event(event)))
            if isinstance(event, SessionEnded):
                self._sessions.append(event.summary)
            if self._plain:
                line = f"{minutes(event.t_s):>9}  {describe_event(event)}"
                self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        if not self._plain:
            now_ns = self._clock.boottime_ns()
            if self._drawn_ns is None or now_ns - self._drawn_ns >= FRAME_NS:
                self._drawn_ns = now_ns
                self._draw(tick)

    def close(self) -> None:
        """Draw the last tick, give the terminal back and tell how the sessions went."""
        if self._live is not None:
            if self._tick is not None:
                self._draw(self._tick)
            self._live.stop()
            self._live = None
        self._console.print(summary_table(self._sessions, simulated=self._simulated))

    def _draw(self, tick: Tick) -> None:
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False)
            self._live.start()
        self._live.update(self.picture(tick), refresh=True)

    def picture(self, tick: Tick) -> "RenderableType":
        """Give the whole picture of a tick."""
        right = Group(self._stage(tick), Text(), self._figures(tick), Text(), *self._happened())
        maps = [heat_map(self._board, tick.signals)]
        if self._between is not None:
            maps.append(between_map(self._between, tick.signals))
        side_by_side = Table.grid(padding=(0, 3))
        for _ in maps:
            side_by_side.add_column(no_wrap=True)
        side_by_side.add_column(
            width=min(max(self._console.width - self._board.cols * CELL_WIDTH - 7, 30), FIGURES_WIDTH)
        )
        side_by_side.add_row(*maps, right)
        title = "acumat  SIMULATED" if self._simulated else "acumat"
        return Panel(side_by_side, title=title, title_align="left", border_style="blue", expand=False)

    def _stage(self, tick: Tick) -> "RenderableType":
        """Show the stage, the light of the pod and the clock."""
        view, output = tick.view, tick.output
        lamp = f"rgb({round(output.red * 255)},{round(output.green * 255)},{round(output.blue * 255)})"
        stage = Text(WAITING.get(view.state, str(view.state)), "bold")
        stage.append("   light ").append("    ", f"on {lamp}")
        stage.append(f"  sound {output.tone_hz:.0f} Hz" if output.tone_hz else "")
        stage.stylize("not bold", len(WAITING.get(view.state, str(view.state))))
        clock = Text(f"{minutes(view.elapsed_s)} of {minutes(view.goal_s)}")
        done_s = min(view.elapsed_s, view.goal_s)
        bar = ProgressBar(max(view.goal_s, 1.0), done_s, 40, complete_style="blue", finished_style="bright_blue")
        return Group(stage, clock, bar)

    def _figures(self, tick: Tick) -> "RenderableType":
        """Show what the cells say."""
        table = Table.grid(padding=(0, 2))
        signals = tick.signals
        if signals is None:
            table.add_row("load", "not known yet: the zero is taken from the empty mat")
            return table
        table.add_row("load", f"{signals.load_n / STANDARD_GRAVITY:6.1f} kg  {signals.load_n:6.0f} N")
        table.add_row("evenness", "-" if signals.evenness is None else f"{signals.evenness:6.2f}")
        table.add_row("motion", f"{signals.motion:6.2f} % of the load")
        breaths = signals.breaths_per_min
        table.add_row("breath", "     -  not known" if breaths is None else f"{breaths:6.1f} a minute")
        table.add_row("wiggles", f"{tick.view.wiggles:6d}")
        table.add_row("cells", "in kg; + is the centre of the load")
        return table

    def _happened(self) -> list[Text]:
        """List what happened last, the newest at the end."""
        rows = [Text(f"{minutes(at_s):>9}  {line}", no_wrap=True, overflow="ellipsis") for at_s, line in self._lines]
        return rows + [Text()] * (LINES_KEPT - len(rows))


def minutes(seconds: float) -> str:
    """Write seconds as 12:34, with hours from the first one on."""
    whole = int(seconds)
    clock = f"{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 3600}:{clock}" if whole >= 3600 else clock  # noqa: PLR2004 - an hour


def summary_table(sessions: "deque[SessionSummary]", *, simulated: bool) -> "RenderableType":
    """Tell how each session went."""
    if not sessions:
        return Text("no session" + (" (simulated)" if simulated else ""))
    table = Table(title="Sessions (simulated)" if simulated else "Sessions", title_justify="left")
    for name in ("session", "from", "lying", "goal", "ended", "got up", "wiggles", "counted"):
        table.add_column(name, justify="right" if name in {"from", "lying", "goal", "wiggles"} else "left")
    for one in sessions:
        ended, exit_style = (str(word).replace("_", " ") for word in (one.reason, one.exit))
        times = [minutes(one.start_s), minutes(one.lying_s), minutes(one.goal_s)]
        counted = "yes" if one.counted else "no"
        table.add_row(str(one.number), *times, ended, exit_style, str(one.wiggles), counted)
    return table
