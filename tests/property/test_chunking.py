"""The same frames give the same ticks, bit for bit, however they are cut into blocks."""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.core import CoreSettings, MatCore
from firmware.enums import Status
from firmware.frames import Frames
from firmware.session.machine import with_goal
from firmware.signal.calibration import Calibration
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.people import story as stories

if TYPE_CHECKING:
    from firmware.view import Tick

BOARD = boards.load_board()


@cache
def recorded() -> tuple[Frames, Calibration]:
    """An attempt with a percent of wrong codes, a cell that falls silent and a gap: all the front end has to do."""
    bench = Bench(stories.load_story("attempt"), BOARD, seed=7)
    blocks = list(blocks_from(FrameSource(bench)))
    t_ns = np.concatenate([block.t_ns for block in blocks])
    counts = np.concatenate([block.counts for block in blocks])
    status = np.concatenate([block.status for block in blocks])
    chance = np.random.default_rng(11)
    wrong = chance.random(counts.shape) < 0.01
    counts[wrong] = chance.choice([-1, 0, 4095, (1 << 23) - 1, 300_000], int(wrong.sum()))
    status[2000:2400, 3] = Status.STALE
    t_ns[5000:] += 730_000_000
    return Frames(0, t_ns, counts, status), bench.calibration


def outcome(sizes: list[int]) -> str:
    """All ticks as text, exact to the last bit: the repr of a float is its own."""
    frames, calibration = recorded()
    core = MatCore(BOARD, calibration, CoreSettings(machine=with_goal(300)))
    ticks: list[Tick] = []
    start, turn = 0, 0
    while start < len(frames):
        part = slice(start, start + sizes[turn % len(sizes)])
        ticks += core.push(Frames(start, frames.t_ns[part], frames.counts[part], frames.status[part]))
        start, turn = part.stop, turn + 1
    ticks += core.finish()
    return "\n".join(map(repr, ticks))


@cache
def whole() -> str:
    return outcome([1_000_000])


def test_the_reference_has_a_session_in_it() -> None:
    """Else sameness would say little."""
    assert "LieDown" in whole()
    assert "SessionEnded" in whole()


@pytest.mark.parametrize("size", [1, 3, 8, 777, 4800])
def test_equal_blocks_give_the_same_ticks(size: int) -> None:
    """One frame at a time as when live, and blocks that fit no hop."""
    assert outcome([size]) == whole()


@settings(max_examples=8, deadline=None, derandomize=True)
@given(sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=12))
def test_any_blocks_give_the_same_ticks(sizes: list[int]) -> None:
    """Cut anywhere."""
    assert outcome(sizes) == whole()
