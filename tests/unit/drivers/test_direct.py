"""Frames as the rest of the house knows them, from chips read in the same process."""

from typing import TYPE_CHECKING

import numpy as np

from firmware.drivers.bank import banks_of
from firmware.drivers.direct import DirectSource
from firmware.enums import Status
from hardware import board as boards
from sim.chips.wires import VirtualLines
from tests.doubles.chip_truth import scrambled_chips

if TYPE_CHECKING:
    from firmware.ports import Source


def test_blocks_are_of_the_types_that_the_core_expects() -> None:
    """A block of one: stamp int64, codes int32, flags uint8, numbered from 0; none of the blocks shares an array."""
    board = boards.load_board()
    source: Source = DirectSource(VirtualLines(scrambled_chips(12, 80, seed=1), banks_of(board)), board)
    blocks = [source.read(1.0) for _ in range(40)]
    for number, block in enumerate(blocks):
        assert block is not None
        assert len(block) == 1
        assert block.seq == number
        assert block.t_ns.dtype == np.int64
        assert block.counts.dtype == np.int32
        assert block.status.dtype == np.uint8
        assert block.counts.shape == block.status.shape == (1, 12)
    assert len({tuple(block.counts[0].tolist()) for block in blocks[-10:] if block is not None}) == 10


def test_nothing_in_time_is_none() -> None:
    board = boards.load_board()
    source = DirectSource(VirtualLines(scrambled_chips(12, 80, seed=1), banks_of(board)), board)
    assert source.read(0.001) is None


def test_closing_releases_the_lines_in_the_middle_of_a_reset() -> None:
    """The reader begins with a reset, clock high; closed just then, the clock is low again and the chips run."""
    board = boards.load_board()
    lines = VirtualLines(scrambled_chips(12, 80, seed=1), banks_of(board))
    source = DirectSource(lines, board)
    source.read(0.001)
    source.close()
    lines.sleep_ns(100_000_000)
    assert lines.read_all() == 0


def test_banks_follow_the_board() -> None:
    assert banks_of(boards.load_board()) == ((0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11))


def test_first_frames_are_flagged_as_settling() -> None:
    board = boards.load_board()
    source = DirectSource(VirtualLines(scrambled_chips(12, 80, seed=1), banks_of(board)), board)
    block = source.read(1.0)
    assert block is not None
    assert (block.status == Status.SETTLING).all()
