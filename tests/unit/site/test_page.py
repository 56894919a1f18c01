"""The page of the site: what it shows, and who is answered."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from firmware.site.page import application, page_of

NOW = dt.datetime(2026, 11, 30, 12, 0, tzinfo=dt.UTC)


def mat(name: str, **given: object) -> dict[str, Any]:
    row = {"mat": name, "online": True, "stage": "resting", "fault": False, "software": "0.2.0", "seen_at": NOW}
    return row | {"sessions_today": 2, "missing": 0, "retired_at": None} | given


ROWS = [
    mat("attic"),
    mat("cellar", online=False),
    mat("hall", fault=True, software="0.1.0"),
    mat("old", retired_at=NOW),
    mat("odd", stage="<script>alert(1)</script>", software="x" * 500),
]


def test_state_faults_versions_and_counts_are_shown() -> None:
    """Retired mats are not; what a mat sends is text, and short."""
    page = page_of("north", ROWS, NOW)
    for text in ("● resting", "○ offline", "△ resting, a cell without readings", "0.1.0", "<b>8</b>sessions today"):
        assert text in page
    assert "<b>3</b>of 4 mats online" in page
    assert "old" not in page
    assert "<script" not in page
    assert "x" * 61 not in page
    assert "No mat yet" in page_of("north", [], NOW)


@pytest.mark.parametrize(
    ("method", "path", "host", "status"),
    [
        ("GET", "/", "localhost", 200),
        ("GET", "/mats.json", "127.0.0.1", 200),
        ("GET", "/style.css", "localhost", 200),
        ("GET", "/", "evil.example", 400),
        ("POST", "/", "localhost", 405),
        ("DELETE", "/mats.json", "localhost", 405),
        ("GET", "/../etc/passwd", "localhost", 404),
    ],
)
def test_it_answers_questions_from_this_machine_only(method: str, path: str, host: str, status: int) -> None:
    """Another name in Host is one that somebody's page put there; nothing can be changed."""
    app = application("north", lambda: ROWS, lambda: NOW)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}") as client:
            return await client.request(method, path)

    answer = asyncio.run(ask())
    assert answer.status_code == status
    if status == 200:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
