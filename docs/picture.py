"""The picture of the demonstration, drawn by the program from a simulated session."""

import io

from rich.console import Console
from rich.segment import SegmentLines

from firmware.core import MatCore
from firmware.enums import State
from firmware.terminal.composer import Composer
from firmware.terminal.follower import Follower
from firmware.terminal.layouts import MEDIUM
from firmware.terminal.painter import Origin, Painter
from firmware.terminal.theme import Palette, Theme
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_of
from sim.people import story as stories

STORY, SEED, AT_S = "session", 1, 426.0
TITLE = "make demo: a simulated session"
# The format of rich without the web fonts that it would fetch.
FORMAT = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" xml:space="preserve">
    <style>
    .{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
    .{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""


def demo_picture() -> str:
    """Return the terminal as an SVG picture, some minutes into the session."""
    board = boards.load()
    bench = Bench(stories.load(STORY), board, SEED)
    core = MatCore(board, bench.calibration)
    follower, composer = Follower(board), Composer(board)
    painter = Painter(board, MEDIUM, Theme(Palette.DARK), Origin(simulated=True, speed=30))
    for frames in blocks_of(FrameSource(bench)):
        for tick in core.push(frames):
            follower.offer(tick)
            if tick.t_s >= AT_S and tick.view.state is State.RESTING:
                paper = Console(
                    record=True, file=io.StringIO(), width=MEDIUM.cols, force_terminal=True, color_system="truecolor"
                )
                canvas = painter.draw(composer.scene(tick, follower, core.pacer_s))
                paper.print(SegmentLines(list(canvas.lines()), new_lines=True))
                return paper.export_svg(title=TITLE, code_format=FORMAT, unique_id="demo")
    raise ValueError(f"the story {STORY!r} has no resting stage at {AT_S:g} s: choose another moment")
