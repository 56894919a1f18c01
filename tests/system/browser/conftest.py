"""One Chromium for all tests of this folder, and stories played through the real page."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from tests.doubles.browser import CHROMIUM, chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium for this folder only: Playwright keeps a running event loop, beside which no other test may run one."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with chromium() as made:
        yield made


@contextmanager
def story(name: str, speed: float) -> Iterator[str]:
    """Play a story with its page; yield the address of a first visit."""
    command = [sys.executable, "-u", "-m", "sim", name, "--page", "--speed", str(speed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as playing:
        assert playing.stdout is not None
        try:
            found = re.search(r"http://\S+", playing.stdout.readline())
            assert found is not None
            yield found.group()
        finally:
            playing.terminate()
            playing.communicate(timeout=30)
