"""The calibration file: all calibrations of this mat, newest last, replaced atomically.

A record holds counts per newton of each cell and the factory zero, the zero of the empty mat on that day. The zero in
use follows drift and has its own file (storage/zero.py), so that drift never rewrites a calibration.
"""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import msgspec

from firmware.errors import CalibrationError
from firmware.signal.calibration import Calibration
from firmware.storage import json_file
from firmware.storage import zero as zeros
from firmware.storage.aside import move_aside
from firmware.storage.atomic_write import atomic_write

VERSION: Final = 2
NAME: Final = "calibration.json"
RECORDS_MAX: Final = 20  # records; the oldest is dropped first
CELLS_MAX: Final = 1_000
Code = Annotated[int, msgspec.Meta(ge=-(1 << 31), lt=1 << 31)]
REMEDY: Final = "remove it and calibrate again"


class NewerVersionError(CalibrationError):
    """The file is of a newer acumat; it is left alone."""


Cells = Annotated[list[float], msgspec.Meta(min_length=1, max_length=CELLS_MAX)]
Zero = Annotated[list[Code], msgspec.Meta(min_length=1, max_length=CELLS_MAX)] | None


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    """A calibration in the file."""

    number: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    made_s: Annotated[float, msgspec.Meta(ge=0, le=1e11)] | None
    method: Annotated[str, msgspec.Meta(max_length=40)]
    error_share: Annotated[float, msgspec.Meta(ge=0, le=1e6)] | None
    note: Annotated[str, msgspec.Meta(max_length=1_000)]
    counts_per_newton: Cells
    zero_counts: Zero


class _File(msgspec.Struct):
    """The whole file; version 1 had a single calibration."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    calibrations: Annotated[list[_Row], msgspec.Meta(max_length=100)] | None = None
    counts_per_newton: Cells | None = None
    zero_counts: Zero = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a calibration was made. made_s is in seconds since 1970, None when the clock was not synchronised.

    error_share is the estimated error of a cell as a share of the load; None when it is unknown.
    """

    method: str = "unknown"
    made_s: float | None = None
    error_share: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CalibrationRecord:
    """One calibration: its number on this mat, scale and factory zero, and how it was made."""

    number: int
    calibration: Calibration
    provenance: Provenance


def load(folder: Path, cells: int) -> Calibration | None:
    """Return the newest calibration of a mat with this number of cells, with the stored zero; None when there is none.

    Raises CalibrationError with the path, the problem and the remedy when the file exists but is not usable.
    """
    records = history(folder, cells)
    if not records:
        return None
    newest = records[-1]
    stored = zeros.load(folder, cells, newest.number)
    return newest.calibration if stored is None else replace(newest.calibration, zero_counts=stored)


def number(folder: Path, cells: int) -> int:
    """Return the number of the newest calibration, 0 when there is none. Raises CalibrationError like load."""
    records = history(folder, cells)
    return records[-1].number if records else 0


def history(folder: Path, cells: int) -> tuple[CalibrationRecord, ...]:
    """Return all records of a mat with this number of cells, newest last. Raises CalibrationError like load."""
    path = folder / NAME
    try:
        records = _records(json_file.read(path, _File))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CalibrationError(
            f"{path}: cannot be read ({error.strerror}): grant the user of the service read permission"
        ) from error
    except json_file.NotReadableError as error:
        raise CalibrationError(f"{path}: is not a calibration ({error}): {REMEDY}") from error
    except CalibrationError as error:
        raise type(error)(f"{path}: {error}") from error
    for record in records:
        found = len(record.calibration.counts_per_newton)
        if found != cells:
            raise CalibrationError(f"{path}: has {found} cells, the board has {cells}: {REMEDY}")
    return records


def save(folder: Path, calibration: Calibration, provenance: Provenance | None = None) -> Path:
    """Append a record with the factory zero of the calibration. Returns the path.

    An unusable file is moved to the folder `damaged`. Raises StorageError when the file cannot be written, and
    CalibrationError when it is of a newer acumat: then nothing changes.
    """
    path = folder / NAME
    try:
        before = history(folder, len(calibration.counts_per_newton))
    except NewerVersionError:
        raise
    except CalibrationError:
        before = ()
        with contextlib.suppress(OSError):  # the write below raises the error
            move_aside(path)
    record = CalibrationRecord(before[-1].number + 1 if before else 1, calibration, provenance or Provenance())
    return atomic_write(path, _text((*before, record)[-RECORDS_MAX:]))


def _text(records: Sequence[CalibrationRecord]) -> str:
    rows = [
        {
            "number": record.number,
            "made_s": record.provenance.made_s,
            "method": record.provenance.method,
            "error_share": record.provenance.error_share,
            "note": record.provenance.note,
            "counts_per_newton": record.calibration.counts_per_newton,
            "zero_counts": record.calibration.zero_counts,
        }
        for record in records
    ]
    return json.dumps({"version": VERSION, "calibrations": rows}, indent=1) + "\n"


def _records(file: _File) -> tuple[CalibrationRecord, ...]:
    if file.version > VERSION:
        raise NewerVersionError(
            f"is of version {file.version}, this acumat reads {VERSION}: update it, or remove the file"
        )
    if file.version == 1 and file.counts_per_newton is not None:
        return (CalibrationRecord(1, _calibration(file.counts_per_newton, file.zero_counts), Provenance()),)
    if file.calibrations is None:
        raise CalibrationError(f"is not a calibration (no field `calibrations`): {REMEDY}")
    return tuple(
        CalibrationRecord(
            row.number,
            _calibration(row.counts_per_newton, row.zero_counts),
            Provenance(row.method, row.made_s, row.error_share, row.note),
        )
        for row in file.calibrations
    )


def _calibration(scale: Sequence[float], zero: Sequence[int] | None) -> Calibration:
    return Calibration(tuple(scale), None if zero is None else tuple(zero))
