"""Everybody who looks at a hop and tells what happens: posture, standing, arrival, the person, wiggles.

While somebody lies still nobody needs to look closely. Whoever may have something to tell says how far hops may be from
the one that was looked at before that can be (room_n: newtons, summed over the cells); those that are nearer are kept,
and handed over together when somebody looks again. What is told, and when, is the same as if everybody looked at every
hop.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firmware.session.arrival import ArrivalSettings, ArrivalWatch
from firmware.session.occupancy import Occupancy, Phase
from firmware.session.person import PersonSettings, PersonWatch
from firmware.session.room import Kept
from firmware.session.settled import ADAPT_HOPS
from firmware.session.standing import StandingSettings, StandingWatch
from firmware.session.thresholds import OccupancySettings
from firmware.session.wiggle import WiggleSettings, WiggleWatch
from firmware.types import Event, Signals

if TYPE_CHECKING:
    from hardware.board import Board


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """The settings of each, defined beside it."""

    occupancy: OccupancySettings = field(default_factory=OccupancySettings)
    wiggle: WiggleSettings = field(default_factory=WiggleSettings)
    standing: StandingSettings = field(default_factory=StandingSettings)
    arrival: ArrivalSettings = field(default_factory=ArrivalSettings)
    person: PersonSettings = field(default_factory=PersonSettings)


class Watches:
    """Signals in, events out, one `step` a hop."""

    def __init__(self, board: "Board", settings: WatchSettings | None = None) -> None:
        chosen = settings or WatchSettings()
        self._occupancy = Occupancy(board, chosen.occupancy)
        self._wiggle = WiggleWatch(chosen.wiggle)
        self._standing = StandingWatch(board, chosen.standing)
        self._arrival = ArrivalWatch(board, chosen.arrival)
        self._person = PersonWatch(board, chosen.person)
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
