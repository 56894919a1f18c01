"""`make fuzz`: a million commands, a hundred thousand inputs of each file kind; time and memory are measured."""

import argparse
import logging
import resource
import secrets
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Final

from tests.bench.report import Row, publish, row
from tests.fuzz.boundaries import Boundary, boundaries
from tests.fuzz.inputs import mutated

SIZE_MAX: Final = 64 * 1024
COMMANDS: Final = 1_000_000
FILES: Final = 100_000
WORDS: Final = """
Mutations of a valid example are read at every boundary, from bytes to the checked value: payloads of MQTT commands,
settings, board, cues, programme, calibration, zero and recordings.

`make fuzz`. The mutations of tests/fuzz/inputs.py change bytes, cut, double and delete parts, and insert deep nesting,
numbers of thousands of digits and broken text. A defect is any exception that the boundary does not document. Time is
processor time of the thread for one input; memory is how much the peak of the process grew over all inputs of a
boundary.
"""
MB: Final = 1024  # of ru_maxrss, which counts kilobytes

log = logging.getLogger(__name__)


def fuzz(way_in: Boundary, count: int, seed: int) -> tuple[int, float, float]:
    """Return the number of undocumented exceptions, the longest processor time of an input in s, and its memory in MB.

    The memory is how much the peak of the process has grown over all inputs, so an upper bound for any one.
    """
    chance = Random(f"{seed} {way_in.name}")  # noqa: S311 - reproducible by its seed
    defects, longest_s = 0, 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        way_in.read(way_in.example, folder)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(count):
            data = mutated(way_in.example, chance, SIZE_MAX)
            began_s = time.thread_time()
            try:
                way_in.read(data, folder)
            except way_in.errors:
                pass
            except Exception:  # every other one is a defect, and counted
                defects += 1
                if defects <= 3:
                    log.exception("%s: %r", way_in.name, data[:300])
            longest_s = max(longest_s, time.thread_time() - began_s)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return defects, longest_s, grown / MB


def rows(seed: int, share: float) -> list[Row]:
    """Run every boundary; share scales the numbers of inputs."""
    found = []
    for way_in in boundaries():
        count = max(1, round(share * (COMMANDS if way_in.name == "command" else FILES)))
        defects, longest_s, grown_mb = fuzz(way_in, count, seed)
        how = f"python -m tests.fuzz.run --seed {seed} --share {share:g}; mutations of a valid example"
        figures = (
            ("undocumented exceptions", defects, "", "== 0"),
            ("longest input", longest_s, "s", "<= 1"),
            ("memory of an input", grown_mb, "MB", "<= 100"),
        )
        found += [
            row(f"{name}, {way_in.name}", value, unit, bound, n=count, label="simulated", how=how)
            for name, value, unit, bound in figures
        ]
        log.info(
            "%s: %d inputs, %d defects, longest %.3f s, +%.0f MB", way_in.name, count, defects, longest_s, grown_mb
        )
    return found


def main() -> int:
    """Run with a fresh seed by default; exit 1 when a row does not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--share", type=float, default=1.0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    return publish("fuzz", "Hostile input", WORDS, rows(options.seed, options.share))


if __name__ == "__main__":
    sys.exit(main())
