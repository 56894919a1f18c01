"""Events: one frozen class for each thing that can happen, each with t_s, seconds of frame time.

A back-dated t_s is documented; every other one is the end of the hop of the decision.
"""

import re
from dataclasses import dataclass

from firmware.enums import Command, Exit, HintKind, Reason, State, StopReason, WiggleGrade


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One closed session. confirmed: there was evidence of a person.

    counted is false without that evidence, and for an attempt shorter than a minute.
    """

    number: int
    start_s: float
    end_s: float
    lying_s: float
    goal_s: float
    reason: Reason
    exit: Exit
    wiggles: int
    counted: bool
    confirmed: bool = True
    paused_s: float = 0.0
    discomforts: int = 0
    pressed_late: bool = False
    eased_s: float | None = None
    stop_advised: bool = False


@dataclass(frozen=True, slots=True)
class MatOccupied:
    """10 kg and more have come to the mat: a person, an animal or a thing."""

    t_s: float


@dataclass(frozen=True, slots=True)
class ObjectDetected:
    """The load on the mat keeps still as only an object does, and is part of the baseline from now on."""

    t_s: float
    load_n: float


@dataclass(frozen=True, slots=True)
class StartCorrected:
    """Now that the person lies steadily, lying is known to have started at start_s."""

    t_s: float
    start_s: float


@dataclass(frozen=True, slots=True)
class EndCorrected:
    """Now that the person has sat up, lying is known to have ended at end_s."""

    t_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class LyingReversed:
    """The person lies the wrong way round, with the head at the base of the mat; emitted once each time of lying."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Seated:
    """A person sits on the base rows."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Lowering:
    """The load moves from the base towards the head."""

    t_s: float


@dataclass(frozen=True, slots=True)
class LieDown:
    """Lying is detected; t_s is the back-dated start, detected_s the hop of the decision."""

    t_s: float
    detected_s: float
    load_n: float


@dataclass(frozen=True, slots=True)
class Lowered:
    """The lowering before t_s: its seconds, and the overshoot of the upper half's load, a share.

    None where it could not be measured.
    """

    t_s: float
    lowering_s: float | None
    overshoot: float | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A lying person has hardly moved for a minute, for the first time; after_s since the start of lying."""

    t_s: float
    after_s: float


@dataclass(frozen=True, slots=True)
class LyingSuspected:
    """The load has just spread as in lying: a first, provisional detection."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The load is a person; evidence is a sentence for logs. Until then a session is provisional."""

    t_s: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Wiggle:
    """The load moved there and back while lying: moved_n newtons, most of them over these cells, so far."""

    t_s: float
    moved_n: float
    grade: WiggleGrade = WiggleGrade.CLEAR
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Repositioned:
    """A lying person lifted part of the body off the spikes and laid it down again; t_s is the lift."""

    t_s: float


@dataclass(frozen=True, slots=True)
class GetUp:
    """Lying ended; t_s is back-dated, detected_s the hop of the decision. evidence is a sentence for logs."""

    t_s: float
    detected_s: float
    exit: Exit
    evidence: str


@dataclass(frozen=True, slots=True)
class RolledAside:
    """A lying person has rolled far to one side."""

    t_s: float


@dataclass(frozen=True, slots=True)
class RolledBack:
    """After rolling aside the person lies as before, or lies still in a new place."""

    t_s: float


@dataclass(frozen=True, slots=True)
class MatEmptied:
    """The mat is empty again; evidence is a sentence for logs."""

    t_s: float
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class StandingStarted:
    """A person stands on the mat with both feet. It is not counted."""

    t_s: float


@dataclass(frozen=True, slots=True)
class StandingEnded:
    """Standing ended. Sway meanwhile: path, mean speed and 95 % ellipse of the centre of pressure."""

    t_s: float
    standing_s: float
    path_m: float
    speed_m_s: float
    ellipse_m2: float


@dataclass(frozen=True, slots=True)
class OverlongSession:
    """A person lies far longer than any session lasts. Emitted once; nothing ends by itself."""

    t_s: float
    lying_s: float


@dataclass(frozen=True, slots=True)
class StageChanged:
    """The session machine changed its state."""

    t_s: float
    state: State


@dataclass(frozen=True, slots=True)
class SensorLost:
    """Too few cells answer to detect anything; lost is the mask of the silent ones."""

    t_s: float
    lost: int


@dataclass(frozen=True, slots=True)
class SensorBack:
    """Enough cells answer again; lost is the mask of those still silent."""

    t_s: float
    lost: int


@dataclass(frozen=True, slots=True)
class FramesLost:
    """Readings of all cells were missing for lost_s in so many gaps since the last such event, one a minute at most."""

    t_s: float
    lost_s: float
    gaps: int


@dataclass(frozen=True, slots=True)
class Discomfort:
    """The person reports that it hurts. lying_s is lying time since the start, state the one at that moment."""

    t_s: float
    state: State
    lying_s: float


@dataclass(frozen=True, slots=True)
class Eased:
    """The person reports that it eases. Fields as in Discomfort."""

    t_s: float
    state: State
    lying_s: float


@dataclass(frozen=True, slots=True)
class EndRequested:
    """The person wants the session closed now; reason is recorded unless the person gives another."""

    t_s: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class CommandAccepted:
    """Any other command, where it was legal."""

    t_s: float
    command: Command


@dataclass(frozen=True, slots=True)
class StopAdvised:
    """By the presses, stopping is the better choice. Nothing ends by itself."""

    t_s: float
    reason: StopReason


@dataclass(frozen=True, slots=True)
class ButtonHeld:
    """The button is still down after held_s seconds: a release now has the meaning of so long a press."""

    t_s: float
    held_s: float


@dataclass(frozen=True, slots=True)
class ButtonStuck:
    """The button has been down for longer than any press (stuck), or is free again."""

    t_s: float
    stuck: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """A piece of advice, at the moment in which it helps."""

    t_s: float
    kind: HintKind


@dataclass(frozen=True, slots=True)
class Zeroed:
    """The empty mat was taken as zero; offset_n is the change of the sum of all cells, in newtons."""

    t_s: float
    offset_n: float
    reason: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session was closed; t_s is the decision, the summary has the true end."""

    t_s: float
    summary: SessionSummary


Event = (
    MatOccupied
    | ObjectDetected
    | StartCorrected
    | EndCorrected
    | LyingReversed
    | Seated
    | Lowering
    | LyingSuspected
    | LieDown
    | Lowered
    | Settled
    | Confirmed
    | Wiggle
    | Repositioned
    | GetUp
    | RolledAside
    | RolledBack
    | MatEmptied
    | StandingStarted
    | StandingEnded
    | OverlongSession
    | StageChanged
    | SensorLost
    | SensorBack
    | FramesLost
    | Discomfort
    | Eased
    | EndRequested
    | CommandAccepted
    | StopAdvised
    | ButtonHeld
    | ButtonStuck
    | Hint
    | Zeroed
    | SessionEnded
)


def event_type(kind: type) -> str:
    """Return the name of an event class as it leaves the program: lie_down for LieDown."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
