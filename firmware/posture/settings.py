"""The numbers that the posture detector decides by."""

from dataclasses import dataclass, field

from firmware.posture.occupancy import OccupancySettings
from firmware.posture.shape import ShapeSettings
from firmware.signal.health import USABLE_SHARE
from hardware.board import STANDARD_GRAVITY as KG  # newtons


@dataclass(frozen=True, slots=True)
class PostureSettings:
    """Newtons, seconds and shares of the load. In brackets the range in which the results hold."""

    occupancy: OccupancySettings = field(default_factory=OccupancySettings)
    shape: ShapeSettings = field(default_factory=ShapeSettings)
    person_n: float = 10 * KG  # lying and sitting are looked for from here on
    seat_n: float = 15 * KG  # a seat that is reported
    suspect_s: float = 0.3  # of the shape of lying: provisional
    lie_s: float = 3.0  # the session starts here and is back-dated
    direct_s: float = 8.0  # longer along the mat than a seat, without having sat first
    back_s: float = 1.0  # in the pose of before: lying again, after a lift
    near: float = 0.04  # of the load may be elsewhere while a pose is steady (0.03-0.06)
    near_load: float = 0.06  # relative change of the load of a steady pose
    settle_s: int = 6  # of a steady pose make the start final (6-9; 4: wrong starts)
    settle_longest_s: int = 60
    new_pose_s: int = 10  # a pose held so long is how the person lies now
    up_load: float = 0.85  # of the lying load: sitting has at least that (0.75-0.95)
    up_s: float = 0.5  # without the shape of lying, with that load
    gone_s: float = 8.0  # without the shape of lying, or with less than half of the load
    sat_up_final_s: float = 10.0  # the end of lying is final so long after sitting up was noticed
    aside_m: float = 0.05  # away from the middle of the lying load, to the side: rolled aside
    aside_outer: float = 0.50  # of the load over an outer third of the width
    aside_s: float = 0.5
    exit_s: float = 8.0  # before the end: the way of getting up shows in them
    abrupt_s: float = 2.5  # nearly all of the load was there so short before the end
    abrupt_load: float = 0.9
    memory_s: float = 180.0  # of loads: lowering over 90 s, and half of that until its start is final
    usable_share: float = USABLE_SHARE  # of the cells must be available
    lost_debounce_s: float = 2.0
