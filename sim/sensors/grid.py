"""The cells on a grid of 200 points a second, block after block: all effects that have a memory."""

from typing import TYPE_CHECKING

import numpy as np

from sim.sensors.noise import fold_key, smooth_noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.board import Board
    from sim.sensors.cell_model import CellModel
    from sim.sensors.mishaps import ZeroKnock
    from sim.sensors.tiles import Newtons, TileLoads

GRID_HZ = 200
STEP_NS = 1_000_000_000 // GRID_HZ
BLOCK_S = 4
BLOCK_POINTS = BLOCK_S * GRID_HZ
HYSTERESIS_STEP = 20  # grid points in 0.1 s, the pace of hysteresis
FILTER_POINTS = 100  # grid points that go through the soft bed at once
WARMING_LOAD_N = 10.0  # load on a cell from which on a body warms it


class CellGrid:
    """The load of the cells in newtons, as a perfect scale would have to carry it to yield the same codes."""

    def __init__(
        self,
        scene: "TileLoads",
        board: "Board",
        model: "CellModel",
        seed: int,
        *,
        rate_hz: float,
        knocks: "Sequence[ZeroKnock]",
    ) -> None:
        rng = np.random.default_rng([seed, 5])
        cells = len(board.cells)
        self._scene, self._model = scene, model
        self._full_scale_n = board.clip_n
        self._zero_n_per_k = model.zero_full_scale_per_k * board.clip_n * rng.normal(0, 1, cells)
        self._span_per_k = model.span_per_k * rng.normal(0, 1, cells)
        self._drift_n_per_s = (model.drift_n_per_h + model.drift_spread_n_per_h * rng.normal(0, 1, cells)) / 3600
        self._room_key = fold_key(seed, 6)
        self._room_at_first = smooth_noise(np.zeros(1), 3600.0, self._room_key)
        self._mixing = _crosstalk(board.rows, board.cols, model.crosstalk_share)
        self._lean = _neighbours(board.rows, board.cols), rng.normal(0, model.offcentre_share, (2, cells))
        self._taps = max(1, round(2 * GRID_HZ / rate_hz))
        self._cells = cells
        self._knocks = knocks
        self._soft = scene.compliance_hz > 0
        self._settle = _low_pass(scene.compliance_hz)
        self.restart()

    def restart(self) -> None:
        """Go back to the first block."""
        self._crept = np.zeros(self._cells)
        self._play = np.zeros(self._cells)
        self._warm = np.zeros(self._cells)
        self._bed = np.zeros(self._cells)
        self._lag = np.zeros(self._cells)
        self._tail = np.zeros((2 * self._taps - 2, self._cells))

    def block(self, number: int) -> "Newtons":
        """Return block number (BLOCK, cells); blocks must be taken in order."""
        t_s = np.arange(number * BLOCK_POINTS, (number + 1) * BLOCK_POINTS, dtype=np.float64) / GRID_HZ
        load_n = self._scene.load_n(t_s)
        if self._soft:
            load_n = self._through_bed(load_n)
        model = self._model
        if model.offcentre_share:
            load_n = self._leaning(load_n)
        if model.crosstalk_share:
            load_n = load_n @ self._mixing
        mean_n = load_n.mean(axis=0)
        felt = load_n
        if model.hysteresis_full_scale:
            felt = felt + self._hysteresis(load_n)
        felt = felt + self._slow(float(t_s[0]), mean_n)
        for knock in self._knocks:
            if knock.t_s <= t_s[-1]:
                felt[:, knock.cell] += np.where(t_s >= knock.t_s, knock.newtons, 0.0)
        return self._converted(felt)

    def _through_bed(self, load_n: "Newtons") -> "Newtons":
        """A soft bed gives way: a low-pass of the first order, a hundred points at a time."""
        response, decay = self._settle
        pieces = []
        for piece in load_n.reshape(-1, len(decay), self._cells):
            pieces.append(response @ piece + decay[:, None] * self._bed)
            self._bed = pieces[-1][-1]
        return np.concatenate(pieces)

    def _leaning(self, load_n: "Newtons") -> "Newtons":
        """Off-centre gain: the load of a tile leans towards its heavier neighbours, and its gain changes with that."""
        (across, along), (gain_x, gain_y) = self._lean
        whole = load_n + 1.0
        gain: Newtons = 1 + gain_x * ((load_n @ across) / whole).clip(-1, 1)
        gain += gain_y * ((load_n @ along) / whole).clip(-1, 1)
        gain *= load_n
        return gain

    def _hysteresis(self, load_n: "Newtons") -> "Newtons":
        """Dependence on the history of the load: a play of hysteresis_span_n newtons, followed ten times a second."""
        span_n = self._model.hysteresis_span_n
        hops = load_n.reshape(-1, HYSTERESIS_STEP, self._cells)[:, -1]
        lags = np.empty((len(hops) + 1, self._cells))
        lags[0] = self._lag
        for number, hop in enumerate(hops):
            self._play = np.minimum(np.maximum(self._play, hop - span_n), hop + span_n)
            lags[number + 1] = hop - self._play
        self._lag = lags[-1]
        scale = self._model.hysteresis_full_scale * self._full_scale_n / span_n
        return _ramps(lags) * -scale

    def _slow(self, start_s: float, mean_n: "Newtons") -> "Newtons":
        """Creep, warmth, drift: a straight line through each block."""
        model = self._model
        before, before_warm = self._crept, self._warm
        self._crept = before + (mean_n - before) * (1 - np.exp(-BLOCK_S / model.creep_s))
        under = np.minimum(mean_n / WARMING_LOAD_N, 1.0)
        self._warm = before_warm + (under - before_warm) * (1 - np.exp(-BLOCK_S / model.warming_s))
        ends_s = np.array([start_s, start_s + BLOCK_S])
        room_k = model.room_k * (smooth_noise(ends_s, 3600.0, self._room_key) - self._room_at_first)
        ends = [
            model.creep_share * crept
            + (self._zero_n_per_k + self._span_per_k * mean_n) * (room + model.warming_k * warm)
            + self._drift_n_per_s * at_s
            for crept, room, warm, at_s in zip(
                (before, self._crept), room_k, (before_warm, self._warm), ends_s, strict=True
            )
        ]
        rising = np.arange(BLOCK_POINTS)[:, None] * (1 / BLOCK_POINTS)
        line: Newtons = ends[0] + (ends[1] - ends[0]) * rising
        return line

    def _converted(self, felt: "Newtons") -> "Newtons":
        """The converter settles within four conversions: a triangle of that length."""
        taps = self._taps
        joined = np.concatenate([self._tail, felt])
        self._tail = joined[len(joined) - len(self._tail) :]
        for _ in range(2):
            sums = np.cumsum(np.concatenate([np.zeros((1, self._cells)), joined]), axis=0)
            joined = (sums[taps:] - sums[:-taps]) * (1 / taps)
        return joined


def _ramps(values: "Newtons") -> "Newtons":
    """Join values (m + 1, cells) by straight lines of HOP points: (m * HOP, cells)."""
    rising = (np.arange(1, HYSTERESIS_STEP + 1) * (1 / HYSTERESIS_STEP))[None, :, None]
    first, last = values[:-1, None], values[1:, None]
    return (first + (last - first) * rising).reshape(-1, values.shape[1])


def _crosstalk(rows: int, cols: int, share: float) -> "Newtons":
    """Return the matrix (cells, cells) that passes a share of each tile to each of its neighbours."""
    matrix = np.eye(rows * cols)
    for one, other in _pairs(rows, cols):
        for here, there in ((one, other), (other, one)):
            matrix[here, there] += share
            matrix[here, here] -= share
    return matrix


def _neighbours(rows: int, cols: int) -> tuple["Newtons", "Newtons"]:
    """Return two matrices (cells, cells): right minus left neighbour of each cell, upper minus lower."""
    across, along = np.zeros((2, rows * cols, rows * cols))
    for one, other in _pairs(rows, cols):
        matrix = across if other == one + 1 else along
        matrix[other, one] += 1
        matrix[one, other] -= 1
    return across, along


def _pairs(rows: int, cols: int) -> list[tuple[int, int]]:
    """List the cells that touch."""
    beside = [(row * cols + col, row * cols + col + 1) for row in range(rows) for col in range(cols - 1)]
    return beside + [(row * cols + col, (row + 1) * cols + col) for row in range(rows - 1) for col in range(cols)]


def _low_pass(cutoff_hz: float) -> tuple["Newtons", "Newtons"]:
    """Return the response (PIECE, PIECE) of a first-order low-pass and the decay (PIECE,) of its state before."""
    keep = np.exp(-2 * np.pi * cutoff_hz / GRID_HZ)
    steps = np.arange(FILTER_POINTS)
    response = np.tril((1 - keep) * keep ** np.abs(steps[:, None] - steps[None, :]))
    return response, keep ** (steps + 1.0)
