"""The slow door and the quick one: what is read bit by bit is what the frame source says."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from firmware.enums import Status
from firmware.frames import Frames
from firmware.ports import Source
from hardware import board as boards
from sim.chips.chip import UpdatePolicy
from sim.chips.virtual_mat import ChipSource, virtual_lines
from sim.frames import Bench, FrameSource
from sim.people import story as stories
from sim.sensors.clocks import OscillatorModel

MINUTE_S = 60.0
UNREAD = np.uint8(0xFF & ~Status.SUSPECT)
CLOCKS = (1, 4, 12)


def bench(seed: int, rate_hz: float, spread: float, seconds: float, clocks: int = 4) -> Bench:
    """Return the first part of a story, in which somebody comes, sits and lies down, on a board with so many clocks.

    Cell 0 is on the clock that is released last, so that with equal oscillators it is the last to be ready: the one
    by which the quick door sets its pace.
    """
    board = boards.load_board()
    per_clock = len(board.cells) // clocks
    board = dataclasses.replace(
        board,
        rate_hz=round(rate_hz),
        sck_bcm=tuple(range(clocks)),
        cells=tuple(dataclasses.replace(cell, bank=clocks - 1 - cell.index // per_clock) for cell in board.cells),
    )
    story = structs.replace(stories.load_story("quick"), clocks=OscillatorModel(bias=0.1, spread=spread))
    made = Bench(story, board, seed, rate_hz=rate_hz)
    made.scene = dataclasses.replace(made.scene, length_s=min(made.scene.length_s, seconds))
    return made


def read_all(source: Source) -> list[Frames]:
    """Read a story to its end."""
    frames: list[Frames] = []
    while True:
        try:
            block = source.read(1.0)
        except EOFError:
            return frames
        if block is not None:
            frames.append(block)


def follow_reset(made: Bench, source: ChipSource) -> None:
    """Start the clocks of the quick door where the driver's reset at the start has put those of the chips."""
    for cell, chip in enumerate(source.lines.chips):
        made.clocks.phase_ns[cell] = chip.log[-1].t_ns % chip.period_ns


@pytest.mark.parametrize("clocks", CLOCKS)
def test_frame_by_frame_for_a_minute(clocks: int) -> None:
    """Twelve oscillators of one pace, no fault, somebody lies down: both doors give the same frames, all of them."""
    made = bench(3, 80.0, 0.0, MINUTE_S, clocks)
    source = ChipSource(made)
    slow = read_all(source)
    follow_reset(made, source)
    quick = read_all(FrameSource(made, block=1))
    stamps = np.array([block.t_ns[0] for block in quick])
    # Noise may hit a code that broken reads give, 2^k-1: that frame is flagged, but it is there and it is right.
    clean = [block for block in slow if not (block.status & UNREAD).any() and block.t_ns[0] < MINUTE_S * 1e9]
    assert len(clean) > 0.99 * len(quick)
    places = [int(np.abs(stamps - block.t_ns[0]).argmin()) for block in clean]
    assert all(later - sooner == 1 for sooner, later in pairwise(places))
    for place, block in zip(places, clean, strict=True):
        assert abs(int(stamps[place] - block.t_ns[0])) < 200_000
        assert block.counts.tolist() == quick[place].counts.tolist()


@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 1000),
    rate_hz=st.sampled_from([10.0, 80.0]),
    spread=st.floats(0.005, 0.03),
    clocks=st.sampled_from(CLOCKS),
    policy=st.sampled_from(list(UpdatePolicy)),
)
def test_oscillators_that_differ(seed: int, rate_hz: float, spread: float, clocks: int, policy: UpdatePolicy) -> None:
    """Chips at their own pace: each value is that of the conversion the quick door names, or of one beside it."""
    seconds = 480 / rate_hz
    made = bench(seed, rate_hz, spread, seconds, clocks)
    source = ChipSource(made, virtual_lines(made, policy=policy))
    slow = read_all(source)
    follow_reset(made, source)
    clean = [block for block in slow if not block.status.any()]
    assert len(clean) > 0.9 * seconds * 1e9 / made.clocks.period_ns.max()
    stamps = np.array([block.t_ns[0] for block in clean])
    period_ns, phase_ns = made.clocks.period_ns, made.clocks.phase_ns
    turns = (stamps[:, np.newaxis] - phase_ns) // period_ns
    near = [made.cells.codes(phase_ns + (turns + beside) * period_ns) for beside in (-1, 0, 1)]
    counts = np.stack([block.counts[0] for block in clean])
    assert np.any(np.stack(near) == counts, axis=0).all()
