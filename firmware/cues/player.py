"""The pod: which cue of the table is shown and sounds now.

- A state has a light for as long as it lasts; conditions and moments lie over it by their priority.
- A new state is shown at once, and takes the place of whatever moment was being shown.
- What is seen never jumps: a cue fades in from what was seen before, within a second, blinks within a tenth.
- No blink begins within half a second of another.
- The pacer keeps its rhythm from stage to stage; it restarts with a discomfort press.
- Nothing sounds but the goal, overtime and the advice to stop; quiet, silent and night mode make that less.
- While cells are lost, what nobody asked for is shown at most once a minute.
Time is frame time only, so the same session gives the same light.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from firmware.cues.cue import STEPS, Light
from firmware.cues.lamp import Lamp
from firmware.cues.rates import Rates
from firmware.cues.table import Chime, Condition, CueTable, Moment, shipped
from firmware.cues.voice import Voice
from firmware.enums import Command, HintKind, State
from firmware.events import (
    ButtonHeld,
    ButtonStuck,
    CommandAccepted,
    Discomfort,
    Eased,
    EndRequested,
    Event,
    Hint,
    SensorBack,
    SensorLost,
    StopAdvised,
    Wiggle,
    Zeroed,
)
from firmware.view import Output, SessionView


class Mode(StrEnum):
    """How much may sound."""

    NORMAL = "normal"
    QUIET = "quiet"  # every chime at the lowest volume
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class CueSettings:
    """Factors from 0 to 1 on all light and all sound, and the mode to begin with."""

    brightness: float = 1.0
    volume: float = 1.0
    mode: Mode = Mode.NORMAL

    def __post_init__(self) -> None:
        """Raise ValueError for a factor that would make anything brighter or louder than its cue."""
        for name in ("brightness", "volume"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} is {value}, but must be 0..1")


PACED: Final = (State.SETTLING, State.EASING, State.RESTING)
LYING: Final = (*PACED, State.CLOSING)
WAIT_S: Final = 5.0  # how long a moment waits behind a weightier one
RESUME_AFTER_S: Final = 15.0  # a pause longer than this makes the points felt again
_MOMENTS: Final[dict[type, Moment]] = {
    Wiggle: Moment.WIGGLE,
    Zeroed: Moment.ZEROED,
    Discomfort: Moment.DISCOMFORT,
    Eased: Moment.EASED,
    EndRequested: Moment.END_ASKED,
    ButtonHeld: Moment.BUTTON_HELD,
}
_HINTS: Final = {HintKind.UNEVEN: Moment.UNEVEN, HintKind.LUMBAR_LOW: Moment.LUMBAR_LOW}
_ASKED: Final = {Command.SHOW_STATE: Moment.SHOW_STATE, Command.SHUTDOWN: Moment.SHUTDOWN}
_STATES: Final = {state: f"state.{state}" for state in State}
_CHIMES: Final = {State.DONE: Chime.DONE, State.OVERTIME: Chime.OVERTIME}


@dataclass(slots=True)
class _Moment:
    """A moment that was offered at offered_s and is seen since since_s, None while it waits."""

    moment: Moment
    offered_s: float
    since_s: float | None = None


class CuePlayer:
    """Events and the view of the session in, light and sound out."""

    def __init__(self, settings: CueSettings | None = None, table: CueTable | None = None) -> None:
        self._set = settings or CueSettings()
        self._table = table or shipped()
        self._lamp = Lamp(self._set.brightness)
        self._voice = Voice(self._table.sound, self._set.volume)
        self._mode = self._set.mode
        self._night = False
        self._outside: set[Condition] = set()
        self._cells_gone = self._button_stuck = self._stop_advised = False
        self._state: State | None = None
        self._base = State.IDLE  # the state whose light lies under everything else
        self._session: int | None = None
        self._since: dict[State, float] = {}
        self._paused_s: float | None = None
        self._breath_s = 0.0
        self._moment: _Moment | None = None
        self._rates = Rates()
        self._restless = True  # something may have to change by time alone
        self.started: tuple[str, ...] = ()  # names of the cues that the last step began, as "event.wiggle"

    @property
    def mode(self) -> Mode:
        """How much may sound now."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Choose how much may sound from the next step on."""
        self._mode = mode

    def set_night(self, *, night: bool) -> None:
        """Set whether it is night by the wall clock: dimmer light, and no sound but the quietest in overtime."""
        self._night, self._restless = night, True

    def set_condition(self, condition: Condition, *, on: bool) -> None:
        """Set what only the outside knows: that the broker is away, that cells are doubtful."""
        (self._outside.add if on else self._outside.discard)(condition)
        self._restless = True

    def use(self, table: CueTable) -> None:
        """Go by another table from the next step on."""
        self._table = table
        self._voice.sounds = table.sound
        self._restless = True

    def step(self, t_s: float, view: SessionView, events: Sequence[Event]) -> Output:
        """Return the output at the end of a hop."""
        self.started = ()
        if self._restless or events or view.lost or view.state is not self._state or self._session != _session(view):
            self._follow(t_s, view)
            for event in events:
                self._hear(t_s, event)
            self._restless = not self._choose(t_s)
        chime = _CHIMES.get(view.state)
        if chime is not None or self._voice.playing:
            self._sound(t_s, chime, t_s - self._since[view.state])
        return self.output_at(t_s)

    def _sound(self, t_s: float, chime: Chime | None, age_s: float) -> None:
        if self._voice.follow(t_s, chime, age_s, 0 if chime is None else self._loudest(chime)):
            self.started += (f"sound.{chime}",)

    def output_at(self, t_s: float) -> Output:
        """Return the output at a time between the last step and the next; changes nothing."""
        red, green, blue = self._lamp.at(t_s)
        tone_hz, volume = self._voice.at(t_s)
        return Output(red, green, blue, tone_hz, volume)

    def pacer_s(self, t_s: float) -> float | None:
        """Seconds since the present breath began: in until 4, out until 10. None when there is no pacer."""
        if self._state not in PACED or t_s < self._breath_s:
            return None
        cue = self._table.state[self._state]
        return (t_s - self._breath_s) % (cue.up_s + cue.down_s)

    # --- what happened ---------------------------------------------------------------------------
    def _follow(self, t_s: float, view: SessionView) -> None:
        session = _session(view)
        if session != self._session:
            self._session, self._stop_advised, self._paused_s = session, False, None
            self._since.clear()
            self._breath_s = t_s
            self._voice.new_session()
        if view.state is not self._state:
            self._state, self._moment = view.state, None
            if session is None:
                self._since.clear()
            self._pause(t_s, view.state)
        self._since.setdefault(view.state, t_s)
        if view.lost or self._cells_gone:
            self._rates.fault(t_s)

    def _pause(self, t_s: float, state: State) -> None:
        if state is State.PAUSED:
            self._paused_s = t_s
        elif state in LYING and self._paused_s is not None:
            if t_s - self._paused_s > RESUME_AFTER_S:
                self._breath_s = t_s
                self._offer(t_s, Moment.RESUMED)
            self._paused_s = None

    def _hear(self, t_s: float, event: Event) -> None:
        kind = type(event)
        if kind in _MOMENTS:
            self._offer(t_s, _MOMENTS[kind])
        if isinstance(event, Hint) and event.kind in _HINTS:
            self._offer(t_s, _HINTS[event.kind])
        elif isinstance(event, CommandAccepted):
            self._obey(t_s, event.command)
        elif isinstance(event, ButtonStuck):
            self._button_stuck = event.stuck
        elif isinstance(event, SensorLost | SensorBack):
            self._cells_gone = isinstance(event, SensorLost)
        elif isinstance(event, StopAdvised):
            self._advise(t_s)
        elif isinstance(event, Discomfort):
            self._breath_s = t_s + self._table.event[Moment.DISCOMFORT].shown_s
        elif isinstance(event, Eased):
            self._stop_advised = False

    def _obey(self, t_s: float, command: Command) -> None:
        if command is Command.CARRY_ON:
            self._stop_advised = False
        elif command is Command.SILENT:
            otherwise = Mode.NORMAL if self._set.mode is Mode.SILENT else self._set.mode
            self._mode = otherwise if self._mode is Mode.SILENT else Mode.SILENT
            self._offer(t_s, Moment.SILENT_ON if self._mode is Mode.SILENT else Moment.SILENT_OFF)
        elif command in _ASKED:
            self._offer(t_s, _ASKED[command])

    def _advise(self, t_s: float) -> None:
        self._stop_advised = True
        if self._voice.start(t_s, Chime.STOP_ADVISED, self._loudest(Chime.STOP_ADVISED), 0):
            self.started += (f"sound.{Chime.STOP_ADVISED}",)

    def _loudest(self, chime: Chime) -> int:
        """Highest volume step a chime may have now, 0 for none."""
        if self._mode is Mode.SILENT or (self._night and chime is not Chime.OVERTIME):
            return 0
        return 1 if self._night or self._mode is Mode.QUIET else STEPS

    # --- light -----------------------------------------------------------------------------------
    def _offer(self, t_s: float, moment: Moment) -> None:
        """Show a moment, unless it comes too soon after the last, in another state, or under a weightier one."""
        cue = self._table.event[moment]
        fits = not cue.only_in or self._state in cue.only_in
        weightier = self._moment is not None and self._table.event[self._moment.moment].priority > cue.priority
        if fits and not weightier and self._rates.allow(t_s, f"event.{moment}", cue):
            self._moment = _Moment(moment, t_s)

    def _conditions(self, t_s: float) -> Iterator[Condition]:
        if self._stop_advised:
            yield Condition.STOP_ADVISED
        if self._cells_gone or self._button_stuck or Condition.FAULT in self._outside:
            yield Condition.FAULT
        if Condition.DEGRADED in self._outside or self._rates.faulty(t_s):
            yield Condition.DEGRADED
        if Condition.OFFLINE in self._outside:
            yield Condition.OFFLINE

    def _choose(self, t_s: float) -> bool:
        """Find the weightiest cue and let it take over; true when it is to be seen until something happens."""
        state = self._state or State.IDLE
        if state is not self._base and self._rates.allow(t_s, _STATES[state], self._table.state[state]):
            self._base = state
        name, cue = _STATES[self._base], self._table.state[self._base]
        since_s = self._since.get(self._base, t_s)
        conditions = tuple(self._conditions(t_s))
        for condition in conditions:
            rival_name, rival = f"condition.{condition}", self._table.condition[condition]
            seen = rival_name == self._lamp.name
            fits = not rival.only_in or state in rival.only_in
            if fits and rival.priority > cue.priority and (seen or self._rates.allow(t_s, rival_name, rival)):
                name, cue, since_s = rival_name, rival, self._rates.begun_s(rival_name) if seen else t_s
        moment = self._moment
        if moment is not None:
            rival = self._table.event[moment.moment]
            if self._over(t_s, moment, rival):
                self._moment = None
            elif rival.priority > cue.priority:
                name, cue = f"event.{moment.moment}", rival
                since_s = t_s if moment.since_s is None else moment.since_s
        if self._lamp.take_over(t_s, name, cue, since_s, self._breath_s, night=self._night):
            self._note(t_s, name)
        return self._base is state and not conditions and self._moment is None and self._lamp.name == name

    @staticmethod
    def _over(t_s: float, moment: _Moment, cue: Light) -> bool:
        """Return whether a moment has been seen, or has waited so long that it means nothing any more."""
        if moment.since_s is None:
            return t_s - moment.offered_s > WAIT_S
        return t_s - moment.since_s >= cue.shown_s

    def _note(self, t_s: float, name: str) -> None:
        self.started += (name,)
        self._rates.note(t_s, name)
        if self._moment is not None and name == f"event.{self._moment.moment}":
            self._moment.since_s = t_s


def _session(view: SessionView) -> int | None:
    """Its number; None outside of sessions."""
    return None if view.start_s is None else view.number
