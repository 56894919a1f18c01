"""All detectors, in the order in which they take a hop: posture, standing, lowering, liveness, wiggling."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firmware.events import Event
from firmware.frames import Signals
from firmware.posture.detector import Phase, PostureDetector
from firmware.posture.liveness import LivenessDetector, LivenessSettings
from firmware.posture.lowering import LoweringAnalysis, LoweringSettings
from firmware.posture.settings import PostureSettings
from firmware.posture.standing import StandingDetector, StandingSettings
from firmware.posture.wiggle import WiggleDetector, WiggleSettings

if TYPE_CHECKING:
    from hardware.board import Board


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """The settings of each detector, defined beside it."""

    posture: PostureSettings = field(default_factory=PostureSettings)
    standing: StandingSettings = field(default_factory=StandingSettings)
    lowering: LoweringSettings = field(default_factory=LoweringSettings)
    liveness: LivenessSettings = field(default_factory=LivenessSettings)
    wiggle: WiggleSettings = field(default_factory=WiggleSettings)


class Detectors:
    """Signals in, events out, one `step` a hop."""

    def __init__(self, board: "Board", settings: DetectorSettings | None = None) -> None:
        chosen = settings or DetectorSettings()
        self._posture = PostureDetector(board, chosen.posture)
        self._standing = StandingDetector(board, chosen.standing)
        self._lowering = LoweringAnalysis(board, chosen.lowering)
        self._liveness = LivenessDetector(board, chosen.liveness)
        self._wiggle = WiggleDetector(chosen.wiggle)

    @property
    def vacant(self) -> bool:
        """Whether the mat is known to be empty."""
        return not self._posture.blind and self._posture.phase is Phase.EMPTY

    @property
    def occupied(self) -> bool:
        """Whether a person or a thing of 10 kg and more is on the mat."""
        return self._posture.occupied

    def rezero(self, offset_n: tuple[float, ...]) -> None:
        """Continue as if the zero had always been offset_n (cells,) newtons higher."""
        self._posture.rezero(offset_n)

    def step(self, signals: Signals) -> Sequence[Event]:
        """Return the events of this hop."""
        posture = tuple(self._posture.step(signals, person=self._liveness.confirmed, stands=self._standing.active))
        phase = None if self._posture.blind else self._posture.phase
        # StandingEnded comes before the Seated that follows from it.
        events = [*self._standing.step(signals, posture, may_stand=phase is Phase.PRESENT), *posture]
        events += self._lowering.step(signals, posture)
        events += self._liveness.step(signals, posture)
        if phase is Phase.LYING:
            events += self._wiggle.step(signals)
        else:
            self._wiggle.reset()
        return events
