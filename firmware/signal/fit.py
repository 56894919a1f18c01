"""Calibration mathematics: the scale of each cell from loads of known weight, and the error of each scale.

Every load gives one equation: the changes of all cells, each divided by its counts per newton, add up to the load. So
a cover that passes a part of a tile's load to its neighbours does no harm, and a person who stands in many places on
the mat is as good a load as a weight on one tile, as long as the places differ enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from hardware.board import Board

Floats = npt.NDArray[np.float64]

PRIOR_SPREAD: Final = 0.15  # of the scales among the cells of one mat, before anything is measured; makers say 0.1
LOAD_SHARE: Final = 0.005  # error of the load itself, and
LOAD_N: Final = 0.5  # of creep and hysteresis: a heavier weight counts more
# Least error of a load, as a share of it: loads of one kind have it in common, so that residuals do not show it.
# Found with simulated cells whose gain at the edge of a tile differs by 2 %; real ones were not tried.
WEIGHT_NOISE: Final = 0.015  # hysteresis, and a weight that stands a little beside the middle
WALK_NOISE: Final = 0.02  # feet are seldom in the middle
OUTLIER: Final = 4.0  # times the median residual, of which a normal error is 1.48 times the spread
OUTLIER_FLOOR: Final = 0.02  # of the load; a smaller residual is never an outlier
MOST_DROPPED: Final = 0.3  # of the equations
ROUNDS: Final = 4
WORST_ERROR: Final = 0.10  # of a scale: with more, a cell is no better known than by the board file
WORST_RESIDUAL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Placement:
    """A load of load_n newtons that changed the cells by change (cells,) counts."""

    change: tuple[float, ...]
    load_n: float


@dataclass(frozen=True, slots=True)
class Fit:
    """counts_per_newton (cells,), negative for a cell that reads less under load.

    error_share (cells,) is one standard error of each by the fit's own account, a share of the scale. residual_share
    is the root mean square error of the used loads, worst_share the largest, both shares of the load. Loads that do not
    fit the others were dropped.
    """

    counts_per_newton: tuple[float, ...]
    error_share: tuple[float, ...]
    residual_share: float
    worst_share: float
    used: int
    dropped: int


def fit(placements: Sequence[Placement], nominal: float, least_noise: float) -> Fit:
    """Fit the scales to the loads: robust least squares with a weak prior that cells are alike.

    nominal is counts per newton by the board, least_noise WEIGHT_NOISE or WALK_NOISE. Bayesian linear regression with
    a normal prior around the common scale (Bishop 2006, 3.3); the noise is estimated from the residuals.

    Raises:
        ValueError: there is no load.
    """
    if not placements:
        raise ValueError("no load: put something on the mat")
    loads_n = np.array([one.load_n for one in placements])
    trust = 1 / np.hypot(LOAD_SHARE, LOAD_N / loads_n)
    trust /= trust.max()
    # One unknown a cell: nominal / scale. A row adds up to 1.
    rows = np.array([one.change for one in placements]) / (nominal * loads_n[:, np.newaxis])
    kept = np.ones(len(rows), np.bool_)
    for _ in range(ROUNDS):
        residuals = np.abs(rows @ _solve(rows[kept], trust[kept], least_noise)[0] - 1)
        close = residuals <= max(OUTLIER * float(np.median(residuals)), OUTLIER_FLOOR)
        if close.sum() >= (1 - MOST_DROPPED) * len(rows):
            kept = close
    inverse, spread, noise = _solve(rows[kept], trust[kept], least_noise)
    residuals = np.abs(rows[kept] @ inverse - 1)
    return Fit(
        counts_per_newton=tuple((nominal / inverse).tolist()),
        error_share=tuple((noise * spread / np.abs(inverse)).tolist()),
        residual_share=float(np.sqrt((residuals**2).mean())),
        worst_share=float(residuals.max()),
        used=int(kept.sum()),
        dropped=int((~kept).sum()),
    )


def _solve(rows: Floats, trust: Floats, least_noise: float) -> tuple[Floats, Floats, float]:
    """The unknowns (cells,), the spread of each for a noise of 1, and the noise, a share of the best load."""
    cells = rows.shape[1]
    common = 1 / float(np.median(rows.sum(axis=1)))
    weighted = rows * trust[:, np.newaxis]
    noise = least_noise
    for _ in range(ROUNDS):
        belief = (noise / (PRIOR_SPREAD * common)) ** 2
        covariance = np.linalg.inv(weighted.T @ weighted + belief * np.eye(cells))
        inverse = covariance @ (weighted.T @ trust + belief * common)
        # Rows less the effective number of parameters (MacKay 1992).
        free = max(len(rows) - cells + belief * float(np.trace(covariance)), 1.0)
        noise = max(float(np.sqrt(((weighted @ inverse - trust) ** 2).sum() / free)), least_noise)
    return inverse, np.sqrt(np.diag(covariance)), noise


def refusal(board: "Board", found: Fit) -> str:
    """Reasons why a fit is no calibration of this board; empty when it is one."""
    names = [cell.name for cell in board.cells]
    low, high = board.counts_per_newton_range
    rows = list(zip(names, found.counts_per_newton, found.error_share, strict=True))
    upside_down = [name for name, scale, _ in rows if scale < 0]
    beyond = [
        f"{name} ({scale / board.counts_per_newton:.2f})"
        for name, scale, _ in rows
        if scale > 0 and not low <= scale <= high
    ]
    unsure = [f"{name} (±{error:.0%})" for name, _, error in rows if error > WORST_ERROR]
    table = (
        (upside_down, f"{', '.join(upside_down)} read less under load: swap the wires A+ and A-"),
        (
            beyond,
            f"not what the board file says of the cells, in times of it: {', '.join(beyond)}; check mass and type",
        ),
        (unsure, f"not known well enough: {', '.join(unsure)}; load these tiles more"),
        (
            found.residual_share > WORST_RESIDUAL,
            f"the loads do not fit together (±{found.residual_share:.0%}): does a tile touch another one, or its stop?",
        ),
    )
    return "; ".join(text for wrong, text in table if wrong)


def expected_error(rows: Floats, noise: float) -> Floats:
    """Expected error of the scales (cells,), as shares, from rows (n, cells) of shares of a load: for progress."""
    cells = rows.shape[1]
    covariance = np.linalg.inv(rows.T @ rows + (noise / PRIOR_SPREAD) ** 2 * np.eye(cells))
    return noise * np.sqrt(np.diag(covariance))
