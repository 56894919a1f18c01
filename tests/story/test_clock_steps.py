"""The clock on the wall jumps, or the machine has been up for a month: no duration changes anywhere.

The whole mat is there: the loop, dispatcher and programme, the journal on a disk, and what leaves for a broker.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from firmware import daemon
from firmware.commands import Request
from firmware.core import MatCore
from firmware.cues.night import NightHours
from firmware.dispatcher import CommandDispatcher
from firmware.events import Event
from firmware.frames import Frames
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.snapshot import Snapshot
from firmware.mqtt.state_topic import StateTopic
from firmware.programme import levels as programme
from firmware.programme.advice import SessionRecord
from firmware.programme.people import People
from firmware.programme.plan import Plan
from firmware.storage.connection import NAME
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from firmware.view import Tick
from firmware.words import ACKNOWLEDGEMENT_VERSION
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.people.acts import Leave, Lie, Lower, Roll, Sit, Wait
from sim.people.story import Story
from tests.doubles.clock import ManualClock
from tests.doubles.scripted import Heard

if TYPE_CHECKING:
    from firmware.ports import Sink

BOARD = boards.load_board()
STORY = Story(
    "five minutes and a little more",
    acts=(
        Wait(seconds=4), Sit(seconds=8), Lower(seconds=5), Lie(seconds=330), Roll(seconds=2), Leave(seconds=1.6),
        Wait(seconds=65),
    ),
)  # fmt: skip
HOUR_S, DAY_S = 3600, 86_400
STEPS = {  # (second of the story, by how much the wall clock jumps)
    "an hour on": [(150.0, HOUR_S)],
    "an hour back": [(150.0, -HOUR_S)],
    "207 days on, as when the network comes": [(150.0, 207 * DAY_S)],
    "to and fro": [(10.0, HOUR_S), (15.0, -2 * HOUR_S), (200.0, 207 * DAY_S), (348.0, -HOUR_S)],
}


class Stepped:
    """A source that moves a clock with its frames; the wall clock jumps at its times."""

    def __init__(self, source: FrameSource, clock: ManualClock, steps: list[tuple[float, int]]) -> None:
        self._source, self._clock, self._steps = source, clock, sorted(steps)
        self._start_s = clock.now_s

    def read(self, timeout_s: float) -> Frames:
        """Return the next frames; by then it is as late as they say."""
        frames = self._source.read(timeout_s)
        self._clock.now_s = float(frames.t_ns[-1]) / 1e9
        while self._steps and self._clock.now_s - self._start_s >= self._steps[0][0]:
            self._clock.wall_offset_s += self._steps.pop(0)[1]
        return frames

    def close(self) -> None:
        """Close the source."""
        self._source.close()


class Sent:
    """A sink that keeps what a broker would get, without the broker and its thread."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock, self._inbox = clock, Outbox(cells=tuple(cell.name for cell in BOARD.cells))
        self._state = StateTopic()
        self.events: list[dict[str, Any]] = []
        self.states: list[dict[str, Any]] = []

    def offer(self, tick: Tick) -> None:
        """Return it."""
        self._inbox.put(tick, self._clock.wall_s())
        while (item := self._inbox.next_event()) is not None:
            if item.topic == "event":
                self.events.append(msgspec.json.decode(item.payload))
        self.states.append(msgspec.json.decode(self._state.payload(Snapshot(tick, BOARD))[0]))

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class Reported:
    """What each of those who hear of a session made of it."""

    ticks: list[tuple[float, str, float, float]]
    events: list[Event]
    sent: list[dict[str, Any]]
    states: list[dict[str, Any]]
    past: list[SessionRecord]
    kept: list[dict[str, Any]]
    labels: list[float]


def report(folder: Path, steps: list[tuple[float, int]], *, up_s: int = 0) -> Reported:
    clock = ManualClock(now_s=float(up_s))
    bench = Bench(STORY, BOARD, 3, rate_hz=10.0)
    core = MatCore(BOARD, bench.calibration)
    database = Database(folder, clock, boot_id="one", wall_is_set=lambda: True)
    store = SessionStore(database, clock, cells=12)
    plan = Plan(programme.shipped_programme(), People().add("Ana"))
    never = NightHours("00:00", "00:00")
    dispatcher = CommandDispatcher(core, plan, clock, store=store, wall_is_set=lambda: True, night=never)
    for name, value in (("person", "Ana"), ("acknowledge", ACKNOWLEDGEMENT_VERSION), ("goal_min", 5)):
        dispatcher.submit(Request(name, value))
    sent, heard = Sent(clock), Heard()
    source = Stepped(FrameSource(bench, start_ns=up_s * 1_000_000_000), clock, list(steps))
    sinks: list[Sink] = [dispatcher, store, sent, heard]
    daemon.run_loop(source, core, sinks=sinks, attend=dispatcher.process_pending)
    base = sqlite3.connect(folder / NAME)
    base.row_factory = sqlite3.Row
    columns = "end_ns - start_ns AS length_ns, lying_s, goal_s, reason, exit, wiggles, counted, settled_s, load_n"
    kept = [dict(row) for row in base.execute(f"SELECT {columns} FROM session")]  # noqa: S608 - names of ours
    base.close()
    return Reported(
        [(tick.t_s, tick.view.state.value, tick.view.elapsed_s, tick.view.goal_s) for tick in heard.ticks],
        [event for tick in heard.ticks for event in tick.events],
        [{key: part for key, part in reported.items() if key not in {"t", "session_id"}} for reported in sent.events],
        sent.states,
        list(plan.past("Ana")),
        kept,
        [reported["t"] for reported in sent.events],
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The same story with a clock that runs as a clock should."""
    return report(tmp_path_factory.mktemp("plain"), [])


def test_the_story_is_a_session_that_everybody_keeps(plain: Reported) -> None:
    """Five minutes of lying and half a minute more: reported, sent, kept, and counted by the programme."""
    [summary] = plain.kept
    assert summary["lying_s"] == pytest.approx(334.0, abs=4.0)  # the ends of lowering and rolling are part of it
    assert summary["reason"] == "goal_reached"
    [past] = plain.past
    assert past.lying_s == pytest.approx(summary["lying_s"], abs=1e-3)
    assert max(state["elapsed_s"] for state in plain.states) == 330
    assert [reported["event_type"] for reported in plain.sent].count("session_ended") == 1


@pytest.mark.parametrize("what", STEPS)
def test_a_step_of_the_wall_clock_changes_no_duration(what: str, plain: Reported, tmp_path: Path) -> None:
    """In the middle of a session: ticks, stages, messages, journal and programme report the same durations."""
    stepped = report(tmp_path, STEPS[what])
    assert stepped.ticks == plain.ticks
    assert stepped.events == plain.events
    assert stepped.sent == plain.sent
    assert stepped.states == plain.states
    assert stepped.kept == plain.kept
    assert [(past.lying_s, past.goal_s, past.counted) for past in stepped.past] == [
        (past.lying_s, past.goal_s, past.counted) for past in plain.past
    ]
    jump_s = sum(step_s for _, step_s in STEPS[what])
    assert stepped.labels[-1] - plain.labels[-1] == pytest.approx(jump_s)  # the label is of the wall, and only it


def test_a_month_of_uptime_changes_no_duration(plain: Reported, tmp_path: Path) -> None:
    """31 days after power-on the same story reports the same, to the bit."""
    late = report(tmp_path, [], up_s=31 * DAY_S)
    assert late.ticks == plain.ticks
    assert late.events == plain.events
    assert late.sent == plain.sent
    assert late.states == plain.states
    assert late.kept == plain.kept
