"""What the core returns for each hop: the state of the session, light and sound, and both in one Tick with faults."""

from typing import NamedTuple

from firmware.enums import State, StopReason
from firmware.events import Event
from firmware.frames import Signals


class SessionView(NamedTuple):
    """What there is to show of the session now. Times in seconds of frame time; start_s is None with no session.

    occupied: a person or a thing of 10 kg and more is on the mat, whether there is a session or not.
    lost is a bit mask of the cells that do not answer, as in Signals. overlong: far longer than any session lasts.
    stop_advised: stopping was advised in this session; advice: why, until the person has answered.
    """

    state: State
    occupied: bool
    number: int
    start_s: float | None
    elapsed_s: float
    goal_s: float
    wiggles: int
    lost: int = 0
    overlong: bool = False
    stop_advised: bool = False
    advice: StopReason | None = None


class Output(NamedTuple):
    """What the pod shows now: light 0..1 of each colour, tone_hz None for silence, volume 0..1 of the buzzer.

    1 of a colour is what it gives at full duty without a dimmer; touch: whether the vibration motor runs.
    """

    red: float = 0.0
    green: float = 0.0
    blue: float = 0.0
    tone_hz: float | None = None
    volume: float = 0.0
    touch: bool = False


DARK = Output()


class Fault(NamedTuple):
    """What is wrong with a part of the program now: the part, and one line with the remedy."""

    name: str
    text: str


class Tick(NamedTuple):
    """The result of one hop. signals is None before taring; mode is how much may sound.

    faults are those of the program around the core; the core itself leaves them empty and the loop fills them in.
    """

    t_s: float
    signals: Signals | None
    events: tuple[Event, ...]
    view: SessionView
    output: Output
    mode: str = "normal"
    faults: tuple[Fault, ...] = ()
