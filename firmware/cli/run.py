"""`acumat run`: the mat itself, what the service starts."""

import logging
import os
import sys
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firmware import daemon
from firmware.cli import mat
from firmware.cli.jsonl import JsonlSink
from firmware.cli.live import LiveView
from firmware.cli.terminal import Terminal
from firmware.clock import SystemClock
from firmware.core import CoreSettings, MatCore
from firmware.cues import table as cues
from firmware.cues.player import CueSettings
from firmware.cues.quiet import QuietHours
from firmware.desk import Desk
from firmware.drivers.notify import Notifier
from firmware.drivers.pins import PodPins
from firmware.inforce import InForce
from firmware.mqtt.publisher import Publisher
from firmware.session import programme
from firmware.session.machine import with_goal
from firmware.session.plan import Plan
from firmware.storage.edited import Edited, Watch
from firmware.storage.journal import Journal
from firmware.storage.zero import ZeroStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.session.requests import Request
    from firmware.types import Sink

log = logging.getLogger(__name__)


@click.command("run")
@mat.config_option
@click.option("--show", is_flag=True, help="Show the session in this terminal too.")
@click.option("--jsonl", is_flag=True, help="Print what happens, one JSON object a line, as `acumat replay` does.")
def command(*, config_file: Path | None, show: bool, jsonl: bool) -> None:
    """Read the cells and run the mat until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    opened = mat.load(config_file)
    if not opened.calibrated:
        log.warning("not calibrated: loads follow the board's nominal scale")
    if opened.calibration.zero_counts is None:
        log.warning("not zeroed: stop the service, clear the mat and run `acumat tare`; until then no load is told")
    core = core_of(opened)
    clock = SystemClock()
    stopping = threading.Event()
    with ExitStack() as held:
        source = opened.source()
        held.callback(source.close)
        outputs = PodPins(opened.board)
        held.callback(outputs.close)
        journal = Journal(opened.settings.storage.state_dir, clock)
        held.callback(journal.close)
        desk = desk_of(opened, core, journal, outputs, stopping.set)
        watch = watch_of(opened, core, desk)
        held.callback(watch.close)
        sinks: list[Sink] = [desk, journal, *listeners(opened, show=show, serve=desk.put)]
        if jsonl:
            sinks.append(JsonlSink(sys.stdout, "unlabelled"))
        sinks.append(ZeroStore(opened.settings.storage.state_dir, lambda: core.calibration, opened.number))
        held.pop_all()  # from here on the loop closes them
    with closing(watch), daemon.stop_on_signals() as stop:
        daemon.run(
            source,
            core,
            sinks=sinks,
            outputs=outputs,
            attend=desk.attend,
            notifier=Notifier.from_environment(),
            stop=lambda: stop() or stopping.is_set(),
        )
    if stopping.is_set():
        ask_for_power_off()


def desk_of(opened: mat.Mat, core: MatCore, journal: Journal, button: PodPins, shutdown: "Callable[[], None]") -> Desk:
    """Make the desk, with the people and the sessions that the journal has kept."""
    settings = opened.settings
    plan = Plan(programme.shipped(), journal.people, journal.past, guest_min=settings.session.goal_min)
    quiet = QuietHours(settings.outputs.night_start, settings.outputs.night_end)
    return Desk(core, plan, SystemClock(), button=button, quiet=quiet, keeper=journal, shutdown=shutdown)


def watch_of(opened: mat.Mat, core: MatCore, desk: Desk) -> Watch:
    """Follow the programme and the cue table that the settings name."""
    settings, files = opened.settings, []
    if settings.session.programme_file is not None:
        in_force = InForce(programme.shipped(), programme.parse)
        files.append(Edited(settings.session.programme_file, in_force, lambda new: desk.swap(lambda: desk.go_by(new))))
    if settings.outputs.cue_file is not None:
        table = InForce(cues.shipped(), cues.parse)
        files.append(Edited(settings.outputs.cue_file, table, lambda new: desk.swap(lambda: core.use_cues(new))))
    return Watch(files)


def ask_for_power_off() -> None:
    """Leave the wish where acumat-poweroff.path looks for it: the service itself may not switch a machine off."""
    folder = os.environ.get("RUNTIME_DIRECTORY")
    if folder is None:
        log.warning("asked to switch off: nobody does that for a program started by hand; it only ends")
        return
    (Path(folder) / "poweroff").touch()


def core_of(opened: mat.Mat) -> MatCore:
    """Make the core that the settings ask for."""
    settings = opened.settings
    cues = CueSettings(brightness=settings.outputs.brightness, volume=settings.outputs.volume)
    return MatCore(
        opened.board, opened.calibration, CoreSettings(machine=with_goal(settings.session.goal_min * 60), cues=cues)
    )


def listeners(opened: mat.Mat, *, show: bool, serve: "Callable[[Request], None] | None" = None) -> "list[Sink]":
    """Make those who hear of every tick. Raises BrokerError when the MQTT settings lead nowhere."""
    sinks: list[Sink] = []
    if opened.settings.mqtt.enabled:
        sinks.append(Publisher(opened.settings.mqtt, opened.settings.device, opened.board, SystemClock(), serve=serve))
    if show:
        sinks.append(LiveView(opened.board, SystemClock(), console=Terminal()))
    return sinks
