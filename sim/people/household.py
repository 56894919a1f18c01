"""What else ends up on a mat in a household and is no session: things, animals, hands, feet.

Masses and footprints are our own estimates of ordinary ones. Places are shares of the mat: x from the left hand, y from
the base.
"""

from dataclasses import dataclass
from math import sin, tau
from typing import TYPE_CHECKING, Literal, get_args

import msgspec
import numpy as np

from hardware.board import STANDARD_GRAVITY
from sim.bounds import check_bounds
from sim.people.layers import Breathing, Landing, LoadLayer, Oscillation, PoseTrack, Sway
from sim.people.vitals import Vitals
from sim.sensors.noise import fold_key
from sim.sensors.tiles import Contact, tilt_moment

if TYPE_CHECKING:
    from sim.sensors.tiles import Newtons, Tiles

FootprintPart = tuple[float, float, float, float, float]  # share of the mass, x, y, sigma x in m, sigma y in m

VisitorKind = Literal[
    "suitcase", "box", "laundry", "folded_mat", "mat_and_towel", "cat", "dog", "child", "kneeling", "all_fours",
    "foot_each_end", "standing", "hand_lean", "second_person", "walking_across", "cleaning", "footfalls",
]  # fmt: skip

MOVE_STEP_S = 0.05  # what moves is cut into straight pieces of this length
FLOOR_SHAKE_N = 1.5  # on each cell, of a step beside a bed or on a wooden floor


@dataclass(frozen=True, slots=True)
class Visitor:
    """One kind of visitor. arrive_s and leave_s are its ways in seconds, knock the share of the load that rings.

    walks: it comes in over the left edge and goes out over the right one. drops: it comes in so many parts, 5 s apart.
    sway_n: spread of the shifting of something that keeps its balance; fidgets_per_min: bursts of 5 to 40 N.
    """

    mass_kg: float
    places: tuple[FootprintPart, ...]
    arrive_s: float = 1.0
    leave_s: float = 0.8
    knock: float = 0.1
    walks: bool = False
    drops: int = 1
    breaths_per_min: float = 0.0
    breath_n: float = 0.0
    sway_n: float = 0.0
    fidgets_per_min: float = 0.0


KNEE_FOOTPRINT: tuple[FootprintPart, ...] = ((0.5, 0.3, 0.12, 0.03, 0.05), (0.5, 0.7, 0.12, 0.03, 0.05))

VISITORS: dict[str, Visitor] = {
    "suitcase": Visitor(
        22.0, tuple((0.25, x, y, 0.02, 0.02) for x in (0.25, 0.75) for y in (0.2, 0.8)), arrive_s=0.7, knock=0.2
    ),
    "box": Visitor(10.0, ((1.0, 0.5, 0.5, 0.08, 0.12),), knock=0.2),
    "laundry": Visitor(9.0, ((0.6, 0.45, 0.55, 0.1, 0.14), (0.4, 0.6, 0.35, 0.09, 0.1)), drops=3, knock=0.05),
    "folded_mat": Visitor(1.2, ((1.0, 0.5, 0.25, 0.11, 0.1),), knock=0.05),
    "mat_and_towel": Visitor(1.6, ((1.0, 0.5, 0.5, 0.16, 0.24),), knock=0.05),
    "cat": Visitor(
        5.0,
        ((0.5, 0.5, 0.5, 0.05, 0.06), (0.5, 0.45, 0.6, 0.04, 0.04)),
        arrive_s=2.5, leave_s=1.5, walks=True, breaths_per_min=28.0, breath_n=0.2, sway_n=0.4, fidgets_per_min=1.0,
    ),
    "dog": Visitor(
        30.0,
        ((0.4, 0.5, 0.3, 0.08, 0.1), (0.4, 0.5, 0.65, 0.08, 0.1), (0.2, 0.6, 0.9, 0.05, 0.05)),
        arrive_s=4.0, leave_s=2.5, walks=True, breaths_per_min=18.0, breath_n=1.5, sway_n=0.8, fidgets_per_min=0.5,
    ),
    "child": Visitor(
        22.0, ((0.8, 0.5, 0.4, 0.07, 0.07), (0.2, 0.5, 0.7, 0.06, 0.08)),
        breaths_per_min=22.0, breath_n=0.8, sway_n=4.0, fidgets_per_min=12.0,
    ),
    "kneeling": Visitor(
        60.0, KNEE_FOOTPRINT, arrive_s=1.5, breaths_per_min=15.0, breath_n=1.5, sway_n=8.0, fidgets_per_min=1.0
    ),
    "all_fours": Visitor(
        72.0,
        tuple((share, x, y, 0.03, 0.04) for y, share in ((0.13, 0.3), (0.85, 0.2)) for x in (0.25, 0.75)),
        arrive_s=2.0, leave_s=1.5, breaths_per_min=15.0, breath_n=2.0, sway_n=12.0, fidgets_per_min=2.0,
    ),
    "foot_each_end": Visitor(
        75.0, ((0.5, 0.5, 0.12, 0.03, 0.06), (0.5, 0.5, 0.88, 0.03, 0.06)),
        arrive_s=1.2, breaths_per_min=14.0, breath_n=1.0, sway_n=15.0, fidgets_per_min=1.0,
    ),
    "standing": Visitor(
        75.0,
        tuple((0.25, x, y, 0.025, 0.03) for x in (0.28, 0.72) for y in (0.38, 0.6)),
        arrive_s=1.2, breaths_per_min=14.0, breath_n=1.0, sway_n=12.0, fidgets_per_min=0.5,
    ),
    "hand_lean": Visitor(13.0, ((1.0, 0.7, 0.6, 0.025, 0.035),), arrive_s=0.4, leave_s=0.4, sway_n=6.0),
    "second_person": Visitor(
        28.0, ((1.0, 0.95, 0.3, 0.05, 0.06),), arrive_s=1.2, breaths_per_min=14.0, breath_n=1.0, sway_n=5.0,
        fidgets_per_min=2.0,
    ),
    "walking_across": Visitor(75.0, ((1.0, 0.5, 0.5, 0.03, 0.06),)),
    "cleaning": Visitor(4.0, ((1.0, 0.5, 0.5, 0.05, 0.05),)),
    "footfalls": Visitor(0.0, ()),
}  # fmt: skip
assert set(VISITORS) == set(get_args(VisitorKind))  # noqa: S101 - two lists of the same names, checked where they stand


class Visit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something comes at start_s and is gone seconds later. mass_kg 0 is the usual mass of its kind."""

    what: VisitorKind
    start_s: float
    seconds: float
    mass_kg: float = 0.0

    def __post_init__(self) -> None:
        check_bounds(self, {"start_s": (0, 1e7), "seconds": (0.5, 1e7), "mass_kg": (0, 200)})

    def layers(self, tiles: "Tiles", seed: int, number: int) -> list[LoadLayer]:
        """Return its load: the visit of that number in a story on that seed."""
        thing = VISITORS[self.what]
        load_n = (self.mass_kg or thing.mass_kg) * STANDARD_GRAVITY
        if self.what == "walking_across":
            return _steps(tiles, load_n, self.start_s, self.seconds)
        if self.what == "cleaning":
            return [_strokes(tiles, load_n, self.start_s, self.seconds)]
        if self.what == "footfalls":
            every_s = np.arange(self.start_s, self.start_s + self.seconds, 0.55)
            return [Landing(float(at_s), np.full(tiles.cells, FLOOR_SHAKE_N)) for at_s in every_s]
        life = _life(thing, tiles, load_n, self, fold_key(seed, 9, number))
        return [*_presence(thing, tiles, load_n, self), *life]


def _pressed(tiles: "Tiles", places: tuple[FootprintPart, ...], load_n: float, dx: float = 0.0) -> "Newtons":
    """Press a footprint, moved by dx widths of the mat."""
    return tiles.press(
        Contact(share * load_n, (x + dx) * tiles.width_m, y * tiles.length_m, sigma_x_m, sigma_y_m)
        for share, x, y, sigma_x_m, sigma_y_m in places
    )


def _presence(thing: Visitor, tiles: "Tiles", load_n: float, visit: Visit) -> list[LoadLayer]:
    """Come, stay, go; with a knock where something is set down."""
    full = _pressed(tiles, thing.places, load_n)
    nothing = np.zeros_like(full)
    start_s, end_s = visit.start_s, visit.start_s + visit.seconds
    if thing.walks:
        return [_walk(thing, tiles, load_n, visit)]
    knots = [(start_s, nothing)]
    for part in range(thing.drops):
        at_s = start_s + part * min(5.0, visit.seconds / (2 * thing.drops))
        knots += [(at_s + 0.01, full * part / thing.drops), (at_s + thing.arrive_s, full * (part + 1) / thing.drops)]
    landings: list[LoadLayer] = [Landing(at_s, thing.knock * pose) for at_s, pose in knots[2::2]]
    leaving_s = max(end_s - thing.leave_s, knots[-1][0] + 0.01)
    knots += [(leaving_s, full), (max(end_s, leaving_s + 0.01), nothing)]
    return [_track(knots), *landings]


def _walk(thing: Visitor, tiles: "Tiles", load_n: float, visit: Visit) -> PoseTrack:
    """Come in over the left edge, stay, go out over the right one, the weight rocking from paw to paw."""
    knots: list[tuple[float, Newtons]] = []
    leaving_s = visit.start_s + visit.seconds - thing.leave_s
    ways = ((visit.start_s, thing.arrive_s, -1.0, 0.0), (leaving_s, thing.leave_s, 0.0, 1.0))
    for begin_s, long_s, first, last in ways:
        for part in np.linspace(0, 1, round(long_s / MOVE_STEP_S) + 1).tolist():
            rocking = 0.06 * sin(tau * 3 * part * long_s) * min(1.0, 4 * part * (1 - part))
            dx = first + (last - first) * part + rocking
            knots.append((begin_s + part * long_s, _pressed(tiles, thing.places, load_n, dx)))
    knots = [(knots[0][0] - 0.01, np.zeros(tiles.cells)), *knots, (knots[-1][0] + 0.2, np.zeros(tiles.cells))]
    return _track(knots)


def _life(thing: Visitor, tiles: "Tiles", load_n: float, visit: Visit, key: int) -> list[LoadLayer]:
    """Breath, balance and fidgets of a living thing."""
    rng = np.random.default_rng(key)
    start_s, end_s = visit.start_s + thing.arrive_s, visit.start_s + visit.seconds - thing.leave_s
    pose = _pressed(tiles, thing.places, load_n)
    along, across = tilt_moment(pose, tiles.y_m), tilt_moment(pose, tiles.x_m)
    layers: list[LoadLayer] = []
    if thing.breaths_per_min and end_s > start_s:
        vitals = Vitals(breaths_per_min=thing.breaths_per_min, breath_n=thing.breath_n)
        layers.append(Breathing(*vitals.breaths(start_s, end_s, rng), along, start_s, end_s))
    if thing.sway_n and end_s > start_s:
        layers.append(Sway(start_s, end_s, 0.7, key, thing.sway_n * np.stack([along, across])))
    at_s = start_s
    while thing.fidgets_per_min:
        at_s += float(rng.exponential(60 / thing.fidgets_per_min))
        if at_s > end_s - 1.5:
            break
        turn, moved_n = rng.uniform(0, tau), rng.uniform(5, 40) * min(1.0, load_n / 200)
        pattern = moved_n * (np.cos(turn) * along + np.sin(turn) * across)
        layers.append(Oscillation(at_s, at_s + float(rng.uniform(0.4, 1.5)), float(rng.uniform(0.7, 3)), pattern))
    return layers


def _steps(tiles: "Tiles", load_n: float, start_s: float, seconds: float) -> list[LoadLayer]:
    """Walk over the mat from the base to the head, again and again, a foot each 0.55 s: two humps of force a step."""
    layers: list[LoadLayer] = []
    shape = [0.0, 0.7, 1.15, 0.95, 0.8, 0.95, 1.1, 0.6, 0.0]  # of a step of 0.65 s; ground reaction of ordinary walking
    for number, at_s in enumerate(np.arange(start_s, start_s + seconds - 0.65, 0.55).tolist()):
        foot = tiles.press(
            [
                Contact(
                    load_n,
                    tiles.width_m * (0.3 if number % 2 else 0.7),
                    tiles.length_m * (number % 3 + 0.5) / 3,
                    0.03,
                    0.06,
                )
            ]
        )
        layers.append(_track([(at_s + 0.65 * part / 8, share * foot) for part, share in enumerate(shape)]))
    return layers


def _strokes(tiles: "Tiles", load_n: float, start_s: float, seconds: float) -> PoseTrack:
    """Wipe with one hand: to and fro across once a second, creeping from the base to the head and back."""
    knots: list[tuple[float, Newtons]] = [(start_s, np.zeros(tiles.cells))]
    for part in np.linspace(0, 1, round(seconds / MOVE_STEP_S) + 1).tolist()[1:-1]:
        since_s = part * seconds
        x_m = tiles.width_m * (0.5 + 0.4 * sin(tau * since_s))
        y_m = tiles.length_m * (0.5 - 0.4 * np.cos(tau * since_s / 20))
        press = 1 + 0.5 * sin(tau * 2.3 * since_s)
        knots.append((start_s + since_s, tiles.press([Contact(load_n * press, x_m, y_m, 0.05, 0.05)])))
    return _track([*knots, (start_s + seconds, np.zeros(tiles.cells))])


def _track(knots: "list[tuple[float, Newtons]]") -> PoseTrack:
    """Join knots by straight lines."""
    return PoseTrack(np.array([at_s for at_s, _ in knots]), np.stack([pose for _, pose in knots]))
