"""Frames computed from the physics, block after block: the quick source. The bit-exact one is sim.chips.virtual_mat."""

import math
from typing import TYPE_CHECKING

import numpy as np

from firmware import ports
from firmware.errors import RecordingError
from firmware.frames import Frames
from firmware.signal.calibration import Calibration
from firmware.storage import recordings
from firmware.storage.capture import collect
from sim.sensors import mishaps
from sim.sensors.breakage import FaultInjector
from sim.sensors.cells import LoadCells
from sim.sensors.clocks import Oscillators
from sim.sensors.grid import BLOCK_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from firmware.ports import Source
    from hardware.board import Board
    from sim.people.scene import LoadScene
    from sim.people.story import Story
    from sim.sensors.clocks import OscillatorModel
    from sim.sensors.faults import CellFaultCommand


class Bench:
    """One mat on one seed: a story's load on the cells of a board, and the clocks of its chips."""

    def __init__(
        self,
        story: "Story",
        board: "Board",
        seed: int = 0,
        *,
        rate_hz: float | None = None,
        clock_model: "OscillatorModel | None" = None,
    ) -> None:
        """rate_hz and clock_model replace those of the board and of the story."""
        self.board, self.seed = board, seed
        self.mishaps = story.mishaps
        self.scene: LoadScene = story.scene(board, seed)
        self.clocks = Oscillators(len(board.cells), rate_hz or board.rate_hz, clock_model or story.clocks, seed)
        self.cells = LoadCells(
            self.scene, board, story.cells, self.clocks, seed, knocks=mishaps.knocks_among(story.mishaps)
        )

    @property
    def faults(self) -> "tuple[CellFaultCommand, ...]":
        """The commands to the chips in the story."""
        return mishaps.faults_among(self.mishaps)

    @property
    def calibration(self) -> Calibration:
        """The true scale and zero of the cells, as a careful calibration would find them."""
        zero_counts = tuple(int(zero) for zero in self.cells.zero_counts)
        return Calibration(tuple(self.cells.counts_per_newton.tolist()), zero_counts)


class FrameSource:
    """A firmware.ports.Source in lockstep: simulated time moves only when a block is taken.

    block is the number of frames that a read returns (one hop by default). start_ns is the time since power-on at which
    the story begins. faults come on top of the story's own. A few seconds of frames are in memory at a time, however
    long the story.
    """

    def __init__(
        self,
        bench: Bench,
        *,
        faults: "Iterable[CellFaultCommand]" = (),
        block: int | None = None,
        start_ns: int = 0,
    ) -> None:
        if block is not None and block < 1:
            raise ValueError(f"block of {block} frames: a read returns at least one")
        self.bench = bench
        cells = len(bench.board.cells)
        self._block = block or max(1, round(bench.clocks.rate_hz / 10))
        self._breakage = FaultInjector((*bench.faults, *faults), cells, bench.seed)
        self._end_ns = round(bench.scene.length_s * 1e9)
        self._start_ns = start_ns
        self._batch_frames = self._block * max(1, round(BLOCK_S * bench.clocks.rate_hz / self._block))
        self._seq = 0
        self._taken = 0
        self._stamps = np.empty(0, np.int64)
        self._counts = np.empty((0, cells), np.int32)
        self._status = np.zeros((self._batch_frames, cells), np.uint8)
        self._status.flags.writeable = False

    def read(self, timeout_s: float) -> Frames:  # noqa: ARG002 - a simulated block is never late
        """Return the next block, at once.

        Raises:
            EOFError: the story is over.
        """
        if self._taken >= len(self._stamps):
            self._fill()
        part = slice(self._taken, self._taken + self._block)
        t_ns = self._stamps[part]
        self._taken += len(t_ns)
        counts, status = self._counts[part], self._status[: len(t_ns)]
        if self._breakage.quiet:
            self._breakage.last = counts[-1]
        else:
            counts, status = counts.copy(), status.copy()
            self._breakage.apply(t_ns, counts, status)
        frames = Frames(self._seq, t_ns + self._start_ns, counts, status)
        self._seq += len(t_ns)
        return frames

    def break_cell(self, fault: "CellFaultCommand") -> None:
        """Break a cell at the time of the fault (of the story), or now if that has passed."""
        self._breakage.add(fault)

    def close(self) -> None:
        """End the story."""
        self._end_ns = 0
        self._stamps = self._stamps[:0]

    def _fill(self) -> None:
        """Compute the next few seconds of frames."""
        times, stamps = self.bench.clocks.frames(self._seq, self._batch_frames)
        count = int(np.searchsorted(stamps, self._end_ns))
        if not count:
            raise EOFError("the story is over")
        self._counts = self.bench.cells.codes(times[:count])
        self._counts.flags.writeable = False
        self._stamps = stamps[:count]
        self._taken = 0


def write_recording(path: "Path", bench: Bench, source: "Source", note: str = "") -> int:
    """Play a source of a bench into a recording; return the number of frames. All of it must fit into memory.

    Raises:
        RecordingError: the story is over before the first frame, or the file cannot be written.
    """
    try:
        frames, lost = collect(source, math.inf, _never)
    except RecordingError as error:
        raise RecordingError(f"{path}: the story is over before the first frame: make it longer") from error
    assert lost is None, lost  # noqa: S101 - virtual lines do not fail
    recordings.save(
        path, frames, board_text=bench.board.text, calibration=bench.calibration, label="simulated", note=note
    )
    return len(frames)


def blocks_from(source: "Source") -> "Iterator[Frames]":
    """Yield the blocks of a source until it ends."""
    return ports.blocks_of(source, _never)


def _never() -> bool:
    """Never stop before the end."""
    return False
