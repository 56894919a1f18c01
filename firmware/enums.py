"""The closed lists of values that frames, events, views and commands use. They import nothing; values are public."""

from enum import IntFlag, StrEnum
from typing import Final

SMALLEST_BROKEN: Final = (1 << 12) - 1  # 2^k - 1 below this is too near zero to be distinguished from a good reading


class Status(IntFlag):
    """Why a reading is not to be trusted; 0 is a good one. Bits of Frames.status."""

    OK = 0
    STALE = 1  # no ready edge in time: the count is the last one seen
    STRETCHED = 2  # a clock pulse stayed high over 50 us: the chip may have powered down
    DESYNC = 4  # the data line was not high after the 25th pulse
    COLLISION = 8  # the read was slow, or the chip was due to update inside it
    SATURATED = 16  # 0x7FFFFF or 0x800000
    SUSPECT = 32  # -1, 0 or 2^k-1: codes of failed reads
    SETTLING = 64  # within four conversions of a reset, or the period is not learned yet
    DEAD = 128  # after repeated resets; retried later


class State(StrEnum):
    """The state of the session machine. The order of the lying states is the order of the stages."""

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
    """A request of the person, by the key, MQTT or the page alike."""

    DISCOMFORT = "discomfort"  # it hurts now
    EASING = "easing"  # it turns warm
    END = "end"  # close the session now
    CARRY_ON = "carry_on"  # advice to stop was seen; the person stays
    SHOW_STATE = "show_state"  # blink the state
    ZERO = "zero"  # the mat is empty now
    SILENT = "silent"  # sound off, or on again
    SHUTDOWN = "shutdown"  # switch off safely
    NEXT_LENGTH = "next_length"  # of the next session: the programme's, quick
    NEXT_SOUND = "next_sound"  # normal, quiet, silent
    NIGHT = "night"  # the dim light of the night from now on, or by the clock again
    NEXT_PERSON = "next_person"  # whose turn it is
    NEW_PERSON = "new_person"  # the guest becomes a person


class HintKind(StrEnum):
    """Hints about lying down, lying and getting up."""

    LOWERED_FAST = "lowered_fast"
    UNEVEN = "uneven"
    LUMBAR_LOW = "lumbar_low"
    ROLLED = "rolled"
    SAT_UP = "sat_up"
    ABRUPT = "abrupt"
    UP_SLOWLY = "up_slowly"  # got up before the goal
    STEADY = "steady"  # sat back soon after getting up
    STOOD_LONG = "stood_long"
    WATER = "water"


class StopReason(StrEnum):
    """The rule behind the advice to stop."""

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
    INTERRUPTED = "interrupted"  # power failed; found at the next start
    END_OF_RECORDING = "end_of_recording"


class WiggleGrade(StrEnum):
    """How large a wiggle is."""

    SLIGHT = "slight"
    CLEAR = "clear"
    STRONG = "strong"
