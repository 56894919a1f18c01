"""What the page costs a running mat, and hostile requests made from its OpenAPI document."""

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.result import Ok

from firmware.clock import SystemClock
from sim.broker import ADDRESS, Mosquitto
from tests.bench.report import Row, row
from tests.doubles.served import ServedMat, served_mat
from tests.doubles.ticks import tick

CLOCK: Final = SystemClock()
TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
EVERY: Final = 2  # each second request has the token


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


def fuzz(folder: Path, number: int) -> Iterator[Row]:
    """Yield the answers to hostile requests."""
    with served_mat(folder) as mat, httpx.Client(base_url=mat.base, trust_env=False, timeout=30) as client:
        mat.offer(tick(1.0))
        document = client.get("/api/openapi.json").json()
        hostile = Hostile(mat, client)
        found = schemathesis.openapi.from_dict(document).get_all_operations()
        operations = [one.ok() for one in found if isinstance(one, Ok)]
        for turn, operation in enumerate(operations):
            hostile.drive(operation, -(-number // len(operations)), turn)
        codes, changed, sent = hostile.codes, hostile.changed, hostile.sent
        how = f"schemathesis {schemathesis.__version__} from the OpenAPI document, real HTTP on loopback"
        errors = sum(count for code, count in codes.items() if code >= 500 and code != 503)
        yield row("fuzzing, server errors", errors, "", "== 0", n=sent, label="simulated", how=how)
        name = "fuzzing, changes without a token"
        yield row(name, changed, "", "== 0", n=sent // EVERY, label="simulated", how=f"{how}; people and goal compared")
        answers = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
        yield row("fuzzing, requests", sent, "", f">= {number}", n=sent, label="simulated", how=f"answers {answers}")


class Hostile:
    """Sends made-up requests to a mat. changed counts changes by requests without a token."""

    def __init__(self, mat: ServedMat, client: httpx.Client) -> None:
        self._mat, self._client = mat, client
        self.codes: Counter[int] = Counter()
        self.changed = 0

    @property
    def sent(self) -> int:
        """How many requests were made."""
        return self.codes.total()

    def drive(self, operation: Any, number: int, start: int) -> None:  # noqa: ANN401 - an operation of schemathesis
        """Send so many requests to one operation."""
        most = self.sent + number

        @seed(start)
        @settings(
            max_examples=number, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def one(case: Any) -> None:  # noqa: ANN401 - a case of schemathesis
            self._one(case)

        while self.sent < most:  # a strategy with few values ends early
            one()

    def _one(self, case: Any) -> None:  # noqa: ANN401 - a case of schemathesis
        plan, known = self._mat.dispatcher.plan, self.sent % EVERY == 1
        before = plan.people, plan.goal_s
        self.codes[_request(self._client, case, self._mat.bearer if known else {})] += 1
        self.changed += not known and (plan.people, plan.goal_s) != before


def _request(client: httpx.Client, case: Any, headers: dict[str, str]) -> int:  # noqa: ANN401 - a case of schemathesis
    """Send a case and return the status. The stream would not end, so it is asked for as JSON."""
    made = case.as_transport_kwargs(base_url=str(client.base_url))
    sent = {name: value for name, value in (made.get("headers") or {}).items() if name.lower() != "accept"} | headers
    try:
        got = client.request(
            made["method"], made["url"], params=made.get("params"), headers=sent, json=made.get("json"),
            content=made.get("data") if isinstance(made.get("data"), bytes | str) else None,
        )  # fmt: skip
    except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError, ValueError):
        return 0  # no client can send it
    return got.status_code
