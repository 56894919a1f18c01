"""Events: one frozen class for each thing that can happen, each with t_s, seconds of frame time.

A t_s that is back-dated says so; every other one is the end of the hop in which it was decided.
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
class Seated:
    """Somebody sits on the base rows."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Lowering:
    """The load moves from the base towards the head."""

    t_s: float


@dataclass(frozen=True, slots=True)
class LieDown:
    """Lying was recognised; t_s is the back-dated start, detected_s the hop that made sure."""

    t_s: float
    detected_s: float
    load_n: float


@dataclass(frozen=True, slots=True)
class Lowered:
    """How somebody came to lie at t_s: seconds of lowering, and how far the load of the upper half overshot, a share.

    None where it could not be measured.
    """

    t_s: float
    lowering_s: float | None
    overshoot: float | None


@dataclass(frozen=True, slots=True)
class Settled:
    """Somebody who lies has hardly moved for a minute, for the first time; after_s since they lay down."""

    t_s: float
    after_s: float


@dataclass(frozen=True, slots=True)
class LyingSuspected:
    """The load has just spread as it does when somebody lies: a first, provisional word."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What lies there is a person, by the evidence in why. Until then a session is provisional."""

    t_s: float
    why: str


@dataclass(frozen=True, slots=True)
class Wiggle:
    """The load moved there and back while lying: moved_n newtons, most of them over these cells, so far."""

    t_s: float
    moved_n: float
    grade: WiggleGrade = WiggleGrade.CLEAR
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Repositioned:
    """Somebody who lies lifted part of the body off the spikes and laid it down anew; t_s is when it left."""

    t_s: float


@dataclass(frozen=True, slots=True)
class GetUp:
    """Lying ended; t_s is back-dated, detected_s the hop that made sure. why is a sentence for logs."""

    t_s: float
    detected_s: float
    exit: Exit
    why: str


@dataclass(frozen=True, slots=True)
class RolledAside:
    """Somebody who lies has rolled far to one side."""

    t_s: float


@dataclass(frozen=True, slots=True)
class RolledBack:
    """Somebody who had rolled aside lies as before, or lies still in a new place."""

    t_s: float


@dataclass(frozen=True, slots=True)
class MatEmptied:
    """Nobody is on the mat any more; why is a sentence for logs."""

    t_s: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class StandingStarted:
    """Somebody stands on the mat with both feet. It counts for nothing."""

    t_s: float


@dataclass(frozen=True, slots=True)
class StandingEnded:
    """Somebody no longer stands there. Sway while they did: path, mean speed and 95 % ellipse of the centre of load."""

    t_s: float
    standing_s: float
    path_m: float
    speed_m_s: float
    ellipse_m2: float


@dataclass(frozen=True, slots=True)
class OverlongSession:
    """Somebody lies there far longer than any session lasts. Told once; nothing ends by itself."""

    t_s: float
    lying_s: float


@dataclass(frozen=True, slots=True)
class StageChanged:
    """The session machine changed its state."""

    t_s: float
    state: State


@dataclass(frozen=True, slots=True)
class SensorLost:
    """Too few cells answer to know what happens on the mat."""

    t_s: float
    lost: int


@dataclass(frozen=True, slots=True)
class SensorBack:
    """Enough cells answer again."""

    t_s: float
    lost: int


@dataclass(frozen=True, slots=True)
class Discomfort:
    """The person says it hurts now. lying_s is lying time since the start, state the one at that moment."""

    t_s: float
    state: State
    lying_s: float


@dataclass(frozen=True, slots=True)
class Eased:
    """The person says it turns warm. Fields as in Discomfort."""

    t_s: float
    state: State
    lying_s: float


@dataclass(frozen=True, slots=True)
class EndRequested:
    """The person wants the session closed now. reason is what to note unless the person says otherwise."""

    t_s: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class CommandAccepted:
    """Any other command that was legal where it came."""

    t_s: float
    command: Command


@dataclass(frozen=True, slots=True)
class StopAdvised:
    """The presses say that stopping is the better choice. Nothing ends by itself."""

    t_s: float
    why: StopReason


@dataclass(frozen=True, slots=True)
class ButtonHeld:
    """The button is still down after held_s seconds: letting go now does what a press so long means."""

    t_s: float
    held_s: float


@dataclass(frozen=True, slots=True)
class ButtonStuck:
    """The button has been down longer than anybody presses (stuck), or came free again."""

    t_s: float
    stuck: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """A piece of advice, at the moment it is to be told."""

    t_s: float
    kind: HintKind


@dataclass(frozen=True, slots=True)
class Zeroed:
    """The empty mat was taken as zero; offset_n is how much the sum of all cells moved by it, in newtons."""

    t_s: float
    offset_n: float
    reason: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session was closed; t_s is when that was decided, the summary has the true end."""

    t_s: float
    summary: SessionSummary


Event = (
    Seated
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
