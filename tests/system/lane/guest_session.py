"""Runs in the lane's kernel: the daemon reads a story through a virtio GPIO chip and prints its events as JSON lines.

guest_session.py STORY BOARD_FILE SEED
"""

import sys
from pathlib import Path

from firmware import daemon
from firmware.cli.jsonl import JsonlSink
from firmware.clock import SystemClock
from firmware.core import CoreSettings, MatCore
from firmware.drivers.direct import DirectSource
from firmware.drivers.gpiochip import GpiochipLines
from firmware.session.machine import with_goal
from hardware import board as boards
from sim import story as stories
from sim.frames import Bench


def main(story_name: str, board_file: Path, seed: int) -> None:
    """Play the story to its end; the converters began it when the kernel did."""
    story, board = stories.load(story_name), boards.load(board_file)
    bench = Bench(story, board, seed)
    end_ns = round(bench.scene.length_s * 1e9)
    clock = SystemClock()
    daemon.run(
        DirectSource(GpiochipLines(board, "/dev/gpiochip0"), board),
        MatCore(board, bench.calibration, CoreSettings(machine=with_goal(story.goal_min * 60))),
        sinks=[JsonlSink(sys.stdout, "simulated", 0.0)],
        stop=lambda: clock.boottime_ns() >= end_ns,
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
