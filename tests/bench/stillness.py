"""Real people who lie still, at the pace they were recorded: how often the mat says that they wiggle."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.core import MatCore
from firmware.events import Wiggle
from firmware.frames import Frames
from firmware.signal.calibration import Calibration
from hardware import board as boards
from hardware.board import STANDARD_GRAVITY
from tests.bench.recordings import DATA, PEOPLE
from tests.bench.report import Row, row
from tests.bench.runs import BLOCK, rng_of

if TYPE_CHECKING:
    from hardware.board import Board

SECTION: Final = 8
RATE_HZ: Final = 80.0
NOISE_COUNTS: Final = 60.0
EMPTY_S, ARRIVE_S, SETTLE_S = 4.0, 2.0, 6.0
SUPINE: Final = (1,)
ALL: Final = tuple(range(1, 18))
STEADY: Final = 0.12  # of the median load: before that the person is still arriving
PACES_S: Final = (1.0, 0.6)  # between frames; the sources of the data do not agree


def frames_of(cells_kg: np.ndarray, every_s: float, board: "Board", rng: np.random.Generator) -> Frames:
    """Return frames of an empty mat, an arrival, then each of cells_kg (n, rows, cols; head first) after every_s."""
    lying_n = cells_kg[:, ::-1, :].reshape(len(cells_kg), -1) * STANDARD_GRAVITY
    length_s = EMPTY_S + ARRIVE_S + SETTLE_S + every_s * (len(lying_n) - 1)
    t_s = np.arange(0, length_s, 1 / RATE_HZ)
    knots_s = np.concatenate(
        [[0, EMPTY_S, EMPTY_S + ARRIVE_S], EMPTY_S + ARRIVE_S + SETTLE_S + every_s * np.arange(len(lying_n))]
    )
    nothing = np.zeros((2, lying_n.shape[1]))
    knots = np.concatenate([nothing, lying_n[:1], lying_n])
    load_n = np.stack([np.interp(t_s, knots_s, column) for column in knots.T], axis=1)
    counts = np.rint(load_n * board.counts_per_newton + rng.normal(0, NOISE_COUNTS, load_n.shape)).astype(np.int32)
    return Frames(0, (t_s * 1e9).astype(np.int64), counts, np.zeros(counts.shape, np.uint8))


def flags(postures: tuple[int, ...], every_s: float, seed: int) -> tuple[int, float]:
    """Return the wiggles reported over all people in these postures, and the minutes of lying."""
    board = boards.load_board()
    calibration = Calibration((board.counts_per_newton,) * len(board.cells), (0,) * len(board.cells))
    table = np.load(DATA / "pmat_exp1" / "pmat_exp1_dev_cells4x3_kg.npz")
    rng, reported, minutes = rng_of(seed, SECTION), 0, 0.0
    for person in PEOPLE:
        for posture in postures:
            cells_kg = table[f"s{person:02d}_p{posture:02d}"].astype(float)
            total = cells_kg.sum((1, 2))
            unsteady = np.flatnonzero(np.abs(total / np.median(total) - 1) >= STEADY)
            cells_kg = cells_kg[max(unsteady[unsteady < len(total) // 2], default=-1) + 1 :]
            whole, core = frames_of(cells_kg, every_s, board, rng), MatCore(board, calibration)
            lies_from_s = EMPTY_S + ARRIVE_S + SETTLE_S
            for start in range(0, len(whole), BLOCK):
                part = slice(start, start + BLOCK)
                block = Frames(start, whole.t_ns[part], whole.counts[part], whole.status[part])
                for tick in core.push(block):
                    reported += sum(isinstance(event, Wiggle) and tick.t_s > lies_from_s for event in tick.events)
            minutes += every_s * (len(cells_kg) - 1) / 60
    return reported, minutes


def rows(seed: int) -> Iterator[Row]:
    """Yield the rates, pooled over people."""
    for every_s in PACES_S:
        for postures, name in ((ALL, "all 17 postures"), (SUPINE, "on the back")):
            reported, minutes = flags(postures, every_s, seed)
            title = f"wiggles reported for real people lying still, {name}, frames {every_s:g} s apart"
            how = f"{reported} in {minutes:.1f} minutes (n) of {len(PEOPLE)} people; joined by straight lines"
            bound = "<= 1" if postures is ALL else ""  # some minutes on the back cannot measure a rate
            yield row(title, 10 * reported / minutes, "per 10 min", bound, n=round(minutes), label="real", how=how)
