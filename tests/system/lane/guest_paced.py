"""Runs in the lane's kernel: the simulator at the pace of that kernel's clock, then how long that took by it.

guest_paced.py STORY SEED
"""

import json
import sys

from firmware.clock import SystemClock
from sim.__main__ import command


def main(story: str, seed: str) -> None:
    """Play the story to its end at ordinary speed."""
    clock = SystemClock()
    start_ns = clock.boottime_ns()
    command([story, "--speed", "1", "--jsonl", "--seed", seed], standalone_mode=False)
    sys.stdout.write(json.dumps({"kind": "clock", "elapsed_s": (clock.boottime_ns() - start_ns) / 1e9}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
