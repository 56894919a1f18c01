"""The kernel lane as pytest sees it: boot the kernel with a program, and keep what was measured."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).resolve().parent
REPORT: Final = HERE.parents[2] / "build" / "lane.json"
EXTENTS: Final = ("quick", "full", "long")

Boot = Callable[..., str]
Row = Callable[..., None]


@pytest.fixture(autouse=True)
def extent(request: pytest.FixtureRequest) -> None:
    """Leave out what takes long: the variable LANE is quick when it is not set; `make lane` says full."""
    wanted = request.node.get_closest_marker("lane").args[:1] or ("quick",)
    given = os.environ.get("LANE", "quick")
    if given not in EXTENTS:
        pytest.fail(f"LANE is {given!r}; it is one of {', '.join(EXTENTS)}")
    if EXTENTS.index(given) < EXTENTS.index(wanted[0]):
        pytest.skip(f"runs with `make lane LANE={wanted[0]}`")


@pytest.fixture(scope="session")
def boot() -> Boot:
    """Run Python in the kernel and give what it prints."""

    def run(*arguments: str, options: tuple[str, ...] = ()) -> str:
        command = [sys.executable, f"{HERE}/boot.py", *options, "--", sys.executable, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def row() -> Iterator[Row]:
    """Note a figure for the build/lane.json of `make lane`; a figure that does not hold fails its test."""
    rows: list[dict[str, object]] = []

    def note(name: str, value: float, unit: str, bound: str, *, holds: bool, n: int, how: str) -> None:
        figure = {"name": name, "value": value, "unit": unit, "bound": bound, "holds": holds, "n": n}
        rows.append({**figure, "label": "simulated", "how": how})
        assert holds, rows[-1]

    yield note
    if rows and "LANE" in os.environ:  # only `make lane` has all rows in one process
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text(json.dumps(rows, indent=1) + "\n")
