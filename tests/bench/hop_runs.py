"""A story played to the detectors and the session hop by hop, without converters and frames: for rows of many visits.

The loads are those of the simulated cells, creep, crosstalk and the soft bed included, as means over hops of 100 ms
with the noise that is left of a hop. Read errors, lost frames, zero tracking and breathing are not in it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.posture.detectors import Detectors
from firmware.session.machine import SessionMachine
from firmware.signal.frontend import HOP_S
from hardware import board as boards
from sim.sensors.grid import BLOCK_S, GRID_HZ, CellGrid
from tests.doubles.hops import Hops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.events import Event
    from sim.people.scene import GroundTruth, LoadScene
    from sim.people.story import Story

NOISE_N: Final = 0.05  # of a cell, left of a hop of eight frames
HOP_POINTS: Final = round(HOP_S * GRID_HZ)


@dataclass(frozen=True, slots=True)
class HopRun:
    """One story on one seed, on the board that ships. Times of the truth and of the events are story time."""

    story: "Story"
    scene: "LoadScene"
    seed: int

    @classmethod
    def of(cls, story: "Story", seed: int) -> "HopRun":
        """Set up a story."""
        return cls(story, story.scene(boards.load_board(), seed), seed)

    @property
    def truth(self) -> "GroundTruth":
        """What truly happens."""
        return self.scene.truth

    def loads(self) -> "Iterator[np.ndarray]":
        """Yield the loads (cells,) of each hop in newtons."""
        board, rng = boards.load_board(), np.random.default_rng([self.seed, 5])
        grid = CellGrid(self.scene, board, self.story.cells, self.seed, rate_hz=board.rate_hz, knocks=())
        hops = int(self.scene.length_s / HOP_S)
        for number in range(int(self.scene.length_s / BLOCK_S) + 1):
            block = grid.block(number).reshape(-1, HOP_POINTS, len(board.cells)).mean(axis=1)
            yield from (block + rng.normal(0, NOISE_N, block.shape))[: hops - number * round(BLOCK_S / HOP_S)]

    def play(self) -> "Iterator[tuple[float, bool, list[Event]]]":
        """Yield for each hop its end, whether the mat is occupied, and the events of posture and session."""
        board = boards.load_board()
        hops, detectors, machine = Hops(board), Detectors(board), SessionMachine()
        t_s = 0.0
        for loads in self.loads():
            signals = hops.next(loads)
            t_s = signals.t_s
            events = list(detectors.step(signals))
            events += machine.step(t_s, events)
            yield t_s, detectors.occupied, events
        yield t_s, detectors.occupied, list(machine.finish(t_s))

    def heard(self) -> "list[tuple[float, Event]]":
        """Return every event with the time at which it was reported."""
        return [(t_s, event) for t_s, _, events in self.play() for event in events]
