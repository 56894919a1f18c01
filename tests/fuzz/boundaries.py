"""One row for each way into the mat: how one input is read, a valid example, and the errors that reading may raise.

Any other exception is a defect. Each input is read as the product reads it, from bytes to the checked value.
"""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware import config
from firmware.cues import table as cues
from firmware.errors import CalibrationError, ConfigError, RecordingError
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.topics import TopicNames
from firmware.programme import levels
from firmware.storage import calibration, recordings, zero
from hardware import board
from hardware.board import BoardError
from tests.doubles.clock import ManualClock

if TYPE_CHECKING:
    from firmware.commands import Request

CELLS: Final = 12
COMMANDS: Final = ("person", "add_person", "goal_min", "level", "mode", "end", "hurt", "unknown")

Read = Callable[[bytes, Path], None]


@dataclass(frozen=True, slots=True)
class Boundary:
    """A way in. read gets the input and an empty folder for files."""

    name: str
    read: Read
    example: bytes
    errors: tuple[type[Exception], ...]


def _command(data: bytes, _folder: Path) -> None:
    """Every command answers each payload exactly once, and every answer can be encoded."""
    clock = ManualClock()
    requests: list[Request] = []
    receiver = CommandReceiver(TopicNames("attic"), requests.append, clock, lambda: True)
    name = COMMANDS[len(data) % len(COMMANDS)]
    assert receiver.receive(f"acumat/attic/cmd/{name}", data, retained=False)
    for request in requests:
        request.answer(f"rejected: {request.value}")
    result = receiver.next_result()
    assert result is not None
    result.decode("utf-8")
    assert receiver.next_result() is None


def _file(name: str, load: Callable[[Path], object]) -> Read:
    def read(data: bytes, folder: Path) -> None:
        path = folder / name
        path.write_bytes(data)
        load(path)

    return read


def _text(parse: Callable[[str], object]) -> Read:
    return lambda data, _folder: (parse(data.decode("utf-8", "replace")), None)[1]


@cache
def _recording() -> bytes:
    buffer = io.BytesIO()
    meta = json.dumps({"version": 1, "board": "", "source": "simulated", "note": "x"})
    t_ns = np.arange(50, dtype=np.int64) * 12_500_000
    counts, status = np.ones((50, CELLS), np.int32), np.zeros((50, CELLS), np.uint8)
    np.savez_compressed(buffer, meta=np.array(meta), t_ns=t_ns, counts=counts, status=status)
    return buffer.getvalue()


SETTINGS: Final = b"""[device]
id = "attic"
[session]
goal_min = 12.5
[mqtt]
enabled = true
host = "broker.local"
username = "mat"
[outputs]
night_start = "22:30"
"""
ROW: Final = {
    "number": 1, "made_s": 1.8e9, "method": "weights", "error_share": 0.01, "note": "first",
    "counts_per_newton": [1000.0] * CELLS, "zero_counts": [100] * CELLS,
}  # fmt: skip
CALIBRATION: Final = json.dumps({"version": 2, "calibrations": [ROW]}).encode()
ZERO: Final = json.dumps({"version": 1, "calibration": 1, "zero_counts": [5] * CELLS}).encode()
PACKAGE: Final = Path(levels.__file__).parents[1]


def boundaries() -> tuple[Boundary, ...]:
    """Return every way in."""
    programme = (PACKAGE / "programme/programme.toml").read_bytes()
    table = (PACKAGE / "cues/cues.toml").read_bytes()
    scale = _file(calibration.NAME, lambda path: calibration.load(path.parent, CELLS))
    kept = _file(zero.NAME, lambda path: (zero.load(path.parent, CELLS, 1), zero.fault(path.parent)))
    return (
        Boundary("command", _command, b'{"value": 12, "id": "a"}', ()),
        Boundary("settings", _file("acumat.toml", config.load_settings), SETTINGS, (ConfigError,)),
        Boundary("board", _file("board.toml", board.load_board), board.default_text().encode(), (BoardError,)),
        Boundary("cues", _text(cues.parse_cue_table), table, (ConfigError,)),
        Boundary("programme", _text(levels.parse_programme), programme, (ConfigError,)),
        Boundary("calibration", scale, CALIBRATION, (CalibrationError,)),
        Boundary("zero", kept, ZERO, ()),
        Boundary("recording", _file("a.npz", recordings.load), _recording(), (RecordingError,)),
    )


def bomb() -> bytes:
    """A recording of 2 MB that unpacks to 2 GB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        zeros = bytes(1 << 20)
        with archive.open("counts.npy", "w", force_zip64=True) as member:
            for _ in range(2048):
                member.write(zeros)
    return buffer.getvalue()
