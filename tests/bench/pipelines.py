"""Our own pipeline, whole and in parts, as something to be timed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from firmware.core import MatCore
from firmware.frames import Frames
from firmware.posture.detectors import Detectors
from firmware.session.machine import SessionMachine
from firmware.signal.chain import SignalChain
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.people import acts
from sim.people.story import Story
from sim.people.vitals import Vitals
from tests.bench.timing import ROUNDS, Timed

if TYPE_CHECKING:
    from firmware.signal.calibration import Calibration
    from hardware.board import Board

Floats = npt.NDArray[np.float64]

SEED: Final = 1
LIVE, REPLAY = 1, 800
ROUND_S: Final = 60
SHORT_S: Final = 12
ARRIVED_S: Final = 64  # sat down, lowered, confirmed, breathing known
RATE: Final = 80
WIGGLES_S: Final = 160  # from one to the next: several times as often as people who lie still


def session(round_s: int) -> Story:
    """A person who lies for as long as all rounds take, wiggling now and then."""
    lie_s = ARRIVED_S + round_s * (ROUNDS + 1)
    down = (acts.Wait(seconds=5), acts.Sit(seconds=4), acts.Lower(seconds=4), acts.Lie(seconds=WIGGLES_S))
    lying = (acts.Shake(), acts.Lie(seconds=WIGGLES_S)) * ceil(lie_s / WIGGLES_S)
    return Story(title="bench", vitals=Vitals(breath_n=6.0), acts=(*down, *lying))


def board_of(rows: int, cols: int) -> "Board":
    """Return a board of so many cells: the one that ships, cut finer or coarser. No such board is built."""
    board = boards.load_board()
    width_m, length_m = board.width_m / cols, board.length_m / rows
    cells = tuple(
        replace(
            board.cells[0],
            index=row * cols + col,
            name=f"{row}-{col}",
            row=row,
            col=col,
            x_m=(col + 0.5) * width_m,
            y_m=(row + 0.5) * length_m,
        )
        for row in range(rows)
        for col in range(cols)
    )
    base = tuple(range(max(1, rows // 2)))
    return replace(board, rows=rows, cols=cols, cells=cells, base_rows=base, lumbar_rows=(rows // 4,))


@dataclass(frozen=True, slots=True)
class Course:
    """The frames of all rounds on one board, with its calibration; before are those of the arrival."""

    board: "Board"
    calibration: "Calibration"
    before: list[Frames]
    rounds: list[Frames]

    def cut(self, block: int) -> list[list[Frames]]:
        """Each round in blocks of so many frames, cut beforehand."""
        return [[*pieces(whole, block)] for whole in self.rounds]


@cache
def course(rows: int = 4, cols: int = 3, round_s: int = ROUND_S) -> Course:
    """Simulate the session once, in rounds of so many seconds."""
    board = boards.load_board()
    if (rows, cols) != (board.rows, board.cols):
        board = board_of(rows, cols)
    bench = Bench(session(round_s), board, SEED)
    source = FrameSource(bench, block=round_s * RATE)
    before_blocks = ceil(ARRIVED_S / round_s)
    blocks = [source.read(0.0) for _ in range(before_blocks + ROUNDS)]
    return Course(board, bench.calibration, blocks[:before_blocks], blocks[before_blocks:])


def ticks(course_of: Course, block: int) -> list[str]:
    """All ticks of the whole core as text, exact to the last bit, with so many frames a call."""
    core = MatCore(course_of.board, course_of.calibration)
    frames = (*course_of.before, *course_of.rounds)
    found = [repr(tick) for whole in frames for piece in pieces(whole, block) for tick in core.push(piece)]
    return found + [repr(tick) for tick in core.finish()]


def pieces(whole: Frames, block: int) -> Iterable[Frames]:
    """Cut a block of frames smaller."""
    for start in range(0, len(whole), block):
        part = slice(start, start + block)
        yield Frames(whole.seq + start, whole.t_ns[part], whole.counts[part], whole.status[part])


class WithoutCues:
    """What MatCore does without key, light and sound: signals, posture and the session."""

    def __init__(self, board: "Board", calibration: "Calibration") -> None:
        self._chain = SignalChain(board, calibration)
        self._detectors, self._machine = Detectors(board), SessionMachine()

    def push(self, frames: Frames) -> None:
        """Process a block."""
        for t_s, signals in self._chain.push(frames):
            happened = [] if signals is None else self._detectors.step(signals)
            for _ in self._machine.step(t_s, happened):
                pass
            self._chain.note_vacant(vacant=self._detectors.vacant)


class SignalsOnly:
    """The chain alone: from counts to Signals, breathing included."""

    def __init__(self, board: "Board", calibration: "Calibration") -> None:
        self._chain = SignalChain(board, calibration)

    def push(self, frames: Frames) -> None:
        """Process a block."""
        for _ in self._chain.push(frames):
            self._chain.note_vacant(vacant=False)


class Whole:
    """MatCore as the daemon uses it."""

    def __init__(self, board: "Board", calibration: "Calibration") -> None:
        self._core = MatCore(board, calibration)

    def push(self, frames: Frames) -> None:
        """Process a block."""
        for _ in self._core.push(frames):
            pass


Pipeline = WithoutCues | SignalsOnly | Whole


def timed(name: str, kind: "Callable[[Board, Calibration], Pipeline]", block: int, course_of: Course) -> Timed:
    """Return a contender: the arrival is played before the clock runs."""
    pipeline = kind(course_of.board, course_of.calibration)
    for whole in course_of.before:
        for piece in pieces(whole, block):
            pipeline.push(piece)
    rounds = course_of.cut(block)
    return Timed(name, lambda number: play(pipeline, rounds[number % len(rounds)]))


def play(pipeline: Pipeline, blocks: Sequence[Frames]) -> int:
    """Push blocks; return the number of frames."""
    push = pipeline.push
    for block in blocks:
        push(block)
    return sum(map(len, blocks))


def rival(name: str, push: Callable[[int, Any, Any], None], rounds: Sequence[Sequence[tuple[int, Any, Any]]]) -> Timed:
    """Return a contender that takes single frames: time, counts, flags, in the form that it likes best."""

    def play_round(number: int) -> int:
        frames = rounds[number % len(rounds)]
        for t_ns, counts, flags in frames:
            push(t_ns, counts, flags)
        return len(frames)

    return Timed(name, play_round)


def as_lists(course_of: Course) -> list[list[tuple[int, list[int], list[int]]]]:
    """The frames of each round as plain numbers."""
    return [
        list(zip(whole.t_ns.tolist(), whole.counts.tolist(), whole.status.tolist(), strict=True))
        for whole in course_of.rounds
    ]


def as_rows(course_of: Course, frames: int) -> list[list[tuple[int, Floats, Floats]]]:
    """The first frames of each round as rows of floats."""
    return [
        list(
            zip(
                whole.t_ns[:frames].tolist(),
                whole.counts[:frames].astype(np.float64),
                whole.status[:frames].astype(np.float64),
                strict=True,
            )
        )
        for whole in course_of.rounds
    ]
