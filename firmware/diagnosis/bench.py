"""The measurements of `acumat bench`: what this computer can do for a mat. No chip is clocked, no light is switched."""

import platform
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.clock import Clock
from firmware.core import MatCore
from firmware.errors import DriverError
from firmware.frames import Frames
from firmware.signal.calibration import Calibration

if TYPE_CHECKING:
    from firmware.drivers.factory import OpenLines
    from hardware.board import Board

CORE_S: Final = 30.0  # of frames
LOAD_N: Final = 600.0
BREATH_N, BREATH_S = 6.0, 5.0
LINE_OPERATIONS: Final = 20_000
CLOCK_PULSES: Final = 5_000
WAKEUP_PERIOD_S: Final = 0.0125  # 80 frames a second
WAKEUPS: Final = 400
COMMITS: Final = 50
SCRATCH_FILE: Final = "bench.db"
MODEL_FILE: Final = "proc/device-tree/model"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. value is None when it could not be measured; note has the reason, or the conditions."""

    name: str
    value: float | None
    unit: str
    n: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class BenchReport:
    """The figures of one computer. No name, address or serial number of it is in here."""

    machine: dict[str, str]
    measures: list[Measure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BenchContext:
    """What the measurements work on. realtime requests the priority of the sampler and returns whether it was given."""

    board: "Board"
    clock: Clock
    open_wires: "Callable[[], OpenLines]"
    realtime: Callable[[], bool]
    folder: Path
    root: Path = Path("/")


def measure_computer(context: BenchContext) -> BenchReport:
    """Return all figures; takes about ten seconds. Real-time priority is taken last and kept."""
    parts = (core_time(context.board), line_access_time(context), commit_time(context), wakeup_delay(context))
    return BenchReport(describe_computer(context.root), [one for part in parts for one in part])


def describe_computer(root: Path) -> dict[str, str]:
    """Return kind of computer, kernel and versions."""
    model = root / MODEL_FILE
    name = model.read_text("utf-8").strip("\0\n") if model.is_file() else platform.machine()
    return {"model": name, "kernel": platform.release(), "python": platform.python_version(), "numpy": np.__version__}


def core_time(board: "Board") -> Iterator[Measure]:
    """Yield the processor time of the core for a frame, live, and the share of one processor at the board's rate."""
    cells = len(board.cells)
    blocks = list(synthetic_frames(board, CORE_S))
    mat = MatCore(board, Calibration((board.counts_per_newton,) * cells, (0,) * cells))
    start_s = time.thread_time()
    for frames in blocks:
        for _ in mat.push(frames):
            pass
    seconds = time.thread_time() - start_s
    note = f"{cells} cells, one frame a call"
    yield Measure("core, processor time of a frame", 1e6 * seconds / len(blocks), "us", len(blocks), note)
    share = 100 * seconds / len(blocks) * board.rate_hz
    yield Measure("core, share of a processor", share, "%", len(blocks), f"{board.rate_hz:g} frames a second")


def synthetic_frames(board: "Board", seconds: float) -> Iterator[Frames]:
    """Yield frames, one a block, of a constant load that breathes; no person is modelled."""
    cells, count = len(board.cells), round(seconds * board.rate_hz)
    status = np.zeros((1, cells), np.uint8)
    for number in range(count):
        t_s = number / board.rate_hz
        load_n = LOAD_N + BREATH_N * np.sin(2 * np.pi * t_s / BREATH_S)
        counts = np.full((1, cells), round(load_n / cells * board.counts_per_newton), np.int32)
        counts += np.int32(number % 2)  # the last digit of a real converter changes
        yield Frames(number, np.array([round(t_s * 1e9)], np.int64), counts, status)


def line_access_time(context: BenchContext) -> Iterator[Measure]:
    """Yield reads of the data lines a second, and how long two writes to a clock line take; the level stays low."""
    try:
        wires = context.open_wires()
    except DriverError as error:
        yield Measure("reads of the data lines", None, "a second", 0, f"not measured: {error}")
        return
    now_ns, way = context.clock.boottime_ns, wires.choice.backend
    try:
        start_ns = now_ns()
        for _ in range(LINE_OPERATIONS):
            wires.lines.read_all()
        rate = LINE_OPERATIONS / (now_ns() - start_ns) * 1e9
        pulses = []
        for _ in range(CLOCK_PULSES):
            begin_ns = now_ns()
            wires.lines.set_sck(0, level=False)
            wires.lines.set_sck(0, level=False)
            pulses.append((now_ns() - begin_ns) / 2e3)
    finally:
        wires.lines.close()
    yield Measure("reads of the data lines", rate, "a second", LINE_OPERATIONS, way)
    yield from spread_of("width of a clock pulse", pulses, "us", f"{way}; the level was not changed; a chip allows 60")


def commit_time(context: BenchContext) -> Iterator[Measure]:
    """Yield how long a transaction takes until it is durable, in the folder of the sessions."""
    file = context.folder / SCRATCH_FILE
    times_ms = []
    try:
        connection = sqlite3.connect(file, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("CREATE TABLE IF NOT EXISTS bench (body TEXT)")
            for _ in range(COMMITS):
                begin_ns = context.clock.boottime_ns()
                connection.execute("INSERT INTO bench VALUES (?)", ("x" * 400,))
                times_ms.append((context.clock.boottime_ns() - begin_ns) / 1e6)
        finally:
            connection.close()
    except sqlite3.Error as error:
        yield Measure("commit to the disk", None, "ms", 0, f"not measured: {context.folder}: {error}")
        return
    finally:
        for name in (SCRATCH_FILE, f"{SCRATCH_FILE}-wal", f"{SCRATCH_FILE}-shm"):
            (context.folder / name).unlink(missing_ok=True)
    yield from spread_of("commit to the disk", times_ms, "ms", "SQLite, WAL, synchronous=FULL")


def wakeup_delay(context: BenchContext) -> Iterator[Measure]:
    """Yield how late a process wakes that waits as the sampler does."""
    note = "real-time priority" if context.realtime() else "no real-time priority: the system denies it"
    due_ns, late_us = context.clock.boottime_ns(), []
    for _ in range(WAKEUPS):
        due_ns += round(WAKEUP_PERIOD_S * 1e9)
        context.clock.sleep_s(max(0.0, (due_ns - context.clock.boottime_ns()) / 1e9))
        late_us.append((context.clock.boottime_ns() - due_ns) / 1e3)
    yield from spread_of("wake-up too late", late_us, "us", note)


def spread_of(name: str, values: Sequence[float], unit: str, note: str) -> Iterator[Measure]:
    """Yield median, 99th percentile and maximum."""
    order = sorted(values)
    shown = {"median": median(order), "p99": order[int(0.99 * (len(order) - 1))], "longest": order[-1]}
    for kind, value in shown.items():
        yield Measure(f"{name}, {kind}", value, unit, len(order), note)
