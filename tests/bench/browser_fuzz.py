"""Hostile requests made from the OpenAPI document of the page, over real HTTP."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.result import Ok

from tests.bench.report import Row, row
from tests.doubles.served import ServedMat, served_mat
from tests.doubles.ticks import tick

WRITTEN_S: Final = 60.0
BUSY: Final = 503  # a documented answer


class Fuzzed(msgspec.Struct, frozen=True):
    """What came of a number of requests. unknown are those without a token, changed the changes that followed them."""

    codes: dict[int, int]
    unknown: int
    changed: int


def rows(slices: Sequence[Fuzzed], least: int) -> list[Row]:
    """Return the rows of all slices together."""
    codes = sum((Counter(one.codes) for one in slices), Counter[int]())
    unknown = sum(one.unknown for one in slices)
    how = f"schemathesis {schemathesis.__version__} from the OpenAPI document, real HTTP on loopback"
    errors = sum(count for code, count in codes.items() if code >= 500 and code != BUSY)
    answers = ", ".join(f"{code}: {count:,}" for code, count in sorted(codes.items()) if code)
    sent = codes.total() - codes[0]  # 0: no client can send it
    compared = f"{how}; people and goal compared after each, the whole database after those of a route"
    one: dict[str, Any] = {"label": "simulated"}
    return [
        row("fuzzing, server errors", errors, "", "== 0", n=sent, how=how, **one),
        row(
            "fuzzing, changes without a token",
            sum(x.changed for x in slices),
            "",
            "== 0",
            n=unknown,
            how=compared,
            **one,
        ),
        row("fuzzing, requests", sent, "", f">= {least}", n=sent, how=f"answers {answers}", **one),
    ]


def fuzz(folder: Path, number: int, start: int) -> Fuzzed:
    """Send so many requests, first without and then with the token for each route. start varies what is sent."""
    with served_mat(folder) as mat, httpx.Client(base_url=mat.base, trust_env=False, timeout=30) as client:
        mat.offer(tick(1.0))
        document = client.get("/api/openapi.json").json()
        hostile = Hostile(mat, client)
        found = schemathesis.openapi.from_dict(document).get_all_operations()
        operations = [one.ok() for one in found if isinstance(one, Ok)]
        each = -(-number // (2 * len(operations)))
        for turn, operation in enumerate(operations):
            hostile.drive_unknown(operation, each, 1000 * start + turn)
            hostile.drive(operation, each, 1000 * start + 500 + turn, mat.bearer)
    return Fuzzed(dict(hostile.codes), hostile.unknown, hostile.changed)


class Hostile:
    """Sends made-up requests to a mat. changed counts changes by requests without a token."""

    def __init__(self, mat: ServedMat, client: httpx.Client) -> None:
        self._mat, self._client = mat, client
        self.codes: Counter[int] = Counter()
        self.changed = self.unknown = 0

    @property
    def sent(self) -> int:
        """How many requests were made."""
        return self.codes.total() - self.codes[0]

    def drive_unknown(self, operation: Any, number: int, start: int) -> None:  # noqa: ANN401 - an operation of schemathesis
        """Send requests without the token; count what changes."""
        stored, before = self._stored(), self.sent
        self.drive(operation, number, start, {})
        self.unknown += self.sent - before
        self.changed += self._stored() != stored

    def drive(self, operation: Any, number: int, start: int, headers: dict[str, str]) -> None:  # noqa: ANN401 - an operation of schemathesis
        """Send so many requests to one operation."""
        most, plan = self.sent + number, self._mat.dispatcher.plan
        turn = 0

        def once(case: Any) -> None:  # noqa: ANN401 - a case of schemathesis
            before = plan.people, plan.goal_s
            self.codes[_request(self._client, case, headers)] += 1
            self.changed += not headers and (plan.people, plan.goal_s) != before

        while self.sent < most:  # a strategy with few values ends early
            chosen = settings(
                max_examples=most - self.sent, database=None, deadline=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            seed(start + 100_000 * turn)(chosen(given(case=operation.as_strategy())(once)))()
            turn += 1

    def _stored(self) -> list[str]:
        """Return everything in the database, once nothing more is written."""
        for _ in range(2):  # after the first one the database may still date its boot
            written = threading.Event()
            self._mat.database.write(done=written.set)
            assert written.wait(WRITTEN_S)
        with closing(sqlite3.connect(self._mat.database.path)) as base:
            return list(base.iterdump())


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
