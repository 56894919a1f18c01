"""PostgreSQL, VictoriaMetrics and a collector as processes of a test, each on a free port of the loopback.

Killed with SIGKILL they are started again by `restart`, as their unit would; nothing else is done by hand.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, Self

import psycopg

from sim.broker import ADDRESS

START_S: Final = 30.0
BIN: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def missing() -> str | None:
    """Return why no site can be started here, or None."""
    if not BIN:
        return "PostgreSQL is not installed: apt-get install postgresql"
    for program, package in {"victoria-metrics": "victoria-metrics", "mosquitto": "mosquitto"}.items():
        if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin") is None:
            return f"{program} is not installed: apt-get install {package}"
    return None


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server((ADDRESS, 0)) as probe:
        return int(probe.getsockname()[1])


class Engine:
    """A process with a log; kill and restart."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGTERM)

    @property
    def log(self) -> str:
        """Its log so far."""
        return (self.folder / f"{self.name}.log").read_text("utf-8", "replace")

    def command(self) -> list[str]:
        """Return the command line."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether it answers."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it answers."""
        user = "postgres" if self.name == "postgres" and os.geteuid() == 0 else None
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, start_new_session=True, user=user, cwd="/"
            )
        end_s = time.monotonic() + START_S  # noqa: TID251 - the real time of a test
        while time.monotonic() < end_s:  # noqa: TID251 - the same
            assert self.process.poll() is None, self.log
            if self.is_ready():
                return
            time.sleep(0.05)
        raise TimeoutError(f"{self.name} does not start: {self.log[-2000:]}")

    def end(self, number: signal.Signals) -> None:
        """End it and the processes that it started."""
        if self.process is not None:
            if number is signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)
            self.process.wait(20)
            self.process = None

    def restart(self) -> None:
        """SIGKILL, then start."""
        self.end(signal.SIGKILL)
        self.start()


class Postgres(Engine):
    """A cluster of its own. Root starts it as the user postgres, because PostgreSQL refuses root."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "postgres")
        self.port = free_port()
        self.data = folder / "data"
        self.data.mkdir()
        if os.geteuid() == 0:
            os.chown(self.data, pwd.getpwnam("postgres").pw_uid, -1)
        user = "postgres" if os.geteuid() == 0 else None
        initdb = [
            str(BIN[-1] / "initdb"),
            "-D",
            str(self.data),
            "-U",
            "owner",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        done = subprocess.run(initdb, user=user, capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, done.stderr
        self.conninfo = f"host={ADDRESS} port={self.port} user=owner dbname=postgres"

    def command(self) -> list[str]:
        """Return the command line: as Debian starts it, without a socket file, with times of commits for the tests."""
        options = (f"-p{self.port}", "-cunix_socket_directories=", "-ctrack_commit_timestamp=on")
        return [str(BIN[-1] / "postgres"), "-D", str(self.data), *options]

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg.connect(self.conninfo, connect_timeout=1).close()
        except psycopg.OperationalError:
            return False
        return True

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return the rows of a query, seen by the owner."""
        with psycopg.connect(self.conninfo) as connection:
            return connection.execute(query.encode(), values).fetchall()


class Victoria(Engine):
    """A VictoriaMetrics of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "victoria")
        self.port = free_port()
        self.url = f"http://{ADDRESS}:{self.port}"

    def command(self) -> list[str]:
        """Return the command line, with the flags of systemd/site."""
        return [
            "victoria-metrics", f"-storageDataPath={self.folder / 'data'}", f"-httpListenAddr={ADDRESS}:{self.port}",
            "-dedup.minScrapeInterval=1ms", "-retentionPeriod=12", "-search.latencyOffset=0s",
        ]  # fmt: skip

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            socket.create_connection((ADDRESS, self.port), 1.0).close()
        except OSError:
            return False
        return True


class Collect(Engine):
    """`acumat-site collect`."""

    def __init__(self, folder: Path, config: Path, number: int = 1) -> None:
        super().__init__(folder, f"collect{number}")
        self._config, self._number = config, number

    def command(self) -> list[str]:
        """Return the command line."""
        verb = ["collect", "--config", str(self._config), "--number", str(self._number)]
        return [sys.executable, "-m", "firmware.site.main", *verb]

    def is_ready(self) -> bool:
        """Whether it is connected to the broker and the database."""
        lines = self.log.splitlines()
        return any(line.startswith("connected to ") for line in lines)
