"""The thrifty trace of a session: load, motion and breaths every 5 s, newtons of each cell every 30 s.

Values are whole numbers of 16 bits, UNKNOWN where not known. A chunk is a minute; 20 minutes of 12 cells take 2.4 kB.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firmware.frames import Signals

CURVE_S: Final = 5.0
MAP_S: Final = 30.0
CHUNK_S: Final = 60.0
UNKNOWN: Final = -32768
STILL_PCT: Final = 1.0  # of the load moves, at the most, in five seconds; a wiggle moves 2.5 and more
SLOW_PER_MIN: Final = 12.0
LIMIT: Final = 32767
PARTS: Final = (10, 100, 10)  # load in 0.1 N, motion in 0.01 %, breaths in 0.1 a minute
CELL_PARTS: Final = 10  # cells in 0.1 N
CURVES: Final = len(PARTS)

Floats = npt.NDArray[np.float64]


class Chunk(NamedTuple):
    """A minute as it is stored: curves (n, 3) and maps (m, cells), both int16, little endian."""

    number: int
    curves: bytes
    maps: bytes


class Trace(NamedTuple):
    """A whole session: t_s (n,), curves (n, 3) as load_n, motion, breaths_per_min with NaN where unknown; maps."""

    t_s: Floats
    curves: Floats
    map_t_s: Floats
    maps: Floats


@dataclass(slots=True)
class _Mean:
    """Mean of what was added since the last take."""

    total: Floats
    count: int = 0

    def add(self, values: "Iterable[float]") -> None:
        self.total += np.fromiter(values, float, len(self.total))
        self.count += 1

    def take(self) -> Floats | None:
        mean = self.total / self.count if self.count else None
        self.total, self.count = np.zeros_like(self.total), 0
        return mean


@dataclass(slots=True)
class TraceRecorder:
    """Collects signals by the session's own seconds and yields a chunk for each finished minute."""

    cells: int
    first_s: float = 0.0  # where a resumed session goes on
    _curves: list[tuple[int, ...]] = field(default_factory=list)
    _maps: list[npt.NDArray[np.int16]] = field(default_factory=list)
    _number: int = 0
    _load: _Mean = field(default_factory=lambda: _Mean(np.zeros(1)))
    _map: _Mean = field(init=False)
    _motion: float = 0.0
    _breaths: float | None = None

    def __post_init__(self) -> None:
        """Start the mean of the cells."""
        self._number = int(self.first_s // CHUNK_S)
        self._map = _Mean(np.zeros(self.cells))

    def add(self, at_s: float, signals: "Signals | None") -> list[Chunk]:
        """Add a hop at so many seconds since the start; return the chunks that are complete."""
        finished = []
        while at_s >= self._number * CHUNK_S + (len(self._curves) + 1) * CURVE_S:
            self._curves.append(self._curve())
            if len(self._curves) * CURVE_S % MAP_S == 0:
                self._maps.append(_whole(self._map.take(), self.cells, CELL_PARTS))
            if len(self._curves) * CURVE_S >= CHUNK_S:
                finished.append(self.flush())
        if signals is not None:
            self._load.add((signals.load_n,))
            self._map.add(signals.cells_n)
            self._motion = max(self._motion, signals.motion)
            self._breaths = signals.breaths_per_min
        return finished

    def flush(self) -> Chunk:
        """Return what there is of the present minute and go on with the next."""
        curves = np.array(self._curves, "<i2").reshape(-1, CURVES)
        maps = np.array(self._maps, "<i2").reshape(-1, self.cells)
        chunk = Chunk(self._number, curves.tobytes(), maps.tobytes())
        self._number += 1
        self._curves, self._maps = [], []
        return chunk

    def _curve(self) -> tuple[int, ...]:
        load = self._load.take()
        values = (
            None if load is None else float(load[0]),
            None if load is None else self._motion,
            None if load is None else self._breaths,
        )
        self._motion = 0.0
        return tuple(_part(value, parts) for value, parts in zip(values, PARTS, strict=True))


def _part(value: float | None, parts: int) -> int:
    return UNKNOWN if value is None else int(min(max(round(value * parts), -LIMIT), LIMIT))


def _whole(values: Floats | None, count: int, parts: int) -> npt.NDArray[np.int16]:
    if values is None:
        return np.full(count, UNKNOWN, "<i2")
    return np.clip(np.rint(values * parts), -LIMIT, LIMIT).astype("<i2")


def read(chunks: "Iterable[Chunk]", cells: int) -> Trace:
    """Put stored chunks together; chunks that are damaged are left out."""
    t_s, curves, map_t_s, maps = [], [], [], []
    for number, curve_bytes, map_bytes in chunks:
        if len(curve_bytes) % (2 * CURVES) or len(map_bytes) % (2 * cells):
            continue
        rows = np.frombuffer(curve_bytes, "<i2").reshape(-1, CURVES).astype(float)
        rows[rows == UNKNOWN] = np.nan
        curves.append(rows / PARTS)
        t_s.append(number * CHUNK_S + CURVE_S * np.arange(1, len(rows) + 1))
        whole = np.frombuffer(map_bytes, "<i2").reshape(-1, cells).astype(float)
        whole[whole == UNKNOWN] = np.nan
        maps.append(whole / CELL_PARTS)
        map_t_s.append(number * CHUNK_S + MAP_S * np.arange(1, len(whole) + 1))
    return Trace(
        np.concatenate(t_s) if t_s else np.empty(0),
        np.concatenate(curves) if curves else np.empty((0, CURVES)),
        np.concatenate(map_t_s) if map_t_s else np.empty(0),
        np.concatenate(maps) if maps else np.empty((0, cells)),
    )


def still_and_slow_s(trace: Trace) -> float:
    """Return the longest time with hardly a movement and slow breathing, in seconds. It is not called sleep."""
    longest = run = 0
    for _, motion, breaths in trace.curves.tolist():
        run = run + 1 if motion < STILL_PCT and breaths < SLOW_PER_MIN else 0  # nan is neither
        longest = max(longest, run)
    return longest * CURVE_S


def encode_pressure_map(newtons: "Iterable[float]") -> bytes:
    """Return the stored form of one map (cells,) in newtons."""
    values = np.fromiter(newtons, float)
    return _whole(values, len(values), CELL_PARTS).tobytes()


def decode_pressure_map(stored: bytes | None) -> Floats | None:
    """Return newtons (cells,) of a stored map; None without one."""
    return None if stored is None else np.frombuffer(stored, "<i2").astype(float) / CELL_PARTS
