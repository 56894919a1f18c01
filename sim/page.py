"""The page of a simulated mat: the real server, dispatcher and database on an invented history of three months."""

import datetime as dt
import tempfile
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.config import Web
from firmware.dispatcher import CommandDispatcher
from firmware.errors import PageError
from firmware.programme.levels import shipped_programme
from firmware.programme.plan import Plan
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from firmware.web.calibrator import Calibrator
from firmware.web.frame_tap import FrameTap
from firmware.web.page import PageParts, ServedPage, serve_page
from sim import history
from sim.frames import Bench, FrameSource
from sim.pace import PacedSource
from sim.panel import ALWAYS, NEVER, clock_is_set
from sim.try_mat import weights_story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.clock import Clock
    from firmware.core import MatCore
    from firmware.frames import Frames
    from firmware.ports import Sink, Source
    from hardware.board import Board
    from sim.people.story import Story

WEEKS: Final = 13
LAST_S: Final = 10.0  # of a story that is over, played again and again: an empty mat
BREATH_S: Final = 10.0
FRAME_NS: Final = 12_500_000
PACED_MOST: Final = 2.0  # times real time up to which a breath of the pacer can be followed


class StoryClock:
    """A firmware.clock.Clock that runs as fast as the story: what is stored gets the story's own times."""

    def __init__(self, clock: "Clock") -> None:
        self._clock = clock
        self._start_ns, self._wall_s = clock.boottime_ns(), clock.wall_s()
        self._first_ns: int | None = None
        self._story_ns, self._seen_ns = 0, self._start_ns

    def see(self, frames: "Frames") -> None:
        """Follow the frames."""
        newest_ns = int(frames.t_ns[-1])
        if self._first_ns is None:
            self._first_ns = int(frames.t_ns[0])
        self._story_ns, self._seen_ns = newest_ns - self._first_ns, self._clock.boottime_ns()

    def boottime_ns(self) -> int:
        """Nanoseconds since power-on by the story."""
        return self._start_ns + self._story_ns + self._clock.boottime_ns() - self._seen_ns

    def wall_s(self) -> float:
        """Seconds since 1970 by the story, which begins now."""
        return self._wall_s + (self.boottime_ns() - self._start_ns) / 1e9

    def real_s(self) -> float:
        """Seconds of real time since power-on."""
        return self._clock.boottime_ns() / 1e9

    def sleep_s(self, seconds: float) -> None:
        """Wait in real time."""
        self._clock.sleep_s(seconds)


class Timed:
    """A firmware.ports.Source that lets a clock follow its frames."""

    fault: str | None = None
    frames_dropped: int | None = 0  # nothing lies between this source and the loop

    def __init__(self, source: "Source", clock: StoryClock) -> None:
        self._source, self._clock = source, clock

    def read(self, timeout_s: float) -> "Frames | None":
        """Return the next block."""
        frames = self._source.read(timeout_s)
        if frames is not None and len(frames):
            self._clock.see(frames)
        return frames

    def close(self) -> None:
        """Close the source."""
        self._source.close()


class Lingering:
    """A firmware.ports.Source that does not end: its last seconds are repeated, with times that go on.

    ends: it does end with its source. play puts another source in the place of the present one, from any thread.
    """

    def __init__(self, source: "Source", *, ends: bool = False) -> None:
        self._source, self._ends = source, ends
        self._next: Source | None = None
        self._shift: tuple[int, int] = (0, 0)
        self._last: deque[Frames] = deque()
        self._over = False
        self._newest: tuple[int, int] = (0, 0)

    def read(self, timeout_s: float) -> "Frames | None":
        """Return the next block."""
        if self._next is not None:
            self._source, self._next, self._over = self._next, None, False
            self._shift = self._newest[0], self._newest[1] + FRAME_NS
            self._last.clear()
        if not self._over:
            try:
                frames = self._shifted(self._source.read(timeout_s))
            except EOFError:
                if self._ends:
                    raise
                self._over = True
            else:
                return self._kept(frames)
        if not self._last:
            raise EOFError
        block = self._last[0]
        self._last.rotate(-1)
        seq, newest_ns = self._newest
        step_ns = int(block.t_ns[-1] - block.t_ns[0]) // max(len(block) - 1, 1)
        again = replace(block, seq=seq, t_ns=block.t_ns - block.t_ns[0] + newest_ns + max(step_ns, 1))
        self._newest = seq + len(again), int(again.t_ns[-1])
        return again

    def play(self, source: "Source") -> None:
        """Go on with another source, and stay at its end: a person is at work on the page."""
        self._ends = False
        self._next = source

    def _shifted(self, frames: "Frames | None") -> "Frames | None":
        seq, t_ns = self._shift
        return frames if frames is None or not t_ns else replace(frames, seq=frames.seq + seq, t_ns=frames.t_ns + t_ns)

    def _kept(self, frames: "Frames | None") -> "Frames | None":
        if frames is not None and len(frames):
            self._last.append(frames)
            self._newest = frames.seq + len(frames), int(frames.t_ns[-1])
            while self._newest[1] - int(self._last[0].t_ns[0]) > LAST_S * 1e9:
                self._last.popleft()
        return frames

    def close(self) -> None:
        """Close the source, and end."""
        self._source.close()
        self._over = True
        self._last.clear()


@dataclass(frozen=True, slots=True)
class SimulatedFrames:
    """The frames of a story that is shown on a page: repeated at its end, at a pace, for two readers, with a clock."""

    lingering: Lingering
    paced: PacedSource
    tap: FrameTap
    clock: StoryClock

    @classmethod
    def of(cls, source: "Source", speed: float, clock: "Clock", *, ends: bool) -> "SimulatedFrames":
        """Put them together around the source of a story."""
        lingering = Lingering(source, ends=ends)
        paced, story_clock = PacedSource(lingering, speed, clock), StoryClock(clock)
        return cls(lingering, paced, FrameTap(Timed(paced, story_clock)), story_clock)


@dataclass(frozen=True, slots=True)
class SimulatedPage:
    """A page that is served, and what the loop needs beside it."""

    served: ServedPage
    dispatcher: CommandDispatcher
    store: SessionStore

    @property
    def sinks(self) -> "list[Sink]":
        """What receives every tick, in this order."""
        return [self.dispatcher, self.store, self.served.sink]


@contextmanager
def simulated_page(
    board: "Board",
    core: "MatCore",
    frames: "SimulatedFrames",
    *,
    goal_s: float,
    scenario: "Story",
    seed: int,
) -> "Iterator[SimulatedPage]":
    """Serve the page of a simulated mat on the loopback, on any free port where the usual one is taken."""
    clock = frames.clock
    with tempfile.TemporaryDirectory(prefix="acumat-page-") as name:
        folder = Path(name)
        history.write_history(folder, WEEKS, seed, end=dt.datetime.fromtimestamp(clock.wall_s()).astimezone())
        database = Database(folder, clock, boot_id="demonstration", wall_is_set=clock_is_set)
        store = SessionStore(database, clock, cells=len(board.cells), simulated=True)
        plan = Plan(shipped_programme(), store.people, store.past)
        plan.choose_minutes(goal_s / 60)
        dispatcher = CommandDispatcher(
            core, plan, clock, night=ALWAYS if scenario.night else NEVER, store=store, wall_is_set=clock_is_set
        )

        def pacer_s() -> float | None:
            """A story played fast is paced by real breaths: nobody could look at ten breaths a second."""
            phase_s = core.pacer_s
            return phase_s if phase_s is None or frames.paced.speed <= PACED_MOST else clock.real_s() % BREATH_S

        def weigh(masses_kg: tuple[float, ...]) -> None:
            """The simulated person puts the weights where the mat asks for them."""
            frames.lingering.play(FrameSource(Bench(weights_story(board, masses_kg), board, seed)))

        calibrator = Calibrator(
            board, frames.tap, folder, lambda: core.calibration, calibrated=True, restart=None, begins=weigh
        )
        parts = PageParts(
            board,
            core,
            dispatcher,
            clock,
            calibrator,
            database,
            pace=frames.paced,
            pacer_s=pacer_s,
            wall_is_set=clock_is_set,
        )
        try:
            served = serve_page(Web(enabled=True), folder, parts)
        except PageError:
            served = serve_page(Web(enabled=True, port=0), folder, parts)
        yield SimulatedPage(served, dispatcher, store)
