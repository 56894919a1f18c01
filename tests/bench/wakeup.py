"""How late a process wakes that waits as the sampler does, beside cyclictest, with the processor idle and busy.

Run as a program it is the process that waits: `python -m tests.bench.wakeup TICKS PERIOD_US` prints the delays in us.
"""

import gc
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from firmware.clock import SystemClock
from firmware.drivers.sampler import PRIORITY, lock_memory, take_realtime
from tests.bench.report import ROOT
from tests.bench.runs import percentile

TICKS: Final = 400
PERIOD_US: Final = 12_500  # 80 frames a second
PROGRAMS: Final = {"cyclictest": "rt-tests", "stress-ng": "stress-ng"}
MOST_US: Final = 100_000  # buckets of cyclictest's histogram


@dataclass(frozen=True, slots=True)
class Delays:
    """Microseconds too late; realtime: whether the process had real-time priority."""

    who: str
    load: str
    realtime: bool
    us: list[float]

    def at(self, percent: float) -> float:
        """A percentile of the delays."""
        return percentile(self.us, percent)


def missing() -> list[str]:
    """List the Debian packages that are not installed."""
    return [package for program, package in PROGRAMS.items() if shutil.which(program) is None]


def study() -> Iterator[Delays]:
    """Measure both, one after the other, idle and then busy."""
    for load, busy in (("idle", False), ("busy", True)):
        with _stress(busy=busy):
            yield _sampler(load)
            yield _cyclictest(load)


@contextmanager
def _stress(*, busy: bool) -> Iterator[None]:
    """Keep every processor busy meanwhile."""
    if not busy:
        yield
        return
    program = str(shutil.which("stress-ng"))
    words = [program, "--cpu", str(os.cpu_count()), "--timeout", "60", "--quiet"]
    with subprocess.Popen(words) as stress:
        try:
            yield
        finally:
            stress.terminate()


def _sampler(load: str) -> Delays:
    words = [sys.executable, "-m", "tests.bench.wakeup", str(TICKS), str(PERIOD_US)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT)
    table = json.loads(done.stdout)
    return Delays("the sampler's way of waiting", load, bool(table["realtime"]), table["us"])


def _cyclictest(load: str) -> Delays:
    """Run it with the same period and priority; its histogram gives the delays to the microsecond."""
    program = str(shutil.which("cyclictest"))
    words = [program, "-q", "-m", f"-p{PRIORITY}", f"-i{PERIOD_US}", f"-l{TICKS}", f"-h{MOST_US}"]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    pairs = re.findall(r"^(\d{6}) (\d+)", done.stdout, re.MULTILINE)
    us = [float(delay) for delay, times in pairs for _ in range(int(times))]
    us += [float(MOST_US)] * (TICKS - len(us)) if us else []
    return Delays("cyclictest", load, done.returncode == 0, us)


def main(ticks: int, period_us: int) -> None:
    """Wait so many times for a moment, as the reader of the chips does, and print by how much it was missed."""
    table: dict[str, object] = {"realtime": take_realtime() and lock_memory()}
    gc.collect()
    gc.freeze()
    gc.disable()
    clock = SystemClock()
    us = []
    next_ns = clock.boottime_ns() + period_us * 1000
    for _ in range(ticks):
        clock.sleep_s((next_ns - clock.boottime_ns()) / 1e9)
        late_ns = clock.boottime_ns() - next_ns
        us.append(late_ns / 1000)
        next_ns += period_us * 1000 * (1 + max(0, late_ns) // (period_us * 1000))
    table["us"] = us
    json.dump(table, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
