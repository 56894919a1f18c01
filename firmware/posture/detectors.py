"""Everybody who looks at a hop and tells what happens: posture, standing, arrival, the person, wiggles.

While somebody lies still nobody needs to look closely. Whoever may have something to tell says how far hops may be from
the one that was looked at before that can be (room_n: newtons, summed over the cells); those that are nearer are kept,
and handed over together when somebody looks again. What is told, and when, is the same as if everybody looked at every
hop.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firmware.events import Event
from firmware.frames import Signals
from firmware.posture.detector import Phase, PostureDetector
from firmware.posture.liveness import LivenessDetector, LivenessSettings
from firmware.posture.lowering import LoweringAnalysis, LoweringSettings
from firmware.posture.reference import ADAPT_HOPS
from firmware.posture.room import Kept
from firmware.posture.settings import PostureSettings
from firmware.posture.standing import StandingDetector, StandingSettings
from firmware.posture.wiggle import WiggleDetector, WiggleSettings

if TYPE_CHECKING:
    from hardware.board import Board


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """The settings of each, defined beside it."""

    occupancy: PostureSettings = field(default_factory=PostureSettings)
    wiggle: WiggleSettings = field(default_factory=WiggleSettings)
    standing: StandingSettings = field(default_factory=StandingSettings)
    arrival: LoweringSettings = field(default_factory=LoweringSettings)
    person: LivenessSettings = field(default_factory=LivenessSettings)


class Detectors:
    """Signals in, events out, one `step` a hop."""

    def __init__(self, board: "Board", settings: DetectorSettings | None = None) -> None:
        chosen = settings or DetectorSettings()
        self._occupancy = PostureDetector(board, chosen.occupancy)
        self._wiggle = WiggleDetector(chosen.wiggle)
        self._standing = StandingDetector(board, chosen.standing)
        self._arrival = LoweringAnalysis(board, chosen.arrival)
        self._person = LivenessDetector(board, chosen.person)
        self.nobody = True  # whether the mat is known to be empty
        self._kept = Kept(ADAPT_HOPS, len(board.cells))

    def rezero(self, offset_n: tuple[float, ...]) -> None:
        """Go on as if the zero had always been offset_n (cells,) newtons higher."""
        self._hand_over()
        self._occupancy.rezero(offset_n)

    def step(self, signals: Signals) -> Sequence[Event]:
        """Give what happened in this hop."""
        if not signals.lost and (signals.settled or 0.0) < self._arrival.settled_from and self._kept.take(signals):
            return ()
        self._hand_over()
        return self._look(signals)

    def _hand_over(self) -> None:
        kept = self._kept
        if kept.hops:
            self._occupancy.skip(kept.hops, kept.loads)
            self._arrival.skip(kept.hops)
            self._wiggle.skip(kept.hops, kept.loads)
        kept.end()

    def _look(self, signals: Signals) -> Sequence[Event]:
        occupancy = self._occupancy
        posture = tuple(occupancy.step(signals))
        sees = not occupancy.blind
        self.nobody = sees and occupancy.phase is Phase.EMPTY
        happened = [*self._standing.step(signals, posture, may_stand=sees and occupancy.phase is Phase.PRESENT)]
        happened += posture  # a Stood of who sits down comes before the Seated
        happened += self._arrival.step(signals, posture)
        happened += self._person.step(signals, posture)
        if not sees or occupancy.phase is not Phase.LYING:
            self._wiggle.reset()
            return happened
        happened += self._wiggle.step(signals)
        if self._person.confirmed:
            room_n = min(occupancy.room_n, self._arrival.room_n, self._wiggle.room_n)
            if room_n > 0:
                self._kept.begin(signals, room_n, occupancy.keep)
        return happened
