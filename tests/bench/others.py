"""The same measures as others would write them: plain loops, numpy a frame at a time, scipy filters, pandas.

Every one takes counts (cells,) of a frame and knows zero and scale. Median of three against wild readings, newtons,
load, centre of pressure, shares of the rows, evenness and movement; none of them looks for posture. Numpy that gives
all that our chain gives is in written.py, plain loops that do are in plain_hops.py.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from tests.bench.pipelines import RATE, Course
from tests.bench.plain_hops import PlainHops
from tests.bench.timing import Timed

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

HOP: Final = 8
PANDAS_FRAMES, SLOW_FRAMES = 10, 160

LoadMoments = tuple[list[float], float, tuple[float, float], list[float], float, float]
Linear = tuple[float, tuple[np.float64, np.float64], list[np.float64], np.float64, np.float64]


class Geometry:
    """What every contender knows about the mat, as plain numbers."""

    def __init__(self, course: Course) -> None:
        board = course.board
        assert course.calibration.zero_counts is not None
        self.zero = [float(zero) for zero in course.calibration.zero_counts]
        self.scale = list(course.calibration.counts_per_newton)
        low, high = course.calibration.limits(board.clip_n)
        self.low, self.high = low.tolist(), high.tolist()
        self.x_m = [cell.x_m for cell in board.cells]
        self.y_m = [cell.y_m for cell in board.cells]
        self.row = [cell.row for cell in board.cells]
        self.col = [cell.col for cell in board.cells]
        self.rows, self.cols = board.rows, board.cols
        self.cells = len(board.cells)


def measures(geometry: Geometry, newtons: list[float], before: list[float]) -> LoadMoments:
    """Work everything out of the newtons of the cells, with loops."""
    load = moment_x = moment_y = left = right = moved = 0.0
    rows = [0.0] * geometry.rows
    for cell, force in enumerate(newtons):
        load += force
        moment_x += force * geometry.x_m[cell]
        moment_y += force * geometry.y_m[cell]
        rows[geometry.row[cell]] += force
        col = geometry.col[cell]
        if col == 0:
            left += force
        elif col == geometry.cols - 1:
            right += force
        moved += abs(force - before[cell])
    if load <= 10.0:
        return newtons, load, (0.0, 0.0), rows, 1.0, 0.0
    evenness = 1.0 - abs(left - right) / (left + right)
    shares = [row / load for row in rows]
    return newtons, load, (moment_x / load, moment_y / load), shares, evenness, 50.0 * moved / load


class PlainFrames:
    """Plain loops that work everything out for every frame, eighty times a second, as many start."""

    def __init__(self, course: Course) -> None:
        self._mat = Geometry(course)
        self._older, self._newer = [0] * self._mat.cells, [0] * self._mat.cells
        self._before = [0.0] * self._mat.cells
        self.last: LoadMoments | None = None

    def push(self, _t_ns: int, counts: list[int], flags: list[int]) -> None:
        """Take a frame."""
        mat, newtons = self._mat, []
        for cell, count in enumerate(counts):
            value = self._newer[cell] if flags[cell] else count
            middle = sorted((self._older[cell], self._newer[cell], value))[1]
            self._older[cell], self._newer[cell] = self._newer[cell], value
            newtons.append((middle - mat.zero[cell]) / mat.scale[cell])
        self.last = measures(mat, newtons, self._before)
        self._before = newtons


class AsWritten:
    """numpy as users write it: roll a buffer, median, mean, for every frame."""

    def __init__(self, course: Course) -> None:
        mat = Geometry(course)
        self._zero, self._scale = np.array(mat.zero), np.array(mat.scale)
        self._x_m, self._y_m = np.array(mat.x_m), np.array(mat.y_m)
        self._row, self._col = np.array(mat.row), np.array(mat.col)
        self._rows, self._cols = mat.rows, mat.cols
        self._raw = np.zeros((3, mat.cells))
        self._smooth = np.zeros((HOP, mat.cells))
        self._before = np.zeros(mat.cells)
        self.last: Linear | None = None

    def push(self, counts: "Floats") -> None:
        """Take a frame."""
        self._raw = np.roll(self._raw, -1, axis=0)
        self._raw[-1] = counts
        self._smooth = np.roll(self._smooth, -1, axis=0)
        self._smooth[-1] = np.median(self._raw, axis=0)
        newtons = (np.mean(self._smooth, axis=0) - self._zero) / self._scale
        self.last, self._before = linear(self, newtons, self._before), newtons

    def parts(self) -> "tuple[Floats, Floats, Floats, Floats, int, int]":
        """Give places, rows and columns."""
        return self._x_m, self._y_m, self._row, self._col, self._rows, self._cols


def linear(mat: AsWritten, newtons: "Floats", before: "Floats") -> "Linear | None":
    """Work out everything else with one numpy call each: load, place, shares, evenness and movement."""
    x_m, y_m, row, col, rows, cols = mat.parts()
    load = np.sum(newtons)
    if load <= 10.0:
        return None
    place = np.sum(newtons * x_m) / load, np.sum(newtons * y_m) / load
    shares = [np.sum(newtons[row == one]) / load for one in range(rows)]
    left, right = np.sum(newtons[col == 0]), np.sum(newtons[col == cols - 1])
    evenness = 1 - np.abs(left - right) / (left + right)
    return float(load), place, shares, evenness, 50 * np.sum(np.abs(newtons - before)) / load


class AsWrittenHops(AsWritten):
    """The same, but once a hop: frames are gathered, and medians and means are those of the array of them."""

    def __init__(self, course: Course) -> None:
        super().__init__(course)
        self._frames: list[Floats] = []

    def push(self, counts: "Floats") -> None:
        """Take a frame."""
        self._frames.append(counts)
        if len(self._frames) < HOP + 2:
            return
        block = np.array(self._frames)
        self._frames = self._frames[HOP:]
        medians = np.median(np.stack([block[:-2], block[1:-1], block[2:]]), axis=0)
        newtons = (np.mean(medians, axis=0) - self._zero) / self._scale
        self.last, self._before = linear(self, newtons, self._before), newtons


class Sections(AsWritten):
    """scipy: a low-pass instead of median and mean, and a band-pass for the breath, by sosfilt with its state kept."""

    def __init__(self, course: Course) -> None:
        from scipy import signal  # noqa: PLC0415 - only the bench has it

        super().__init__(course)
        self._sosfilt = signal.sosfilt
        self._low = signal.butter(2, 4.0, "lowpass", fs=RATE, output="sos")
        self._band = signal.butter(2, (0.08, 0.6), "bandpass", fs=RATE, output="sos")
        cells = len(course.board.cells)
        self._low_state = np.zeros((len(self._low), 2, cells))
        self._band_state = np.zeros((len(self._band), 2, cells))

    def push(self, counts: "Floats") -> None:
        """Take a frame."""
        raw = ((counts - self._zero) / self._scale)[None, :]
        low, self._low_state = self._sosfilt(self._low, raw, axis=0, zi=self._low_state)
        _, self._band_state = self._sosfilt(self._band, raw, axis=0, zi=self._band_state)
        self.last, self._before = linear(self, low[0], self._before), low[0]


class Rolling(AsWritten):
    """pandas: the last second in a DataFrame, rolling median and mean, for every frame."""

    def __init__(self, course: Course) -> None:
        import pandas as pd  # noqa: PLC0415 - only the bench has it

        super().__init__(course)
        self._frame = pd.DataFrame(np.zeros((RATE, len(course.board.cells))))

    def push(self, counts: "Floats") -> None:
        """Take a frame."""
        frame = self._frame.shift(-1)
        frame.iloc[-1] = counts
        self._frame = frame
        smooth = frame.rolling(3, min_periods=1).median().rolling(HOP, min_periods=1).mean().iloc[-1].to_numpy()
        newtons = (smooth - self._zero) / self._scale
        self.last, self._before = linear(self, newtons, self._before), newtons


def plain(name: str, kind: Callable[[Course], PlainHops | PlainFrames], course: Course) -> Timed:
    """Make a contender of plain numbers; they are made into lists before the clock runs."""
    contender = kind(course)
    rounds = [
        list(zip(whole.t_ns.tolist(), whole.counts.tolist(), whole.status.tolist(), strict=True))
        for whole in course.rounds
    ]

    def play(number: int) -> int:
        push, frames = contender.push, rounds[number % len(rounds)]
        for t_ns, counts, flags in frames:
            push(t_ns, counts, flags)
        return len(frames)

    return Timed(name, play)


def arrays(name: str, kind: Callable[[Course], AsWritten], course: Course, frames: int = SLOW_FRAMES) -> Timed:
    """Make a contender of arrays; it gets rows of floats."""
    contender = kind(course)
    rounds: Sequence[list[Floats]] = [[*whole.counts[:frames].astype(np.float64)] for whole in course.rounds]

    def play(number: int) -> int:
        push, rows = contender.push, rounds[number % len(rounds)]
        for row in rows:
            push(row)
        return len(rows)

    return Timed(name, play)
