"""What `acumat probe` measures: how the chips of this mat behave on this computer, and whether that suffices.

Rates, clock pulses and lost reads cannot be looked up: oscillators differ, and so do computers and their load.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from firmware.drivers.cell import Cell
from firmware.drivers.factory import OpenLines
from firmware.drivers.readout import HIGH_LIMIT_NS, Readout
from firmware.enums import Status
from firmware.errors import DriverError
from hardware.board import Board

NS_PER_US: Final = 1_000
PULSE_BIN_EDGES_US: Final = (
    2,
    5,
    10,
    20,
    35,
    50,
    60,
)  # the chip may switch off above 60, the driver drops reads above 50
LEAST_GOOD_FRAMES_SHARE: Final = 0.97  # good frames per conversion of the slowest chip
STRETCHED_SHARE_MAX: Final = 0.005  # of reads; each costs five conversions of its bank
COLLISION_SHARE_MAX: Final = 0.01
READS_FOR_STATISTICS: Final = 20  # noise is 20 codes and more: so many equal ones are no measurement
FAST_RATE_FROM_HZ: Final = 40.0  # between the two rates an HX711 has


@dataclass(frozen=True, slots=True)
class CellReport:
    """One chip. rate_hz is the measured rate, None when it became ready too seldom to measure one."""

    name: str
    rate_hz: float | None
    reads: int
    good: int
    silent: int
    stretched: int
    collided: int
    desynced: int
    resets: int
    saturated: int
    distinct: int
    spread_counts: float | None


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """The measurements of a number of seconds.

    high_pulses[i] counts clock pulses that were high for less than PULSE_BIN_EDGES_US[i] (and not less than the edge
    before); the last one counts those of 60 us and more. verdict are sentences, ok is false if one is a fault.
    """

    seconds: float
    frames: int
    good_frames: int
    slowest_hz: float | None
    high_pulses: tuple[int, ...]
    longest_high_us: float
    read_us: float
    cells: tuple[CellReport, ...]
    verdict: tuple[str, ...]
    ok: bool


class _Pulses:
    """Counts clock pulses by how long they were high."""

    def __init__(self) -> None:
        self.bins = [0] * (len(PULSE_BIN_EDGES_US) + 1)
        self.longest_ns = 0
        self.read_ns: list[int] = []

    def add(self, readout: Readout) -> None:
        """Count the pulses of a readout."""
        for high_ns in readout.high_ns:
            place = sum(high_ns >= edge_us * NS_PER_US for edge_us in PULSE_BIN_EDGES_US)
            self.bins[place] += 1
        self.longest_ns = max(self.longest_ns, *readout.high_ns)
        if not readout.stretched:
            self.read_ns.append(readout.end_ns - readout.start_ns)


class _CodeStatistics:
    """Spread and variety of the codes of one cell."""

    def __init__(self) -> None:
        self.count = self.saturated = 0
        self.mean = self.squares = 0.0
        self.codes: set[int] = set()

    def add(self, code: int, status: int) -> None:
        """Add a code: running mean and sum of squares (Welford 1962)."""
        self.saturated += bool(status & Status.SATURATED)
        if status & ~(Status.SATURATED | Status.SUSPECT):
            return
        self.codes.add(code)
        self.count += 1
        delta = code - self.mean
        self.mean += delta / self.count
        self.squares += delta * (code - self.mean)

    @property
    def spread(self) -> float | None:
        """Standard deviation in counts; None for fewer than two values."""
        return (self.squares / (self.count - 1)) ** 0.5 if self.count > 1 else None


def probe(
    wires: OpenLines, board: Board, seconds: float, *, progress: Callable[[float], None] | None = None
) -> ProbeReport:
    """Read for that many seconds from an empty mat. progress is called with the share that is done.

    The lines are released.

    Raises:
        DriverError: the lines were lost.
        ValueError: seconds is not above 0.
    """
    if seconds <= 0:
        raise ValueError(f"{seconds} seconds: the time to measure must be above 0")
    try:
        return _measure(wires, board, seconds, progress)
    finally:
        wires.lines.close()


def _measure(wires: OpenLines, board: Board, seconds: float, progress: Callable[[float], None] | None) -> ProbeReport:
    pulses, statistics = _Pulses(), [_CodeStatistics() for _ in board.cells]
    lines, reader = wires.lines, wires.reader(board, pulses.add)
    start_ns = lines.now_ns()
    frames = good = 0
    first_good_ns: int | None = None
    while (elapsed_s := (lines.now_ns() - start_ns) / 1e9) < seconds:
        if progress is not None:
            progress(elapsed_s / seconds)
        frame = reader.read_frame(min(1.0, seconds - elapsed_s))
        if gone := reader.gone:
            raise DriverError(gone)
        if frame is None:
            continue
        frames += 1
        if not any(frame.status):
            good += 1
            first_good_ns = first_good_ns or frame.t_ns
        for one, code, status in zip(statistics, frame.counts, frame.status, strict=True):
            one.add(code, status)
    reports = tuple(_cell_report(cell.name, reader.cells[cell.index], statistics[cell.index]) for cell in board.cells)
    rates = [one.rate_hz for one in reports if one.rate_hz is not None]
    slowest_hz = min(rates, default=None)
    steady_s = (lines.now_ns() - first_good_ns) / 1e9 if first_good_ns is not None else 0.0
    pace = good / (steady_s * slowest_hz) if steady_s and slowest_hz else 0.0
    faults = _faults(reports, pace)
    notes = _notes(reports, board.rate_hz, pulses.bins)
    return ProbeReport(
        seconds=seconds,
        frames=frames,
        good_frames=good,
        slowest_hz=slowest_hz,
        high_pulses=tuple(pulses.bins),
        longest_high_us=pulses.longest_ns / NS_PER_US,
        read_us=sorted(pulses.read_ns)[len(pulses.read_ns) // 2] / NS_PER_US if pulses.read_ns else 0.0,
        cells=reports,
        verdict=(*faults, *notes) or ("all chips answer in time, no read was lost",),
        ok=not faults,
    )


def _cell_report(name: str, cell: Cell, statistics: _CodeStatistics) -> CellReport:
    counts, tracker = cell.counts, cell.tracker
    return CellReport(
        name=name,
        rate_hz=1e9 / tracker.period_ns if tracker.learned else None,
        reads=counts.reads,
        good=counts.good,
        silent=counts.silent,
        stretched=counts.stretched,
        collided=counts.collided,
        desynced=counts.desynced,
        resets=counts.resets,
        saturated=statistics.saturated,
        distinct=len(statistics.codes),
        spread_counts=statistics.spread,
    )


def _names(cells: list[CellReport]) -> str:
    return ("cell " if len(cells) == 1 else "cells ") + ", ".join(one.name for one in cells)


def _faults(cells: Sequence[CellReport], pace: float) -> list[str]:
    """Return the faults that must be repaired before this mat can be used."""
    reads = sum(one.reads for one in cells) or 1
    silent = [one for one in cells if not one.good and one.silent]
    shorted = [one for one in cells if not one.good and one.desynced]
    railed = [one for one in cells if one.saturated > one.good / 2]
    frozen = [one for one in cells if one.good >= READS_FOR_STATISTICS and one.distinct == 1 and one not in railed]
    stretched = sum(one.stretched for one in cells) / reads
    collided = sum(one.collided for one in cells) / reads
    table = (
        (silent, f"{_names(silent)}: no answer; look at its plug, its data wire and its supply"),
        (shorted, f"{_names(shorted)}: data line low after the last pulse; look for a short to ground"),
        (railed, f"{_names(railed)}: at the end of the range; look at the four wires of its load cell"),
        (frozen, f"{_names(frozen)}: the same code again and again; look at the supply of the converter"),
        (
            stretched > STRETCHED_SHARE_MAX,
            f"{stretched:.1%} of reads had a clock pulse above {HIGH_LIMIT_NS // NS_PER_US} us: "  # noqa: ISC004
            "this computer is too busy",
        ),
        (
            collided > COLLISION_SHARE_MAX,
            f"{collided:.1%} of reads ran into an update: give the board more clock lines",
        ),
        (
            not (silent or shorted or railed or frozen) and pace < LEAST_GOOD_FRAMES_SHARE,
            f"only {pace:.0%} of the slowest chip's conversions became a good frame: reading is too slow here",
        ),
    )
    return [text for broken, text in table if broken]


def _notes(cells: Sequence[CellReport], rate_hz: float, bins: Sequence[int]) -> list[str]:
    """Return what is worth knowing and is no fault."""
    rates = [one.rate_hz for one in cells if one.rate_hz is not None]
    notes = []
    if rates and (min(rates) < FAST_RATE_FROM_HZ) != (rate_hz < FAST_RATE_FROM_HZ):
        notes.append(
            f"the chips give {min(rates):.1f} to {max(rates):.1f} samples/s, board.toml says {rate_hz:g}: "
            "correct rate_hz there, or the RATE pins"
        )
    if rates and min(rates) < FAST_RATE_FROM_HZ < max(rates):
        notes.append("some chips are set to 10 and some to 80 samples/s: the slow ones set the pace of their bank")
    if bins[-1]:
        notes.append(
            f"{bins[-1]} clock pulses were over 60 us: the chips of that bank were switched off and had to settle again"
        )
    return notes
