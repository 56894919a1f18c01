"""`acumat run`: the mat itself, started by the service."""

import logging
import os
import sys
import threading
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from firmware import daemon, mat
from firmware.cli import options
from firmware.cli.doors import doors
from firmware.cli.storing import continue_session, join_store, store_of
from firmware.clock import SystemClock
from firmware.core import CoreSettings, MatCore
from firmware.cues import table as cues
from firmware.cues.night import NightHours
from firmware.cues.settings import CueSettings
from firmware.dispatcher import CommandDispatcher
from firmware.drivers.heap import HeapTrimmer
from firmware.drivers.notify import Notifier
from firmware.drivers.output_timer import OutputTimer
from firmware.posture.detectors import DetectorSettings
from firmware.posture.occupancy import OccupancySettings
from firmware.posture.settings import PostureSettings
from firmware.programme import levels as programme
from firmware.programme.people import People
from firmware.programme.plan import Plan
from firmware.session.machine import with_goal
from firmware.storage.fault_log import FaultLog, runtime_folder
from firmware.storage.file_watcher import FileWatcher, WatchedFile
from firmware.storage.folder_lock import locked
from firmware.storage.last_good import LastGood
from firmware.storage.lumbar import usual_lumbar_shares
from firmware.storage.session_store import SessionStore
from firmware.storage.start_counter import SHORT_STARTS, StartCounter
from firmware.storage.zero import ZeroStore
from firmware.supervisor import Supervisor
from firmware.terminal.arguments import map_option
from firmware.web.frame_tap import FrameTap

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.cli.doors import Pod
    from firmware.ports import Sink
    from firmware.terminal.origin import FrameOrigin

SAFE_STATUS: Final = "safe mode: only timing and cues; see the log"

log = logging.getLogger(__name__)
DOORS: Final = (  # the number of a session in the database is not that of this run, so the list is named
    ("Look again", "acumat sessions"),
    ("Note it down", "acumat journal after"),
    ("Over weeks", "acumat trends"),
)


@click.command("run")
@options.config_option
@click.option("--show", is_flag=True, help="Show the session in this terminal too.")
@map_option
@click.option("--jsonl", is_flag=True, help="Print what happens, one JSON object a line, as `acumat replay` does.")
def command(*, config_file: Path | None, show: bool, cells_map: bool, jsonl: bool) -> None:
    """Read the cells and run the mat until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    trimmer = HeapTrimmer()  # before the first thread
    stopping, power_off = threading.Event(), threading.Event()
    opened = mat.load_for_service(config_file)
    state_dir = opened.settings.storage.state_dir
    click.get_current_context().with_resource(locked(state_dir))
    counter = StartCounter(state_dir, stopping.set)
    safe = counter.safe
    supervisor = Supervisor()
    note_start(opened, counter, supervisor)
    core = core_of(opened)
    clock, door = SystemClock(), doors()
    with ExitStack() as held:
        source = FrameTap(door.source(opened))
        held.callback(source.close)
        supervisor.watch("cells", lambda: source.fault)
        outputs = door.pod(opened.board, opened.settings.outputs.hardware_pwm)
        held.callback(outputs.close)
        supervisor.watch("pod", lambda: outputs.fault)
        store = None if safe else store_of(opened, clock, simulated=door.origin.simulated)
        if store is not None:
            continue_session(store, core, clock)
            held.callback(store.close)
        dispatcher = dispatcher_of(opened, core, store, outputs, power_off.set)
        if store is not None:
            join_store(store, dispatcher, supervisor)
        watch = FileWatcher(()) if safe else watch_of(opened, core, dispatcher)
        held.callback(watch.close)
        supervisor.watch("files", lambda: watch.fault)
        sinks: list[Sink] = [
            dispatcher,
            counter,
            trimmer,
            *([] if store is None else [store]),
            *tick_sinks(
                opened,
                core,
                supervisor,
                show=show,
                flat=cells_map,
                dispatcher=dispatcher,
                store=store,
                mqtt=not safe,
                origin=door.origin,
                dropped=lambda: source.frames_dropped,
            ),
        ]
        if opened.settings.web.enabled and not safe:
            from firmware.cli.page import page_sinks  # noqa: PLC0415 - a mat without its page starts without uvicorn

            sinks += page_sinks(opened, core, dispatcher, store, supervisor, tap=source, restart=stopping.set)
        if jsonl:
            from firmware.terminal.json_lines import JsonlSink  # noqa: PLC0415 - the service starts without it

            sinks.append(JsonlSink(sys.stdout, "unlabelled"))
        zero = ZeroStore(state_dir, lambda: core.calibration, opened.number)
        sinks.append(zero)
        supervisor.watch("zero", lambda: zero.fault)
        held.pop_all()  # the loop closes them
    timer = OutputTimer(outputs, clock)
    supervisor.watch("light and sound", lambda: timer.fault)
    write = None if store is None else store.database.write
    noted = FaultLog(runtime_folder(state_dir), supervisor.current, clock, write)
    with closing(watch), closing(noted), daemon.stop_on_signals() as stop:
        daemon.run_loop(
            source,
            core,
            sinks=sinks,
            outputs=timer,
            attend=dispatcher.process_pending,
            notifier=Notifier.from_environment(),
            stop=lambda: stop() or stopping.is_set() or power_off.is_set(),
            status=SAFE_STATUS if safe else daemon.STATUS,
            resumable=True,
            faults=supervisor.current,
        )
    if power_off.is_set():
        ask_for_power_off()


def note_start(opened: mat.Mat, counter: StartCounter, supervisor: Supervisor) -> None:
    """Log what the mat starts without; what is damaged stays a fault as long as the program runs."""
    supervisor.watch("starts", lambda: SAFE_STATUS if counter.safe else counter.fault)
    for fault in opened.faults:
        text = f"{fault}; the defaults are in use"
        log.warning("%s", text)
        supervisor.watch(Path(fault.partition(": ")[0]).stem, partial(str, text))
    if counter.safe:
        log.warning("safe mode after %d short starts: only timing and cues run; a good minute leaves it", SHORT_STARTS)
    if not opened.calibrated:
        log.warning("not calibrated: loads follow the board's nominal scale")
    if opened.calibration.zero_counts is None:
        log.warning(
            "not zeroed: stop the service, clear the mat and run `acumat tare`; load is reported only after taring"
        )


def dispatcher_of(
    opened: mat.Mat, core: MatCore, store: SessionStore | None, button: "Pod", shutdown: "Callable[[], None]"
) -> CommandDispatcher:
    """Return the dispatcher, with the people and the sessions of the database."""
    settings = opened.settings
    people, past = (People(), {}) if store is None else (store.people, store.past)
    plan = Plan(programme.shipped_programme(), people, past, guest_min=settings.session.goal_min)
    night = NightHours(settings.outputs.night_start, settings.outputs.night_end)
    asked = None if store is None or not settings.session.lumbar_hint else store.database
    lumbar = None if asked is None else usual_lumbar_shares(asked, opened.board, people)
    return CommandDispatcher(
        core, plan, SystemClock(), button=button, night=night, store=store, shutdown=shutdown, lumbar=lumbar
    )


def watch_of(opened: mat.Mat, core: MatCore, dispatcher: CommandDispatcher) -> FileWatcher:
    """Return the watcher of the programme and the cue table that the settings name."""
    settings, files = opened.settings, []
    if settings.session.programme_file is not None:
        last_good = LastGood(programme.shipped_programme(), programme.parse_programme)
        files.append(
            WatchedFile(
                settings.session.programme_file, last_good,
                lambda new: dispatcher.call_soon(lambda: dispatcher.replace_programme(new)),
            )
        )  # fmt: skip
    if settings.outputs.cue_file is not None:
        table = LastGood(cues.shipped_cue_table(), cues.parse_cue_table)
        files.append(
            WatchedFile(settings.outputs.cue_file, table, lambda new: dispatcher.call_soon(lambda: core.use_cues(new)))
        )
    return FileWatcher(files)


def ask_for_power_off() -> None:
    """Create the file that acumat-poweroff.path watches: the service itself may not switch a machine off."""
    folder = os.environ.get("RUNTIME_DIRECTORY")
    if folder is None:
        log.warning("asked to switch off: a program started by hand cannot do that; it only ends")
        return
    (Path(folder) / "poweroff").touch()


def core_of(opened: mat.Mat) -> MatCore:
    """Return the core with these settings."""
    settings, outputs = opened.settings, opened.settings.outputs
    cues = CueSettings(
        brightness=outputs.brightness, volume=outputs.volume, loudness=outputs.loudness,
        pacer_sound=outputs.pacer_sound, touch=opened.board.motor_bcm is not None,
    )  # fmt: skip
    occupancy = OccupancySettings(on_delay_s=settings.presence.on_delay_s, off_delay_s=settings.presence.off_delay_s)
    chosen = CoreSettings(
        machine=with_goal(settings.session.goal_min * 60),
        detectors=DetectorSettings(posture=PostureSettings(occupancy=occupancy)),
        cues=cues,
    )
    return MatCore(opened.board, opened.calibration, chosen)


def tick_sinks(
    opened: mat.Mat,
    core: MatCore,
    supervisor: Supervisor,
    *,
    show: bool,
    flat: bool = False,
    dispatcher: CommandDispatcher | None = None,
    store: SessionStore | None = None,
    mqtt: bool = True,
    origin: "FrameOrigin | None" = None,
    dropped: "Callable[[], int | None]" = lambda: None,
) -> "list[Sink]":
    """Return the publisher and the live view, where wanted. Raises BrokerError for MQTT settings that cannot work."""
    sinks: list[Sink] = []
    clock = SystemClock()
    if mqtt and opened.settings.mqtt.enabled:
        from firmware.cli.publishing import publisher_of  # noqa: PLC0415 - a mat without MQTT starts without paho and TLS

        database = None if store is None else store.database
        publisher = publisher_of(opened, clock, supervisor, dispatcher=dispatcher, database=database, dropped=dropped)
        supervisor.watch("mqtt", lambda: publisher.fault)
        sinks.append(publisher)
    if show:
        from firmware.terminal.live_view import LiveView  # noqa: PLC0415 - the service starts without rich
        from firmware.terminal.scene import LabelledFact  # noqa: PLC0415 - as above

        doors = [LabelledFact(label, text) for label, text in DOORS]
        sinks.append(LiveView(opened.board, clock, origin=origin, pacer_s=lambda: core.pacer_s, doors=doors, flat=flat))
    return sinks
