"""What the page costs a running mat: memory and processor time of the real daemon and its sampler."""

import os
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from sim.broker import ADDRESS, Mosquitto
from tests.bench.report import Row, row
from tests.bench.shell_rig import CLOCK, Recorded, Service, a_session
from tests.bench.shell_start import RATE_HZ, memory_mb

if TYPE_CHECKING:
    from collections.abc import Iterator

TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
ARRIVED_S: Final = 25.0  # of the tape, when the person lies


def rows(seconds: float) -> list[Row]:
    """Return memory and processor time at 80 samples a second, alone and with page and MQTT."""
    recorded = a_session(seconds + 30, 1, RATE_HZ)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "broker").mkdir()
        with Mosquitto(folder / "broker") as broker:
            port = _free_port()
            more = f'[mqtt]\nenabled = true\nhost = "{ADDRESS}"\nport = {broker.port}\n[web]\nenabled = true\n'
            alone = _cost(folder / "alone", recorded, seconds)
            whole = _cost(folder / "whole", recorded, seconds, f"{more}port = {port}\n", port)
    how = f"`acumat run` with its sampler on virtual chips, {RATE_HZ} samples/s, {seconds:.0f} s of a person who lies"
    with_page = f"{how}; page with one reader of the live stream, and MQTT"
    one: dict[str, Any] = {"n": 1, "label": "simulated"}
    return [
        row("memory of all processes, with page and MQTT", whole[0], "MB", "<= 110", how=with_page, **one),
        row("memory of all processes, alone", alone[0], "MB", "", how=how, **one),
        row("processor time, with page and MQTT", whole[1], "% of a core", "<= 5", how=with_page, **one),
        row("processor time, alone", alone[1], "% of a core", "", how=how, **one),
        row(
            "processor time of the sampler, virtual chips included", whole[2], "% of a core", "",
            how=f"{with_page}; beside the row of the daemon, because most of it computes the chips", **one,
        ),
    ]  # fmt: skip


def _cost(
    folder: Path, recorded: Recorded, seconds: float, more: str = "", port: int = 0
) -> tuple[float, float, float]:
    """Return MB of all processes, and percent of a core of the daemon and of its sampler."""
    service = Service(folder, recorded, more)
    service.calibrate()
    try:
        service.start()
        assert service.ready_ns() is not None, service.text()
        service.sleep_until(ARRIVED_S)
        assert service.process is not None
        pids = service.process.pid, service.sampler_pid()
        assert pids[1] is not None
        with ExitStack() as reading:
            lines: Iterator[str] = iter(())
            if port:
                client = reading.enter_context(httpx.Client(trust_env=False, timeout=60))
                live = f"http://127.0.0.1:{port}/api/live"
                stream = reading.enter_context(client.stream("GET", live, headers={"accept": "text/event-stream"}))
                lines = stream.iter_lines()
                next(lines)
            before_s, start_ns = [_processor_s(pid) for pid in pids if pid], CLOCK.boottime_ns()
            while (lasted_s := (CLOCK.boottime_ns() - start_ns) / 1e9) < seconds:
                if next(lines, None) is None:
                    CLOCK.sleep_s(1)
            used = [100 * (_processor_s(pid) - was) / lasted_s for pid, was in zip(pids, before_s, strict=True) if pid]
            return memory_mb(pids[0]), used[0], used[1]
    finally:
        service.stop()
        service.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        return int(made.getsockname()[1])


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
