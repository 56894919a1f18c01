"""Runs of `make site`: a swarm beside a site with real engines, and what it cost."""

import datetime as dt
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import psycopg

from firmware.site import report, schema
from firmware.site.measures import Metrics
from firmware.site.settings import load_site
from sim.broker import ADDRESS
from tests.system.site.conftest import BROKER, RunningSite, start_site
from tests.system.site.engines import Collect, Engine, Postgres, free_port
from tests.system.site.load import Sent, SwarmProcess, differences, until_stored

TICKS: Final = os.sysconf("SC_CLK_TCK")
LATENCY: Final = """
SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM pg_xact_commit_timestamp(xmin) - at))
FROM {} WHERE mat LIKE %s"""
OUTSIDE, INSIDE = "10.99.7.1", "10.99.7.2"
PARTS: Final = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'event'::regclass"
PREFIXES: Final = (f"run{number}-" for number in count(1))


@contextmanager
def site() -> Iterator[RunningSite]:
    """Yield the engines of a site in a folder of their own."""
    with TemporaryDirectory(prefix="acumat-site-", ignore_cleanup_errors=True) as name, ExitStack() as stack:
        Path(name).chmod(0o755)
        yield start_site(Path(name), stack)


def cpu_s(process: int) -> float:
    """Return the processor time of a process and its threads so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mb(process: int) -> float:
    """Return the most memory that a process has had."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@dataclass
class Outcome:
    """What a run came to. cores: of the collectors, over the seconds of the traffic; latency_s: p99 to the commit."""

    sent: Sent
    cores: float
    collector_s: float
    seconds: float
    peak_mb: float
    wrong: list[str]
    settle_s: float
    latency_s: float
    frames_stored: float
    load_average: float


def pid(collector: Collect) -> int:
    """Return the process of a collector."""
    assert collector.process is not None
    return collector.process.pid


def run(running: RunningSite, *, mats: int, rate: float, events: int, seconds: float, collectors: int = 1) -> Outcome:
    """Run a swarm beside fresh collectors; returns what came of it."""
    prefix = next(PREFIXES)
    running.enrol(prefix, mats)
    with ExitStack() as stack:
        started = [
            stack.enter_context(Collect(running.folder, running.config, number + 1)) for number in range(collectors)
        ]
        time.sleep(3.0)
        before_s, start_s = sum(cpu_s(pid(one)) for one in started), time.perf_counter()
        options: dict[str, Any] = {
            "prefix": prefix, "mats": mats, "rate": rate, "events": events, "seconds": seconds,
        }  # fmt: skip
        swarm = stack.enter_context(SwarmProcess(running.folder, running.broker.port, **options))
        sent = swarm.wait(seconds + 300)
        passed_s = time.perf_counter() - start_s
        settle_s = until_stored(running.postgres, sent, 120)
        spent_s = sum(cpu_s(pid(one)) for one in started) - before_s
        time.sleep(3.0)
        return Outcome(
            sent=sent,
            cores=spent_s / passed_s,
            collector_s=spent_s,
            seconds=passed_s,
            peak_mb=max(peak_mb(pid(one)) for one in started),
            wrong=differences(running.postgres, sent),
            settle_s=settle_s,
            latency_s=latency_s(running.postgres, prefix),
            frames_stored=frames_stored(running, prefix),
            load_average=os.getloadavg()[0],
        )


def latency_s(postgres: Postgres, prefix: str) -> float:
    """Return the p99 of the time from an event at the mat to its commit, in seconds."""
    parts = [str(name) for (name,) in postgres.rows(PARTS)]
    found = [postgres.rows(LATENCY.format(part), prefix + "%")[0][0] for part in parts]
    return max(float(str(value)) for value in found if value is not None)


def frames_stored(running: RunningSite, prefix: str) -> float:
    """Return how many live frames the measures count."""
    metrics = Metrics(running.victoria.url)
    query = f"/api/v1/query?query=sum(sum_over_time(acumat_frames%7Bmat%3D~%22{prefix}.*%22%7D%5B2h%5D))"
    answer = metrics.request("GET", query).decode()
    metrics.close()
    return float(answer.rpartition(',"')[2].split('"')[0]) if '"value"' in answer else 0.0


def drain_s(running: RunningSite, collectors: int, events: int, mats: int = 50) -> float:
    """Return how long collectors take for the events that wait at the broker for them, to the last commit."""
    prefix = next(PREFIXES)
    running.enrol(prefix, mats)
    with ExitStack() as stack:
        started = [
            stack.enter_context(Collect(running.folder, running.config, number + 1)) for number in range(collectors)
        ]
        time.sleep(2.0)
        for one in started:
            os.kill(pid(one), signal.SIGSTOP)
        options: dict[str, Any] = {"prefix": prefix, "mats": mats, "rate": 0, "events": events, "seconds": 1}
        swarm = stack.enter_context(SwarmProcess(running.folder, running.broker.port, **options))
        sent = swarm.wait(60)
        for one in started:
            os.kill(pid(one), signal.SIGCONT)
        return until_stored(running.postgres, sent, 120)


@dataclass
class Killed:
    """What a run with kills came to."""

    kills: dict[str, int]
    wrong: list[str]
    events: int
    settle_s: float
    replays: int


def kills(running: RunningSite, each: int, *, mats: int = 100, gap_s: float = 4.0) -> Killed:
    """SIGKILL each engine so many times under load, in turn; the restart is that of its unit."""
    prefix = next(PREFIXES)
    running.enrol(prefix, mats)
    with ExitStack() as stack:
        collector = stack.enter_context(Collect(running.folder, running.config))
        seconds = each * 4 * (gap_s + 3)
        options: dict[str, Any] = {
            "prefix": prefix, "mats": mats, "rate": 5, "events": 8 * round(seconds / 8), "seconds": seconds,
        }  # fmt: skip
        swarm = stack.enter_context(SwarmProcess(running.folder, running.broker.port, **options))
        ends: dict[str, Callable[[], None]] = {
            "collector": collector.restart,
            "PostgreSQL": running.postgres.restart,
            "VictoriaMetrics": running.victoria.restart,
            "mosquitto": running.restart_broker,
        }
        for _ in range(each):
            for end in ends.values():
                time.sleep(gap_s)
                end()
        sent = swarm.wait(seconds + 120)
        settle_s = until_stored(running.postgres, sent, 180)
        wrong = differences(running.postgres, sent)
    return Killed(dict.fromkeys(ends, each), wrong, sent.totals["events"], settle_s, sent.totals["replays"])


def cut(seconds: float, *, mats: int = 100) -> Killed:
    """Take the network between broker and collector away for so long, under load.

    Broker and mats are in a network namespace of their own, the collector and its databases outside; a pair of virtual
    cables joins them, and its end is switched off. Needs root.
    """
    with site() as running, ExitStack() as stack:
        inside = stack.enter_context(Namespace(running.folder))
        prefix = next(PREFIXES)
        running.enrol(prefix, mats)
        config = running.folder / "cut.toml"
        text = running.config.read_text().replace(f'host = "127.0.0.1"\nport = {running.broker.port}', inside.settings)
        config.write_text(text)
        stack.enter_context(Collect(running.folder, config))
        options: dict[str, Any] = {
            "prefix": prefix, "mats": mats, "rate": 5, "events": 160, "seconds": seconds + 20, "inside": inside.name,
        }  # fmt: skip
        swarm = stack.enter_context(SwarmProcess(running.folder, inside.port, **options))
        time.sleep(10.0)
        inside.link("down")
        time.sleep(seconds)
        inside.link("up")
        sent = swarm.wait(seconds + 120)
        settle_s = until_stored(running.postgres, sent, 180)
        return Killed({"cut": 1}, differences(running.postgres, sent), sent.totals["events"], settle_s, 0)


class Namespace(Engine):
    """A network namespace with a mosquitto in it, on its loopback and on its end of the cable."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "cut")
        self.name, self.port = f"acumat{os.getpid()}", free_port()
        self.settings = f'host = "{INSIDE}"\nport = {self.port}'

    def __enter__(self) -> Self:
        outer, inner = self._ends()
        for words in (
            ("netns", "add", self.name),
            ("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", self.name),
            ("addr", "add", f"{OUTSIDE}/30", "dev", outer),
            ("link", "set", outer, "up"),
            ("-n", self.name, "addr", "add", f"{INSIDE}/30", "dev", inner),
            ("-n", self.name, "link", "set", inner, "up"),
            ("-n", self.name, "link", "set", "lo", "up"),
        ):
            subprocess.run(["ip", *words], check=True)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGTERM)
        subprocess.run(["ip", "netns", "del", self.name], check=True)

    def _ends(self) -> tuple[str, str]:
        return f"ao{os.getpid()}", f"ai{os.getpid()}"

    def link(self, state: str) -> None:
        """Switch the cable up or down."""
        subprocess.run(["ip", "-n", self.name, "link", "set", self._ends()[1], state], check=True)

    def command(self) -> list[str]:
        """Return the command line."""
        own = self.folder / "cut.conf"
        lines = [f"listener {self.port} {address}" for address in (ADDRESS, INSIDE)]
        own.write_text("\n".join(["user root", *lines, "allow_anonymous true", *BROKER, ""]))
        return ["ip", "netns", "exec", self.name, "/usr/sbin/mosquitto", "-c", str(own)]

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        try:
            socket.create_connection((INSIDE, self.port), 1.0).close()
        except OSError:
            return False
        return True


YEAR: Final = """
INSERT INTO session (site, mat, session_id, started_at, ended_at, lying_s, goal_s, reason, exit, wiggles, counted,
    person)
SELECT 'north', 'year-' || m, 'y-' || m || '-' || d || '-' || n, at, at + interval '11 minutes', 600 + (m * d) %% 120,
    600,
    CASE WHEN (m + d) %% 9 = 0 THEN 'left_early' ELSE 'goal_reached' END, 'rolled', n, true, 'p-' || (m * 2 + n) %% 1500
FROM generate_series(1, %s) m, generate_series(1, 365) d, generate_series(1, 2) n,
    LATERAL (SELECT now() - d * interval '1 day' + (n * 6 + m %% 5) * interval '1 hour' AS at) t"""


def year(running: RunningSite, mats: int) -> tuple[float, int, float]:
    """Store an invented year of two sessions a day; returns seconds of the report, its sessions, bytes of a session."""
    settings = load_site(running.config)
    today = dt.datetime.now(dt.UTC).date()
    schema.upkeep(settings.database, today, make_from=today - dt.timedelta(days=370))
    with psycopg.connect(settings.database.conninfo, autocommit=True) as connection:
        connection.execute(YEAR.encode(), [mats])
        connection.execute("ANALYZE session")
        size: Any = connection.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'session'::regclass"
        ).fetchone()
    first = report.first_month(today, 13)
    start_s = time.perf_counter()
    with schema.connect(settings) as connection:
        rows = report.months(connection, "north", first)
        report.busiest(connection, "north", first)
    spent_s = time.perf_counter() - start_s
    sessions = sum(int(str(row["sessions"])) for row in rows)
    return spent_s, sessions, float(size[0]) / max(sessions, 1)
