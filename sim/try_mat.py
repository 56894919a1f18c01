"""A simulated mat behind the doors of the verbs: the person there does what the verb asks for."""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import click
from gpiozero.pins.mock import MockFactory, MockPWMPin

from firmware.cli.doors import Doors
from firmware.clock import SystemClock
from firmware.drivers.factory import BackendChoice, OpenLines
from firmware.drivers.pins import PodPins
from firmware.terminal.origin import FrameOrigin
from hardware.board import CORNERS
from sim.chips.virtual_mat import virtual_lines
from sim.frames import Bench, FrameSource
from sim.pace import PacedSource
from sim.people.body import Body
from sim.people.key import KeyPressSource
from sim.people.story import Story
from sim.people.weights import WalkStory, WeightsStory, weights_on_each_tile, weights_over_corners
from sim.sensors.mishaps import GappedSource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firmware.frames import ButtonEdge, Frames
    from firmware.mat import Mat
    from firmware.ports import Source
    from firmware.view import Output
    from hardware.board import Board
    from sim.sensors.faults import CellFaultCommand

CHOICE: Final = BackendChoice("simulated", "virtual chips; no line of this computer is opened")
PAUSE_S: Final = 20.0  # between two rounds of weights
WALKED: Final = 80  # places in which a person stands: more than a calibration needs
EMPTY: Final = Story("The mat is empty", seconds=3600)


class SimulatedPod:
    """Light, buzzer and motor on pins that lead nowhere, and the key of the person in the story."""

    def __init__(self, board: "Board", edges: "deque[ButtonEdge]") -> None:
        self._pins, self._edges = PodPins(board, MockFactory(pin_class=MockPWMPin)), edges
        self.fault: str | None = None

    def set(self, output: "Output") -> None:
        """Set light, buzzer and motor."""
        self._pins.set(output)

    def edges(self) -> "tuple[ButtonEdge, ...]":
        """Return the edges of the key since the last call."""
        return tuple(self._edges.popleft() for _ in range(len(self._edges)))

    def close(self) -> None:
        """Everything off."""
        self._pins.close()


class TrySource:
    """A source whose cells are simulated, so that the way to them has no faults."""

    fault: str | None = None
    frames_dropped: int | None = 0

    def __init__(self, source: "Source") -> None:
        self._source = source

    def read(self, timeout_s: float) -> "Frames | None":
        """Return the next block."""
        return self._source.read(timeout_s)

    def close(self) -> None:
        """Close the source."""
        self._source.close()


@dataclass(slots=True)
class TryMat:
    """One simulated mat. The seed gives its cells their scale, so calibrate, tare and run find the same ones.

    What the person does follows from the verb that runs and its options; story is what they do for `run` and `record`.
    """

    story: Story
    seed: int
    speed: float
    faults: "tuple[CellFaultCommand, ...]"
    _edges: "deque[ButtonEdge]" = field(default_factory=deque)

    def doors(self) -> Doors:
        """Return the doors that lead to this mat."""
        return Doors(
            source=self.source,
            lines=self.lines,
            choose=lambda _: CHOICE,
            pod=lambda board, _: SimulatedPod(board, self._edges),
            origin=FrameOrigin(simulated=True, speed=self.speed or 1.0),
        )

    def source(self, mat: "Mat") -> TrySource:
        """Return the frames of the mat while the verb runs."""
        clock, bench = SystemClock(), Bench(self.scenario(mat.board), mat.board, self.seed)
        start_ns = clock.boottime_ns()
        frames = GappedSource(FrameSource(bench, faults=self.faults, start_ns=start_ns), bench.mishaps)
        source = KeyPressSource(frames, bench.scene.presses, self._edges.append, start_ns)
        return TrySource(PacedSource(source, self.speed, clock) if self.speed else source)

    def lines(self, board: "Board", backend: str) -> OpenLines:  # noqa: ARG002 - the chips are simulated whatever is asked
        """Return the lines of virtual chips of the empty mat."""
        return OpenLines(CHOICE, virtual_lines(Bench(EMPTY, board, self.seed), faults=self.faults))

    def scenario(self, board: "Board") -> Story:
        """Return what happens on the mat."""
        context = click.get_current_context()
        if context.info_name == "calibrate":
            return _calibration(board, context.params)
        return self.story if context.info_name in ("run", "record") else EMPTY


def _calibration(board: "Board", options: "Mapping[str, Any]") -> Story:
    """Return the weights on corners and tiles, or the walk of a person, that the options of `calibrate` ask for."""
    if options["body_kg"] is not None:
        return WalkStory("", body=Body(mass_kg=options["body_kg"]), places=WALKED)
    return weights_story(board, options["masses_kg"], corners=not options["no_corners"])


def weights_story(board: "Board", masses_kg: "Sequence[float]", *, corners: bool = True) -> WeightsStory:
    """Return the weights that a calibration by them asks for, one place after the other."""
    lightest, *heavier = sorted(masses_kg)
    places = CORNERS if board.sensors_per_tile > 1 and corners else ()
    puts = weights_over_corners(board, lightest, places)
    first_s = puts[-1].at_s + puts[-1].seconds + PAUSE_S
    return WeightsStory("", puts=(*puts, *weights_on_each_tile(board, tuple(heavier), first_s=first_s)))
