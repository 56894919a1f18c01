"""The checks of `acumat doctor`: one row each, with the remedy."""

import math
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware import ports
from firmware.clock import TIME_SYNCED
from firmware.cues import table as cues
from firmware.diagnosis.context import DiagnosticContext, first_lines
from firmware.drivers import power
from firmware.errors import AcumatError, DriverError
from firmware.mqtt import connection_test
from firmware.programme import levels as programme
from firmware.signal.chain import SignalChain
from firmware.signal.health import CellFault, cost_of
from firmware.storage import calibration as calibrations
from firmware.storage.atomic_write import atomic_write
from firmware.storage.fault_log import RUNTIME, running_mat
from hardware.board import STANDARD_GRAVITY, BoardError

if TYPE_CHECKING:
    import numpy.typing as npt

    from hardware.board import Board

SLOW_DISK_S: Final = 1.0
MEDIAN_TO_SIGMA: Final = 1.4826  # of a normal distribution
REPLACED_BY_DEFAULT: Final = {
    "settings": "correct the file; the checks below use the defaults",
    "board": "correct the board file; the checks below use the one that comes with the program",
}
HELD_BY_SERVICE: Final = "acumat holds"  # how the GPIO driver names a running service
GRAVE_CELL_FAULTS: Final = (CellFault.LOST, CellFault.SATURATED, CellFault.STUCK, CellFault.FLOATING)


class Severity(StrEnum):
    """How serious a finding is. Only FAIL is a fault."""

    FINE = "fine"
    NOTE = "note"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """The fact, in one sentence without secrets. remedy stands for the check's own where it is not empty.

    cells: for the row of the cells, the flicker of each, or what is wrong with it.
    """

    severity: Severity
    fact: str
    remedy: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One row: its name, the function that examines it, what to do when it is not fine."""

    name: str
    examine: Callable[[DiagnosticContext], Finding]
    remedy: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A finding under its name, with what to do when it is not fine."""

    name: str
    finding: Finding
    remedy: str


def run_checks(context: DiagnosticContext, checks: "Sequence[Check] | None" = None) -> list[CheckResult]:
    """Run every check, or these. An error is a finding: no check is left out because of it."""
    rows: list[CheckResult] = []
    reported: dict[str, str] = {}
    for check in CHECKS if checks is None else checks:
        try:
            failure = context.failures.get(check.name)
            finding = (
                Finding(Severity.FAIL, failure, REPLACED_BY_DEFAULT.get(check.name, ""))
                if failure
                else check.examine(context)
            )
        except (AcumatError, BoardError, OSError) as error:
            fact = str(error).splitlines()[0]
            finding = Finding(Severity.FAIL, f"see {reported[fact]}" if fact in reported else fact)
            reported[fact] = check.name
        rows.append(CheckResult(check.name, finding, finding.remedy or check.remedy))
    return rows


def _settings(context: DiagnosticContext) -> Finding:
    return Finding(Severity.FINE, str(context.config_file or "none: the defaults"))


def _board(context: DiagnosticContext) -> Finding:
    board = context.mat.board
    cells, clocks = len(board.cells), len(board.sck_bcm)
    return Finding(
        Severity.FINE, f"{board.name}: {board.rows} x {board.cols}, {cells} cells of {board.cell_type}, {clocks} clocks"
    )


def _edited(path: Path | None, parse: Callable[[str, str], object]) -> Finding:
    """Examine a file that people edit while the mat runs, as the mat does."""
    if path is None:
        return Finding(Severity.FINE, "the one that comes with the program")
    try:
        parse(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        return Finding(Severity.FAIL, f"{path}: cannot be read ({error.strerror})")
    except UnicodeDecodeError as error:
        return Finding(Severity.FAIL, f"{path}: is not UTF-8 text (byte {error.start})")
    except ValueError as error:
        return Finding(Severity.FAIL, first_lines(error))
    return Finding(Severity.FINE, str(path))


def _programme(context: DiagnosticContext) -> Finding:
    return _edited(context.mat.settings.session.programme_file, programme.parse_programme)


def _cues(context: DiagnosticContext) -> Finding:
    return _edited(context.mat.settings.outputs.cue_file, cues.parse_cue_table)


def _backend(context: DiagnosticContext) -> Finding:
    choice = context.choose()
    return Finding(Severity.FINE, f"{choice.backend}: {choice.reason}")


def realtime_allowed() -> bool:
    """Whether this user may have real-time priority and locked memory: tried in a process that ends at once."""
    words = "from firmware.drivers.sampler import *; raise SystemExit(not (take_realtime() and lock_memory()))"
    return subprocess.run([sys.executable, "-c", words], check=False).returncode == 0  # noqa: S603 - our own words


def _rights(context: DiagnosticContext) -> Finding:
    if context.may_realtime():
        return Finding(Severity.FINE, "real-time priority and locked memory")
    return Finding(Severity.NOTE, "no real-time priority for this user; the service has it by its unit")


def _cells(context: DiagnosticContext) -> Finding:
    board = context.mat.board
    try:
        source = context.source()
    except DriverError as error:
        if HELD_BY_SERVICE in str(error):
            return Finding(Severity.NOTE, "the service is running and holds the lines")
        raise
    chain = SignalChain(board, context.mat.calibration)
    end_ns = context.clock.boottime_ns() + int((2 * context.seconds + 5) * 1e9)
    frames, first_ns, last_ns = 0, None, 0
    counts: list[npt.NDArray[np.int32]] = []
    try:
        for block in ports.blocks_of(source, lambda: context.clock.boottime_ns() > end_ns):
            for _ in chain.push(block):
                pass
            counts.append(block.counts)
            frames, last_ns = frames + len(block), int(block.t_ns[-1])
            first_ns = int(block.t_ns[0]) if first_ns is None else first_ns
            if last_ns - first_ns >= context.seconds * 1e9:
                break
    finally:
        source.close()
    if first_ns is None:
        return Finding(Severity.FAIL, "no frame came")
    faults = {cell.name: fault for cell, fault in zip(board.cells, chain.faults, strict=True) if fault is not None}
    lost = sum(1 << cell.index for cell in board.cells if faults.get(cell.name) in GRAVE_CELL_FAULTS)
    cost = cost_of(board, lost)
    pace = f"{(frames - 1) / max((last_ns - first_ns) / 1e9, 0.1):.1f} frames/s"
    fact = f"{cost.usable} of {cost.cells} cells, {pace}"
    if faults:
        fact += "; " + ", ".join(f"{name} {fault}" for name, fault in faults.items())
    if lost:
        fact += f"; an even load reads {cost.load_share:.0%} low, its centre {100 * cost.cop_m:.0f} cm off"
        fact += "" if cost.enough else "; too few to recognise what happens on the mat"
    flickers = zip(board.cells, flicker_g(np.concatenate(counts), board), strict=True)
    texts = tuple(str(faults.get(cell.name) or f"{grams:.1f} g") for cell, grams in flickers)
    return Finding(Severity.FAIL if lost else Severity.NOTE if faults else Severity.FINE, fact, cells=texts)


def flicker_g(counts: "npt.NDArray[np.int32]", board: "Board") -> list[float]:
    """Return the noise of each cell in grams from counts (n, cells) of an empty mat: one standard deviation.

    From the middle of the differences of neighbours, so that a slow drift and single wild codes do not count.
    """
    if len(counts) < 2:  # noqa: PLR2004 - no difference
        return [0.0] * counts.shape[1]
    spread = MEDIAN_TO_SIGMA * np.median(np.abs(np.diff(counts, axis=0)), axis=0) / math.sqrt(2)
    grams: list[float] = (1000 * spread / board.counts_per_newton / STANDARD_GRAVITY).tolist()
    return grams


def _calibration(context: DiagnosticContext) -> Finding:
    mat = context.mat
    records = calibrations.history(mat.settings.storage.state_dir, len(mat.board.cells))
    if mat.calibration.zero_counts is None:
        return Finding(Severity.FAIL, "no zero is known, so no load can be reported")
    if not records:
        return Finding(Severity.NOTE, "not calibrated: loads follow the board's nominal scale")
    newest = records[-1]
    provenance, factory = newest.provenance, newest.calibration.zero_counts
    day = "" if provenance.made_s is None else f" on {datetime.fromtimestamp(provenance.made_s, UTC):%Y-%m-%d}"
    fact = f"number {newest.number}{day} by {provenance.method}"
    fact += "" if provenance.error_share is None else f", ±{provenance.error_share:.1%} a tile"
    if factory is not None:
        moves = zip(mat.calibration.zero_counts, factory, mat.calibration.counts_per_newton, strict=True)
        moved_kg = sum((zero - before) / scale for zero, before, scale in moves) / STANDARD_GRAVITY
        fact += f"; zero {moved_kg:+.1f} kg since"
    return Finding(Severity.FINE, fact)


def _time(context: DiagnosticContext) -> Finding:
    if (context.root / TIME_SYNCED.relative_to("/")).exists():
        return Finding(Severity.FINE, "the clock was set by the network")
    return Finding(Severity.NOTE, "the clock was not set since power-on: days and times are left out until it is")


def _power(context: DiagnosticContext) -> Finding:
    now, since = power.power_faults(context.root)
    if now is None:
        nothing = "nothing to do on this computer; a Raspberry Pi has them"
        return Finding(Severity.NOTE, "not known: this computer has no such flags", nothing)
    if now:
        return Finding(Severity.FAIL, f"now: {', '.join(now)}")
    if since:
        return Finding(Severity.NOTE, f"since power-on: {', '.join(since)}")
    return Finding(Severity.FINE, "no undervoltage, no throttling since power-on")


def _service(context: DiagnosticContext) -> Finding:
    try:
        found = running_mat(context.mat.settings.storage.state_dir, context.root / RUNTIME.relative_to("/"))
    except PermissionError:
        return Finding(Severity.NOTE, "not known: its files are private", "`sudo acumat doctor` may read them")
    if found is None:
        return Finding(Severity.FINE, "no mat runs now")
    hours = (context.clock.boottime_ns() - found.since_ns) / 3.6e12
    fact = f"runs for {hours:.1f} h"
    if not found.faults:
        return Finding(Severity.FINE, f"{fact}, everything in order")
    return Finding(Severity.FAIL, "\n".join([fact, *(f"{fault.name}: {fault.text}" for fault in found.faults)]))


def _broker(context: DiagnosticContext) -> Finding:
    settings = context.mat.settings
    if not settings.mqtt.enabled:
        return Finding(Severity.FINE, "off: nothing leaves the mat")
    names = connection_test.topic_names(settings.mqtt, settings.device)
    version = connection_test.probe_connection(context.dial(), names, context.clock)
    return Finding(Severity.FINE, f"{settings.mqtt.host}:{settings.mqtt.port} takes {version.value}")


def _storage(context: DiagnosticContext) -> Finding:
    folder = context.mat.settings.storage.state_dir
    if not folder.is_dir():
        make = f"`sudo install -d -o acumat -g acumat -m 700 {folder}` makes it, for the user of the service"
        return Finding(Severity.FAIL, f"{folder}: there is no such folder", make)
    begin_ns = context.clock.boottime_ns()
    atomic_write(folder / "doctor", "written by acumat doctor\n").unlink()
    took_s = (context.clock.boottime_ns() - begin_ns) / 1e9
    free_mb = shutil.disk_usage(folder).free / 1e6
    fact = f"{folder}: {free_mb:.0f} MB free, a file in {1000 * took_s:.0f} ms"
    if free_mb < context.free_mb:
        return Finding(Severity.FAIL, fact)
    return Finding(Severity.FINE if took_s < SLOW_DISK_S else Severity.NOTE, fact)


CHECKS: Final = (
    Check("service", _service, "each line says what to do; `journalctl -u acumat` says more"),
    Check("settings", _settings, "correct the file"),
    Check("board", _board, "correct the board file"),
    Check("programme", _programme, "correct the file; until then the last sound one is in force"),
    Check("cues", _cues, "correct the file; until then the last sound one is in force"),
    Check("backend", _backend, "run it on a Raspberry Pi, as a user of the group gpio"),
    Check("rights", _rights, "as a service: use the unit that comes with acumat"),
    Check("cells", _cells, "`acumat probe` says more; to look at the cells, stop the service first"),
    Check("calibration", _calibration, "clear the mat, then `acumat calibrate`, or `acumat tare` for the zero alone"),
    Check("time", _time, "let the Pi reach a time server once"),
    Check("power", _power, "use the certified supply and a short cable; let air to the Pi"),
    Check("broker", _broker, "see [mqtt] in the settings"),
    Check("storage", _storage, "make room, or give the service's user a folder of its own"),
)
