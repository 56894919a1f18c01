"""A swarm beside a site: start it, wait for it, compare what it sent with what is stored."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from tests.system.site.engines import Postgres

SETTLE_S: Final = 60.0
EVENTS: Final = "SELECT mat, max(seq), count(*), count(DISTINCT event_id) FROM event WHERE mat = ANY(%s) GROUP BY mat"
SESSIONS: Final = "SELECT mat, count(*) FROM session WHERE mat = ANY(%s) GROUP BY mat"


@dataclass
class Sent:
    """What a swarm reports at its end."""

    totals: dict[str, int]
    mats: dict[str, dict[str, int]]

    @property
    def events(self) -> dict[str, int]:
        """How many events each mat made."""
        return {name: counts["events"] for name, counts in self.mats.items()}


class SwarmProcess:
    """`acumat-sim swarm` in a process."""

    def __init__(self, folder: Path, port: int, **options: object) -> None:
        self._truth = folder / f"truth-{time.monotonic_ns()}.json"
        options.setdefault("linger", 300)
        inside = options.pop("inside", None)  # a network namespace
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        program = [sys.executable, "-m", "sim", "swarm", "--broker", f"127.0.0.1:{port}", "--truth", str(self._truth)]
        program = ["ip", "netns", "exec", str(inside), *program] if inside else program
        self.process = subprocess.Popen([*program, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def wait(self, timeout_s: float) -> Sent:
        """Wait until the broker has every event; returns what was sent. The mats stay on until stop."""
        end_s = time.perf_counter() + timeout_s
        while not self._truth.exists():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.perf_counter() < end_s, "the swarm is not done"
            time.sleep(0.1)
        return msgspec.json.decode(self._truth.read_bytes(), type=Sent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)


def stored(postgres: Postgres, prefix: str) -> dict[str, int]:
    """Return how many different events of each mat with this prefix are stored."""
    found: Any = postgres.rows("SELECT mat, count(*) FROM event WHERE mat LIKE %s GROUP BY mat", prefix + "%")
    return dict(found)


def until_stored(postgres: Postgres, sent: Sent, timeout_s: float = SETTLE_S) -> float:
    """Wait until every event of a swarm is stored; returns the seconds that it took."""
    start_s = time.perf_counter()
    wanted = {mat: count for mat, count in sent.events.items() if count}
    prefix = next(iter(wanted)).rstrip("0123456789")
    while (now := stored(postgres, prefix)) != wanted:
        missing = sum(wanted.values()) - sum(now.values())
        assert time.perf_counter() - start_s < timeout_s, f"{missing} events are missing after {timeout_s:g} s"
        time.sleep(0.2)
    return time.perf_counter() - start_s


def differences(postgres: Postgres, sent: Sent) -> list[str]:
    """Return what is stored otherwise than it was sent: numbers, doubles, sessions."""
    rows = {row[0]: row[1:] for row in postgres.rows(EVENTS, list(sent.mats))}
    ended = {row[0]: row[1] for row in postgres.rows(SESSIONS, list(sent.mats))}
    found = []
    for mat, counts in sent.mats.items():
        wanted = (counts["events"], counts["events"], counts["events"])
        if rows.get(mat) != wanted:
            found.append(f"{mat}: highest number, rows and ids {rows.get(mat)}, sent {wanted}")
        if ended.get(mat, 0) != counts["sessions"]:
            found.append(f"{mat}: {ended.get(mat, 0)} sessions, sent {counts['sessions']}")
    return found
