"""Real time for those who watch, on a clock that the test moves."""

from dataclasses import dataclass

import numpy as np
import pytest

from firmware.frames import Frames
from sim.pace import PacedSource
from tests.doubles.clock import ManualClock


@dataclass
class Ten:
    """Ten blocks, a tenth of a second apart."""

    given: int = 0
    closed: bool = False

    def read(self, timeout_s: float) -> Frames | None:  # noqa: ARG002 - never late
        """Return the next."""
        if self.given == 10:
            raise EOFError
        self.given += 1
        stamp = np.array([self.given * 100_000_000], np.int64)
        return Frames(self.given, stamp, np.zeros((1, 2), np.int32), np.zeros((1, 2), np.uint8))

    def close(self) -> None:
        """Note it."""
        self.closed = True


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_as_many_times_real_time(speed: float) -> None:
    """Nine tenths of a second of story take that long at speed 1 and a sixtieth of it at 60; then the story ends."""
    clock, source = ManualClock(), Ten()
    paced = PacedSource(source, speed, clock)
    for number in range(10):
        frames = paced.read(0.5)
        assert frames is not None
        assert frames.seq == number + 1
    assert sum(clock.slept_s) == pytest.approx(0.9 / speed, rel=1e-6)
    with pytest.raises(EOFError):
        paced.read(0.5)
    paced.close()
    assert source.closed


def test_a_block_that_is_not_due_is_kept() -> None:
    """The reader is not held longer than he allows; the block comes later and none is lost."""
    clock = ManualClock()
    paced = PacedSource(Ten(), 0.1, clock)
    assert paced.read(0.3) is not None
    assert [paced.read(0.3) is None for _ in range(4)] == [True, True, True, False]
    assert max(clock.slept_s) <= 0.3


def test_a_slow_reader_is_not_slowed_further() -> None:
    """Who comes late gets the block at once."""
    clock = ManualClock()
    paced = PacedSource(Ten(), 1.0, clock)
    paced.read(0.5)
    clock.now_s += 10.0
    assert paced.read(0.5) is not None
    assert not clock.slept_s


def test_speed_is_a_factor() -> None:
    """Standing still is not a speed."""
    with pytest.raises(ValueError, match="speed is 0"):
        PacedSource(Ten(), 0, ManualClock())
