"""What the page costs a running mat: memory and processor time."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx

from firmware.clock import SystemClock
from sim.broker import ADDRESS, Mosquitto
from tests.bench.report import Row, row

CLOCK: Final = SystemClock()
TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


def processes(seconds: float) -> Iterator[Row]:
    """Yield memory and processor time of a whole simulated mat at 80 samples a second, alone and with page and MQTT."""
    alone = _cost(seconds, [], watched=False)
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker:
        whole = _cost(seconds, ["--page", "--mqtt", f"{ADDRESS}:{broker.port}"], watched=True)
    how = f"acumat-sim session at real pace for {seconds:.0f} s, the simulator included"
    with_page = f"{how}, with page, one reader, database and MQTT"
    one = {"n": 1, "label": "simulated"}
    yield row("memory of all processes, with page and MQTT", whole[0], "MB", "<= 110", how=with_page, **one)  # type: ignore[arg-type]
    yield row("memory of all processes, alone", alone[0], "MB", "", how=how, **one)  # type: ignore[arg-type]
    yield row("processor time, with page and MQTT", whole[1], "% of a core", "", how=with_page, **one)  # type: ignore[arg-type]
    yield row("processor time, alone", alone[1], "% of a core", "", how=how, **one)  # type: ignore[arg-type]
    page = whole[1] - alone[1]
    yield row("processor time, page and MQTT", page, "% of a core", "<= 5", how="the difference", **one)  # type: ignore[arg-type]


def _cost(seconds: float, options: list[str], *, watched: bool) -> tuple[float, float]:
    """Return MB of all processes and percent of a core."""
    command = [sys.executable, "-u", "-m", "sim", "session", "--speed", "1", "--jsonl", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as playing:
        assert playing.stderr is not None
        try:
            base = re.search(r"http://[^/]+", playing.stderr.readline()) if watched else None
            CLOCK.sleep_s(8)
            with httpx.Client(trust_env=False, timeout=10) as client:
                if base is None:
                    return _measured(playing.pid, seconds)
                with client.stream(
                    "GET", f"{base.group()}/api/live", headers={"accept": "text/event-stream"}
                ) as frames:
                    lines = frames.iter_lines()
                    next(lines)
                    return _measured(playing.pid, seconds)
        finally:
            playing.terminate()
            playing.communicate(timeout=30)


def _measured(pid: int, seconds: float) -> tuple[float, float]:
    before_s, start_ns = _processor_s(pid), CLOCK.boottime_ns()
    CLOCK.sleep_s(seconds)
    used_s, lasted_s = _processor_s(pid) - before_s, (CLOCK.boottime_ns() - start_ns) / 1e9
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    pss_kb = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return pss_kb / 1024, 100 * used_s / lasted_s


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
