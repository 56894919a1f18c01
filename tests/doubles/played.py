"""A story played through the core at once, with no loop around it: what was said, beside what truly happened."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firmware.core import CoreSettings, MatCore
from firmware.events import SessionEnded, StageChanged
from firmware.frames import ButtonEdge
from firmware.session.machine import with_goal
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.sensors.mishaps import GappedSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firmware.events import Event, SessionSummary
    from firmware.ports import Source
    from firmware.view import Tick
    from hardware.board import Board
    from sim.people.scene import GroundTruth
    from sim.people.story import Story

DEFAULT_GOAL_MIN = 10.0


@dataclass(frozen=True, slots=True)
class Played:
    """Ticks of a whole story, and the truth about it, which no tick has seen.

    origin_s is when the first frame came, in seconds of the story: the times of the ticks count from there.
    """

    ticks: "list[Tick]"
    truth: "GroundTruth"
    origin_s: float

    @property
    def events(self) -> "list[Event]":
        """Everything that was said, in order."""
        return [event for tick in self.ticks for event in tick.events]

    @property
    def sessions(self) -> "list[SessionSummary]":
        """The sessions that were closed."""
        return [event.summary for event in self.events if isinstance(event, SessionEnded)]

    @property
    def stages(self) -> list[tuple[str, float]]:
        """States entered, with their times in seconds."""
        return [(event.state.value, event.t_s) for event in self.events if isinstance(event, StageChanged)]

    def of(self, *kinds: type) -> "list[Event]":
        """The events of some kinds."""
        return [event for event in self.events if isinstance(event, kinds)]


def play(
    story: "Story",
    seed: int = 1,
    *,
    board: "Board | None" = None,
    rate_hz: float | None = None,
    goal_min: float | None = None,
    door: "Callable[[Bench], Source]" = FrameSource,
    settings: CoreSettings | None = None,
    presses: "Sequence[tuple[float, float]]" = (),
    zeroed: bool = True,
) -> Played:
    """Play a story. door makes the source out of the bench: the quick one, or chips read bit by bit.

    settings stand for the goal where they are given. presses of the key are (second of the story, seconds held), at
    most 32. zeroed: the mat has been zeroed before, as after a calibration.
    """
    bench = Bench(story, board or boards.load_board(), seed, rate_hz=rate_hz)
    goal_s = 60 * (goal_min or story.goal_min or DEFAULT_GOAL_MIN)
    calibration = bench.calibration if zeroed else replace(bench.calibration, zero_counts=None)
    core = MatCore(bench.board, calibration, settings or CoreSettings(machine=with_goal(goal_s)))
    for down_s, held_s in presses:
        core.press(ButtonEdge(round(down_s * 1e9), down=True))
        core.press(ButtonEdge(round((down_s + held_s) * 1e9), down=False))
    source = GappedSource(door(bench), bench.mishaps)
    ticks: list[Tick] = []
    origin_s: float | None = None
    for frames in blocks_from(source):
        origin_s = int(frames.t_ns[0]) / 1e9 if origin_s is None else origin_s
        ticks += core.push(frames)
    return Played([*ticks, *core.finish()], bench.scene.truth, origin_s or 0.0)
