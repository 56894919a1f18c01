"""Side by side in one process: rounds in which every contender takes its turn, by the processor time of the thread."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from statistics import median
from typing import Final

import numpy as np

ROUNDS: Final = 21
FLOOR_CALLS: Final = 20_000
FLOOR: Final = "one np.add of 12 floats"


@dataclass(slots=True)
class Timed:
    """A contender. play(round) does the work of a round and gives how many frames that were; us (rounds,) per frame."""

    name: str
    play: Callable[[int], int]
    us: list[float] = field(default_factory=list)

    @property
    def least_us(self) -> float:
        """The least that was seen: what it costs when nobody else wants the processor's caches."""
        return min(self.us)

    @property
    def median_us(self) -> float:
        """The usual."""
        return median(self.us)


def cpu_us() -> float:
    """Processor time of this thread in microseconds."""
    return time.thread_time_ns() / 1000


def floor() -> Timed:
    """What nothing can be cheaper than: one call of numpy on as many numbers as there are cells."""
    left, right, out = np.ones(12), np.ones(12), np.empty(12)

    def play(_number: int) -> int:
        add = np.add
        for _ in repeat(None, FLOOR_CALLS):
            add(left, right, out)
        return FLOOR_CALLS

    return Timed(FLOOR, play)


def race(contenders: Sequence[Timed], rounds: int = ROUNDS) -> None:
    """Let all take turns; the order changes from round to round. The collector of garbage rests."""
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            for one in _turned(contenders, number):
                start_us = cpu_us()
                frames = one.play(number)
                one.us.append((cpu_us() - start_us) / frames)
    finally:
        gc.enable()


def ratio(one: Timed, other: Timed) -> float:
    """How many times the cost of the other, least by least: others on the same processor cannot make it smaller."""
    return one.least_us / other.least_us


def usual_ratio(one: Timed, other: Timed) -> float:
    """How many times the cost of the other, median over the rounds, with whatever else the processor had to do."""
    return median(mine / theirs for mine, theirs in zip(one.us, other.us, strict=True))


def _turned(contenders: Sequence[Timed], by: int) -> Iterator[Timed]:
    turn = by % len(contenders)
    yield from contenders[turn:]
    yield from contenders[:turn]
