"""Kills of the real daemon at random moments of a session: how many sessions are stored, and how right they are."""

import os
import signal
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from tests.bench.report import Row, row
from tests.bench.shell_rig import CLOCK, COME, GO, Service, a_session

WAYS: Final = ("SIGKILL", "SIGTERM", "sampler", "watchdog")
WATCHDOG_S: Final = 10.0  # WatchdogSec of the unit
RESTART_S: Final = 2.0  # RestartSec of the unit
LIES_S: Final = 100.0
COME_S: Final = sum(act.seconds for act in COME)
GO_S: Final = sum(act.seconds for act in GO)
TOGETHER: Final = 13  # daemons at a time: each takes a few hundredths of a core


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is stored after one kill. Errors in seconds; gap_s is how long nobody sampled."""

    way: str
    sessions: int
    start_s: float
    end_s: float
    lying_s: float
    gap_s: float


def killed(folder: Path, way: str, seed: int) -> Outcome:
    """Run one session, kill the daemon or its sampler somewhere in it, and compare with the undisturbed core."""
    chance = Random(seed)  # noqa: S311 - reproducible
    recorded = a_session(LIES_S, seed)
    [truth] = recorded.sessions
    service = Service(folder, recorded)
    try:
        service.calibrate()
        service.start()
        service.ready_ns()
        service.sleep_until(COME_S + chance.uniform(8.0, LIES_S - 30.0))
        gap_s = _kill(service, way)
        service.sleep_until(COME_S + LIES_S + GO_S + 8.0)
        service.stop()
        found = service.stored()
    finally:
        service.close()
    if len(found) != 1:
        return Outcome(way, len(found), np.nan, np.nan, np.nan, gap_s)
    one = found[0]
    return Outcome(
        way, 1, one.start_s - truth.start_s, one.end_s - truth.end_s, one.lying_s - truth.lying_s, gap_s
    )  # fmt: skip


def _kill(service: Service, way: str) -> float:
    """Do it, and start again as the service manager does; return the seconds without a daemon."""
    begin_ns = CLOCK.boottime_ns()
    if way == "sampler":
        pid = service.sampler_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return 0.0
    assert service.process is not None
    if way == "watchdog":
        service.process.send_signal(signal.SIGSTOP)  # it hangs; the service manager notices that frames stand still
        CLOCK.sleep_s(WATCHDOG_S)
        service.stop(signal.SIGKILL)
    else:
        service.stop(signal.Signals[way])
    CLOCK.sleep_s(RESTART_S)
    service.start()
    service.ready_ns()
    return (CLOCK.boottime_ns() - begin_ns) / 1e9


def outcomes(count: int, seed: int = 1) -> list[Outcome]:
    """Kill so many daemons, some at a time."""
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(TOGETHER) as pool:
        jobs = [
            pool.submit(killed, Path(name) / str(number), WAYS[number % len(WAYS)], seed + number)
            for number in range(count)
        ]
        return [job.result() for job in jobs]


def rows(count: int, seed: int = 1) -> list[Row]:
    """Return the rows of the report."""
    found = outcomes(count, seed)
    sessions = sum(one.sessions for one in found)
    longest_s = max(one.gap_s for one in found)
    how = f"real daemon on virtual lines at 10/s, lying {LIES_S:.0f} s; " + ", ".join(
        f"{sum(one.way == way for one in found)} {way}" for way in WAYS
    )
    how += f"; RestartSec {RESTART_S:g} s, WatchdogSec {WATCHDOG_S:g} s; longest without a daemon {longest_s:.1f} s"
    made = [row("sessions stored after kills", sessions, "sessions", f"== {count}", n=count, label="measured", how=how)]
    for name in ("start", "end", "lying"):
        errors = [abs(getattr(one, f"{name}_s")) for one in found]
        worst = float(np.nanmax(errors)) if sessions else np.inf
        made.append(row(f"error after kills, {name}", worst, "s", "<= 1", n=count, label="measured", how="largest"))
    return made
