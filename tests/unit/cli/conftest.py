"""The command as a user calls it, and recordings to call it with."""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hardware import board as boards
from sim.frames import Bench, FrameSource, write_recording
from sim.people import story as stories

Acumat = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def acumat() -> Acumat:
    """`acumat` with some words, as its own process; its exit code is not looked at."""

    def call(*words: object, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "firmware", *map(str, words)]
        environment = {**os.environ, **(env or {})}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)

    return call


@pytest.fixture(scope="session")
def session_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated recording of a whole session: five minutes wanted, five and a half lain, rolled to the side."""
    return simulated(tmp_path_factory.mktemp("recordings") / "session.npz", "quick", None)


@pytest.fixture(scope="session")
def lying_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated recording that ends while somebody lies."""
    return simulated(tmp_path_factory.mktemp("recordings") / "lying.npz", "quick", 90.0)


def simulated(path: Path, story: str, seconds: float | None) -> Path:
    bench = Bench(stories.load_story(story), boards.load_board(), seed=4)
    if seconds is not None:
        bench.scene = dataclasses.replace(bench.scene, length_s=seconds)
    write_recording(path, bench, FrameSource(bench), note=f"story {story}")
    return path
