"""Hours of frames through one core: processor time of one hour, and what a day leaves behind in memory."""

import gc
import os
import sys
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware.core import MatCore
from firmware.frames import Frames
from sim.frames import FrameSource, blocks_from
from sim.people import acts
from sim.people.story import Story
from tests.bench.runs import BLOCK, Run
from tests.bench.timing import cpu_us

LENGTH_NS: Final = 3_600_000_000_000
WARM_HOURS: Final = 3
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Growth:
    """Between the third hour and the last: blocks of memory Python holds, bytes resident; kept of the last hour."""

    hours: int
    blocks: int
    resident: int
    traced: int


def hour(part_s: float = 600) -> tuple[Run, list[Frames]]:
    """Simulate an hour with a session and wiggles in it; part_s is the length of its parts."""
    wait, lie = acts.Wait(seconds=part_s), acts.Lie(seconds=part_s)
    used = (wait, acts.Sit(seconds=8), acts.Lower(seconds=4), lie, acts.Shake())
    left = (lie, acts.Roll(), acts.Leave(), wait, wait)
    run = Run.of(Story(title="an hour", acts=(*used, *left)), 1)
    return run, list(blocks_from(FrameSource(run.bench, block=BLOCK)))


def resident_bytes() -> int:
    """Memory of this process that is in use."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE


def replay_s(passes: int) -> tuple[int, float]:
    """Frames of that hour, and the least processor time in seconds that the whole core needed for them."""
    run, blocks = hour()
    spent_s = []
    for _ in range(passes):
        core = MatCore(run.bench.board, run.bench.calibration)
        start_us = cpu_us()
        _play(core, blocks, 0)
        spent_s.append((cpu_us() - start_us) / 1e6)
    return sum(map(len, blocks)), min(spent_s)


def study(hours: int, part_s: float = 600) -> Growth:
    """Play that hour again and again through one core; frame time goes on."""
    run, blocks = hour(part_s)
    core = MatCore(run.bench.board, run.bench.calibration)
    held = resident = 0
    for number in range(hours):
        if number == WARM_HOURS:
            gc.collect()
            held, resident = sys.getallocatedblocks(), resident_bytes()
        _play(core, blocks, number)
    gc.collect()
    held, resident = sys.getallocatedblocks() - held, resident_bytes() - resident
    tracemalloc.start()
    _play(core, blocks, hours)
    gc.collect()
    traced = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return Growth(hours - WARM_HOURS, held, resident, traced)


def _play(core: MatCore, blocks: list[Frames], number: int) -> None:
    for one in blocks:
        later = Frames(one.seq, one.t_ns + number * LENGTH_NS, one.counts, one.status)
        for _ in core.push(later):
            pass
