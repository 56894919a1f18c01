"""The load of a calibration: a weight placed on one tile after the other, or a person who walks about on the mat."""

from dataclasses import replace
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from hardware.board import STANDARD_GRAVITY
from sim.bounds import Bounds, check_bounds
from sim.people.layers import Landing, LoadLayer, PoseTrack, Sway
from sim.people.scene import GroundTruth, LoadScene, build_scene
from sim.people.story import BED_CUTOFF_HZ, Story
from sim.sensors.noise import fold_key
from sim.sensors.tiles import Contact, Tiles, tilt_moment
from sim.sensors.wiring import Gains, corner_offset_m, tile_response

if TYPE_CHECKING:
    from hardware.board import Board
    from sim.sensors.tiles import Newtons

SOLE_PARTS: Final = ((0.5, 0.0), (0.5, 0.17))  # share of the load and distance from the heel: heel and ball
WEIGHT_SETTLE_S: Final = 1.5  # a weight has been let go, a foot has come to rest
BOUNDS: Bounds = {"kg": (0.1, 200), "at_s": (0, 1e6), "seconds": (1, 1e5)}


class WeightPlacement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A weight of kg, sigma_m wide, on a tile from at_s for some seconds; off_m is from the middle of the tile."""

    cell: int
    kg: float
    at_s: float
    seconds: float
    off_m: tuple[float, float] = (0.0, 0.0)
    sigma_m: float = 0.02

    def __post_init__(self) -> None:
        check_bounds(self, BOUNDS)


class WeightsStory(Story, frozen=True):
    """A story of weights only. gains (cells, corners) are those of the sensors under each tile; none is all alike."""

    puts: tuple[WeightPlacement, ...] = ()
    gains: Gains = ()

    def scene(self, board: "Board", seed: int) -> LoadScene:  # noqa: ARG002 - weights need no randomness
        """Play it on a board."""
        tiles = Tiles(board)
        layers: list[LoadLayer] = []
        for put in self.puts:
            x_m, y_m = tiles.x_m[put.cell] + put.off_m[0], tiles.y_m[put.cell] + put.off_m[1]
            load = tiles.press([Contact(put.kg * STANDARD_GRAVITY, float(x_m), float(y_m), put.sigma_m, put.sigma_m)])
            if self.gains:
                load[put.cell] *= tile_response(board, self.gains[put.cell], put.off_m)
            layers += _there(load, put.at_s, put.at_s + put.seconds)
            layers.append(Landing(put.at_s + WEIGHT_SETTLE_S, 0.05 * load))
        length_s = self.seconds or max(put.at_s + put.seconds for put in self.puts) + 20
        scene = build_scene(length_s, tiles.cells, layers, GroundTruth(), BED_CUTOFF_HZ[self.body.surface])
        return replace(scene, least_n=-inf) if self.gains else scene


def weights_on_each_tile(
    board: "Board", kg: tuple[float, ...], *, first_s: float = 8.0, on_s: float = 12.0, off_s: float = 9.0
) -> tuple[WeightPlacement, ...]:
    """Place each weight on each tile in the order of the cells, with a pause after each."""
    puts: list[WeightPlacement] = []
    for one_kg in kg:
        for cell in board.cells:
            puts.append(WeightPlacement(cell.index, one_kg, first_s + len(puts) * (on_s + off_s), on_s))
    return tuple(puts)


def weights_over_corners(
    board: "Board", kg: float, corners: tuple[str, ...], *, first_s: float = 8.0, on_s: float = 10.0, off_s: float = 7.0
) -> tuple[WeightPlacement, ...]:
    """Put a weight over the sensor at each of these corners of a tile, then on its middle; tile after tile."""
    puts: list[WeightPlacement] = []
    for cell in board.cells:
        for corner in (*corners, ""):
            off_m, sigma_m = (corner_offset_m(board, corner), 0.008) if corner else ((0.0, 0.0), 0.02)
            puts.append(WeightPlacement(cell.index, kg, first_s + len(puts) * (on_s + off_s), on_s, off_m, sigma_m))
    return tuple(puts)


class WalkStory(Story, frozen=True):
    """A person steps onto the mat at start_s, stands for stay_s in so many places all over it, and steps off.

    across and one_foot are the shares of places in which they stand across the mat, and on one foot.
    """

    start_s: float = 10.0
    across: float = 0.5
    one_foot: float = 0.3
    places: int = 40
    stay_s: float = 4.0
    step_s: float = 1.2

    def scene(self, board: "Board", seed: int) -> LoadScene:
        """Play it on a board."""
        tiles, chance = Tiles(board), np.random.default_rng([seed, 11])
        weight_n = self.body.mass_kg * STANDARD_GRAVITY
        poses = [self._stand(tiles, chance, weight_n) for _ in range(self.places)]
        knots = [(self.start_s, np.zeros(tiles.cells)), (self.start_s + self.step_s, poses[0])]
        layers: list[LoadLayer] = []
        for number, (pose, following) in enumerate(pairwise([*poses, np.zeros(tiles.cells)])):
            begin_s = knots[-1][0]
            end_s = begin_s + self.stay_s
            sway = np.stack([tilt_moment(pose, tiles.y_m), tilt_moment(pose, tiles.x_m)])
            layers.append(Sway(begin_s, end_s, 0.7, fold_key(seed, 12, number), 0.02 * weight_n * sway))
            lifted = 0.5 * (pose + following) * chance.uniform(0.92, 1.08)  # a step is never quite smooth
            knots += [(end_s, pose), (end_s + self.step_s / 2, lifted), (end_s + self.step_s, following)]
        track = PoseTrack(np.array([at_s for at_s, _ in knots]), np.stack([pose for _, pose in knots]))
        length_s = self.seconds or knots[-1][0] + 20
        return build_scene(length_s, tiles.cells, [track, *layers], GroundTruth(), BED_CUTOFF_HZ[self.body.surface])

    def _stand(self, tiles: Tiles, chance: np.random.Generator, weight_n: float) -> "Newtons":
        """Stand along or across the mat, on both feet or on one, somewhere with all of each sole on the tiles."""
        across = chance.random() < self.across
        size_m = (tiles.length_m, tiles.width_m) if across else (tiles.width_m, tiles.length_m)
        if chance.random() < self.one_foot:
            feet = [(1.0, float(chance.uniform(0.05, size_m[0] - 0.05)))]
        else:
            apart_m = float(chance.uniform(0.08, 0.25))
            left, at_m = float(chance.uniform(0.3, 0.7)), float(chance.uniform(0.05, size_m[0] - 0.05 - apart_m))
            feet = [(left, at_m), (1 - left, at_m + apart_m)]
        heel_m = float(chance.uniform(0.04, size_m[1] - 0.21))
        soles = [(share * part, at_m, heel_m + sole_m) for share, at_m in feet for part, sole_m in SOLE_PARTS]
        places = [(share, y, x) if across else (share, x, y) for share, x, y in soles]
        return _all_on([Contact(share * weight_n, x, y, 0.025, 0.025) for share, x, y in places], tiles)


def _all_on(contacts: list[Contact], tiles: Tiles) -> "Newtons":
    """Press contacts, the whole of them: soles do not reach beyond the tiles."""
    load = tiles.press(contacts)
    whole: Newtons = load * (sum(contact.load_n for contact in contacts) / float(load.sum()))
    return whole


def _there(load: "Newtons", start_s: float, end_s: float) -> list[LoadLayer]:
    """Arrive within WEIGHT_SETTLE_S, stay, leave."""
    nothing = np.zeros_like(load)
    knots_s = np.array([start_s, start_s + WEIGHT_SETTLE_S, end_s - 1.0, end_s])
    return [PoseTrack(knots_s, np.stack([nothing, load, load, nothing]))]
