"""The pressure map between the cells: an interpolation, computed only on request. The cells are the measurement.

The map is the most likely one among smooth maps whose tiles add up to exactly what the cells measured: a Gaussian
process with a covariance of 6 cm length, conditioned on the tile sums (kriging of block averages). As one
precomputed matrix (pixels, cells) it costs one product a picture. Nothing in it is trained on people.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from hardware.board import Board

Map = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PressureSettings:
    """length_m of the covariance; pixel_m, the side of a pixel at most; tiles are cut into whole pixels."""

    length_m: float = 0.06
    pixel_m: float = 0.0254


class PressureMap:
    """Newtons per pixel from newtons per cell. Always to be labelled as interpolated."""

    def __init__(
        self,
        board: "Board",
        settings: PressureSettings | None = None,
        *,
        parts: tuple[int, int] | None = None,
        lost: int = 0,
    ) -> None:
        """Prepare the matrix. parts are the pixels of a tile across and along; without them those of settings.

        The cells in the bit mask lost are left out of the estimate; their pixels are 0.
        """
        chosen = settings or PressureSettings()
        self._cells = len(board.cells)
        self._known = np.array([cell.index for cell in board.cells if not lost >> cell.index & 1], dtype=np.intp)
        across, along = parts or (
            _parts(board.width_m / board.cols, chosen.pixel_m),
            _parts(board.length_m / board.rows, chosen.pixel_m),
        )
        self.rows, self.cols = board.rows * along, board.cols * across
        row_of, col_of = np.arange(self.rows) // along, np.arange(self.cols) // across
        self._cell_of = (row_of[:, np.newaxis] * board.cols + col_of).ravel()
        smooth_y = _covariance(self.rows, board.length_m, chosen.length_m)
        smooth_x = _covariance(self.cols, board.width_m, chosen.length_m)
        tiles_y = np.equal.outer(row_of, np.arange(board.rows)).astype(float)
        tiles_x = np.equal.outer(col_of, np.arange(board.cols)).astype(float)
        # The covariance is a product of one along and one across, so both sums over tiles are small.
        pixel_to_tile = np.kron(smooth_y @ tiles_y, smooth_x @ tiles_x)
        tile_to_tile = np.kron(tiles_y.T @ smooth_y @ tiles_y, tiles_x.T @ smooth_x @ tiles_x)
        known = tile_to_tile[np.ix_(self._known, self._known)]
        self.operator: Map = np.zeros((len(pixel_to_tile), self._cells))
        self.operator[:, self._known] = np.linalg.solve(known, pixel_to_tile[:, self._known].T).T

    def of(self, cells_n: npt.ArrayLike) -> Map:
        """Newtons (rows, cols) of the pixels, row 0 at the base and column 0 at the left hand, none negative.

        The pixels of a tile add up to the load of its cell; a negative load counts as 0.
        """
        loads = np.zeros(self._cells)
        loads[self._known] = np.maximum(np.asarray(cells_n, dtype=np.float64), 0.0)[self._known]
        pixels = np.maximum(self.operator @ loads, 0.0)
        sums = np.bincount(self._cell_of, pixels, self._cells)
        counts = np.bincount(self._cell_of, minlength=self._cells)
        factor = np.divide(loads, sums, out=np.zeros(self._cells), where=sums > 0)
        flat = np.where(sums > 0, 0.0, loads / counts)  # a tile whose pixels are all negative: evenly
        found: Map = pixels * factor[self._cell_of] + flat[self._cell_of]
        return found.reshape(self.rows, self.cols)


def _parts(length_m: float, pixel_m: float) -> int:
    return max(1, int(np.ceil(length_m / pixel_m - 1e-9)))


def _covariance(pixels: int, span_m: float, length_m: float) -> Map:
    places = (np.arange(pixels) + 0.5) * span_m / pixels
    covariance: Map = np.exp(-0.5 * ((places[:, np.newaxis] - places) / length_m) ** 2)
    return covariance
