"""`acumat-sim STORY`: the real product with a simulated mat behind its ports."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
from gpiozero.pins.mock import MockFactory, MockPWMPin

from firmware import daemon
from firmware.clock import SystemClock
from firmware.core import CoreSettings, MatCore
from firmware.cues.night import NightProfile
from firmware.drivers.pins import PodPins
from firmware.errors import AcumatError, RecordingError
from firmware.session.machine import SessionSettings, with_goal
from firmware.terminal.arguments import FiniteRange, map_option
from firmware.terminal.closed_pipe import tolerate_closed_pipe
from firmware.terminal.json_lines import JsonlSink
from firmware.terminal.live_view import LiveView
from firmware.terminal.origin import FrameOrigin
from hardware import board as boards
from hardware.board import Board, BoardError
from sim import history_command, panel, try_command
from sim.arguments import faults_of
from sim.chips.virtual_mat import ChipSource, virtual_lines
from sim.demo import UNWATCHED_SPEED, WATCHED_SPEED, follow_command, next_commands, port_of, private_broker
from sim.frames import Bench, FrameSource, write_recording
from sim.pace import PacedSource
from sim.page import Lingering, SimulatedFrames, SimulatedPage, simulated_page
from sim.people import story as stories
from sim.people.key import KeyPressSource
from sim.sensors.mishaps import GappedSource
from sim.swarm import command as swarm_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.ports import Sink, Source
    from sim.people.story import Story


def _list(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    """Print the stories by their groups and exit."""
    if value:
        width = max(map(len, stories.story_names()))
        for group, members in stories.stories_by_group().items():
            click.echo(group.capitalize())
            for name, title in members:
                click.echo(f"  {name:{width}}  {title}")
        ctx.exit()


def _address(_ctx: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, int] | None:
    """Return host and port of a broker's HOST:PORT."""
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 1 << 16:
        raise click.BadParameter(f"{value!r} is not HOST:PORT, as in localhost:1883")
    return host, int(port)


OTHERS = {"history": history_command.command, "try": try_command.command, "swarm": swarm_command.command}
EXAMPLES = """
Examples:

\b
  acumat-sim session --speed 30
  acumat-sim pain --jsonl --speed 0"""


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True}, epilog=EXAMPLES.strip("\n")
)
@click.argument("story")
@click.version_option(package_name="acumat", prog_name="acumat-sim")
@click.option("--list", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="List the stories.")
@click.option(
    "--speed", type=FiniteRange(0, 100_000), help="Times real time; 0 is as fast as possible.  [default: 1; --demo: 30]"
)
@click.option("--seed", type=click.IntRange(0), default=1, help="Of everything that is left to chance.")
@click.option("--board", "board_file", type=click.Path(path_type=Path), help="Board file.  [default: the 4x3 mat]")
@click.option("--rate", "rate_hz", type=FiniteRange(5, 400), help="Samples a second.  [default: the board's]")
@click.option("--bits", is_flag=True, help="Through virtual HX711 chips and the driver, bit by bit.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="CELL:SECONDS:KIND",
    help="Break a cell, as in C2:120:unplugged; may be given many times.",
)
@click.option("--goal-min", type=FiniteRange(5, 40), help="Minutes to lie.  [default: the story's, or 10]")
@click.option("--mqtt", callback=_address, metavar="HOST:PORT", help="Publish to this broker, and obey its commands.")
@click.option("--keep", is_flag=True, help="Leave the mat at the broker of --mqtt; else it is removed at the end.")
@click.option("--dashboard", is_flag=True, help="With a mosquitto for Home Assistant on this computer.")
@click.option("--demo", is_flag=True, help="At demo speed, with a private mosquitto where one is installed.")
@click.option("--page", is_flag=True, help="Serve the page too, as --demo does.")
@map_option
@click.option("--jsonl", is_flag=True, help="One JSON object a line instead of the live view.")
@click.option("--record", type=click.Path(path_type=Path), help="Write the readings to this file and do nothing else.")
@tolerate_closed_pipe()
def command(
    *,
    story: str,
    speed: float | None,
    seed: int,
    board_file: Path | None,
    rate_hz: float | None,
    bits: bool,
    faults: tuple[str, ...],
    goal_min: float | None,
    mqtt: tuple[str, int] | None,
    keep: bool,
    dashboard: bool,
    demo: bool,
    page: bool,
    cells_map: bool,
    jsonl: bool,
    record: Path | None,
) -> None:
    """Run a simulated STORY (a name from --list, or a TOML file) through the real firmware.

    No hardware, no broker and no rights are needed. docs/stories.md describes the file of a story. Other commands:
    `acumat-sim try VERB` runs the verbs of acumat on a simulated mat, `acumat-sim history` invents weeks of sessions.
    """
    if record is not None:
        _alone(("--jsonl", jsonl), ("--demo", demo), ("--mqtt", mqtt), ("--dashboard", dashboard))
    page = page or demo
    if speed is None:
        speed = (WATCHED_SPEED if sys.stdout.isatty() else UNWATCHED_SPEED) if demo else 1.0
    scenario, board = stories.load_story(story), boards.load_board(board_file)
    broken = faults_of(faults, board)
    bench = Bench(scenario, board, seed, rate_hz=rate_hz)
    chips = (
        ChipSource(bench, virtual_lines(bench, faults=(*bench.faults, *broken)))
        if bits
        else FrameSource(bench, faults=broken)
    )
    source: Source = GappedSource(chips, bench.mishaps)
    if record is not None:
        _record(record, bench, source, note=f"story {story}, seed {seed}")
        return
    clock, machine = SystemClock(), _goal(scenario, goal_min)
    core = MatCore(board, bench.calibration, CoreSettings(machine=machine))
    core.set_profile(NightProfile.NIGHT if scenario.night else NightProfile.DAY)
    source = KeyPressSource(source, bench.scene.presses, core.press)
    lingers = dashboard or (page and sys.stdout.isatty())
    source, shown_frames = _paced(source, speed, clock, page=page, lingers=lingers)
    with ExitStack() as closing:
        stop = closing.enter_context(daemon.stop_on_signals())
        address = (private := closing.enter_context(private_broker(port_of(demo=demo, dashboard=dashboard)))) or mqtt
        sinks: list[Sink] = []
        attend: Callable[[], None] = _nothing
        shown: SimulatedPage | None = None
        if shown_frames is not None:
            page_of = simulated_page(
                board, core, shown_frames, goal_s=machine.stages.goal_s, scenario=scenario, seed=seed
            )
            shown = closing.enter_context(page_of)
            attend = shown.dispatcher.process_pending
            sinks += shown.sinks
            click.echo(f"The page: {shown.served.address}", err=jsonl)
        if address is not None:
            if shown is not None and shown_frames is not None:
                sinks.append(
                    panel.publisher_of(board, address, shown.dispatcher, shown.store.database, shown_frames.clock)
                )
            else:
                made = closing.enter_context(
                    panel.published(board, address, core, goal_min=machine.stages.goal_s / 60, night=scenario.night)
                )
                sinks, attend = made.sinks, made.dispatcher.process_pending
            closing.callback(panel.remove_from, address, clock, keep=keep or private is not None)
        if jsonl:
            sinks.append(JsonlSink(sys.stdout, "simulated", 0.0))
        else:
            click.echo(f"{scenario.title}. Seed {seed}.")
            click.echo(f"Follow it: {follow_command(*address)}" if address else "No broker: nothing is published.")
            origin = FrameOrigin(simulated=True, speed=speed or 1.0)
            doors = next_commands(sys.argv[0], story) if demo else ()
            if dashboard:
                click.echo(panel.how_to_connect(private))
            sinks.append(
                LiveView(board, clock, origin=origin, pacer_s=lambda: core.pacer_s, doors=doors, flat=cells_map)
            )
        daemon.run_loop(source, core, sinks=sinks, outputs=_pins(board), attend=attend, stop=stop)


def _pins(board: Board) -> PodPins:
    """Return the outputs, on pins that lead nowhere."""
    return PodPins(board, MockFactory(pin_class=MockPWMPin))


def _alone(*others: tuple[str, object]) -> None:
    """Raise UsageError when --record is not the only thing that is wanted."""
    names = [name for name, value in others if value]
    if names:
        raise click.UsageError(f"--record writes a file and does nothing else: leave out {' and '.join(names)}")


def _paced(
    source: "Source", speed: float, clock: SystemClock, *, page: bool, lingers: bool
) -> "tuple[Source, SimulatedFrames | None]":
    """Return the source at its pace, and its parts where a page shows it."""
    if speed and page:
        made = SimulatedFrames.of(source, speed, clock, ends=not lingers)
        return made.tap, made
    lasting = Lingering(source) if lingers else source
    return (PacedSource(lasting, speed, clock) if speed else lasting), None


def _record(path: Path, bench: Bench, source: "Source", *, note: str) -> None:
    """Write the readings of a story to a file."""
    if path.exists():
        raise RecordingError(f"{path}: exists already: choose another name")
    count = write_recording(path, bench, source, note=note)
    click.echo(f"{path}: {count} frames of {len(bench.board.cells)} cells, simulated")


def _nothing() -> None:
    """Attend to nothing: with neither page nor broker there is no dispatcher."""


def _goal(story: "Story", goal_min: float | None) -> SessionSettings:
    """Return the goal of the command line, else the story's, else the product's own."""
    minutes = goal_min or story.goal_min
    return with_goal(minutes * 60) if minutes else SessionSettings()


def main() -> None:
    """Run the command line. An error is one clear line and exit code 2."""
    try:
        other = OTHERS.get(sys.argv[1] if len(sys.argv) > 1 else "")
        if other is not None:
            other(sys.argv[2:], prog_name=f"acumat-sim {sys.argv[1]}")
        command(prog_name="acumat-sim")
    except (AcumatError, BoardError, OSError, ValueError) as error:
        click.echo(f"acumat-sim: {error}", err=True)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
