"""Is the front door in order? Every state, size and colour mode of the live view, and the end of every story."""

import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import process_time
from typing import Final

import click
from rich.console import Console

from firmware.core import CoreSettings, MatCore
from firmware.session.machine import SessionSettings, with_goal
from firmware.terminal.follower import Follower
from firmware.terminal.layouts import LAYOUTS
from firmware.terminal.live_view import FRAME_NS, LiveView
from firmware.terminal.painter import Origin
from firmware.terminal.theme import Palette, Theme, contrast, rgb_of
from firmware.words.event_lines import EventLine
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_of
from sim.people import story as stories
from sim.people.key import Pressed
from sim.sensors.mishaps import Gapped
from tests.bench.report import Row, publish, row
from tests.doubles import golden
from tests.doubles.clock import ManualClock
from tests.doubles.scenes import stories as states

BOARD: Final = boards.load()
DRAWN: Final = set("▀▄█━─╌╱▁▂▃▄▅▆▇░▒▓ ")  # pixels, lines and patches: not text
LONGEST: Final = 39  # characters of an event line
SOME: Final = ("attempt", "pain", "household")  # the part that runs in CI
PASSES: Final = 20
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
                least = min(contrast(rgb_of(ink), rgb_of(ground)) for ink, ground in pairs if ink and ground)
                how = f"{len(pairs)} pairs of ink and ground"
                yield row(f"least contrast of a text, {name}", least, ":1", ">= 4.5", n=n, label="simulated", how=how)


@dataclass(slots=True)
class Played:
    """The end of a story: what stays on the screen, its event lines, and what the terminal got."""

    last: str
    lines: list[EventLine]
    backwards: int
    shown: int
    hidden: int


def play(name: str, seed: int) -> Played:
    """Play a story into a live view of 80 x 24."""
    story = stories.load(name)
    bench = Bench(story, BOARD, seed)
    machine = with_goal(story.goal_min * 60) if story.goal_min else SessionSettings()
    core = MatCore(BOARD, bench.calibration, CoreSettings(machine=machine))
    text, clock, follower = io.StringIO(), ManualClock(), Follower(BOARD)
    console = Console(file=text, force_terminal=True, width=80, height=24, color_system="truecolor")
    view = LiveView(BOARD, clock, console=console, origin=Origin(simulated=True, speed=30))
    lines: list[EventLine] = []
    source = Pressed(Gapped(FrameSource(bench), bench.mishaps), bench.scene.presses, core.press)
    for frames in blocks_of(source):
        for tick in core.push(frames):
            clock.now_s += 0.1 / 30
            view.offer(tick)
            lines += [line for _, line in follower.offer(tick)]
    for tick in core.finish():
        view.offer(tick)
        lines += [line for _, line in follower.offer(tick)]
    view.close()
    return Played(
        text.getvalue().rsplit("acumat", 1)[-1], lines, _backwards(follower), text.getvalue().count("\x1b[?25h"),
        text.getvalue().count("\x1b[?25l"),
    )  # fmt: skip


def _backwards(follower: Follower) -> int:
    """Return how often the list of events goes back in time."""
    seconds = [
        sum(int(part) * 60**place for place, part in enumerate(reversed(line.at.split(":")))) if line.at else -1
        for line in follower.lines
    ]
    return sum(later < earlier for earlier, later in pairwise(seconds) if later >= 0)


def ends(names: Sequence[str], seeds: Sequence[int]) -> Iterator[Row]:
    """Yield what every story ends with."""
    played = [play(name, seed) for name in names for seed in seeds]
    how = f"{len(names)} stories, seeds {', '.join(map(str, seeds))}"
    summaries = ("Your session has ended.", "No session this time.")
    without = sum(not any(text in one.last for text in summaries) for one in played)
    n = len(played)
    yield row("last pictures that are no summary", without, "", "== 0", n=n, label="simulated", how=how)
    cursors = sum(one.shown != one.hidden for one in played)
    yield row("cursors that were not given back", cursors, "", "== 0", n=n, label="simulated", how=how)
    lines = [line for one in played for line in one.lines]
    longest = max(len(line.text) for line in lines)
    yield row("longest event line", longest, "characters", f"<= {LONGEST}", n=len(lines), label="simulated", how=how)
    fields = sum("_" in line.text for line in lines)
    yield row("event lines with the name of a field", fields, "", "== 0", n=len(lines), label="simulated", how=how)
    backwards = sum(one.backwards for one in played)
    yield row("times that go back in the list", backwards, "", "== 0", n=n, label="simulated", how=how)


def cost() -> Iterator[Row]:
    """Yield what a picture costs here, and how many a second there are at most."""
    ticks = dict(states())["resting"]
    text, clock = io.StringIO(), ManualClock()
    console = Console(file=text, force_terminal=True, width=80, height=24, color_system="truecolor")
    view = LiveView(BOARD, clock, console=console, origin=Origin(simulated=True, speed=30))
    for number in range(1000):
        clock.now_s = number / 1000
        view.offer(ticks[number % len(ticks)])
    drawn = text.getvalue().count("times relaxation sessions")
    how = "a thousand ticks in one second of a clock by hand"
    yield row("pictures a second", drawn, "", f"<= {1e9 / FRAME_NS:g}", n=1000, label="simulated", how=how)
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
    names = SOME if small else stories.names()
    rows = [*pictures(), *ends(names, (1,) if small else (1, 2)), *cost()]
    sys.exit(publish("front", "The front door", WORDS, rows, docs=not small))


if __name__ == "__main__":
    main()
