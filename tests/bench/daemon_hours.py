"""`make endurance`: the real daemon for a real hour, and for 24 simulated hours: does anything grow?

The hour is a process of its own on virtual lines, with MQTT to a private broker, looked at from outside. The day is the
same verb in one process, fed by the simulator as fast as the disk keeps up, so its queues can be read from inside.
"""

import gc
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from firmware.cli.doors import Doors
from firmware.cli.main import acumat
from firmware.mqtt.publisher import Publisher
from firmware.storage.database import Database
from firmware.terminal.origin import FrameOrigin
from sim.broker import ADDRESS, Mosquitto
from sim.frames import Bench, FrameSource
from sim.people.acts import Leave, Lie, Lower, Roll, Shake, Sit, Wait
from sim.people.story import Story
from tests.bench.report import ROOT, Row, publish, row
from tests.bench.shell_rig import CLOCK, Service, board_at, record
from tests.doubles.tape_daemon import LastPins

HOUR: Final = (
    Wait(seconds=300), Sit(seconds=8), Lower(seconds=4), Lie(seconds=900), Shake(), Lie(seconds=600), Roll(seconds=2),
    Leave(seconds=1.6), Wait(seconds=600), Sit(seconds=8), Lower(seconds=4), Lie(seconds=700), Roll(seconds=2),
    Leave(seconds=1.6), Wait(seconds=450),
)  # fmt: skip
DAY_H: Final = 24
LOOK_S: Final = 300  # of simulated time: between two looks; a read is a second
WARM_SHARE: Final = 0.25  # of the time: caches and buffers are filled by then
KEPT: Final = ROOT / "build" / "endurance"
PAGE_MB: Final = os.sysconf("SC_PAGE_SIZE") / 1e6
WORDS: Final = """
What grows while the mat runs: memory, threads, descriptors and queues of the real daemon over a real hour and over 24
simulated hours.

`make endurance` (over an hour). Both run `acumat run` itself, with a household's hour of two sessions over and over, at
10 samples a second, with the database on a disk and MQTT to a private mosquitto. Growth is from the end of the first
quarter to the end. The pins of the pod keep their last state only: gpiozero's mock pins keep every level ever set.
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a process: memory of it and its children in MB, threads, descriptors, and what waits in queues."""

    t_s: float
    memory_mb: float
    threads: int
    descriptors: int
    waiting: int = 0


def look(pid: int, t_s: float, waiting: int = 0) -> Look:
    """Look at a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    memory_mb, threads, descriptors = 0.0, 0, 0
    for one in (pid, *map(int, children)):
        memory_mb += int(Path(f"/proc/{one}/statm").read_text("ascii").split()[1]) * PAGE_MB
        threads += len(list(Path(f"/proc/{one}/task").iterdir()))
        descriptors += len(list(Path(f"/proc/{one}/fd").iterdir()))
    return Look(t_s, memory_mb, threads, descriptors, waiting)


def growth(name: str, looks: list[Look], label: str, how: str) -> list[Row]:
    """Return the rows of one run."""
    first = looks[int(WARM_SHARE * len(looks))]
    last = looks[-1]
    n = len(looks)

    def one(what: str, value: float, unit: str, bound: str) -> Row:
        return row(f"{what}, {name}", value, unit, bound, n=n, label=label, how=how)  # type: ignore[arg-type]

    return [
        one("memory grown", last.memory_mb - first.memory_mb, "MB", "<= 3"),
        one("memory of all processes", max(one.memory_mb for one in looks), "MB", ""),
        one("threads grown", last.threads - first.threads, "", "<= 0"),
        one("threads", max(one.threads for one in looks), "", ""),
        one("descriptors grown", last.descriptors - first.descriptors, "", "<= 0"),
        one("descriptors", max(one.descriptors for one in looks), "", ""),
        one("longest queue", max(one.waiting for one in looks), "", "<= 64"),
    ]


def real_hour(seconds: float, every_s: float) -> tuple[list[Look], int]:
    """Run the daemon so long; return what was seen, and the number of sessions stored."""
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        mqtt = f'[mqtt]\nenabled = true\nhost = "{ADDRESS}"\nport = {broker.port}\n'
        service = Service(Path(name) / "state", record(HOUR, 1), mqtt)
        looks: list[Look] = []
        try:
            service.calibrate()
            service.start()
            service.ready_ns()
            assert service.process is not None
            for number in range(1, round(seconds / every_s) + 1):
                service.sleep_until(number * every_s)
                looks.append(look(service.process.pid, number * every_s))
            service.stop()
            return looks, len(service.stored())
        finally:
            service.close()


class Day:
    """A source of many hours, as fast as the database keeps up; looks at its own process every LOOK_S."""

    def __init__(self, bench: Bench, hours: int, report: Callable[[Look], None]) -> None:
        self._bench, self._hours, self._report = bench, hours, report
        self._hour, self._reads = 0, 0
        self._start_ns = CLOCK.boottime_ns()
        self._source = FrameSource(bench, block=10, start_ns=self._start_ns)
        self._database: Database | None = None
        self.fault: str | None = None
        self.frames_dropped: int | None = 0

    def read(self, timeout_s: float) -> object:
        """Return the next second."""
        if self._database is None:
            self._database = next(one for one in gc.get_objects() if isinstance(one, Database))
            self._publisher = next((one for one in gc.get_objects() if isinstance(one, Publisher)), None)
        while self._database.waiting > 16:
            CLOCK.sleep_s(0.005)
        self._reads += 1
        if self._reads % LOOK_S == 0:
            waiting = self._database.waiting
            if self._publisher is not None:
                waiting = max(waiting, self._publisher.health.events_waiting)
            self._report(look(os.getpid(), float(self._reads), waiting))
        try:
            return self._source.read(timeout_s)
        except EOFError:
            self._hour += 1
            if self._hour >= self._hours:
                raise
            length_ns = round(self._bench.scene.length_s * 1e9)
            self._start_ns += length_ns
            self._source = FrameSource(self._bench, block=10, start_ns=self._start_ns)
            return self._source.read(timeout_s)

    def close(self) -> None:
        """End."""
        self._source.close()


def simulated_day(hours: int) -> tuple[list[Look], int]:
    """Run the verb in a process of its own; return what it saw of itself, and the number of sessions stored."""
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        mqtt = f'[mqtt]\nenabled = true\nhost = "{ADDRESS}"\nport = {broker.port}\n'
        service = Service(Path(name) / "state", record((Wait(seconds=10),), 1), mqtt)
        service.calibrate()
        service.close()
        words = [sys.executable, "-m", "tests.bench.daemon_hours", "--inside", str(hours), str(service.config)]
        said = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout
        looks = [Look(**json.loads(line)) for line in said.splitlines() if line.startswith("{")]
        return looks, len(service.stored())


def inside(hours: int, config: str) -> None:
    """Be the process of the simulated day."""
    bench = Bench(Story("an hour", acts=HOUR), board_at(10), 1)

    def report(seen: Look) -> None:
        click.echo(json.dumps(fields_of(seen)))

    logging.disable(logging.INFO)
    day = Day(bench, hours, report)
    doors = Doors(source=lambda _: day, pod=lambda *_: LastPins(), origin=FrameOrigin(simulated=True))  # type: ignore[arg-type,return-value]
    acumat(["run", "--config", config], prog_name="acumat", obj=doors)


def kept(part: str, run: Callable[[], tuple[list[Look], int]]) -> str:
    """Run one part and keep what was seen; returns a line about it."""
    looks, sessions = run()
    KEPT.mkdir(parents=True, exist_ok=True)
    found = {"looks": [fields_of(one) for one in looks], "sessions": sessions, "load": os.getloadavg()[1]}
    (KEPT / f"{part}.json").write_text(json.dumps(found))
    return f"{part}: {len(looks)} looks, {sessions} sessions"


def fields_of(one: Look) -> dict[str, float]:
    """Return a look as JSON."""
    return {name: getattr(one, name) for name in Look.__slots__}


def rows() -> list[Row]:
    """Return the rows of the parts that were run."""
    made: list[Row] = []
    for part, label in (("hour", "measured"), ("day", "simulated")):
        path = KEPT / f"{part}.json"
        if not path.exists():
            continue
        found = json.loads(path.read_text())
        looks = [Look(**one) for one in found["looks"]]
        how = f"{looks[-1].t_s / 3600:g} h, {found['sessions']} sessions stored; load average {found['load']:.1f}"
        made += growth(f"{'real' if part == 'hour' else 'simulated'} {part}", looks, label, how)
    return made


@click.command()
@click.option("--hours", type=click.IntRange(2), default=DAY_H, show_default=True, help="Simulated.")
@click.option("--real-s", type=click.FloatRange(60), default=3600.0, show_default=True, help="Real seconds.")
@click.option("--part", type=click.Choice(["hour", "day", "page"]), help="Run one part only; page writes the report.")
@click.option("--inside", "within", type=int, help="Be the process of the simulated hours.")
@click.argument("config", required=False)
def main(hours: int, real_s: float, part: str | None, within: int | None, config: str | None) -> None:
    """Run both parts and write the report."""
    if within is not None:
        inside(within, str(config))
        return
    if part in (None, "day"):
        click.echo(kept("day", lambda: simulated_day(hours)))
    if part in (None, "hour"):
        click.echo(kept("hour", lambda: real_hour(real_s, min(30.0, real_s / 8))))
    if part in (None, "page"):
        sys.exit(publish("endurance", "Endurance", WORDS, rows()))


if __name__ == "__main__":
    main()
