"""Every route times every refusal of the door: host, origin, content type, size, token, method."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from firmware.web.access import BODY_MOST
from tests.bench.report import Row, row
from tests.doubles.served import ServedMat, served_mat
from tests.doubles.ticks import tick

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
JSON: Final = {"content-type": "application/json"}
HOSTS: Final = (
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "192.0.2.7",
    "[2001:db8::1]",
    "evil",
)
ORIGINS: Final = ("http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1", "file://")
TYPES: Final = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", "")
OPEN: Final = ("/api/live", "/api/cells", "/api/outputs", "/api/help", "/api/openapi.json")  # and the table of commands


class Case(NamedTuple):
    """A request that must be refused, and how."""

    kind: str
    method: str
    path: str
    headers: dict[str, str]
    status: int
    content: bytes | None = None
    chunked: bool = False


def rows() -> list[Row]:
    """Return how many requests were refused as they should, kind by kind, and whether one of them changed something."""
    with (
        tempfile.TemporaryDirectory() as name,
        served_mat(Path(name)) as mat,
        httpx.Client(base_url=mat.base, trust_env=False, timeout=30) as client,
    ):
        mat.offer(tick(1.0))
        operations = {
            path.replace("{number}", "1"): {method.upper() for method in methods}
            for path, methods in client.get("/api/openapi.json").json()["paths"].items()
        }
        wrong: dict[str, int] = {}
        asked: dict[str, int] = {}
        before = mat.dispatcher.plan.people, mat.dispatcher.plan.goal_s
        for one in cases(operations, mat):
            asked[one.kind] = asked.get(one.kind, 0) + 1
            wrong[one.kind] = wrong.get(one.kind, 0) + (_status(client, one) != one.status)
        changed = (mat.dispatcher.plan.people, mat.dispatcher.plan.goal_s) != before
    made: dict[str, Any] = {"label": "simulated", "unit": "", "bound": "== 0"}
    how = f"{len(operations)} paths, real HTTP; another status than this one counts"
    found = [row(f"refused otherwise, {kind}", count, n=asked[kind], how=how, **made) for kind, count in wrong.items()]
    how = "people and goal after all of them"
    return [*found, row("refused requests, changes", int(changed), n=sum(asked.values()), how=how, **made)]


def cases(operations: dict[str, set[str]], mat: ServedMat) -> Iterator[Case]:
    """Yield every request."""
    known = {**JSON, **mat.bearer}
    for path, methods in operations.items():
        for method in METHODS:
            body = b"{}" if method in ("POST", "PUT", "PATCH") else None
            yield from (Case("host 421", method, path, {**known, "host": host}, 421, body) for host in HOSTS)
            if method != "GET":
                yield from (Case("origin 403", method, path, {**known, "origin": one}, 403, body) for one in ORIGINS)
                for site in ("cross-site", "same-site"):
                    yield Case("origin 403", method, path, {**known, "sec-fetch-site": site}, 403, body)
            if method not in methods:
                yield Case("method 405", method, path, known, 405, body)
        if not _is_open(path, methods):
            yield from _without_token(path, methods, mat.page.token)
        if "POST" in methods and _takes(path):
            yield from _bodies(path, known)


def _is_open(path: str, methods: set[str]) -> bool:
    return path in OPEN or path == "/api/visit" or not methods


def _takes(path: str) -> bool:
    return not path.startswith("/api/calibration")


def _without_token(path: str, methods: set[str], token: str) -> Iterator[Case]:
    shown = ("", "x", token[:-1], token + "x", token.swapcase())
    for method in methods - ({"GET"} if path == "/api/commands" else set()):
        for one in shown:
            given = [{"authorization": f"Bearer {one}"}, {"cookie": f"acumat={one}"}, {"authorization": f"Basic {one}"}]
            for headers in given if one else [{}]:
                yield Case("token 401", method, path, {**JSON, **headers}, 401, b"{}" if method == "POST" else None)


def _bodies(path: str, known: dict[str, str]) -> Iterator[Case]:
    for kind in TYPES:
        yield Case("content type 415", "POST", path, {**known, "content-type": kind}, 415, b"{}")
    for size in (BODY_MOST + 1, 10 * BODY_MOST):
        for chunked in (False, True):
            yield Case("size 413", "POST", path, known, 413, b" " * size, chunked)


def _status(client: httpx.Client, case: Case) -> int:
    content: Any = case.content
    if case.chunked and case.content is not None:
        content = (case.content[at : at + 1024] for at in range(0, len(case.content), 1024))
    return client.request(case.method, case.path, headers=case.headers, content=content).status_code
