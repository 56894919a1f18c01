"""What is slow, a line for each reason why something was skipped, and no real-time priority beyond a test."""

import ctypes
import os
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest

# More than a second of processor time a test: `make quick` leaves these out, `make test` runs them.
SLOW: Final = (
    "tests/story/test_doors.py",
    "tests/story/test_fault_table.py",
    "tests/story/test_main_path.py",
    "tests/story/test_zero.py",
    "tests/unit/bench/",
    "tests/unit/chips/test_soak.py",
    "tests/unit/cli/test_refusals.py",
    "tests/unit/cli/test_replay.py",
    "tests/unit/drivers/test_adafruit.py",
    "tests/unit/drivers/test_bank_reader.py",
    "tests/unit/drivers/test_faults.py",
    "tests/unit/drivers/test_sampler.py",
    "tests/unit/hardware/test_render.py",
    "tests/unit/hardware/test_small_board_runs.py",
    "tests/unit/sim/test_main.py",
)
BITS: Final = "bits]"  # a story read bit by bit through the driver


@pytest.fixture(autouse=True)
def ordinary_priority() -> Iterator[None]:
    """Return what `acumat probe` and `acumat bench` take as root: real-time priority and locked memory.

    Everything that this process starts later would inherit them, and starve what runs on the same core.
    """
    yield
    if os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        ctypes.CDLL(None).munlockall()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow."""
    for item in items:
        if item.nodeid.startswith(SLOW) or item.nodeid.endswith(BITS):
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each reason of skipping."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"SKIPPED {count}: {reason}")
