"""A person as the mat measures one: a handful of places that carry weight, pressed onto the tiles.

Segment masses are shares of body mass, the mean of women and men: de Leva 1996 for head and limbs, Plagenhoef 1983
for the thirds of the trunk. Distances are shares of stature from the sacrum towards the head. Where the weight of the
trunk comes down (sacrum, thorax, shoulders, little at the lumbar arch) follows Garfin 1980; widths are our estimate.
"""

from typing import TYPE_CHECKING, Literal

import msgspec

from hardware.board import STANDARD_GRAVITY
from sim.bounds import Bounds, check_bounds
from sim.sensors.tiles import Contact, Tiles, tilt_moment

if TYPE_CHECKING:
    from sim.sensors.tiles import Newtons

HEAD, THORAX, ABDOMEN, PELVIS = 0.068, 0.201, 0.131, 0.137
TRUNK = THORAX + ABDOMEN + PELVIS
UPPER_ARM, THIGH = 0.0263, 0.1447  # one of two

THIGHS_AT, LUMBAR_AT, THORAX_AT, SHOULDERS_AT, HEAD_AT = -0.12, 0.085, 0.185, 0.255, 0.405  # from the sacrum
HALF_HIPS, HALF_SHOULDERS = 0.05, 0.100  # middle of the back to the middle of a thigh, of an upper arm

COVER_SPREAD_M = {"bare": 0.0, "t_shirt": 0.001, "thin_towel": 0.003, "thick_towel": 0.005}
SURFACE_SPREAD_M = {"floor": 0.0, "bed": 0.015}
MAT_SPREAD_M = 0.02  # foam and spikes of the acupressure mat itself

BOUNDS: Bounds = {
    "mass_kg": (10, 250),
    "stature_m": (0, 2.3),
    "lumbar_share": (0, 0.4),
    "offset_m": (-0.3, 0.3),
    "up_m": (-0.3, 0.3),
}

Cover = Literal["bare", "t_shirt", "thin_towel", "thick_towel"]
Surface = Literal["floor", "bed"]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person on the mat and how the mat is set up.

    stature_m 0 is an average one for the mass. lumbar_share is the part of the trunk's weight that the lumbar arch
    carries: 0.03 to 0.12 of it on a floor, more on a bed. offset_m moves the person off the middle, positive towards
    the right hand; up_m towards the head, which brings thighs onto the mat. With the hips off, the sacrum lies below
    the base of the mat. head_on: the head rests on the mat if it reaches it (with the hips off, or a short body), else
    on a cushion beside it.
    """

    mass_kg: float = 75.0
    stature_m: float = 0.0
    hips_on: bool = True
    head_on: bool = False
    knees_up: bool = False
    lumbar_share: float = 0.07
    offset_m: float = 0.0
    up_m: float = 0.0
    cover: Cover = "t_shirt"
    surface: Surface = "floor"

    def __post_init__(self) -> None:
        check_bounds(self, BOUNDS)

    @property
    def height_m(self) -> float:
        """Stature, or the one of an average body of this mass (body mass index 25 at 75 kg, rising with the mass)."""
        return self.stature_m or 1.73 * (self.mass_kg / 75) ** 0.22

    @property
    def weight_n(self) -> float:
        """Weight of the whole body."""
        return self.mass_kg * STANDARD_GRAVITY


class Poses:
    """The places of one body that touch the mat, pose by pose, as newtons on each cell (cells,)."""

    def __init__(self, body: Body, tiles: Tiles) -> None:
        self._body = body
        self._tiles = tiles
        self._middle_m = tiles.width_m / 2 + body.offset_m
        self._sacrum_m = (0.10 if body.hips_on else -0.07) + body.up_m
        self._spread_m = MAT_SPREAD_M + COVER_SPREAD_M[body.cover] + SURFACE_SPREAD_M[body.surface]
        self._girth = (body.mass_kg / 75) ** 0.5

    @property
    def knees_up(self) -> bool:
        """Whether the person lies down with the knees up."""
        return self._body.knees_up

    def nobody(self) -> "Newtons":
        """Return the empty mat."""
        return self._tiles.press(())

    def seated(self) -> "Newtons":
        """Sit on the base, feet on the floor: about 0.8 of the body weight; less where the hips will be off the mat."""
        y_m = 0.09 if self._body.hips_on else 0.03
        return self._press(
            [(0.37, -0.065, y_m, 0.045, 0.05), (0.37, 0.065, y_m, 0.045, 0.05), (0.06, 0.0, y_m, 0.1, 0.03)]
        )

    def propped(self) -> "Newtons":
        """Lean back on the elbows on the way down or up: hips and two elbows in the second and third row."""
        y_m = self._sacrum_m + 0.02
        elbow_m = self._sacrum_m + 0.17 * self._body.height_m
        hips = [(0.27, -0.06, y_m, 0.05, 0.055), (0.27, 0.06, y_m, 0.05, 0.055)]
        return self._press([*hips, (0.07, -0.15, elbow_m, 0.03, 0.03), (0.07, 0.15, elbow_m, 0.03, 0.03)])

    def half_down(self) -> "Newtons":
        """Have the hips and the lumbar spine down while the shoulders are still up."""
        height_m = self._body.height_m
        low_m = self._sacrum_m + LUMBAR_AT * height_m
        hips = [(0.17, -0.055, self._sacrum_m, 0.055, 0.06), (0.17, 0.055, self._sacrum_m, 0.055, 0.06)]
        return self._press([*hips, (0.16, 0.0, low_m, 0.09, 0.06), (0.08, 0.0, low_m + 0.08 * height_m, 0.08, 0.05)])

    def lying(self, shift_x_m: float = 0.0, shift_y_m: float = 0.0, *, knees_up: bool = False) -> "Newtons":
        """Lie on the back, moved by a shift. Knees up: the lumbar arch comes down, the thighs hang from the pelvis."""
        body, height_m = self._body, self._body.height_m
        flatter = (0.10 if knees_up else 0.0) + (0.08 if body.surface == "bed" else 0.0)
        lumbar = (body.lumbar_share + flatter) * TRUNK
        pelvis = PELVIS + ABDOMEN / 2 + 0.3 * THIGH + (0.15 * THIGH if knees_up else 0.0) - lumbar / 2
        thorax = THORAX + ABDOMEN / 2 - lumbar / 2
        arm_m = HALF_SHOULDERS * height_m
        hip_m = HALF_HIPS * height_m
        on_thighs = 0.0 if knees_up else 0.5 * THIGH
        wide = self._girth
        places = [
            (pelvis / 2, -0.055 * wide, 0.0, 0.05 * wide, 0.055),
            (pelvis / 2, 0.055 * wide, 0.0, 0.05 * wide, 0.055),
            (lumbar, 0.0, LUMBAR_AT * height_m, 0.07 * wide, 0.04),
            (0.35 * thorax, -0.065 * wide, THORAX_AT * height_m, 0.04 * wide, 0.055),
            (0.35 * thorax, 0.065 * wide, THORAX_AT * height_m, 0.04 * wide, 0.055),
            (0.30 * thorax, 0.0, SHOULDERS_AT * height_m, 0.09 * wide, 0.04),
            (on_thighs, -hip_m, THIGHS_AT * height_m, 0.05 * wide, 0.07),
            (on_thighs, hip_m, THIGHS_AT * height_m, 0.05 * wide, 0.07),
            (0.6 * UPPER_ARM, -arm_m, THORAX_AT * height_m, 0.03, 0.07),
            (0.6 * UPPER_ARM, arm_m, THORAX_AT * height_m, 0.03, 0.07),
        ]
        if body.head_on:
            places.append((HEAD, 0.0, HEAD_AT * height_m, 0.04, 0.03))
        moved = [(share, x + shift_x_m, self._sacrum_m + y + shift_y_m, sx, sy) for share, x, y, sx, sy in places]
        return self._press(moved)

    def on_side(self, side: float) -> "Newtons":
        """Lie on one side: hip and shoulder in a line near the edge; side is -1 for the left hand, 1 for the right."""
        height_m, x_m = self._body.height_m, side * 0.125
        hip = (PELVIS + ABDOMEN / 2 + 0.3 * THIGH, x_m, self._sacrum_m, 0.035 * self._girth, 0.05)
        ribs = (0.55 * THORAX + ABDOMEN / 2, x_m, self._sacrum_m + THORAX_AT * height_m, 0.04 * self._girth, 0.08)
        shoulder = (0.45 * THORAX + 2 * UPPER_ARM, x_m, self._sacrum_m + SHOULDERS_AT * height_m, 0.035, 0.045)
        head = [(HEAD, x_m, self._sacrum_m + HEAD_AT * height_m, 0.04, 0.03)] if self._body.head_on else []
        return self._press([hip, ribs, shoulder, *head])

    def pushing_up(self, side: float) -> "Newtons":
        """Push up from the side: the hip still down, one hand at the edge of the mat."""
        hip = (0.33, side * 0.13, self._sacrum_m, 0.04, 0.05)
        hand = (0.09, side * 0.16, self._sacrum_m + THORAX_AT * self._body.height_m, 0.025, 0.03)
        return self._press([hip, hand])

    def hips_lifted(self) -> "Newtons":
        """Lift the hips to lay them down again: shoulders and feet carry, the feet outside the mat."""
        height_m = self._body.height_m
        return self._press(
            [
                (0.04, 0.0, self._sacrum_m, 0.09, 0.055),
                (0.17, 0.0, self._sacrum_m + THORAX_AT * height_m, 0.08, 0.055),
                (0.15, 0.0, self._sacrum_m + SHOULDERS_AT * height_m, 0.09, 0.04),
            ]
        )

    def standing(self, apart_m: float) -> "Newtons":
        """Stand in the middle of the mat, the feet apart: heels and balls of both feet."""
        y_m = self._tiles.length_m / 2
        return self._press(
            [(0.25, x_m, y_m + dy_m, 0.025, 0.03) for x_m in (-apart_m / 2, apart_m / 2) for dy_m in (-0.08, 0.07)]
        )

    def cross_legged(self, y_m: float) -> "Newtons":
        """Sit cross-legged with the seat at y_m from the base: the shins and knees in front carry a fifth."""
        seat = [(0.38, -0.065, y_m, 0.045, 0.05), (0.38, 0.065, y_m, 0.045, 0.05)]
        return self._press([*seat, (0.1, -0.13, y_m + 0.12, 0.05, 0.04), (0.1, 0.13, y_m + 0.12, 0.05, 0.04)])

    def kneeling(self) -> "Newtons":
        """Kneel near the base, the shins along the mat."""
        return self._press([(0.48, x_m, 0.16, 0.03, 0.07) for x_m in (-0.09, 0.09)])

    def on_all_fours(self) -> "Newtons":
        """Kneel on the hands too."""
        knees = [(0.3, x_m, 0.1, 0.03, 0.05) for x_m in (-0.1, 0.1)]
        return self._press([*knees, *((0.19, x_m, 0.56, 0.03, 0.04) for x_m in (-0.12, 0.12))])

    def moments(self, pose: "Newtons") -> "tuple[Newtons, Newtons]":
        """Return the changes (cells,) that tip a pose along and across the mat; each moves 1 N and sums to nothing."""
        return tilt_moment(pose, self._tiles.y_m), tilt_moment(pose, self._tiles.x_m)

    def breath(self) -> "Newtons":
        """Return the change (cells,) when a breath is drawn: 1 N goes from the pelvis and the belly to the thorax."""
        height_m = self._body.height_m
        thorax = (1.0, 0.0, self._sacrum_m + THORAX_AT * height_m, 0.09 * self._girth, 0.06)
        pelvis = (0.6, 0.0, self._sacrum_m, 0.08 * self._girth, 0.055)
        belly = (0.4, 0.0, self._sacrum_m + LUMBAR_AT * height_m, 0.08 * self._girth, 0.05)
        return (self._press([thorax]) - self._press([pelvis, belly])) / self._body.weight_n

    def _press(self, places: list[tuple[float, float, float, float, float]]) -> "Newtons":
        """Turn (share of body mass, x from the middle, y from the base, half widths) into newtons on the cells."""
        spread_m = self._spread_m
        contacts = (
            Contact(
                load_n=share * self._body.weight_n,
                x_m=self._middle_m + x_m,
                y_m=y_m,
                sigma_x_m=(sx_m**2 + spread_m**2) ** 0.5,
                sigma_y_m=(sy_m**2 + spread_m**2) ** 0.5,
            )
            for share, x_m, y_m, sx_m, sy_m in places
        )
        return self._tiles.press(contacts)
