"""The transition table of the session machine: state x input -> state. docs/architecture.md draws it from here."""

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from firmware.enums import State
from firmware.events import (
    EndRequested,
    GetUp,
    LieDown,
    Lowering,
    MatEmptied,
    RolledAside,
    RolledBack,
    Seated,
    SensorBack,
    SensorLost,
    StandingEnded,
    StandingStarted,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class MachineInput(StrEnum):
    """What can move the machine."""

    SEATED = "seated"
    LOWERING = "lowering"
    LIE_DOWN = "lie_down"
    ROLLED_ASIDE = "rolled_aside"
    ROLLED_BACK = "rolled_back"
    GET_UP = "get_up"
    MAT_EMPTIED = "mat_emptied"
    STANDING_STARTED = "standing_started"
    STANDING_ENDED = "standing_ended"
    LOST = "sensor_lost"
    BACK = "sensor_back"
    END = "end_requested"
    DUE = "due"  # the lying time of the next stage has come
    LATE = "late"  # the lying time of the absolute cap has come
    EXPIRED = "expired"  # the time a state may last is over


INPUTS: Final[dict[type, MachineInput]] = {
    Seated: MachineInput.SEATED,
    Lowering: MachineInput.LOWERING,
    LieDown: MachineInput.LIE_DOWN,
    RolledAside: MachineInput.ROLLED_ASIDE,
    RolledBack: MachineInput.ROLLED_BACK,
    GetUp: MachineInput.GET_UP,
    MatEmptied: MachineInput.MAT_EMPTIED,
    StandingStarted: MachineInput.STANDING_STARTED,
    StandingEnded: MachineInput.STANDING_ENDED,
    SensorLost: MachineInput.LOST,
    SensorBack: MachineInput.BACK,
    EndRequested: MachineInput.END,
}
# Targets that depend on the session.
STAGE: Final = "the stage of the lying time"
NEXT: Final = "the stage that follows"
UP: Final = "paused before the goal, leaving after it"
STAGES: Final = (State.SETTLING, State.EASING, State.RESTING, State.CLOSING)
AFTER_GOAL: Final = (State.DONE, State.OVERTIME)
LYING: Final = (*STAGES, *AFTER_GOAL, State.ROLLING)
AWAY: Final = (State.PAUSED, State.LEAVING)
NOBODY: Final = (State.IDLE, State.AFTERCARE)
ARRIVING: Final = (State.SEATED, State.LOWERING, State.STANDING)


def _table() -> dict[tuple[State, MachineInput], State | str]:
    on = MachineInput
    rows: list[tuple[Sequence[State], MachineInput, State | str | None]] = [
        # from                                       on                to (None: the state stays)
        ((*NOBODY, *ARRIVING), on.SEATED, State.SEATED),
        ((*NOBODY, *ARRIVING), on.LOWERING, State.LOWERING),
        ((*NOBODY, *ARRIVING, *AWAY, State.UNCERTAIN), on.LIE_DOWN, STAGE),
        (ARRIVING, on.MAT_EMPTIED, State.IDLE),
        (NOBODY, on.MAT_EMPTIED, None),
        ((*NOBODY, State.SEATED, State.LOWERING), on.STANDING_STARTED, State.STANDING),
        ((State.STANDING,), on.STANDING_ENDED, State.IDLE),
        ((*AWAY, State.UNCERTAIN), on.STANDING_STARTED, None),
        ((*AWAY, State.UNCERTAIN, *NOBODY), on.STANDING_ENDED, None),
        ((*STAGES, State.DONE), on.DUE, NEXT),
        ((State.OVERTIME,), on.LATE, None),
        ((*STAGES, *AFTER_GOAL), on.ROLLED_ASIDE, State.ROLLING),
        ((State.ROLLING,), on.ROLLED_BACK, STAGE),
        ((State.ROLLING,), on.EXPIRED, STAGE),
        ((*STAGES, *AFTER_GOAL), on.ROLLED_BACK, None),  # after resting on the side
        (LYING, on.GET_UP, UP),
        (LYING, on.END, State.LEAVING),
        ((State.PAUSED, State.UNCERTAIN), on.END, State.AFTERCARE),
        ((State.LEAVING, *NOBODY), on.END, None),  # requested twice
        # A person who requested the end and lies on has left the session, not the mat.
        ((State.LEAVING, *NOBODY), on.ROLLED_ASIDE, None),
        ((State.LEAVING, *NOBODY), on.ROLLED_BACK, None),
        ((State.LEAVING, *NOBODY), on.GET_UP, None),
        ((*AWAY, State.UNCERTAIN), on.SEATED, None),
        ((*AWAY, State.UNCERTAIN), on.LOWERING, None),
        # Aftercare starts with the empty mat; the session stays open until it can no longer be resumed.
        ((*AWAY, State.UNCERTAIN), on.MAT_EMPTIED, State.AFTERCARE),
        ((*AWAY, State.UNCERTAIN), on.EXPIRED, State.AFTERCARE),
        ((State.AFTERCARE,), on.EXPIRED, State.IDLE),
        (LYING, on.LOST, State.UNCERTAIN),
        ((*NOBODY, *AWAY, State.UNCERTAIN), on.LOST, None),
        (ARRIVING, on.LOST, State.IDLE),
        ((*NOBODY, *AWAY, State.UNCERTAIN), on.BACK, None),
    ]
    return {(state, what): to or state for states, what, to in rows for state in states}


TABLE: Final = _table()
