"""Hostile input, in small: nothing but the documented errors comes back, quickly. `make fuzz` runs it in large."""

import time
from pathlib import Path
from random import Random

import pytest

from firmware.errors import ConfigError, RecordingError
from firmware.programme import levels
from firmware.storage import recordings
from tests.fuzz.boundaries import Boundary, bomb, boundaries
from tests.fuzz.inputs import NASTY, mutated
from tests.fuzz.run import SIZE_MAX

WAYS_IN = {one.name: one for one in boundaries()}


def feed(way_in: Boundary, data: bytes, folder: Path) -> str:
    """Return the text of a documented error, empty without one."""
    try:
        way_in.read(data, folder)
    except way_in.errors as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", WAYS_IN)
def test_the_valid_example_is_accepted(name: str, tmp_path: Path) -> None:
    """Otherwise the mutations would all be rejected at the first check."""
    assert feed(WAYS_IN[name], WAYS_IN[name].example, tmp_path) == ""


@pytest.mark.parametrize("name", WAYS_IN)
def test_every_nasty_text_alone_is_a_documented_error(name: str, tmp_path: Path) -> None:
    """Deep nesting, thousands of digits, surrogates, control characters: one error, no traceback."""
    for data in NASTY:
        error = feed(WAYS_IN[name], data, tmp_path)
        assert len(error) < 100_000
        assert error.isprintable() or "\n" in error


@pytest.mark.parametrize("name", WAYS_IN)
def test_mutations_of_the_example_raise_only_documented_errors(name: str, tmp_path: Path) -> None:
    """Three hundred mutations of a fixed seed for each way in."""
    chance = Random(f"small {name}")  # noqa: S311 - reproducible
    for _ in range(300):
        feed(WAYS_IN[name], mutated(WAYS_IN[name].example, chance, SIZE_MAX), tmp_path)


def test_a_zip_bomb_is_rejected_before_it_is_unpacked(tmp_path: Path) -> None:
    """2 MB that would become 2 GB: one line, in no time."""
    path = tmp_path / "bomb.npz"
    path.write_bytes(bomb())
    began_s = time.process_time()
    with pytest.raises(RecordingError, match="unpacks to 2048 MB"):
        recordings.load(path)
    assert time.process_time() - began_s < 1.0


@pytest.mark.parametrize(
    "text",
    [
        "[mqtt]\nhost = '" + "a" * 80_000 + "'",
        ".".join("a" * 20_000) + " = 1",
        "[" + "a" * 80_000 + "]",
        "a = " + "1" * 4_000,
    ],
    ids=["host of 80,000 letters", "key of 20,000 parts", "section of 80,000 letters", "number of 4,000 digits"],
)
def test_long_input_takes_linear_time(text: str, tmp_path: Path) -> None:
    """A host name of 80,000 letters once took 17 s; the error line stays short."""
    began_s = time.process_time()
    error = feed(WAYS_IN["settings"], text.encode(), tmp_path)
    assert time.process_time() - began_s < 1.0
    assert 0 < len(error) < 1_000


def test_a_name_with_a_control_character_is_not_printed(tmp_path: Path) -> None:
    """It may come from a clipboard together with a password."""
    error = feed(WAYS_IN["settings"], b'[mqtt]\nusername = "mat\\tsecret-3141"\n', tmp_path)
    assert "must be up to 128 printable characters" in error
    assert "secret" not in error


def test_a_programme_that_is_too_large_is_one_line() -> None:
    """A file of another program in its place."""
    with pytest.raises(ConfigError, match="larger than 128 KB"):
        levels.parse_programme("a = 1\n" * 40_000)
