"""The calibration file: written whole, read back the same, and every unusable one refused in one line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware.errors import CalibrationError
from firmware.signal.calibration import Calibration
from firmware.storage.calibration import NAME, CalibrationRecord, Provenance, history, load, number, save

SCALE = tuple(1000.0 + cell / 3 for cell in range(12))
ROW = {
    "number": 4, "made_s": 1.8e9, "method": "known mass", "error_share": 0.01, "note": "",
    "counts_per_newton": list(SCALE), "zero_counts": list(range(12)),
}  # fmt: skip


def refusal(folder: Path, cells: int = 12) -> str:
    """Return the one line of the error."""
    with pytest.raises(CalibrationError) as caught:
        load(folder, cells)
    text = str(caught.value)
    assert text.startswith(f"{folder / NAME}: ")
    assert "\n" not in text
    return text.removeprefix(f"{folder / NAME}: ")


def test_no_file_is_no_calibration(tmp_path: Path) -> None:
    """A new mat: the caller uses the nominal scale."""
    assert load(tmp_path, 12) is None
    assert load(tmp_path / "none", 12) is None


@pytest.mark.parametrize("zero", [None, tuple(range(-5, 7))])
def test_what_is_saved_is_loaded(zero: tuple[int, ...] | None, tmp_path: Path) -> None:
    """To the last bit, into a folder that is made for it, with and without a zero; nothing lies beside it."""
    made = Calibration(SCALE, zero)
    folder = tmp_path / "state" / "mat"
    assert save(folder, made) == folder / NAME
    assert load(folder, 12) == made
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_a_file_of_the_first_version_is_read(tmp_path: Path) -> None:
    """It knew one calibration and nothing about it; the next one is the second."""
    old = {"version": 1, "counts_per_newton": list(SCALE), "zero_counts": list(range(12))}
    (tmp_path / NAME).write_text(json.dumps(old))
    [record] = history(tmp_path, 12)
    assert record == CalibrationRecord(1, Calibration(SCALE, tuple(range(12))), Provenance())
    save(tmp_path, Calibration((500.0,) * 12))
    assert [one.number for one in history(tmp_path, 12)] == [1, 2]


def test_every_calibration_is_kept_and_the_newest_holds(tmp_path: Path) -> None:
    """Twenty of them: with number, date, method and the error it was made with; the oldest goes first."""
    assert number(tmp_path, 12) == 0
    for turn in range(1, 24):
        provenance = Provenance("body weight", 1.8e9 + turn, 0.05, "on the floor")
        save(tmp_path, Calibration((500.0 + turn,) * 12, (turn,) * 12), provenance)
    records = history(tmp_path, 12)
    assert [one.number for one in records] == list(range(4, 24))
    assert records[-1].provenance == Provenance("body weight", 1.8e9 + 23, 0.05, "on the floor")
    assert load(tmp_path, 12) == Calibration((523.0,) * 12, (23,) * 12)
    assert number(tmp_path, 12) == 23


def test_a_damaged_file_is_put_aside_by_the_next_calibration(tmp_path: Path) -> None:
    """A file that may still be needed is not overwritten."""
    (tmp_path / NAME).write_text("{")
    save(tmp_path, Calibration(SCALE))
    assert load(tmp_path, 12) == Calibration(SCALE)
    (tmp_path / NAME).write_text("[")
    save(tmp_path, Calibration(SCALE))
    assert [(tmp_path / f"damaged/calibration-{n}.json").read_text() for n in (1, 2)] == ["{", "["]
    for _ in range(10):
        (tmp_path / NAME).write_text("{")
        save(tmp_path, Calibration(SCALE))
    assert len(list((tmp_path / "damaged").iterdir())) == 5


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """After a downgrade the calibration of the newer program is still there when that returns."""
    (tmp_path / NAME).write_text(newer := '{"version": 3, "cells": {}}')
    with pytest.raises(CalibrationError, match="is of version 3"):
        save(tmp_path, Calibration(SCALE))
    assert (tmp_path / NAME).read_text() == newer


def without(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.pop(key)


def put(**changes: object) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.update(changes)


WRONG: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "no version": (
        without("version"),
        "missing required field `version`): remove it and calibrate again",
    ),
    "no scale": (
        without("counts_per_newton"),
        "(Object missing required field `counts_per_newton`",
    ),
    "no zero": (without("zero_counts"), "(Object missing required field `zero_counts`"),
    "another version": (put(version=3), "is of version 3, this acumat reads 2: update it, or remove the file"),
    "no records at all of that version": (without("calibrations"), "is not a calibration (no field `calibrations`)"),
    "no way it was made": (without("method"), "(Object missing required field `method`"),
    "a date that is none": (put(made_s="today"), "is not a calibration (Expected `float | null`, got `str`"),
    "one scale for all": (put(counts_per_newton=1000.0), "is not a calibration (Expected `array`, got `float`"),
    "scale in words": (put(counts_per_newton=["many"] * 12), "is not a calibration (Expected `float`, got `str`"),
    "scale that is nan": (put(counts_per_newton=[float("nan")] * 12), "is not a calibration (JSON is malformed"),
    "negative scale": (put(counts_per_newton=[-9.0] * 12), "of cell 0 is -9.0, but must be a positive number"),
    "zero of fewer cells": (put(zero_counts=[0] * 11), "zero_counts has 11 cells, counts_per_newton has 12"),
    "zero that is nan": (put(zero_counts=[float("nan")] * 12), "is not a calibration (JSON is malformed"),
    "zero that is infinite": (put(zero_counts=[float("inf")] * 12), "is not a calibration (JSON is malformed"),
    "zero beyond the converter": (put(zero_counts=[1 << 24] * 12), "zero_counts of cell 0 is 16777216, but a"),
    "of another board": (
        put(counts_per_newton=[900.0] * 6, zero_counts=[0] * 6),
        "has 6 cells, the board has 12: remove it and calibrate again",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_unusable_file_is_refused(case: str, tmp_path: Path) -> None:
    """One line with the file, the problem and the remedy; never a partly wrong scale."""
    change, fact = WRONG[case]
    row = dict(ROW)
    data = {"version": 2, "calibrations": [row]}
    change(data if "version" in case else row)
    (tmp_path / NAME).write_text(json.dumps(data))
    assert fact in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00"], ids=["empty", "cut", "no text"])
def test_a_file_that_is_no_json_is_refused(content: bytes, tmp_path: Path) -> None:
    """As after a power cut on a disk that lied."""
    (tmp_path / NAME).write_bytes(content)
    assert "is not a calibration (" in refusal(tmp_path)
    (tmp_path / NAME).write_text("[1, 2]")
    assert "is not a calibration (Expected `object`, got `array`)" in refusal(tmp_path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder where the file should be; on a Pi it is usually the rights."""
    (tmp_path / NAME).mkdir()
    assert "cannot be read (Is a directory): grant the user of the service read permission" in refusal(tmp_path)


def test_a_full_disk_leaves_the_old_calibration(tmp_path: Path) -> None:
    """The new one is written beside the old one and takes its place only when it is whole."""
    save(tmp_path, Calibration(SCALE))
    program = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20));"
        "from pathlib import Path; from firmware.signal.calibration import Calibration;"
        "from firmware.storage.calibration import save;"
        f"save(Path({os.fspath(tmp_path)!r}), Calibration((5.0,) * 12))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    fact = f"{tmp_path / NAME}: cannot be written (File too large): choose a writable folder with free space"
    assert done.stderr.splitlines()[-1].endswith(fact)
    assert load(tmp_path, 12) == Calibration(SCALE)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
