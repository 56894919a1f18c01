"""A broken cell looks alike through both doors: bit by bit through chips and driver, and straight from the physics."""

import numpy as np
import pytest

from firmware.frames import Frames
from firmware.ports import Source
from hardware import board as boards
from sim.chips.virtual_mat import ChipSource, virtual_lines
from sim.frames import Bench, FrameSource
from sim.people import story as stories
from sim.sensors.faults import CellFaultCommand, FaultKind

FAULT_S = 2.0
CELL = 7
# From the fault on: the flags in a window that both doors must agree on, and when it begins and ends. A cell that is
# tried again now and then shows SETTLING for moments, so the commonest flag of the window counts.
WINDOWS = {
    FaultKind.UNPLUGGED: ((0.3, 0.6), (8.5, 9.0)),
    FaultKind.STUCK_LOW: ((0.3, 0.6), (8.5, 9.0)),
    FaultKind.SATURATED_HIGH: ((0.1, 0.6),),
    FaultKind.FROZEN: ((0.1, 0.6),),
    FaultKind.NOISY: ((0.1, 0.6),),
    FaultKind.BROWN_OUT: ((0.3, 0.6),),
    FaultKind.GLITCH: ((0.1, 0.6),),
}


def read_until(source: Source, end_s: float) -> list[Frames]:
    """Read up to a time of the story."""
    blocks: list[Frames] = []
    while not blocks or blocks[-1].t_ns[-1] < end_s * 1e9:
        block = source.read(1.0)
        if block is not None:
            blocks.append(block)
    return blocks


def commonest(blocks: list[Frames], start_s: float, end_s: float) -> int:
    """Return the flags that the broken cell has most often between two times."""
    t_ns = np.concatenate([block.t_ns for block in blocks])
    status = np.concatenate([block.status[:, CELL] for block in blocks])
    inside = status[(t_ns >= start_s * 1e9) & (t_ns < end_s * 1e9)]
    return int(np.bincount(inside).argmax())


@pytest.mark.parametrize("kind", WINDOWS)
def test_flags_agree(kind: FaultKind) -> None:
    """Two seconds in, cell 7 breaks: both doors flag it alike soon after, and when it is given up."""
    faults = (CellFaultCommand(CELL, round(FAULT_S * 1e9), kind),)
    windows = [(FAULT_S + start_s, FAULT_S + end_s) for start_s, end_s in WINDOWS[kind]]
    flags = []
    for bits in (True, False):
        bench = Bench(stories.load_story("attempt"), boards.load_board(), 1)
        source = ChipSource(bench, virtual_lines(bench, faults=faults)) if bits else FrameSource(bench, faults=faults)
        blocks = read_until(source, windows[-1][1])
        flags.append([commonest(blocks, *window) for window in windows])
    assert flags[0] == flags[1]
