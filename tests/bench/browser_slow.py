"""Slow readers of the live stream: what they cost the mat, beside a second mat that has none at the same time.

Both mats are processes of their own, so that the load of the machine is the same for both and none of the readers'
memory is counted.
"""

import contextlib
import selectors
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from firmware.clock import SystemClock
from firmware.enums import State
from tests.bench.report import Row, row
from tests.doubles.page_states import lying
from tests.doubles.served import served_mat

CLOCK: Final = SystemClock()
READERS: Final = 16
TICK_S: Final = 0.1
AGAIN_S: Final = 15.0  # a reader that was dropped asks again so often
TRICKLE: Final = 64  # bytes that every other reader takes each second
WARM_S: Final = 20.0
ASK: Final = b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"


def rows(seconds: float) -> list[Row]:
    """Return what sixteen readers that take nothing, or next to nothing, cost."""
    with ExitStack() as closing:
        plain, slowed = (closing.enter_context(_process()) for _ in range(2))
        _watch(closing, plain, slowed, WARM_S, slow=False)
        before_mb, before_plain_mb = slowed.resident_mb(), plain.resident_mb()
        for one in (plain, slowed):
            one.arrived.clear()
        most_mb = _watch(closing, plain, slowed, seconds, slow=True)
        plain_mb = plain.resident_mb() - before_plain_mb
    at_rest_ms, slowed_ms = (1000 * float(np.percentile(np.diff(one.arrived), 99)) for one in (plain, slowed))
    how = (
        f"{READERS} readers for {seconds:.0f} s, half of them take nothing and half {TRICKLE} bytes a second; each "
        f"asks again every {AGAIN_S:.0f} s; one reader that takes all"
    )
    beside = (
        f"{how}; beside a mat without slow readers at the same time: {slowed_ms:.1f} ms against {at_rest_ms:.1f} ms"
    )
    n = len(slowed.arrived)
    return [
        row("slow readers, memory growth", most_mb - before_mb, "MB", "<= 5", n=READERS, label="simulated", how=how),
        row(
            "without slow readers, memory growth", plain_mb, "MB", "", n=1, label="simulated",
            how=f"the mat beside it, {seconds:.0f} s",
        ),
        row(
            "slow readers, gaps between frames, 99 %", slowed_ms / at_rest_ms, "x", "<= 1.1", n=n, label="simulated",
            how=beside,
        ),
    ]  # fmt: skip


@dataclass
class MatProcess:
    """A served mat in a process, and when its frames arrived at a reader."""

    pid: int
    port: int
    arrived: list[float] = field(default_factory=list)

    def resident_mb(self) -> float:
        """Return the resident set."""
        for line in Path(f"/proc/{self.pid}/status").read_text("ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise OSError("no VmRSS")

    def reader(self, receives: int | None = None) -> socket.socket:
        """Return a connection that has asked for the stream; receives is the size of its buffer."""
        made = socket.socket()
        if receives is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        made.connect(("127.0.0.1", self.port))
        made.sendall(ASK)
        made.settimeout(0)
        return made


@contextlib.contextmanager
def _process() -> Iterator[MatProcess]:
    command = [sys.executable, "-m", "tests.bench.browser_slow"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdin is not None
        assert serving.stdout is not None
        try:
            yield MatProcess(serving.pid, int(serving.stdout.readline()))
        finally:
            serving.stdin.close()
            serving.wait(30)


def _watch(closing: ExitStack, plain: MatProcess, slowed: MatProcess, seconds: float, *, slow: bool) -> float:
    """Read both mats for a while; return the most memory of the slowed one in MB."""
    most_mb, start_s = 0.0, CLOCK.wall_s()
    next_s = {"trickle": start_s, "again": start_s}
    readers: list[socket.socket] = []
    with selectors.DefaultSelector() as watching, ExitStack() as own:
        for mat in (plain, slowed):
            watching.register(own.enter_context(mat.reader()), selectors.EVENT_READ, mat)
        while (now_s := CLOCK.wall_s()) - start_s < seconds:
            if slow and now_s >= next_s["again"]:
                next_s["again"] += AGAIN_S
                for one in readers:
                    one.close()
                readers = [closing.enter_context(slowed.reader(4096)) for _ in range(READERS)]
            if now_s >= next_s["trickle"]:
                next_s["trickle"] += 1.0
                most_mb = max(most_mb, slowed.resident_mb())
                for one in readers[::2]:
                    with contextlib.suppress(OSError):
                        one.recv(TRICKLE)
            for key, _ in watching.select(0.2):
                assert isinstance(key.fileobj, socket.socket)
                if b"data: " in key.fileobj.recv(65536):
                    key.data.arrived.append(CLOCK.wall_s())
    for one in readers:
        one.close()
    return most_mb


def serve() -> None:
    """Serve a mat with ten ticks a second until the standard input ends; print its port first."""
    with tempfile.TemporaryDirectory() as name, served_mat(Path(name)) as mat, selectors.DefaultSelector() as over:
        over.register(sys.stdin, selectors.EVENT_READ)
        mat.offer(lying(0.0, State.RESTING, 0.0))
        sys.stdout.write(f"{mat.page.sink.port}\n")
        sys.stdout.flush()
        start_s, number = CLOCK.wall_s(), 1
        while not over.select(max(0.0, start_s + TICK_S * number - CLOCK.wall_s())):
            mat.offer(lying(TICK_S * number, State.RESTING, TICK_S * number))
            number += 1


if __name__ == "__main__":
    serve()
