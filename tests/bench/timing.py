"""Contenders in one process: rounds in which each takes its turn, measured in processor time of the thread."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product, repeat
from statistics import mean, median
from typing import Final

import numpy as np

ROUNDS: Final = 21
PASSES: Final = 5
FLOOR_CALLS: Final = 20_000
FLOOR: Final = "one np.add of 12 floats"


@dataclass(slots=True)
class Timed:
    """A contender. play(round) does the work of a round and returns its number of frames.

    us (rounds,) per frame is the least of all passes: rounds differ in what happens in them, passes in nothing but what
    else the computer had to do. usual_us are the medians of the passes.
    """

    name: str
    play: Callable[[int], int]
    us: list[float] = field(default_factory=list)
    usual_us: list[float] = field(default_factory=list)

    @property
    def mean_us(self) -> float:
        """Over all rounds, each without what others on the same processor added."""
        return mean(self.us)

    @property
    def usual_mean_us(self) -> float:
        """The same with it."""
        return mean(self.usual_us)


def cpu_us() -> float:
    """Processor time of this thread in microseconds."""
    return time.thread_time_ns() / 1000


def floor() -> Timed:
    """The cheapest work there is: one call of numpy on as many numbers as there are cells."""
    left, right, out = np.ones(12), np.ones(12), np.empty(12)

    def play(_number: int) -> int:
        add = np.add
        for _ in repeat(None, FLOOR_CALLS):
            add(left, right, out)
        return FLOOR_CALLS

    return Timed(FLOOR, play)


def race(make: Callable[[], Sequence[Timed]], rounds: int = ROUNDS, passes: int = PASSES) -> Sequence[Timed]:
    """Let all take turns, all rounds in every pass; make returns new contenders for a pass.

    The order changes from round to round. The garbage collector is off.
    """
    contenders = make()
    seen: list[list[list[float]]] = [[[] for _ in range(rounds)] for _ in contenders]  # of each round, of each pass
    for number_of_pass in range(passes):
        contenders = make() if number_of_pass else contenders
        gc.collect()
        gc.disable()
        try:
            for number, offset in product(range(rounds), range(len(contenders))):
                turn = (number + offset) % len(contenders)
                start_us = cpu_us()
                frames = contenders[turn].play(number)
                seen[turn][number].append((cpu_us() - start_us) / frames)
        finally:
            gc.enable()
    for one, us in zip(contenders, seen, strict=True):
        one.us, one.usual_us = [min(some) for some in us], [median(some) for some in us]
    return contenders


def ratio(one: Timed, other: Timed) -> float:
    """How many times the cost of the other: means over the rounds, each the least of its passes."""
    return one.mean_us / other.mean_us


def usual_ratio(one: Timed, other: Timed) -> float:
    """How many times the cost of the other, with whatever else the processor had to do."""
    return one.usual_mean_us / other.usual_mean_us
