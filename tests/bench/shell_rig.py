"""The real daemon on virtual lines, as its own process, restarted as the service manager does it."""

import os
import signal
import socket
import subprocess
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import numpy as np

from firmware.clock import SystemClock
from firmware.core import CoreSettings, MatCore
from firmware.events import SessionEnded, SessionSummary
from firmware.frames import Frames
from firmware.session.machine import with_goal
from firmware.storage import calibration as calibrations
from firmware.storage.connection import NAME, read_only
from hardware import board as boards
from hardware.board import Board
from sim.frames import Bench, FrameSource, blocks_from
from sim.people.acts import AnyAct, Leave, Lie, Lower, Roll, Sit, Wait
from sim.people.story import Story
from tests.doubles import tape

ROOT: Final = Path(__file__).parents[2]
COME: Final = (Wait(seconds=8), Sit(seconds=5), Lower(seconds=4))
GO: Final = (Roll(seconds=2), Leave(seconds=1.6), Wait(seconds=55))
GOAL_S: Final = 600.0
CLOCK: Final = SystemClock()


def board_at(rate_hz: int) -> Board:
    """Return the default board with converters of another rate."""
    text = boards.default_text()
    old = next(line for line in text.splitlines() if line.startswith("rate_hz"))
    return boards.parse_board(text.replace(old, f"rate_hz = {rate_hz}"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A story on tape: its frames, and the sessions that an undisturbed core makes of them (seconds of the tape)."""

    bench: Bench
    tape: tape.Tape
    sessions: list[SessionSummary]


def record(acts: Sequence[AnyAct], seed: int, rate_hz: int = 10) -> Recorded:
    """Play a story once: onto a tape, and through the core."""
    board = board_at(rate_hz)
    bench = Bench(Story("a tape", acts=tuple(acts)), board, seed)
    counts = np.concatenate([frames.counts for frames in blocks_from(FrameSource(bench))])
    t_ns = (np.arange(len(counts)) * 1e9 / rate_hz).astype(np.int64)
    core = MatCore(board, bench.calibration, CoreSettings(machine=with_goal(GOAL_S)))
    frames = Frames(0, t_ns, counts, np.zeros(counts.shape, np.uint8))
    ticks = [*core.push(frames), *core.finish()]
    sessions = [event.summary for tick in ticks for event in tick.events if isinstance(event, SessionEnded)]
    played = tape.Tape(rate_hz, len(board.cells), array("i", counts.astype(np.int32).tobytes()))
    return Recorded(bench, played, sessions)


def a_session(lies_s: float, seed: int, rate_hz: int = 10) -> Recorded:
    """A person comes, lies so long, and goes."""
    return record((*COME, Lie(seconds=lies_s), *GO), seed, rate_hz)


@dataclass
class Service:
    """A state folder, a tape, and the daemon on both. start again after a kill, as Restart=always does."""

    folder: Path
    recorded: Recorded
    more: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()  # of the command, such as chrt
    origin_ns: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    log: "IO[bytes] | None" = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.home = self.folder.parent / f"{self.folder.name}.home"  # settings, tape, log and status: another disk
        self.home.mkdir(exist_ok=True)
        (self.home / "board.toml").write_text(self.recorded.bench.board.text)
        self.config = self.home / "acumat.toml"
        goal = f"[session]\ngoal_min = {GOAL_S / 60:g}\n" if "[session]" not in self.more else ""
        self.config.write_text(
            f'[board]\nfile = "board.toml"\n[storage]\nstate_dir = "{self.folder}"\n{goal}{self.more}'
        )
        tape.write(self.home / "tape", self.recorded.tape)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.notify.bind(str(self.home / "notify"))

    def calibrate(self) -> None:
        """Store the true calibration."""
        calibrations.save(self.folder, self.recorded.bench.calibration)

    def start(self) -> int:
        """Start the daemon; returns the time of the start, ns since power-on. The tape begins with the first start."""
        now_ns = CLOCK.boottime_ns()
        if not self.origin_ns:
            self.origin_ns = now_ns
        self.log = (self.home / "log").open("ab")
        words = [
            *self.before,
            sys.executable,
            "-m",
            "tests.doubles.tape_daemon",
            str(self.home / "tape"),
            str(self.origin_ns),
        ]
        environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(self.home / "notify"),
            "RUNTIME_DIRECTORY": str(self.home),
            **self.environment,
        }
        self.process = subprocess.Popen(
            [*words, "run", "--config", str(self.config)], cwd=ROOT, env=environment, stdout=self.log, stderr=self.log
        )
        return now_ns

    def ready_ns(self, timeout_s: float = 60.0) -> int | None:
        """Wait for READY; returns when it came, None when it did not."""
        end_ns = CLOCK.boottime_ns() + round(timeout_s * 1e9)
        while CLOCK.boottime_ns() < end_ns:
            try:
                if b"READY=1" in self.notify.recv(4096):
                    return CLOCK.boottime_ns()
            except BlockingIOError:
                CLOCK.sleep_s(0.005)
        return None

    def sampler_pid(self) -> int | None:
        """Process id of the sampler."""
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = path.read_text().split() if path.exists() else []
        return int(children[0]) if children else None

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(120)  # a machine that is shared may be busy
        if self.log is not None:
            self.log.close()
        return code

    def close(self) -> None:
        """End what still runs."""
        if self.process is not None and self.process.poll() is None:
            self.stop(signal.SIGKILL)
        self.notify.close()

    def sleep_until(self, tape_s: float) -> None:
        """Wait until a time of the tape."""
        CLOCK.sleep_s(max(0.0, tape_s - (CLOCK.boottime_ns() - self.origin_ns) / 1e9))

    def stored(self) -> list[SessionSummary]:
        """Return the closed sessions of the database, times in seconds of the tape."""
        base = read_only(self.folder / NAME)
        try:
            rows = base.execute("SELECT * FROM session WHERE end_ns IS NOT NULL ORDER BY start_ns").fetchall()
        finally:
            base.close()
        return [
            SessionSummary(
                number, (row["start_ns"] - self.origin_ns) / 1e9, (row["end_ns"] - self.origin_ns) / 1e9,
                row["lying_s"], row["goal_s"], row["reason"], row["exit"], row["wiggles"], counted=bool(row["counted"]),
            )
            for number, row in enumerate(rows, 1)
        ]  # fmt: skip

    def text(self) -> str:
        """Return the log."""
        return (self.home / "log").read_text(errors="replace")
