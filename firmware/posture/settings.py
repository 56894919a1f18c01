"""The numbers that the posture detector decides by."""

from dataclasses import dataclass, field

from firmware.posture.shape import ShapeSettings
from firmware.signal.health import USABLE_SHARE
from hardware.board import STANDARD_GRAVITY as KG  # newtons


@dataclass(frozen=True, slots=True)
class PostureSettings:
    """Newtons, seconds and parts of the load. Found on recorded lying loads of six people; starting points."""

    shape: ShapeSettings = field(default_factory=ShapeSettings)
    present_n: float = 10 * KG  # a 45 kg person with the hips off the mat loads it with 14 kg
    present_debounce_s: float = 0.3
    empty_n: float = 2 * KG
    empty_debounce_s: float = 1.0
    suspected_change: float = 0.16  # of the load that may still move within 0.3 s when lying is suspected
    steady_1s: float = 0.05  # half the summed change of shares within 1 s
    steady_3s: float = 0.10
    steady_load: float = 0.15  # relative change of the load within 3 s
    lie_debounce_s: float = 0.5
    direct_debounce_s: float = 5.0  # without sitting first, and with little load on the upper half
    start_progress: float = 0.9  # of the way from sitting to the reference pattern: the start of lying
    start_rearm: float = 0.85  # as long as the load stays beyond that, the person has not gone back to sitting
    end_load: float = 0.5  # of the reference load: the end of lying
    end_debounce_s: float = 0.3
    sat_up_debounce_s: float = 0.5
    seat_n: float = 15 * KG
    roll_debounce_s: float = 0.5
    roll_memory_s: float = 3.0
    abrupt_s: float = 2.0  # from the reference load to none
    abrupt_load: float = 0.8  # of the reference load is nearly all of it
    adapt_s: float = 20.0  # time constant of the reference pattern
    new_posture_s: float = 10.0  # a new posture held so long becomes the reference
    return_s: float = 45.0  # the reference pattern is kept so long after a lift
    still_n: float = 0.5  # an object does not change a cell by more than that
    object_s: float = 10.0  # an object under present_n
    heavy_object_s: float = 60.0  # one above it
    usable_share: float = USABLE_SHARE  # of the cells must be available
    lost_debounce_s: float = 2.0
