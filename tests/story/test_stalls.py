"""A card that hangs and a broker that hangs: stages are cued at their time all the same."""

import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from firmware import daemon
from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.core import CoreSettings, MatCore
from firmware.events import StageChanged
from firmware.mqtt import Publisher
from firmware.mqtt.link import LinkEvent, LinkOpened, ProtocolVersion
from firmware.ports import Sink
from firmware.session.machine import with_goal
from firmware.storage.connection import NAME
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from firmware.view import Output, Tick
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.people.acts import Leave, Lie, Lower, Roll, Sit, Wait
from sim.people.story import Story
from tests.doubles.scripted import Heard, Shown

BOARD = boards.load_board()
STORY = Story(
    "five quarters of a minute",
    acts=(
        Wait(seconds=4), Sit(seconds=6), Lower(seconds=4), Lie(seconds=75), Roll(seconds=2), Leave(seconds=1.6),
        Wait(seconds=5),
    ),
)  # fmt: skip


class HangingLink:
    """A broker that takes the connection and then holds every call up for ever, until freed."""

    def __init__(self, freed: threading.Event) -> None:
        self._freed = freed
        self._opened = False

    def poll(self, timeout_s: float) -> Sequence[LinkEvent]:  # noqa: ARG002 - the door's signature
        """Open, then hang."""
        if self._opened:
            self._freed.wait(60.0)
        self._opened = True
        return [LinkOpened(16)]

    def publish(self, topic: str, payload: bytes, *, retain: bool, qos: int = 1) -> int:  # noqa: ARG002 - the door's signature
        """Hang."""
        self._freed.wait(60.0)
        return 1

    def close(self, *, graceful: bool) -> None:
        """Be hung up on."""


class Timed:
    """A sink around another one that keeps how long the slowest offer took."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.slowest_s = 0.0

    def offer(self, tick: Tick) -> None:
        """Hand on."""
        begun_s = time.perf_counter()
        self._sink.offer(tick)
        self.slowest_s = max(self.slowest_s, time.perf_counter() - begun_s)

    def close(self) -> None:
        """Close at the end of the test."""


def ticks_of(*sinks: Sink) -> tuple[list[Tick], list[Output]]:
    bench = Bench(STORY, BOARD, 1)
    heard, shown = Heard(), Shown()
    core = MatCore(BOARD, bench.calibration, CoreSettings(machine=with_goal(60.0)))
    daemon.run_loop(FrameSource(bench), core, sinks=[*sinks, heard], outputs=shown)
    return heard.ticks, shown.outputs


@pytest.mark.requirement("D05")
def test_stages_are_cued_on_time_with_a_stalled_card_and_a_stalled_broker(tmp_path: Path) -> None:
    """Both hang through a whole session: ticks, light and sound are those of a mat without them, to the bit."""
    plain = ticks_of()
    database = Database(tmp_path, SystemClock(), boot_id="one", wall_is_set=lambda: False)
    store = SessionStore(database, SystemClock(), cells=12)
    holder = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    freed = threading.Event()

    def dial(_version: ProtocolVersion) -> HangingLink:
        return HangingLink(freed)

    publisher = Publisher(Mqtt(enabled=True), Device(id="attic"), BOARD, SystemClock(), run_id="r", dial=dial)
    kept, sent = Timed(store), Timed(publisher)
    try:
        assert ticks_of(kept, sent) == plain
    finally:
        freed.set()
        holder.execute("ROLLBACK")
        holder.close()
        publisher.close()
        store.close()
    assert max(kept.slowest_s, sent.slowest_s) < 1.0  # a busy test machine takes its time; a stall takes five and more


def test_a_stage_is_reported_within_50_ms_of_its_time() -> None:
    """Of frame time: the hop that reports a stage ends no later than that after it was due."""
    ticks, _ = ticks_of()
    start_s = next(tick.view.start_s for tick in ticks if tick.view.start_s is not None)
    due = {"closing": start_s + 30.0, "done": start_s + 60.0}
    for tick in ticks:
        for event in tick.events:
            if isinstance(event, StageChanged) and event.state.value in due:
                assert event.t_s == pytest.approx(due[event.state.value], abs=1e-6)
                assert abs(tick.t_s - event.t_s) <= 0.05 + 1e-9
