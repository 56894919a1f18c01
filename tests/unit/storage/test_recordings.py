"""Recordings: what goes in comes out, and everything that is no recording is refused in one line."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.errors import RecordingError
from firmware.frames import Frames
from firmware.signal.calibration import Calibration
from firmware.storage.recordings import RecordingSource, load, save
from hardware import board as boards

BOARD = boards.load_board()
CELLS = len(BOARD.cells)
Arrays = dict[str, Any]


def frames(count: int = 50) -> Frames:
    """Return frames that are all different, 80 a second."""
    counts = np.arange(count * CELLS, dtype=np.int32).reshape(count, CELLS) + 1000
    status = np.zeros((count, CELLS), np.uint8)
    status[3, 2] = 4
    return Frames(0, 5_000_000_000 + np.arange(count, dtype=np.int64) * 12_500_000, counts, status)


def arrays() -> Arrays:
    """Return the arrays of a valid file."""
    made, meta = frames(), {"version": 1, "board": BOARD.text, "source": "real", "note": "a note"}
    return {
        "t_ns": made.t_ns,
        "counts": made.counts,
        "status": made.status,
        "zero_counts": np.arange(CELLS),
        "counts_per_newton": np.full(CELLS, 1000.0),
        "meta": np.array(json.dumps(meta)),
    }


def meta(**changes: object) -> Callable[[Arrays], None]:
    """Change keys of meta."""

    def change(made: Arrays) -> None:
        made["meta"] = np.array(json.dumps(json.loads(str(made["meta"])) | changes))

    return change


def put(**changes: object) -> Callable[[Arrays], None]:
    """Change or, with None, leave out arrays."""

    def change(made: Arrays) -> None:
        for name, value in changes.items():
            made.pop(name)
            if value is not None:
                made[name] = value

    return change


def written(path: Path, change: Callable[[Arrays], None] = lambda _: None) -> Path:
    made = arrays()
    change(made)
    np.savez_compressed(path, **made)
    return path


def refusal(path: Path) -> str:
    """Return the one line of the error."""
    with pytest.raises(RecordingError) as caught:
        load(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    return text.removeprefix(f"{path}: ")


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """Frames, board, scale, zero, label and note, in blocks of any size."""
    path, calibration = tmp_path / "a.npz", Calibration((1000.5,) * CELLS, tuple(range(CELLS)))
    save(path, frames(), board_text=BOARD.text, calibration=calibration, label="semi-real", note="on a bed")
    recording = load(path)
    assert (recording.board, recording.calibration) == (BOARD, calibration)
    assert (recording.nominal_scale, recording.label, recording.note) == (False, "semi-real", "on a bed")
    blocks = list(recording.blocks(20))
    assert [(block.seq, len(block)) for block in blocks] == [(0, 20), (20, 20), (40, 10)]
    for name in ("t_ns", "counts", "status"):
        together = np.concatenate([getattr(block, name) for block in blocks])
        assert np.array_equal(together, getattr(frames(), name))
        assert together.dtype == getattr(frames(), name).dtype
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_scale_and_zero_may_be_missing(tmp_path: Path) -> None:
    """Nobody calibrated: the board's nominal scale, and no zero. Only the zero is missing: the scale is theirs."""
    path = tmp_path / "a.npz"
    save(path, frames(), board_text=BOARD.text, calibration=None, label="real")
    recording = load(path)
    assert recording.nominal_scale
    assert recording.calibration == Calibration((BOARD.counts_per_newton,) * CELLS)
    save(path, frames(), board_text=BOARD.text, calibration=Calibration((900.0,) * CELLS), label="real")
    recording = load(path)
    assert (recording.nominal_scale, recording.calibration) == (False, Calibration((900.0,) * CELLS))


def test_a_file_of_others_may_leave_out_what_is_not_needed(tmp_path: Path) -> None:
    """No board: the one that comes with the program. No source or an unknown one: unlabelled."""
    recording = load(written(tmp_path / "a.npz", meta(board="", source="hearsay")))
    assert recording.board == BOARD
    assert recording.label == "unlabelled"


def test_a_given_board_replaces_the_one_in_the_file(tmp_path: Path) -> None:
    """Also over one in the file that cannot be read."""
    path = written(tmp_path / "a.npz", meta(board="[mat"))
    assert load(path, BOARD).board == BOARD


def test_a_source_ends_behind_the_last_block(tmp_path: Path) -> None:
    """And stays at its end."""
    source = RecordingSource(load(written(tmp_path / "a.npz")), 30)
    assert [len(source.read(0.0)) for _ in range(2)] == [30, 20]
    for _ in range(2):
        with pytest.raises(EOFError):
            source.read(0.0)
    source.close()


BAD_INSIDE: dict[str, tuple[Callable[[Arrays], None], str]] = {
    "no meta": (put(meta=None), "has no meta: it is not a recording of this mat"),
    "meta is no JSON": (put(meta=np.array("{")), "meta is not JSON of a recording"),
    "meta is no object": (
        put(meta=np.array("[1]")),
        "meta is not JSON of a recording (Expected `object`",
    ),
    "a later version": (meta(version=2), "is of version 2, this acumat reads version 1: use the acumat that wrote it"),
    "no counts": (put(counts=None), "has no counts: make recordings with `acumat record`"),
    "counts of another type": (
        put(counts=np.zeros((50, CELLS))),
        "counts is float64 with 2 axes, but must be int32 with 2",
    ),
    "times of another type": (
        put(t_ns=np.zeros(50, np.uint64)),
        "t_ns is uint64 with 1 axes, but must be int64 with 1",
    ),
    "counts with one axis": (put(counts=np.zeros(50, np.int32)), "counts is int32 with 1 axes, but must be"),
    "cut short": (put(t_ns=np.zeros(49, np.int64)), "do not fit together: the file is cut short"),
    "status of other cells": (put(status=np.zeros((50, 3), np.uint8)), "do not fit together"),
    "no frames": (
        put(t_ns=np.zeros(0, np.int64), counts=np.zeros((0, 12), np.int32), status=np.zeros((0, 12), np.uint8)),
        "has no frames: record for longer",
    ),
    "time runs backwards": (
        put(t_ns=np.array([*range(30), *range(20)], np.int64)),
        "time runs backwards after frame 29: the file is damaged",
    ),
    "other cells than the board": (
        put(counts=np.zeros((50, 6), np.int32), status=np.zeros((50, 6), np.uint8)),
        f"has 6 cells, the board {BOARD.name!r} has 12: pass the matching --board",
    ),
    "scale for too few": (put(counts_per_newton=np.ones(11)), "counts_per_newton has shape (11,), but must be 12"),
    "scale that is nan": (put(counts_per_newton=np.array([np.nan] * 12)), "must be 12 finite numbers: calibrate again"),
    "scale that is text": (put(counts_per_newton=np.array(["9"] * 12)), "must be 12 finite numbers"),
    "scale that is negative": (
        put(counts_per_newton=np.array([900.0] * 11 + [-900.0])),
        "counts_per_newton of cell 11 is -900.0, but must be a positive number",
    ),
    "zero that is infinite": (put(zero_counts=np.array([np.inf] * 12)), "zero_counts has shape (12,), but must be"),
    "zero beyond the converter": (put(zero_counts=np.array([1 << 40] * 12)), "a converter of 24 bits gives"),
    "board that is no TOML": (meta(board="[mat"), "board in it: "),
    "board with unknown keys": (
        meta(board=BOARD.text + "\n[roof]\na = 1\n"),
        "pass the board it was made with as --board",
    ),
}


@pytest.mark.parametrize("case", BAD_INSIDE)
def test_a_file_with_wrong_contents_is_refused(case: str, tmp_path: Path) -> None:
    """One line with the file, the problem and the remedy."""
    change, fact = BAD_INSIDE[case]
    assert fact in refusal(written(tmp_path / "a.npz", change))


def test_a_board_with_many_errors_is_still_one_line(tmp_path: Path) -> None:
    """The first is named, the others are counted."""
    doubled = BOARD.text.replace("[mat]", "[mat]\nroof = 1\nwall = 2", 1)
    assert doubled != BOARD.text
    assert "(and 1 more): pass the board" in refusal(written(tmp_path / "a.npz", meta(board=doubled)))


def single_array() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(4))
    return buffer.getvalue()


def foreign_zip(names: tuple[str, ...]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "hello")
    return buffer.getvalue()


FOREIGN = {
    "nothing": b"",
    "words": b"hello, this is a letter",
    "a pickle": b"\x80\x04K\x01.",
    "a single array": single_array(),
    "some archive": foreign_zip(("word/document.xml",)),
    "an archive with our names": foreign_zip(("meta", "t_ns", "counts", "status")),
    "an archive with our file names": foreign_zip(("meta.npy", "t_ns.npy")),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_files_are_refused(kind: str, tmp_path: Path) -> None:
    """Any file on the disk."""
    path = tmp_path / "a.npz"
    path.write_bytes(FOREIGN[kind])
    assert "not a recording of this mat" in refusal(path)


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    """A file could run anything then."""
    path = tmp_path / "a.npz"
    np.savez(path, meta=np.array([print], dtype=object))
    assert "not a recording of this mat" in refusal(path)


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    """No such file, and a folder."""
    assert "cannot be read (No such file or directory): check the path" in refusal(tmp_path / "none.npz")
    assert "cannot be read (Is a directory)" in refusal(tmp_path)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damage_is_an_error_of_ours_or_none_at_all(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A file cut anywhere, or with any bytes changed: it still loads, or the error is one line."""
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    content = bytearray(whole_file(tmp_path_factory.getbasetemp()))
    if data.draw(st.booleans(), "cut"):
        del content[data.draw(st.integers(0, len(content) - 1), "length") :]
    else:
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3), "places"):
            content[place] = data.draw(st.integers(0, 255), "byte")
    path.write_bytes(content)
    message = ""
    try:
        load(path)
    except RecordingError as error:
        message = str(error)
    assert "\n" not in message


def whole_file(folder: Path) -> bytes:
    path = folder / "whole.npz"
    if not path.exists():
        written(path)
    return path.read_bytes()


def test_a_label_is_one_of_three(tmp_path: Path) -> None:
    """Figures are labelled by their origin, so a recording must have a label."""
    with pytest.raises(ValueError, match="label is 'mine', but must be one of real, semi-real, simulated"):
        save(tmp_path / "a.npz", frames(), board_text="", calibration=None, label="mine")
    assert list(tmp_path.iterdir()) == []
