"""The small part of `make browser` that runs in CI: hostile requests from the OpenAPI document."""

from pathlib import Path

import pytest

from tests.bench.browser_fuzz import fuzz, rows

REQUESTS = 260


@pytest.mark.slow
def test_hostile_requests_change_nothing_and_break_nothing(tmp_path: Path) -> None:
    """Every route, half of the requests with the token: no server error, no change without the token."""
    found = {row.name: row for row in rows([fuzz(tmp_path, REQUESTS, 0)], REQUESTS)}
    assert found["fuzzing, requests"].value >= REQUESTS
    assert all(row.holds for row in found.values()), found
    assert "401" in found["fuzzing, requests"].how
    assert "200" in found["fuzzing, requests"].how
