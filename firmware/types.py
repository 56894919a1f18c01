"""The nouns that cross rooms. All are frozen; arrays appear only in Frames.

Axes of the mat: x runs from the left hand (column 0) to the right hand of a person lying on their
back, y from the base (row 0, hips end) to the head. Cells are row-major: cell = row * cols + col.
Times called t_s count seconds of frame time from the first frame the core was given.
"""

from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.uint8]


SMALLEST_BROKEN: Final = (1 << 12) - 1  # 2^k - 1 below this is too near zero to be told from a true reading


class Status(IntFlag):
    """Why a reading is not to be trusted; 0 is a good one. Bits of Frames.status."""

    OK = 0
    STALE = 1  # no ready edge in time: the count is the last one seen
    STRETCHED = 2  # a clock pulse stayed high over 50 us: the chip may have powered down
    DESYNC = 4  # the data line was not high after the 25th pulse
    COLLISION = 8  # the read was slow, or the chip was due to update inside it
    SATURATED = 16  # 0x7FFFFF or 0x800000
    SUSPECT = 32  # -1, 0 or 2^k-1: codes that broken reads give
    SETTLING = 64  # within four conversions of a reset, or the period is not learned yet
    DEAD = 128  # given up after repeated resets; probed again later


@dataclass(frozen=True, slots=True)
class Frames:
    """A block of n frames of all cells.

    seq is the number of the first frame; t_ns (n,) int64 is CLOCK_BOOTTIME of the ready edge and never
    decreases; counts (n, cells) int32 are raw codes; status (n, cells) uint8 are Status bits. Whoever gives frames away
    writes into their arrays no more.
    """

    seq: int
    t_ns: IntArray
    counts: Counts
    status: Flags

    def __len__(self) -> int:
        return len(self.t_ns)


class Signals(NamedTuple):  # ten a second: made in a third of the time of a frozen dataclass
    """What one hop of 100 ms says about the load. Newtons, metres; None where it is not known.

    cells_n has 0.0 for a lost cell; lost is a bit mask of those. cop_m is None under a load too small to divide by.
    row_shares run from base to head. evenness is 1 - |left - right| / (left + right), middle column ignored.
    lumbar_share is that of the board's lumbar rows. breaths_per_min is None unless it is known; breath_quality, 0..1,
    is how well the load repeats itself. motion is the share of the load that changed place between this hop and the
    last, in percent. moving is whether that is more than the breath and the noise; None until those are learned.
    still_and_slow is whether nobody moved for a minute and the breath is slow, as defined in signal/quiet.py (this is
    not sleep); None where one of both is not known. settled is the part of the last minute in which nobody moved, 0..1.
    """

    t_s: float
    cells_n: tuple[float, ...]
    lost: int
    load_n: float
    cop_m: tuple[float, float] | None
    row_shares: tuple[float, ...]
    evenness: float | None
    motion: float
    lumbar_share: float = 0.0
    breaths_per_min: float | None = None
    breath_quality: float = 0.0
    moving: bool | None = None
    still_and_slow: bool | None = None
    settled: float | None = None


class State(StrEnum):
    """Where a session is. The order of the lying states is the order of the stages."""

    IDLE = "idle"
    SEATED = "seated"
    LOWERING = "lowering"
    STANDING = "standing"
    SETTLING = "settling"
    EASING = "easing"
    RESTING = "resting"
    CLOSING = "closing"
    DONE = "done"
    OVERTIME = "overtime"
    ROLLING = "rolling"
    PAUSED = "paused"
    LEAVING = "leaving"
    UNCERTAIN = "uncertain"
    AFTERCARE = "aftercare"


class Command(StrEnum):
    """What a person asks of the mat, by the button, by MQTT or on the page: the same thing by each road."""

    DISCOMFORT = "discomfort"  # it hurts now
    EASING = "easing"  # it turns warm
    END = "end"  # close the session now
    CARRY_ON = "carry_on"  # seen that stopping is advised, stays
    SHOW_STATE = "show_state"  # blink what you are
    ZERO = "zero"  # the mat is empty now
    SILENT = "silent"  # sound off, or on again
    SHUTDOWN = "shutdown"  # switch off safely


class HintKind(StrEnum):
    """What the mat has to say about how somebody lies down, lies and gets up."""

    LOWERED_FAST = "lowered_fast"
    UNEVEN = "uneven"
    LUMBAR_LOW = "lumbar_low"
    ROLLED = "rolled"
    SAT_UP = "sat_up"
    ABRUPT = "abrupt"
    STEADY = "steady"  # sat back soon after getting up
    STOOD_LONG = "stood_long"
    WATER = "water"


class StopWhy(StrEnum):
    """Which rule advises to stop."""

    PERSISTENT = "persistent"  # it still hurts after the first minutes
    GROWING = "growing"  # presses come closer together


class Exit(StrEnum):
    """How a person got up."""

    ROLLED = "rolled"
    SAT_UP = "sat_up"
    ABRUPT = "abrupt"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a session ended."""

    GOAL_REACHED = "goal_reached"
    LEFT_EARLY = "left_early"
    TOO_SHORT = "too_short"
    NOT_CONFIRMED = "not_confirmed"  # no evidence that a person lay there
    SENSOR_LOST = "sensor_lost"
    DISCOMFORT = "discomfort"  # ended by the person after saying that it hurts
    USER = "user"  # ended by the person for any other reason
    INTERRUPTED = "interrupted"  # the power failed; found at the next start
    END_OF_RECORDING = "end_of_recording"


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
class LyingSeen:
    """The load has just spread as it does when somebody lies: a first, provisional word."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What lies there is a person, by the evidence in why. Until then a session is provisional."""

    t_s: float
    why: str


class Grade(StrEnum):
    """How large a wiggle is."""

    SLIGHT = "slight"
    CLEAR = "clear"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Wiggle:
    """The load moved there and back while lying: moved_n newtons, most of them over these cells, so far."""

    t_s: float
    moved_n: float
    grade: Grade = Grade.CLEAR
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Readjusted:
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
class Emptied:
    """Nobody is on the mat any more; why is a sentence for logs."""

    t_s: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Stands:
    """Somebody stands on the mat with both feet. It counts for nothing."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Stood:
    """Somebody no longer stands there. Sway while they did: path, mean speed and 95 % ellipse of the centre of load."""

    t_s: float
    standing_s: float
    path_m: float
    speed_m_s: float
    ellipse_m2: float


@dataclass(frozen=True, slots=True)
class Attention:
    """Somebody lies there far longer than any session lasts. Told once; nothing ends by itself."""

    t_s: float
    lying_s: float


@dataclass(frozen=True, slots=True)
class StageEntered:
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
class EndAsked:
    """The person wants the session closed now. reason is what to note unless the person says otherwise."""

    t_s: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Asked:
    """Any other command that was legal where it came."""

    t_s: float
    command: Command


@dataclass(frozen=True, slots=True)
class StopAdvised:
    """The presses say that stopping is the better choice. Nothing ends by itself."""

    t_s: float
    why: StopWhy


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
    | LyingSeen
    | LieDown
    | Lowered
    | Settled
    | Confirmed
    | Wiggle
    | Readjusted
    | GetUp
    | RolledAside
    | RolledBack
    | Emptied
    | Stands
    | Stood
    | Attention
    | StageEntered
    | SensorLost
    | SensorBack
    | Discomfort
    | Eased
    | EndAsked
    | Asked
    | StopAdvised
    | ButtonHeld
    | ButtonStuck
    | Hint
    | Zeroed
    | SessionEnded
)


class SessionView(NamedTuple):
    """What there is to show of the session now. Times in seconds of frame time; start_s is None with no session.

    lost is a bit mask of the cells that do not answer, as in Signals. attention: they lie there far too long.
    """

    state: State
    occupied: bool
    number: int
    start_s: float | None
    elapsed_s: float
    goal_s: float
    wiggles: int
    lost: int = 0
    attention: bool = False


class Output(NamedTuple):
    """What the pod shows now: light 0..1 for each colour, tone_hz None for silence, volume 0..1 of the buzzer."""

    red: float = 0.0
    green: float = 0.0
    blue: float = 0.0
    tone_hz: float | None = None
    volume: float = 0.0


DARK = Output()


@dataclass(frozen=True, slots=True)
class ButtonEdge:
    """The key of the pod went down or up at t_ns (CLOCK_BOOTTIME, as in Frames)."""

    t_ns: int
    down: bool


class Tick(NamedTuple):
    """What the core says once a hop. signals is None until the zero is known; mode is how much may sound."""

    t_s: float
    signals: Signals | None
    events: tuple[Event, ...]
    view: SessionView
    output: Output
    mode: str = "normal"


class Source(Protocol):
    """Where frames come from: chips, a recording, the simulator."""

    def read(self, timeout_s: float) -> Frames | None:
        """Give the next block; None when none came in time.

        Raises:
            EOFError: there will be no more.
            DriverError: there is no way to the chips any more.
        """
        ...

    def close(self) -> None:
        """Let go of whatever was opened."""
        ...


class Sink(Protocol):
    """Who hears of every tick. offer never blocks: a sink that is slow has its own bounded queue."""

    def offer(self, tick: Tick) -> None:
        """Take a tick."""
        ...

    def close(self) -> None:
        """Finish within a second or two."""
        ...


class Outputs(Protocol):
    """The light and the buzzer of the pod."""

    def show(self, output: Output) -> None:
        """Make it so; a repeated output costs nothing."""
        ...

    def close(self) -> None:
        """Light and buzzer off."""
        ...
