"""Load cells and converters: from newtons on the tiles to 24-bit codes, with the errors of real ones.

Effects with a memory (creep, hysteresis, warmth) are computed on the grid of sim.sensors.grid; a code is interpolated
at any nanosecond, and its noise depends on cell and nanosecond alone. So chips read one by one and a whole block of
frames yield the same codes.
"""

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.sensors.clocks import Times
from sim.sensors.grid import BLOCK_POINTS, STEP_NS, CellGrid
from sim.sensors.noise import fold_key, normal_noise, scramble_keys, uniform_noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.board import Board
    from sim.sensors.cell_model import CellModel
    from sim.sensors.clocks import Oscillators
    from sim.sensors.mishaps import ZeroKnock
    from sim.sensors.tiles import Newtons, TileLoads

Codes = npt.NDArray[np.int32]

BLOCKS_KEPT = 3
CODE_MAX, CODE_MIN = (1 << 23) - 1, -(1 << 23)
SLOW_HZ, SLOW_NOISE = 40.0, 5 / 9  # the slow rate is the quieter one: data sheet 50 against 90 nV
COMPUTED_AHEAD_NS = 800_000_000  # so much of a single chip's conversions is worked out at once


class LoadCells:
    """The cells of one board under one scene; counts_per_newton and zero_counts (cells,) are true."""

    def __init__(
        self,
        scene: "TileLoads",
        board: "Board",
        model: "CellModel",
        clocks: "Oscillators",
        seed: int,
        *,
        knocks: "Sequence[ZeroKnock]" = (),
    ) -> None:
        rng = np.random.default_rng([seed, 3])
        cells = len(board.cells)
        self.scene, self.model = scene, model
        self.counts_per_newton = board.counts_per_newton * np.clip(rng.normal(1, model.gain_spread, cells), 0.7, 1.3)
        self.zero_counts = np.rint(rng.uniform(-1.7, 1.7, cells) * model.zero_spread_counts)
        slow = SLOW_NOISE if clocks.rate_hz < SLOW_HZ else 1.0
        self._counts_per_nv = board.gain * 2.0**24 / (model.supply_v * 1e9)
        self._noise_counts = model.noise_nv * slow * self._counts_per_nv
        self._keys = np.array([fold_key(seed, 4, cell) for cell in range(cells)], np.uint64)
        self._periods_ns = clocks.period_ns.tolist()
        self._grid = CellGrid(scene, board, model, seed, rate_hz=clocks.rate_hz, knocks=knocks)
        self._blocks: deque[Newtons] = deque()
        self._window = np.empty((0, cells))
        self._first_point = 0
        self._next_block = 0
        self._ahead_count = [max(1, COMPUTED_AHEAD_NS // period_ns) for period_ns in self._periods_ns]
        self._ahead: list[dict[int, int]] = [{} for _ in range(cells)]

    def codes(self, t_ns: Times) -> Codes:
        """Return the codes (n, cells) of conversions that end at t_ns (n, cells), in nanoseconds of the story.

        Times may lie a few seconds before those of earlier calls; further back restarts the story.
        """
        return self._codes(t_ns, np.arange(t_ns.shape[1]))

    def code(self, cell: int, t_ns: int) -> int:
        """Return the code of one conversion of one cell; quick when its conversions are read in order."""
        ready = self._ahead[cell]
        found = ready.pop(t_ns, None)
        if found is None:
            ready.clear()
            times = t_ns + self._periods_ns[cell] * np.arange(self._ahead_count[cell], dtype=np.int64)[:, None]
            ready.update(zip(times[:, 0].tolist(), self._codes(times, np.array([cell]))[:, 0].tolist(), strict=True))
            found = ready.pop(t_ns)
        return found

    def _codes(self, t_ns: Times, cells: npt.NDArray[np.intp]) -> Codes:
        point = t_ns // STEP_NS
        self._reach(int(point.min()), int(point.max()) + 1)
        part = (t_ns - point * STEP_NS) * (1.0 / STEP_NS)
        flat = (point - self._first_point) * self._window.shape[1] + cells
        window = self._window.reshape(-1)
        value = window[flat]
        part *= window[flat + self._window.shape[1]] - value
        value += part
        random = scramble_keys(t_ns.astype(np.uint64) ^ self._keys[cells])
        if self._noise_counts:
            noise = normal_noise(random)
            noise *= self._noise_counts
            value += noise
        if self.model.hum_nv:
            value += self.model.hum_nv * self._counts_per_nv * np.sin((2e-9 * np.pi * 50) * (t_ns % 20_000_000))
        codes: Codes = np.clip(np.rint(value), CODE_MIN, CODE_MAX).astype(np.int32)
        if self.model.glitch_share:
            random = scramble_keys(random)
            wild = uniform_noise(random) < self.model.glitch_share
            if wild.any():
                codes[wild] = broken_read_codes(codes[wild], random[wild])
        return codes

    def _reach(self, first: int, last: int) -> None:
        """Compute the grid from point first to point last."""
        if first < self._first_point:
            self._grid.restart()
            self._blocks.clear()
            self._first_point = self._next_block = 0
        if self._next_block * BLOCK_POINTS > last:
            return
        while self._next_block * BLOCK_POINTS <= last:
            self._blocks.append(self.zero_counts + self._grid.block(self._next_block) * self.counts_per_newton)
            self._next_block += 1
            if self._first_point + BLOCK_POINTS <= min(first, (self._next_block - BLOCKS_KEPT) * BLOCK_POINTS):
                self._blocks.popleft()
                self._first_point += BLOCK_POINTS
        self._window = np.concatenate(self._blocks)


def broken_read_codes(codes: Codes, random: npt.NDArray[np.uint64]) -> Codes:
    """Turn codes (n,) into the wrong ones that broken reads give: 2^k-1, -1, 0, shifted by a bit either way."""
    old = codes.astype(np.int64)
    kind = (random & np.uint64(0xFF)).astype(np.int64) % 5
    bits = 12 + (random >> np.uint64(8) & np.uint64(0xFF)).astype(np.int64) % 12
    wrong = np.choose(kind, [(1 << bits) - 1, np.full_like(old, -1), np.zeros_like(old), old >> 1, old << 1])
    inside: Codes = np.clip(wrong, CODE_MIN, CODE_MAX).astype(np.int32)
    return inside
