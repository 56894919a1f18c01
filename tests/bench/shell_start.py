"""How fast the daemon is ready, how fast it samples again after kill -9, and how much memory all its processes take."""

import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Final

from sim.broker import ADDRESS, Mosquitto
from sim.people.acts import Wait
from tests.bench.report import Row, row
from tests.bench.shell_rig import CLOCK, ROOT, Service, record

STARTS: Final = 11
RATE_HZ: Final = 80
AHEAD: Final = ("chrt", "--fifo", "1")  # before all ordinary processes: stands for an idle machine, as far as it can
RESTART_S: Final = 1.0  # what the bound is understood with; the unit waits RestartSec more or less


def warm_up() -> None:
    """Compile every file once, as the package does when it is installed."""
    import compileall  # noqa: PLC0415 - only here

    for folder in ("firmware", "hardware", "tests/doubles"):
        compileall.compile_dir(ROOT / folder, quiet=2)


def memory_mb(pid: int) -> float:
    """Proportional set size of a process and its children: shared pages count once."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    total = 0
    for one in (str(pid), *children):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1000


def resident_mb(pid: int) -> float:
    """Resident set size of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    lines = [Path(f"/proc/{one}/status").read_text("ascii").splitlines() for one in (str(pid), *children)]
    return sum(int(line.split()[1]) for part in lines for line in part if line.startswith("VmRSS:")) / 1000


def rows(starts: int = STARTS) -> list[Row]:
    """Return the rows of the report."""
    warm_up()
    ready_s: list[float] = []
    again_s: list[float] = []
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        mqtt = f'[mqtt]\nenabled = true\nhost = "{ADDRESS}"\nport = {broker.port}\n'
        service = Service(Path(name) / "state", record((Wait(seconds=30),), 1, RATE_HZ), mqtt, before=AHEAD)
        service.calibrate()
        try:
            for number in range(starts + 1):
                began_ns = service.start()
                came_ns = service.ready_ns()
                assert came_ns is not None, service.text()
                CLOCK.sleep_s(1.5)
                killed_ns = CLOCK.boottime_ns()
                service.stop(signal.SIGKILL)
                with suppress(BlockingIOError):
                    while True:
                        service.notify.recv(4096)
                CLOCK.sleep_s(RESTART_S)
                service.start()
                back_ns = service.ready_ns()
                assert back_ns is not None
                if number:  # the first one fills the caches of the disk
                    ready_s.append((came_ns - began_ns) / 1e9)
                    again_s.append((back_ns - killed_ns) / 1e9)
                if number < starts:
                    service.stop()
            CLOCK.sleep_s(20)
            assert service.process is not None
            whole, shared = resident_mb(service.process.pid), memory_mb(service.process.pid)
            service.stop()
        finally:
            service.close()
    how = f"median of {starts}, {RATE_HZ} samples/s, MQTT on, sampler locked; both real-time (chrt), so others wait"
    return [
        row("READY after the start", median(ready_s), "s", "<= 0.8", n=starts, label="measured", how=how),
        row("sampling again after kill -9", median(again_s), "s", "<= 2.5", n=starts, label="measured",
            how=f"{how}; with a pause of {RESTART_S:g} s before the restart"),
        row("memory of all processes", whole, "MB", "<= 75", n=1, label="measured",
            how="resident, shared pages counted twice; 20 s after a start, locked, MQTT connected"),
        row("memory of all processes, shared pages once", shared, "MB", "", n=1, label="measured", how="as above"),
    ]  # fmt: skip
