"""The calibration file: every calibration of this mat, newest last, written whole or not at all.

A record holds counts per newton of each cell and the factory zero, the zero of the empty mat on that day. The zero in
use moves on by itself and lives in a file of its own (storage/zero.py), so that drift never rewrites a calibration.
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
RECORDS_MAX: Final = 20  # records; the oldest goes first
AGAIN: Final = "remove it and calibrate again"


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a calibration was made. made_s counts seconds since 1970, None when no clock was set.

    error_share is how far a cell may be off by its own account, a share of the load; None when nobody can tell.
    """

    method: str = "unknown"
    made_s: float | None = None
    error_share: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One calibration: its number on this mat, scale and factory zero, and how it was made."""

    number: int
    calibration: Calibration
    provenance: Provenance


def load(folder: Path, cells: int) -> Calibration | None:
    """Read the newest scale of a mat with so many cells, with the zero that was kept last; None when there is none yet.

    Raises CalibrationError with the path, the fact and the mend when the file is there but not usable.
    """
    records = history(folder, cells)
    if not records:
        return None
    newest = records[-1]
    stored = zeros.load(folder, cells, newest.number)
    return newest.calibration if stored is None else replace(newest.calibration, zero_counts=stored)


def number(folder: Path, cells: int) -> int:
    """Give the number of the calibration in force, 0 when there is none. Raises CalibrationError like load."""
    records = history(folder, cells)
    return records[-1].number if records else 0


def history(folder: Path, cells: int) -> tuple[Record, ...]:
    """Read all records of a mat with so many cells, newest last. Raises CalibrationError like load."""
    path = folder / NAME
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CalibrationError(
            f"{path}: cannot be read ({error.strerror}): give the service's user the right to"
        ) from error
    except ValueError as error:
        raise CalibrationError(f"{path}: is not JSON ({error}): {AGAIN}") from error
    try:
        records = _read(data)
    except CalibrationError as error:
        raise CalibrationError(f"{path}: {error}") from error
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise CalibrationError(f"{path}: is not a calibration ({error!r}): {AGAIN}") from error
    for record in records:
        found = len(record.calibration.counts_per_newton)
        if found != cells:
            raise CalibrationError(f"{path}: has {found} cells, the board has {cells}: calibrate again")
    return records


def save(folder: Path, calibration: Calibration, provenance: Provenance | None = None) -> Path:
    """Add a record with the factory zero of the calibration; it is in force from now on. Gives the path.

    A file that cannot be used any more is put aside as calibration.damaged. Raises CalibrationError when the file
    cannot be written.
    """
    path = folder / NAME
    try:
        before = history(folder, len(calibration.counts_per_newton))
    except CalibrationError:
        before = ()
        with contextlib.suppress(OSError):  # then the writing below says what is wrong
            path.replace(path.with_suffix(".damaged"))
    record = Record(before[-1].number + 1 if before else 1, calibration, provenance or Provenance())
    return atomic_write(path, _text((*before, record)[-RECORDS_MAX:]))


def _text(records: Sequence[Record]) -> str:
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


def _read(data: Mapping[str, Any]) -> tuple[Record, ...]:
    if data["version"] == 1:
        return (Record(1, _calibration(data), Provenance()),)
    if data["version"] != VERSION:
        raise CalibrationError(f"is of version {data['version']!r}, this acumat reads {VERSION}: calibrate again")
    return tuple(
        Record(
            int(row["number"]),
            _calibration(row),
            Provenance(str(row["method"]), _number(row["made_s"]), _number(row["error_share"]), str(row["note"])),
        )
        for row in data["calibrations"]
    )


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]  # what is no number raises TypeError


def _calibration(row: Mapping[str, Any]) -> Calibration:
    zero = row["zero_counts"]
    return Calibration(
        tuple(float(value) for value in row["counts_per_newton"]),
        None if zero is None else tuple(int(value) for value in zero),
    )
