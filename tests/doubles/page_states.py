"""Every state of the live view, as the ticks that lead to it."""

from dataclasses import dataclass
from typing import Final

from firmware.enums import State, StopReason
from firmware.events import (
    Eased,
    LieDown,
    Repositioned,
    SensorLost,
    StageChanged,
    Wiggle,
)
from firmware.view import Tick
from tests.doubles.ticks import tick

KG: Final = 9.80665
LOADS_KG: Final = (
    2.1,
    2.9,
    2.4,
    2.7,
    3.6,
    2.7,
    4.2,
    5.0,
    4.0,
    1.7,
    2.5,
    1.7,
)  # by cell: from the hips, left hand first
GOAL_S: Final = 900.0
CENTRE_M: Final = (0.21, 0.36)


@dataclass(frozen=True, slots=True)
class PageState:
    """A state: the ticks before, the tick that is shown, the phase of the pacer. offline: no tick comes any more."""

    ticks: tuple[Tick, ...]
    shown: Tick
    pacer_s: float | None = None
    calibrated: bool = True
    offline: bool = False
    title: str = "Resting"


def lying(t_s: float, state: State, elapsed_s: float, *, lost: int = 0, breaths: float | None = 6.2) -> Tick:
    """A person on the mat, with the loads of LOADS_KG."""
    one = tick(t_s, state, load_n=sum(LOADS_KG) * KG, elapsed_s=elapsed_s, goal_s=GOAL_S, lost=lost)
    assert one.signals is not None
    cells_n = tuple(0.0 if lost >> number & 1 else load * KG for number, load in enumerate(LOADS_KG))
    signals = one.signals._replace(
        cells_n=cells_n, load_n=sum(cells_n), cop_m=CENTRE_M, breaths_per_min=breaths, motion=0.4
    )
    return one._replace(signals=signals, view=one.view._replace(lost=lost, start_s=0.0))


def _with(one: Tick, **view: object) -> Tick:
    return one._replace(view=one.view._replace(**view))  # type: ignore[arg-type]


BEGUN: Final = lying(1.0, State.SETTLING, 1.0)._replace(events=(LieDown(1.0, 1.0, 300.0),))
MOVES: Final = tuple(
    lying(t_s, State.EASING, t_s)._replace(events=(event,))
    for t_s, event in (
        (160.0, Wiggle(160.0, 30.0)),
        (250.0, Repositioned(250.0)),
        (300.0, Wiggle(300.0, 20.0)),
        (330.0, Eased(330.0, State.RESTING, 330.0)),
    )
)
RESTING: Final = lying(384.0, State.RESTING, 384.0)
PAUSED: Final = _with(lying(390.0, State.PAUSED, 402.0), elapsed_s=402.0)
STATES: Final = {
    "empty": PageState((), tick(1.0, goal_s=GOAL_S), title="Ready when you are"),
    "settling": PageState((BEGUN,), lying(34.0, State.SETTLING, 34.0, breaths=None), 3.2, title="Settling"),
    "resting": PageState((BEGUN, *MOVES), RESTING, 3.2),
    "fault": PageState((BEGUN,), lying(384.0, State.RESTING, 384.0, lost=0b1000010000), 3.2),
    "too-few": PageState(
        (), _with(tick(1.0, goal_s=GOAL_S, events=(SensorLost(1.0, 0b1111),)), lost=0b1111), title="Ready when you are"
    ),
    "uncalibrated": PageState((BEGUN,), RESTING, 3.2, calibrated=False),
    "paused": PageState(
        (BEGUN, PAUSED._replace(events=(StageChanged(390.0, State.PAUSED),))),
        PAUSED._replace(t_s=404.0),
        title="Paused",
    ),
    "overtime": PageState((BEGUN,), lying(1140.0, State.OVERTIME, 1140.0), title="A little longer"),
    "stop": PageState((BEGUN,), _with(RESTING, advice=StopReason.GROWING, stop_advised=True)),
    "offline": PageState((BEGUN, *MOVES), RESTING, 8.0, offline=True),
}
