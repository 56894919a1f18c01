"""Safe mode: when it begins, and how a good minute ends it."""

from pathlib import Path

import pytest

from firmware import mat
from firmware.enums import State
from firmware.errors import CalibrationError, ConfigError
from firmware.storage.start_counter import GOOD_S, NAME, SHORT_STARTS, StartCounter, short_starts
from hardware.board import BoardError
from tests.doubles.ticks import tick


def test_five_short_starts_lead_to_safe_mode(tmp_path: Path) -> None:
    """The sixth start in a row is the first one in safe mode."""
    assert [StartCounter(tmp_path).safe for _ in range(SHORT_STARTS + 1)] == [False] * SHORT_STARTS + [True]


def test_a_good_minute_clears_the_count(tmp_path: Path) -> None:
    """And leaves safe mode by a restart, but not while a person lies on the mat."""
    (tmp_path / NAME).write_text(f"{SHORT_STARTS}")
    left: list[bool] = []
    counter = StartCounter(tmp_path, lambda: left.append(True))
    counter.offer(tick(GOOD_S - 1))
    assert short_starts(tmp_path) == SHORT_STARTS + 1
    counter.offer(tick(GOOD_S, State.RESTING, load_n=600.0))
    assert left == []
    counter.offer(tick(GOOD_S + 1))
    counter.offer(tick(GOOD_S + 2))
    assert left == [True]
    counter.close()
    assert short_starts(tmp_path) == 0
    assert not StartCounter(tmp_path).safe


@pytest.mark.parametrize("content", [b"", b"\xff", b"many", b"-5", b"9" * 5000])
def test_an_unreadable_count_is_no_reason_to_stop(content: bytes, tmp_path: Path) -> None:
    """Damage of this file must not matter; a folder that cannot be written neither."""
    (tmp_path / NAME).write_bytes(content)
    StartCounter(tmp_path)
    (tmp_path / "file").write_text("")
    StartCounter(tmp_path / "file")


def test_a_damaged_calibration_or_zero_stops_nothing(tmp_path: Path) -> None:
    """The nominal scale is in use, and both files are named; `acumat doctor` and others still report the error."""
    settings = tmp_path / "acumat.toml"
    settings.write_text('[storage]\nstate_dir = "."\n')
    (tmp_path / "calibration.json").write_text("{")
    (tmp_path / "zero.json").write_text("[")
    found = mat.load_for_service(settings)
    assert (found.calibrated, len(found.faults)) == (False, 2)
    assert {name for name in ("calibration.json", "zero.json") for fault in found.faults if name in fault} == {
        "calibration.json",
        "zero.json",
    }
    with pytest.raises(CalibrationError):
        mat.load_mat(settings)


@pytest.mark.parametrize(
    ("text", "error"), [("[session]\ngoal = 5\n", ConfigError), ('[board]\nfile = "none.toml"\n', BoardError)]
)
def test_unreadable_settings_or_board_are_refused(text: str, error: type[Exception], tmp_path: Path) -> None:
    """The wiring is unknown then: the pins of the default board may belong to something else."""
    settings = tmp_path / "acumat.toml"
    settings.write_text(text)
    with pytest.raises(error):
        mat.load_for_service(settings)
