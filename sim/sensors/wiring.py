"""The four half-bridge sensors under a tile, and how they are wired: what each adds to the reading of its tile.

A rigid tile shares a load among its sensors by where it stands; a gain of -1 is a sensor with its end wires swapped.
Four gains of -1 are a ring with A+ and A- swapped.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from hardware.board import CORNERS

if TYPE_CHECKING:
    from hardware.board import Board

Gains = tuple[tuple[float, ...], ...]  # (cells, corners), times the nominal sensitivity

TILE_TWIST: Final = 0.5  # 0: a rigid tile, 1: one that is soft against twisting; plywood is between
_SIGNS: Final = np.array([[1 if "right" in corner else -1, 1 if "head" in corner else -1] for corner in CORNERS])


def sound_sensors(board: "Board", seed: int, *, sensitivity: float = 1.0, spread: float = 0.03) -> Gains:
    """Return the gains of sensors of one batch: a common sensitivity in mV/V, each sensor off by a normal spread."""
    chance = np.random.default_rng([seed, 14])
    gains = sensitivity * np.clip(chance.normal(1.0, spread, (len(board.cells), len(CORNERS))), 0.9, 1.1)
    return tuple(tuple(row) for row in gains.tolist())


def turn_sensor(gains: Gains, cell: int, corner: str) -> Gains:
    """Return gains with one sensor wired the wrong way round."""
    at = CORNERS.index(corner)
    turned = tuple(-gain if number == at else gain for number, gain in enumerate(gains[cell]))
    return (*gains[:cell], turned, *gains[cell + 1 :])


def swap_outputs(gains: Gains, cell: int) -> Gains:
    """Return gains with A+ and A- of one tile swapped."""
    return (*gains[:cell], tuple(-gain for gain in gains[cell]), *gains[cell + 1 :])


def corner_offset_m(board: "Board", corner: str) -> tuple[float, float]:
    """Return the sensor at a corner as (x, y) from the middle of its tile in metres, in the axes of the board."""
    mat, inset_m = board.spec.mat, board.spec.mechanics.sensor_inset_m
    across, along = _SIGNS[CORNERS.index(corner)]
    return float(across * (mat.tile_width_m / 2 - inset_m)), float(along * (mat.tile_length_m / 2 - inset_m))


def tile_response(board: "Board", gains: tuple[float, ...], off_m: tuple[float, float]) -> float:
    """Return the reading of a tile, in times the nominal one, for a load at off_m from its middle."""
    reach = np.abs(np.array(corner_offset_m(board, CORNERS[0])))
    across, along = np.array(off_m) / reach
    ahead, beside = _SIGNS[:, 0] * across, _SIGNS[:, 1] * along
    shares = (1 + ahead + beside + TILE_TWIST * ahead * beside) / len(CORNERS)
    return float(shares @ np.array(gains))
