"""`acumat replay`: a recording through the same core as the live mat, as fast as possible."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firmware import daemon
from firmware.clock import SystemClock
from firmware.core import CoreSettings, MatCore
from firmware.session.machine import with_goal
from firmware.storage import recordings
from firmware.terminal.arguments import FiniteRange
from firmware.terminal.console import Terminal
from firmware.terminal.json_lines import JsonlSink
from firmware.terminal.live_view import LiveView
from hardware import board as boards

if TYPE_CHECKING:
    from firmware.ports import Sink


@click.command("replay")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--jsonl", is_flag=True, help="One JSON object a line instead of words.")
@click.option(
    "--ticks",
    "ticks_hz",
    type=FiniteRange(0, 10),
    default=0.0,
    metavar="HZ",
    help="With --jsonl: measures, so often.",
)
@click.option("--goal-min", type=FiniteRange(5, 40), default=10.0, show_default=True, help="Goal of the session.")
@click.option(
    "--board", "board_file", type=click.Path(path_type=Path), help="Board file instead of the recording's own."
)
@click.option("--empty-at-start", is_flag=True, help="The mat was empty when FILE begins: take the zero there.")
@click.option("--block", type=click.IntRange(1, 1_000_000), default=4096, show_default=True, help="Frames at a time.")
def command(
    *,
    file: Path,
    jsonl: bool,
    ticks_hz: float,
    goal_min: float,
    board_file: Path | None,
    empty_at_start: bool,
    block: int,
) -> None:
    """Run the recording FILE through the core."""
    if ticks_hz and not jsonl:
        raise click.UsageError("--ticks goes with --jsonl: give both, or leave --ticks out")
    recording = recordings.load(file, None if board_file is None else boards.load_board(board_file))
    if recording.nominal_scale:
        click.echo(f"acumat: {file}: not calibrated: loads follow the board's nominal scale", err=True)
    core = MatCore(recording.board, recording.calibration, CoreSettings(machine=with_goal(goal_min * 60)))
    if empty_at_start:
        core.ask_zero()
    sink: Sink = JsonlSink(sys.stdout, recording.label, ticks_hz)
    if not jsonl:
        click.echo(
            f"{file.name}: {recording.label}, {len(recording.frames)} frames of {len(recording.board.cells)} cells"
        )
        sink = LiveView(recording.board, SystemClock(), console=Terminal(force_terminal=False))
    daemon.run_loop(recordings.RecordingSource(recording, block), core, sinks=[sink])
    if core.calibration.zero_counts is None:
        click.echo(f"acumat: {file}: has no zero, so no load is known: try --empty-at-start", err=True)
