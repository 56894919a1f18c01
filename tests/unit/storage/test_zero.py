"""The zero in use survives power-off, and the loop never waits for the disk."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware.errors import StorageError
from firmware.events import Zeroed
from firmware.signal.calibration import Calibration
from firmware.storage import calibration as calibrations
from firmware.storage.zero import NAME, ZeroStore, load, save
from tests.doubles.ticks import tick

SCALE = (1000.0,) * 12
ZERO = tuple(range(100, 112))


def test_what_is_kept_is_loaded(tmp_path: Path) -> None:
    """For the calibration that it belongs to, and for no other."""
    assert load(tmp_path, 12, 0) is None
    assert save(tmp_path / "state", ZERO, 3) == tmp_path / "state" / NAME
    assert load(tmp_path / "state", 12, 3) == ZERO
    assert load(tmp_path / "state", 12, 4) is None
    assert load(tmp_path / "state", 6, 3) is None


@pytest.mark.parametrize(
    "content",
    ["", "[1]", '{"version": 1}', '{"version": 2, "calibration": 0, "zero_counts": [1]}',
     '{"version": 1, "calibration": 0, "zero_counts": ["a"]}', '{"version": 1, "calibration": 0, "zero_counts": 5}',
     '{"version": 1, "calibration": 0, "zero_counts": [Infinity]}'],
)  # fmt: skip
def test_an_unusable_file_is_no_zero(content: str, tmp_path: Path) -> None:
    """The factory zero is better than a mat that does not start."""
    (tmp_path / NAME).write_text(content)
    assert load(tmp_path, 1, 0) is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """One line with the file and the remedy."""
    (tmp_path / "file").write_text("")
    with pytest.raises(
        StorageError, match=r"file/zero.json: cannot be written \(File exists\): choose a writable folder"
    ):
        save(tmp_path / "file", ZERO, 0)


def test_the_newest_calibration_gets_the_stored_zero(tmp_path: Path) -> None:
    """Until the next calibration, which brings a zero of its own."""
    calibrations.save(tmp_path, Calibration(SCALE, (5,) * 12))
    save(tmp_path, ZERO, 1)
    assert calibrations.load(tmp_path, 12) == Calibration(SCALE, ZERO)
    calibrations.save(tmp_path, Calibration(SCALE, (7,) * 12))
    assert calibrations.load(tmp_path, 12) == Calibration(SCALE, (7,) * 12)


class FakeCore:
    """A core, as far as the store sees it."""

    def __init__(self) -> None:
        self.zero: tuple[int, ...] | None = ZERO

    def calibration(self) -> Calibration:
        """Scale and zero in use."""
        return Calibration(SCALE, self.zero)


def until(wish: Callable[[], Any]) -> None:
    end_s = time.perf_counter() + 5
    while not wish():
        assert time.perf_counter() < end_s
        time.sleep(0.005)


def test_a_new_zero_is_kept_at_once_and_drift_every_ten_minutes(tmp_path: Path) -> None:
    """Between them nothing is written, and nothing that has not changed."""
    mat = FakeCore()
    store = ZeroStore(tmp_path, mat.calibration, 2)
    store.offer(tick(1.0, events=(Zeroed(1.0, 0.0, "start"),)))
    store.offer(tick(600.0))
    assert not (tmp_path / NAME).exists()
    mat.zero = (7,) * 12
    store.offer(tick(1199.0))
    assert not (tmp_path / NAME).exists()
    store.offer(tick(1201.0))
    until(lambda: load(tmp_path, 12, 2) == (7,) * 12)
    mat.zero = (8,) * 12
    store.offer(tick(1202.0, events=(Zeroed(1202.0, 30.0, "placed"),)))
    until(lambda: load(tmp_path, 12, 2) == (8,) * 12)
    mat.zero = (9,) * 12
    store.close()
    assert load(tmp_path, 12, 2) == (9,) * 12


def test_a_mat_without_a_zero_keeps_none(tmp_path: Path) -> None:
    """There is nothing to keep."""
    mat = FakeCore()
    mat.zero = None
    store = ZeroStore(tmp_path, mat.calibration, 0)
    store.offer(tick(700.0))
    store.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("repaired", [False, True])
def test_a_failing_disk_is_logged_once_and_retried(
    repaired: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file blocks the folder, and is removed later, or not."""
    mat, folder = FakeCore(), tmp_path / "state"
    folder.write_text("")
    store = ZeroStore(folder, mat.calibration, 0)
    mat.zero = (1,) * 12
    store.offer(tick(1.0, events=(Zeroed(1.0, 0.0, "placed"),)))
    until(lambda: store.fault is not None)
    if repaired:
        folder.unlink()
    mat.zero = (3,) * 12
    store.close()
    assert [str(folder) in record.message for record in caplog.records] == [True]
    assert (store.fault is None) == repaired
    assert load(folder, 12, 0) == ((3,) * 12 if repaired else None)
