"""Is the front door in order? Every state, size and colour mode of the live view, and the end of every story."""

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import process_time
from typing import Final, TypeVar

import click
from rich.console import Console

from firmware.core import CoreSettings, MatCore
from firmware.events import SessionEnded
from firmware.session.machine import SessionSettings, with_goal
from firmware.terminal.follower import LiveViewMemory
from firmware.terminal.layouts import LAYOUTS
from firmware.terminal.live_view import PICTURE_INTERVAL_NS, LiveView
from firmware.terminal.origin import FrameOrigin
from firmware.terminal.scene import ShownEvent
from firmware.terminal.theme import Palette, Theme, contrast_ratio, rgb_of
from firmware.view import Tick
from firmware.words.event_lines import EventLine
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.people import story as stories
from sim.people.key import KeyPressSource
from sim.sensors.mishaps import GappedSource
from tests.bench.report import Row, publish, row
from tests.doubles import golden
from tests.doubles.clock import ManualClock
from tests.doubles.pseudo_terminal import HIDE_CURSOR, SHOW_CURSOR, PseudoTerminal
from tests.doubles.scenes import stories as states

Moment = TypeVar("Moment", str, tuple[int, int])
BOARD: Final = boards.load_board()
DRAWN: Final = set("▀▄█━─╌╱▁▂▃▄▅▆▇░▒▓ ")  # pixels, lines and patches: not text
LONGEST: Final = 39  # characters of an event line
SOME: Final = ("attempt", "pain", "household")  # the part that runs in CI
PASSES: Final = 20
SUMMARIES: Final = ("Your session has ended.", "No session this time.")
MOMENTS: Final = (
    ("session", "Ready when you are"), ("session", "Settling: the first minute."), ("session", "Resting begins."),
    ("pain", "Please stop for today."), ("session", "Your session has ended."), ("household", "A thing lies here"),
)  # fmt: skip
WORDS: Final = (
    "The live view is drawn by the real painter for every state in three sizes and six palettes, and every story of "
    "the simulator is played to its end. Everything here is simulated.\n\n"
    "Contrast is that of WCAG 2.2 over all characters that are text; pixels of the map, bars and patches of colour are "
    "not. With 16 colours, NO_COLOR or without UTF-8 the palette of the terminal is unknown and only bold and reverse "
    "are used, so no contrast is stated."
)


def pictures() -> Iterator[Row]:
    """Yield a row for each size and palette over all states."""
    for layout in LAYOUTS:
        for palette in Palette:
            drawn = [canvas for _, canvas in golden.pictures(layout, palette)]
            wrong = sum(
                len(canvas.plain()) != layout.rows or {len(line) for line in canvas.plain()} != {layout.cols}
                for canvas in drawn
            )
            cut = sum(len(canvas.overflows) + "".join(canvas.plain()).count("…") for canvas in drawn)
            name, how, n = f"{layout.name}, {palette}", "every state, drawn by the real painter", len(drawn)
            yield row(f"pictures of another size, {name}", wrong, "", "== 0", n=n, label="simulated", how=how)
            yield row(f"texts that were cut, {name}", cut, "", "== 0", n=n, label="simulated", how=how)
            if Theme(palette).painted:
                pairs = {
                    (style.color, style.bgcolor)
                    for canvas in drawn
                    for char, style in canvas.cells()
                    if char not in DRAWN
                }
                least = min(contrast_ratio(rgb_of(ink), rgb_of(ground)) for ink, ground in pairs if ink and ground)
                how = f"{len(pairs)} pairs of ink and ground"
                yield row(f"least contrast of a text, {name}", least, ":1", ">= 4.5", n=n, label="simulated", how=how)


@dataclass(slots=True)
class Played:
    """The end of a story: what stays on the screen, its event lines, and what the terminal got."""

    last: str
    lines: list[EventLine]
    times: list[tuple[int, int]]  # of the whole list of events: number of the session, seconds
    log_times: list[str]
    cursor_shown: bool


def play(name: str, seed: int) -> Played:
    """Play a story into a live view of 80 x 24."""
    story = stories.load_story(name)
    bench = Bench(story, BOARD, seed)
    machine = with_goal(story.goal_min * 60) if story.goal_min else SessionSettings()
    core = MatCore(BOARD, bench.calibration, CoreSettings(machine=machine))
    text, clock, follower = io.StringIO(), ManualClock(), LiveViewMemory(BOARD)
    console = Console(file=text, force_terminal=True, width=80, height=24, color_system="truecolor")
    view = LiveView(BOARD, clock, console=console, origin=FrameOrigin(simulated=True, speed=30))
    log_text = io.StringIO()
    log = LiveView(BOARD, clock, console=Console(file=log_text, width=80), origin=FrameOrigin(simulated=True, speed=30))
    lines: list[EventLine] = []
    times: list[tuple[int, int]] = []
    ended: list[SessionEnded] = []

    def show(tick: Tick) -> None:
        view.offer(tick)
        log.offer(tick)
        newest = follower.lines[-1] if follower.lines else None
        lines.extend(line for _, line in follower.offer(tick))
        ended.extend(event for event in tick.events if isinstance(event, SessionEnded))
        session = len(ended) - (tick.view.start_s is None)  # what comes after an end still has the time of that session
        times.extend((session, seconds_of(one.at)) for one in _after(newest, follower.lines) if one.at)

    source = KeyPressSource(GappedSource(FrameSource(bench), bench.mishaps), bench.scene.presses, core.press)
    for frames in blocks_from(source):
        for tick in core.push(frames):
            clock.now_s += 0.1 / 30
            show(tick)
    for tick in core.finish():
        show(tick)
    view.close()
    log_times = [line[:8] for line in log_text.getvalue().splitlines()[1:]]
    shown = text.getvalue().rfind(SHOW_CURSOR) > text.getvalue().rfind(HIDE_CURSOR)
    return Played(text.getvalue().rsplit("acumat", 1)[-1], lines, times, log_times, shown)


def _after(newest: ShownEvent | None, lines: Iterable[ShownEvent]) -> list[ShownEvent]:
    """Return the lines that came after the newest one of before; equal lines are distinct."""
    later: list[ShownEvent] = []
    for line in lines:
        later = [] if line is newest else [*later, line]
    return later


def seconds_of(at: str) -> int:
    """Return the seconds of a time as the list of events shows it, such as 4:12 or 1:02:03."""
    return sum(int(part) * 60**place for place, part in enumerate(reversed(at.split(":"))))


def backwards(times: Sequence[Moment]) -> int:
    """Return how often a time is before the one above it; within a session for pairs of session and seconds."""
    return sum(later < earlier for earlier, later in pairwise(times))


def ends(names: Sequence[str], seeds: Sequence[int]) -> Iterator[Row]:
    """Yield what every story ends with."""
    played = [play(name, seed) for name in names for seed in seeds]
    how = f"{len(names)} stories, seeds {', '.join(map(str, seeds))}"
    without = sum(not any(text in one.last for text in SUMMARIES) for one in played)
    n = len(played)
    yield row("last pictures that are no summary", without, "", "== 0", n=n, label="simulated", how=how)
    cursors = sum(not one.cursor_shown for one in played)
    yield row("cursors not given back, stories to their end", cursors, "", "== 0", n=n, label="simulated", how=how)
    lines = [line for one in played for line in one.lines]
    longest = max(len(line.text) for line in lines)
    yield row("longest event line", longest, "characters", f"<= {LONGEST}", n=len(lines), label="simulated", how=how)
    fields = sum("_" in line.text for line in lines)
    yield row("event lines with the name of a field", fields, "", "== 0", n=len(lines), label="simulated", how=how)
    back, n = sum(backwards(one.times) for one in played), sum(len(one.times) for one in played)
    yield row("times that go back in the list of events", back, "", "== 0", n=n, label="simulated", how=how)
    back, n = sum(backwards(one.log_times) for one in played), sum(len(one.log_times) for one in played)
    yield row("times that go back in the log", back, "", "== 0", n=n, label="simulated", how=how)


def interrupted(moments: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """Yield whether Ctrl-C leaves a terminal in order; a moment is a story and a text after which it is pressed."""
    cursors = ends_ = summaries_ = 0
    for story, text in moments:
        with PseudoTerminal([sys.executable, "-m", "sim", story, "--speed", "60"]) as terminal:
            terminal.read_until(text)
            terminal.interrupt()
            ends_ += terminal.wait() != 0
            cursors += not terminal.cursor_shown
            summaries_ += not any(text in terminal.text.rsplit("acumat", 1)[-1] for text in SUMMARIES)
    n, how = len(moments), "the real command in a pseudo terminal, after " + ", ".join(text for _, text in moments)
    yield row("cursors not given back, Ctrl-C", cursors, "", "== 0", n=n, label="simulated", how=how)
    yield row("exit codes other than 0, Ctrl-C", ends_, "", "== 0", n=n, label="simulated", how=how)
    yield row("last pictures that are no summary, Ctrl-C", summaries_, "", "== 0", n=n, label="simulated", how=how)


def cost() -> Iterator[Row]:
    """Yield what a picture costs here, and how many a second there are at most."""
    ticks = dict(states())["resting"]
    text, clock = io.StringIO(), ManualClock()
    console = Console(file=text, force_terminal=True, width=80, height=24, color_system="truecolor")
    view = LiveView(BOARD, clock, console=console, origin=FrameOrigin(simulated=True, speed=30))
    for number in range(1000):
        clock.now_s = number / 1000
        view.offer(ticks[number % len(ticks)])
    drawn = text.getvalue().count("times relaxation sessions")
    how = "a thousand ticks in one second of a clock by hand"
    yield row("pictures a second", drawn, "", f"<= {1e9 / PICTURE_INTERVAL_NS:g}", n=1000, label="simulated", how=how)
    begin_s, size = process_time(), len(text.getvalue())
    for number in range(PASSES):
        clock.now_s += 1.0
        view.offer(ticks[-1 - number % 200])
    spent_ms = 1000 * (process_time() - begin_s) / PASSES
    how = "80x24 in truecolor, from tick to terminal; processor time"
    yield row("a full picture", spent_ms, "ms", "", n=PASSES, label="measured", how=how)
    size = (len(text.getvalue().encode()) - size) // PASSES
    yield row("a full picture", size / 1000, "kB", "", n=PASSES, label="measured", how=how)


@click.command()
@click.option("--small", is_flag=True, help="Some stories on one seed: the part that runs in CI; writes no page.")
def main(*, small: bool) -> None:
    """Draw everything and report."""
    names = SOME if small else stories.story_names()
    rows = [
        *pictures(), *ends(names, (1,) if small else (1, 2)), *interrupted(MOMENTS[:1] if small else MOMENTS), *cost()
    ]  # fmt: skip
    sys.exit(publish("front", "The front door", WORDS, rows, docs=not small))


if __name__ == "__main__":
    main()
