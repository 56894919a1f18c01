"""Recordings: frames with the board and the calibration they were made with, in one .npz file.

Arrays: t_ns (n,) int64, counts (n, cells) int32, status (n, cells) uint8, optional zero_counts (cells,) and
counts_per_newton (cells,); and meta, a JSON string {version, board (TOML text), source, note}.
"""

import json
import os
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt

from firmware.errors import AcumatError, RecordingError
from firmware.frames import Frames
from firmware.signal.calibration import Calibration
from hardware import board as boards
from hardware.board import Board, BoardError

VERSION = 1
UNPACKED_MAX = 1 << 30  # bytes: two days of frames of 12 cells at 80 a second
UNPACKED_FREE = 16 << 20  # a smaller archive is read whatever its ratio
RATIO_MAX = 100  # real frames pack 3 to 5 times, constant ones up to 60
LABELS = ("real", "semi-real", "simulated")
# What zipfile, zlib and numpy raise for damaged and foreign files; RuntimeError: the file is encrypted.
_UNREADABLE = (
    ValueError, KeyError, EOFError, MemoryError, RuntimeError, SyntaxError, OverflowError,
    zipfile.BadZipFile, zlib.error, tokenize.TokenError,
)  # fmt: skip
_SHAPES = {"t_ns": (1, np.int64), "counts": (2, np.int32), "status": (2, np.uint8)}


class _Meta(msgspec.Struct):
    """The JSON text of meta."""

    version: int | None = None
    board: str = ""
    source: str = ""
    note: Annotated[str, msgspec.Meta(max_length=10_000)] = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """The content of a file.

    nominal_scale: the scale is nominal, from the board file. label is one of LABELS, or unlabelled when the file has
    none.
    """

    frames: Frames
    board: Board
    calibration: Calibration
    nominal_scale: bool
    label: str
    note: str

    def blocks(self, size: int) -> Iterator[Frames]:
        """Yield the frames in blocks of this size."""
        whole = self.frames
        for start in range(0, len(whole), size):
            part = slice(start, start + size)
            yield Frames(whole.seq + start, whole.t_ns[part], whole.counts[part], whole.status[part])


class RecordingSource:
    """A recording as a Source: blocks of frames without waiting, then EOFError."""

    def __init__(self, recording: Recording, block: int = 4096) -> None:
        self._blocks = recording.blocks(block)

    def read(self, timeout_s: float) -> Frames:  # noqa: ARG002 - frames of a file are never late
        """Return the next block. Raises EOFError after the last."""
        for frames in self._blocks:
            return frames
        raise EOFError

    def close(self) -> None:
        """Do nothing; no file is open."""


def load(path: Path, board: Board | None = None) -> Recording:
    """Read and check a recording. A given board replaces the one in the file.

    Raises RecordingError with one line that names the file, the problem and the remedy.
    """
    try:
        with path.open("rb") as file:
            arrays = _arrays(file)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read ({error.strerror or error}): check the path") from error
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from error
    except _UNREADABLE as error:
        raise RecordingError(f"{path}: not a recording of this mat: make one with `acumat record`") from error
    try:
        return _checked(arrays, board)
    except (AcumatError, BoardError) as error:
        raise RecordingError(f"{path}: {error}") from error


def save(
    path: Path,
    frames: Frames,
    *,
    board_text: str,
    calibration: Calibration | None,
    label: str,
    note: str = "",
) -> None:
    """Write a recording atomically: to a temporary file first, then renamed.

    Raises RecordingError when it cannot be written, ValueError for a label that is not one of LABELS.
    """
    if label not in LABELS:
        raise ValueError(f"label is {label!r}, but must be one of {', '.join(LABELS)}")
    arrays: dict[str, npt.NDArray[np.generic]] = {"t_ns": frames.t_ns, "counts": frames.counts, "status": frames.status}
    if calibration is not None:
        arrays["counts_per_newton"] = np.array(calibration.counts_per_newton)
        if calibration.zero_counts is not None:
            arrays["zero_counts"] = np.array(calibration.zero_counts, dtype=np.int32)
    meta = json.dumps({"version": VERSION, "board": board_text, "source": label, "note": note})
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, meta=np.array(meta), **arrays)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be written ({error.strerror}): choose a writable folder with free space"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _arrays(file: BinaryIO) -> dict[str, npt.NDArray[np.generic]]:
    """Return the arrays in an open .npz file; other members are ignored."""
    _check_size(file)
    archive = np.load(file, allow_pickle=False)
    if not isinstance(archive, np.lib.npyio.NpzFile):
        raise ValueError("a single array")  # noqa: TRY004 - the caller reports all foreign files alike
    with archive:
        return {name: value for name in archive.files if isinstance(value := archive[name], np.ndarray)}


def _check_size(file: BinaryIO) -> None:
    """Raise RecordingError for an archive that unpacks to far more than frames of its size can."""
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
        packed = sum(member.compress_size for member in archive.infolist())
    file.seek(0)
    if unpacked > UNPACKED_MAX or (unpacked > UNPACKED_FREE and unpacked > RATIO_MAX * packed):
        raise RecordingError(f"unpacks to {unpacked >> 20} MB: record for a shorter time")


def _checked(arrays: Mapping[str, npt.NDArray[np.generic]], board: Board | None) -> Recording:
    meta = _meta(arrays)
    for name, (dimensions, kind) in _SHAPES.items():
        if name not in arrays:
            raise RecordingError(f"has no {name}: make recordings with `acumat record`")
        if arrays[name].ndim != dimensions or arrays[name].dtype != kind:
            raise RecordingError(
                f"{name} is {arrays[name].dtype} with {arrays[name].ndim} axes, "
                f"but must be {np.dtype(kind)} with {dimensions}"
            )
    t_ns, counts, status = (arrays[name] for name in _SHAPES)
    if not (len(t_ns) == len(counts) == len(status) and counts.shape == status.shape):
        raise RecordingError(
            f"t_ns {t_ns.shape}, counts {counts.shape} and status {status.shape} do not fit together: "
            "the file is cut short"
        )
    if not len(t_ns):
        raise RecordingError("has no frames: record for longer")
    steps = np.diff(t_ns.astype(np.int64))
    if (steps < 0).any():
        raise RecordingError(f"time runs backwards after frame {int(np.argmax(steps < 0))}: the file is damaged")
    board = board or _board(meta)
    cells = len(board.cells)
    if counts.shape[1] != cells:
        raise RecordingError(
            f"has {counts.shape[1]} cells, the board {board.name!r} has {cells}: pass the matching --board"
        )
    nominal = "counts_per_newton" not in arrays
    scale = np.full(cells, board.counts_per_newton) if nominal else _per_cell(arrays, "counts_per_newton", cells)
    zero = _per_cell(arrays, "zero_counts", cells) if "zero_counts" in arrays else None
    calibration = Calibration(
        tuple(float(value) for value in scale), None if zero is None else tuple(round(float(value)) for value in zero)
    )
    frames = Frames(0, t_ns.astype(np.int64), counts.astype(np.int32), status.astype(np.uint8))
    label = meta.source if meta.source in LABELS else "unlabelled"
    return Recording(frames, board, calibration, nominal, label, meta.note)


def _meta(arrays: Mapping[str, npt.NDArray[np.generic]]) -> _Meta:
    if "meta" not in arrays:
        raise RecordingError("has no meta: it is not a recording of this mat; make one with `acumat record`")
    try:
        meta = msgspec.json.decode(str(arrays["meta"]), type=_Meta)
    except RecursionError as error:
        raise RecordingError("meta is nested too deeply: the file is damaged") from error
    except ValueError as error:
        raise RecordingError(f"meta is not JSON of a recording ({error}): the file is damaged") from error
    if meta.version != VERSION:
        raise RecordingError(
            f"is of version {meta.version}, this acumat reads version {VERSION}: use the acumat that wrote it"
        )
    return meta


def _board(meta: _Meta) -> Board:
    if not meta.board:
        return boards.load_board()
    try:
        return boards.parse_board(meta.board, "board in it")
    except BoardError as error:
        first, *more = str(error).splitlines()
        rest = f" (and {len(more)} more)" if more else ""
        raise RecordingError(f"{first}{rest}: pass the board it was made with as --board") from error


def _per_cell(arrays: Mapping[str, npt.NDArray[np.generic]], name: str, cells: int) -> npt.NDArray[np.float64]:
    values = arrays[name]
    if values.shape != (cells,) or values.dtype.kind not in "iuf" or not np.isfinite(values.astype(float)).all():
        raise RecordingError(f"{name} has shape {values.shape}, but must be {cells} finite numbers: calibrate again")
    return values.astype(np.float64)
