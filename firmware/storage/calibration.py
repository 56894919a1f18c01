"""The calibration file: all calibrations of this mat, newest last, replaced atomically.

A record holds counts per newton of each cell and the factory zero, the zero of the empty mat on that day. The zero in
use follows drift and has its own file (storage/zero.py), so that drift never rewrites a calibration.
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from firmware.errors import CalibrationError
from firmware.signal.calibration import Calibration
from firmware.storage import zero as zeros
from firmware.storage.atomic_write import atomic_write

VERSION: Final = 2
NAME: Final = "calibration.json"
RECORDS_MAX: Final = 20  # records; the oldest is dropped first
REMEDY: Final = "remove it and calibrate again"


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
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CalibrationError(
            f"{path}: cannot be read ({error.strerror}): grant the user of the service read permission"
        ) from error
    except ValueError as error:
        raise CalibrationError(f"{path}: is not JSON ({error}): {REMEDY}") from error
    try:
        records = _read(data)
    except CalibrationError as error:
        raise CalibrationError(f"{path}: {error}") from error
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise CalibrationError(f"{path}: is not a calibration ({error!r}): {REMEDY}") from error
    for record in records:
        found = len(record.calibration.counts_per_newton)
        if found != cells:
            raise CalibrationError(f"{path}: has {found} cells, the board has {cells}: calibrate again")
    return records


def save(folder: Path, calibration: Calibration, provenance: Provenance | None = None) -> Path:
    """Append a record with the factory zero of the calibration. Returns the path.

    An unusable file is moved aside as calibration.damaged. Raises CalibrationError when the file
    cannot be written.
    """
    path = folder / NAME
    try:
        before = history(folder, len(calibration.counts_per_newton))
    except CalibrationError:
        before = ()
        with contextlib.suppress(OSError):  # the write below raises the error
            path.replace(path.with_suffix(".damaged"))
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


def _read(data: Mapping[str, Any]) -> tuple[CalibrationRecord, ...]:
    if data["version"] == 1:
        return (CalibrationRecord(1, _calibration(data), Provenance()),)
    if data["version"] != VERSION:
        raise CalibrationError(f"is of version {data['version']!r}, this acumat reads {VERSION}: calibrate again")
    return tuple(
        CalibrationRecord(
            int(row["number"]),
            _calibration(row),
            Provenance(str(row["method"]), _number(row["made_s"]), _number(row["error_share"]), str(row["note"])),
        )
        for row in data["calibrations"]
    )


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]  # anything but a number raises TypeError


def _calibration(row: Mapping[str, Any]) -> Calibration:
    zero = row["zero_counts"]
    return Calibration(
        tuple(float(value) for value in row["counts_per_newton"]),
        None if zero is None else tuple(int(value) for value in zero),
    )
