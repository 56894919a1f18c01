"""The tiles of the mat: which part of a contact each of them carries."""

from dataclasses import dataclass
from itertools import pairwise
from math import erf, sqrt
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hardware.board import Board


Newtons = npt.NDArray[np.float64]


class TileLoads(Protocol):
    """The load on the tiles over time: what the cells of sim.sensors measure."""

    @property
    def compliance_hz(self) -> float:
        """Cutoff of the bed below the mat, 0 on a floor."""

    def load_n(self, t_s: Newtons) -> Newtons:
        """Return newtons (n, cells) at rising times (n,) in seconds."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A place that presses: a Gaussian of load_n newtons around (x_m, y_m). The part beside the mat is not carried."""

    load_n: float
    x_m: float
    y_m: float
    sigma_x_m: float
    sigma_y_m: float

    def __post_init__(self) -> None:
        if self.load_n < 0 or self.sigma_x_m <= 0 or self.sigma_y_m <= 0:
            raise ValueError(f"{self}: a contact pushes down (load_n >= 0) and has a width (sigma > 0)")


class Tiles:
    """The grid of tiles of a board, each on its own cell; row-major, row 0 at the base, column 0 at the left hand."""

    def __init__(self, board: "Board") -> None:
        self.rows, self.cols = board.rows, board.cols
        self.width_m, self.length_m = board.width_m, board.length_m
        self.x_m = np.array([cell.x_m for cell in board.cells])
        self.y_m = np.array([cell.y_m for cell in board.cells])
        self._x_edges = [self.width_m * i / self.cols for i in range(self.cols + 1)]
        self._y_edges = [self.length_m * i / self.rows for i in range(self.rows + 1)]

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.rows * self.cols

    def press(self, contacts: "Iterable[Contact]") -> Newtons:
        """Add up contacts to newtons per cell (cells,)."""
        total = np.zeros((self.rows, self.cols))
        for contact in contacts:
            across = _shares(self._x_edges, contact.x_m, contact.sigma_x_m)
            along = _shares(self._y_edges, contact.y_m, contact.sigma_y_m)
            total += contact.load_n * np.outer(along, across)
        return total.reshape(-1)


def tilt_moment(pose: Newtons, place_m: Newtons) -> Newtons:
    """Return the change (cells,) that moves one newton across the centre of a pose, in proportion to the arm."""
    change = pose * (place_m - (pose @ place_m) / max(float(pose.sum()), 1e-9))
    return change / max(float(np.abs(change).sum()) / 2, 1e-9)


def _shares(edges_m: list[float], at_m: float, sigma_m: float) -> list[float]:
    """Integrate a unit Gaussian between neighbouring edges."""
    below = [0.5 * (1 + erf((edge - at_m) / (sigma_m * sqrt(2)))) for edge in edges_m]
    return [upper - lower for lower, upper in pairwise(below)]
