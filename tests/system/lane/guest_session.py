"""Runs in the lane's kernel: `acumat run` with the settings of a folder, asked to stop after so many seconds.

guest_session.py FOLDER SECONDS

The files of the host cannot be written here, so the program works in a copy of the folder.
"""

import shutil
import signal
import subprocess
import sys

from firmware.clock import SystemClock

HERE = "/run/mat"


def main(folder: str, end_s: float) -> int:
    """Run it; the converters began their story when the kernel did. Gives its exit code."""
    shutil.copytree(folder, HERE)
    words = [sys.executable, "-m", "firmware", "run", "--config", f"{HERE}/acumat.toml", "--jsonl"]
    clock = SystemClock()
    with subprocess.Popen(words) as program:
        while program.poll() is None and clock.boottime_ns() < end_s * 1e9:
            clock.sleep_s(1.0)
        program.send_signal(signal.SIGTERM)
    return program.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
