"""Runs in the lane's kernel: `acumat run` on a simulated chip of that kernel, whose lines all read "not ready".

Prints one JSON object, a key for each thing that was done to it; test_lane.py holds them against what must be.
"""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.clock import SystemClock
from hardware import board as boards
from tests.system.lane.guest_chardev import SimChip, attempt

MAT = Path("/run/mat")
PATIENCE_S = 30.0


@contextmanager
def running() -> Iterator[subprocess.Popen[str]]:
    """Start it and wait until it is ready."""
    MAT.mkdir(exist_ok=True)
    (MAT / "board.toml").write_text(re.sub(r"(?m)^(red|green|blue|buzzer|button) = .*\n", "", boards.default_text()))
    (MAT / "acumat.toml").write_text('[board]\nfile = "board.toml"\n[storage]\nstate_dir = "."\n')
    manager = MAT / "notify"
    words = [sys.executable, "-m", "firmware", "run", "--config", str(MAT / "acumat.toml")]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind(str(manager))
        ours.settimeout(PATIENCE_S)
        environment = {"NOTIFY_SOCKET": str(manager), "PYTHONPATH": ":".join(sys.path)}
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment) as program:
            ours.recv(4096)
            yield program
    manager.unlink()


def until(done: Callable[[], bool]) -> float:
    """Wait for something; the seconds it took."""
    clock = SystemClock()
    start_ns = clock.boottime_ns()
    while not done():
        if clock.boottime_ns() - start_ns > PATIENCE_S * 1e9:
            raise TimeoutError
        clock.sleep_s(0.1)
    return (clock.boottime_ns() - start_ns) / 1e9


def removed() -> dict[str, object]:
    """The chip goes while it runs."""
    with SimChip() as chip, running() as program:
        chip.unplug()
        took_s = until(lambda: program.poll() is not None)
        said = program.stderr.read() if program.stderr else ""
    return {"code": program.returncode, "said": said.splitlines(), "took_s": took_s}


def killed() -> dict[str, object]:
    """It is killed the hard way: the process that clocks the chips has to end too."""
    with SimChip(), running() as program:
        held = attempt()
        program.kill()
        took_s = until(lambda: not attempt())
    return {"held": held, "took_s": took_s}


def stopped() -> dict[str, object]:
    """It is asked to stop."""
    with SimChip(), running() as program:
        program.send_signal(signal.SIGTERM)
        took_s = until(lambda: program.poll() is not None)
        return {"code": program.returncode, "took_s": took_s, "after": attempt()}


if __name__ == "__main__":
    json.dump({"removed": removed(), "killed": killed(), "stopped": stopped()}, sys.stdout)
