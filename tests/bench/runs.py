"""What every section of the accuracy report needs: how much to run, stories by functions, events and ticks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firmware.core import CoreSettings, MatCore
from firmware.events import Event
from firmware.session.machine import with_goal
from firmware.view import Tick
from hardware import board as boards
from hardware.board import Board
from sim.frames import Bench, FrameSource, blocks_from
from sim.people.body import Poses
from sim.people.scene import LoadScene, build_scene
from sim.people.script import VisitScript
from sim.people.story import BED_CUTOFF_HZ, Story
from sim.sensors.mishaps import GappedSource
from sim.sensors.tiles import Tiles

if TYPE_CHECKING:
    from sim.people.scene import GroundTruth

BLOCK = 800  # frames a call: the results do not depend on it


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is run: the small one is for every change, the full one for the page."""

    sessions: int
    visits: int  # of each member of the household
    hours: int
    bursts: int  # of each size, in each noise
    quiet_hours: int  # in each noise
    belts: int  # recordings per real person and kind of belt
    bodies: int
    peer_traces: int
    drift_hours: float
    styles: tuple[str, ...]
    comings: int
    slow: int
    sitters: int  # of each of five kinds
    episodes: int  # trials of labelled episodes


SMALL = Effort(12, 1, 2, 12, 1, 1, 8, 2, 1.0, ("roll",), 12, 3, 2, 4)
FULL = Effort(24, 2, 2, 6, 1, 1, 8, 3, 1.0, ("roll", "abrupt", "sat_up"), 60, 10, 8, 8)  # on each of five seeds
DRIFT_HOURS = 72.0  # on the first of them


class FunctionStory(Story, frozen=True, kw_only=True):
    """A story that a function writes, for what no list of acts can express."""

    write: Callable[[VisitScript], None]

    def scene(self, board: Board, seed: int) -> LoadScene:
        """Let the function write into a script."""
        tiles = Tiles(board)
        script = VisitScript(Poses(self.body, tiles), self.vitals, seed)
        self.write(script)
        layers = script.finish()
        for number, visit in enumerate(self.visits):
            layers += visit.layers(tiles, seed, number)
        return build_scene(script.now_s, tiles.cells, layers, script.truth, BED_CUTOFF_HZ[self.body.surface])


@dataclass(frozen=True, slots=True)
class Run:
    """One story on one seed. Times of the truth are story time; heard() and ticks() shift what is said to that too."""

    bench: Bench

    @classmethod
    def of(cls, story: Story, seed: int, *, rate_hz: float | None = None) -> "Run":
        """Set up a story on the board that ships."""
        return cls(Bench(story, boards.load_board(), seed, rate_hz=rate_hz))

    @property
    def truth(self) -> "GroundTruth":
        """What truly happens."""
        return self.bench.scene.truth

    @property
    def first_s(self) -> float:
        """Story time of the first frame, which is time 0 of everything the core says."""
        return float(self.bench.clocks.frames(0, 1)[1][0]) / 1e9

    def ticks(self, *, goal_min: float = 20.0) -> Iterator[Tick]:
        """Play it through a core."""
        bench = self.bench
        core = MatCore(bench.board, bench.calibration, CoreSettings(machine=with_goal(60 * goal_min)))
        for frames in blocks_from(GappedSource(FrameSource(bench, block=BLOCK), bench.mishaps)):
            yield from core.push(frames)
        yield from core.finish()

    def heard(self, *, goal_min: float = 20.0) -> list[tuple[float, Event]]:
        """Return every event with the story time at which it was reported."""
        first_s = self.first_s
        return [(tick.t_s + first_s, event) for tick in self.ticks(goal_min=goal_min) for event in tick.events]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that this percentage of all values does not exceed; no interpolation."""
    ordered = sorted(values)
    if not ordered:
        return float("inf")
    return float(ordered[max(0, -(-len(ordered) * percent // 100).__trunc__() - 1)])


def rng_of(seed: int, section: int) -> np.random.Generator:
    """Return the random generator of a section, so that one section can grow without changing another."""
    return np.random.default_rng([seed, section])
