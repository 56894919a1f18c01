"""The pod: which cue of the table is shown and sounds now.

- A state has a light for as long as it lasts; conditions and moments lie over it by their priority.
- A new state takes the place of the moment being shown.
- Light never jumps: a cue fades in from the one before, within a second, blinks within a tenth, and no rise follows
  another within half a second.
- The pacer keeps its rhythm from stage to stage; it restarts with a discomfort press, and meets the person's own rate.
- Nothing sounds but the goal, overtime, the advice to stop and a choice; if wanted, the pacer until resting. Quiet,
  silent, night and an unknown time of day make that less; the advice to stop is always perceptible, by its quietest
  notes or touch, again at each press.
- After advice to stop there is no praise: no light and no chime of the goal in that session.
- While cells are lost, unrequested cues come at most once a minute.
Time is frame time only, so the same session gives the same output.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from firmware.cues.acknowledgements import (
    CHIME_OF_STATE,
    CHOICES,
    MOMENT_OF_COMMAND,
    MOMENT_OF_EVENT,
    MOMENT_OF_HINT,
    OfferedMoment,
)
from firmware.cues.cue import NIGHT_LEVEL, STEPS, UNKNOWN_LEVEL, LightCue
from firmware.cues.lamp import Lamp
from firmware.cues.night import NightProfile
from firmware.cues.pacer import Pacer, pacer_from_measured_rate
from firmware.cues.rates import CueRateLimit
from firmware.cues.rendering import Rendering, VibrationTrain
from firmware.cues.settings import CueSettings, OutputLevels, SoundMode
from firmware.cues.table import AcknowledgedMoment, Chime, CueTable, ShownCondition, shipped_cue_table
from firmware.cues.voice import LEAD_S, PacerWave, Voice
from firmware.enums import Command, State
from firmware.events import (
    ButtonStuck,
    CommandAccepted,
    Discomfort,
    Eased,
    Event,
    Hint,
    SensorBack,
    SensorLost,
    StopAdvised,
)
from firmware.view import Output, SessionView

PACED: Final = (State.SETTLING, State.EASING, State.RESTING)
HEARD: Final = (State.SETTLING, State.EASING)  # where the pacer may sound; it goes silent in resting
LYING: Final = (*PACED, State.CLOSING)
WAIT_S: Final = 5.0  # how long a moment waits behind a weightier one
RESUME_AFTER_S: Final = 15.0  # a pause longer than this makes the points felt again
QUIET_TURNS: Final = 3  # chimes of the goal while the time of day is not known
SURE: Final = 0.5  # quality of a breathing rate that the pacer may meet
BRIGHTEST: Final = {NightProfile.DAY: 100.0, NightProfile.UNKNOWN: UNKNOWN_LEVEL, NightProfile.NIGHT: NIGHT_LEVEL}


class CuePlayer:
    """Events and the view of the session in, light, sound and touch out."""

    def __init__(self, settings: CueSettings | None = None, table: CueTable | None = None) -> None:
        self._set = settings or CueSettings()
        self._table = table or shipped_cue_table()
        self._lamp = Lamp(self._set.brightness)
        self._voice = Voice(self._table.sound, self._set.volume, self._set.loudness)
        self._touch: VibrationTrain | None = None
        self.mode = self._set.mode
        self._by_clock = NightProfile.DAY
        self._outside: set[ShownCondition] = set()
        self._cells_gone = self._button_stuck = self._stop_advised = False
        self._state: State | None = None
        self._base = State.IDLE  # the state whose light lies under everything else
        self._session: int | None = None
        self._since: dict[State, float] = {}
        self._paused_s: float | None = None
        self._pacer = Pacer(0.0)
        self._met = False  # the pacer has met the person's own rate in this session
        self._moment: OfferedMoment | None = None
        self._night = False  # by choice, whatever the clock says
        self._choice = 0  # the number to be shown next
        self._rates = CueRateLimit()
        self.started: tuple[str, ...] = ()  # names of the cues that the last step began, as "event.wiggle"

    def set_mode(self, mode: SoundMode) -> None:
        """Set how much may sound from the next step on."""
        self.mode = mode

    def set_brightness(self, factor: float) -> None:
        """Set the factor on all light from the next step on, 0 to 1."""
        self._lamp.brightness = factor

    def set_volume(self, factor: float) -> None:
        """Set the factor on all sound from the next melody on, 0 to 1."""
        self._voice.volume = factor

    @property
    def levels(self) -> OutputLevels:
        """What is set now."""
        return OutputLevels(self.mode, self._lamp.brightness, self._voice.volume)

    def set_profile(self, profile: NightProfile) -> None:
        """Set how light and sound are limited by the time of day."""
        self._by_clock = profile

    @property
    def _profile(self) -> NightProfile:
        return NightProfile.NIGHT if self._night else self._by_clock

    def next_mode(self) -> int:
        """Go on to the next mode; return its number, 1 the first."""
        number = (list(SoundMode).index(self.mode) + 1) % len(SoundMode)
        self.mode = list(SoundMode)[number]
        return number + 1

    def turn_night(self) -> int:
        """Keep the profile of the night whatever the clock says, or no longer; return 2 for night, 1 for the clock."""
        self._night = not self._night
        return 1 + self._night

    def show_choice(self, number: int) -> None:
        """Show the number of a choice, at most six, with the next step."""
        self._choice = min(number, len(CHOICES))

    def set_condition(self, condition: ShownCondition, *, on: bool) -> None:
        """Set what only the outside knows: that the broker is away, that cells are doubtful."""
        (self._outside.add if on else self._outside.discard)(condition)

    def use(self, table: CueTable) -> None:
        """Use another table from the next step on."""
        self._table = table
        self._voice.sounds = table.sound

    def step(
        self, t_s: float, view: SessionView, events: Sequence[Event], breath: tuple[float, float] | None = None
    ) -> Output:
        """Return the output at the end of a hop. breath is the measured rate a minute with its quality 0..1."""
        self.started = ()
        self._follow(t_s, view)
        for event in events:
            self._take(t_s, event)
        if self._choice:
            self._offer(t_s, CHOICES[self._choice - 1])
            self._voice.start(t_s, Chime.CHOICE, self._loudest(Chime.CHOICE, 0), times=self._choice)
        self._choice = 0
        if breath is not None and breath[1] >= SURE and not self._met and self._state in PACED:
            self._met, self._pacer = True, pacer_from_measured_rate(t_s, breath[0])
        self._choose(t_s, view)
        self._sound(t_s, view)
        return self.output_at(t_s)

    def rendering(self, t_s: float, t_ns: int = 0) -> Rendering:
        """Return what to show from a frame time on, which is t_ns of CLOCK_BOOTTIME; changes nothing."""
        touch = self._touch if self._set.touch else None
        return Rendering(self._lamp.scene, self._voice.playing, touch, self._lamp.brightness, t_s, t_ns, self._wave())

    def _wave(self) -> PacerWave | None:
        """Return the sound of the pacer, where it is wanted and nobody else may be woken by it."""
        hushed = self.mode is SoundMode.SILENT or self._profile is NightProfile.NIGHT or self._stop_advised
        if self._state not in HEARD or hushed or not self._set.pacer_sound:
            return None
        return self._voice.wave(self._pacer, self._table.state[self._state].exhale_from)

    def output_at(self, t_s: float) -> Output:
        """Return the output at a time between the last step and the next; changes nothing."""
        return self.rendering(t_s).at_s(t_s)

    def pacer_s(self, t_s: float) -> float | None:
        """Return where the breath of the pacer is, in tenths of it: in until 4, out until 10. None without a pacer."""
        if self._state not in PACED or t_s < self._pacer.start_s:
            return None
        return 10.0 * self._pacer.phase(t_s)

    # --- what happened ---------------------------------------------------------------------------
    def _follow(self, t_s: float, view: SessionView) -> None:
        session = None if view.start_s is None else view.number
        if session != self._session:
            self._session, self._stop_advised, self._paused_s, self._met = session, False, None, False
            self._since.clear()
            self._pacer = Pacer(t_s)
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
                self._pacer = Pacer(t_s)
                self._offer(t_s, AcknowledgedMoment.RESUMED)
            self._paused_s = None

    def _take(self, t_s: float, event: Event) -> None:
        kind = type(event)
        if kind in MOMENT_OF_EVENT:
            self._offer(t_s, MOMENT_OF_EVENT[kind])
        if isinstance(event, Hint) and event.kind in MOMENT_OF_HINT:
            self._offer(t_s, MOMENT_OF_HINT[event.kind])
        elif isinstance(event, CommandAccepted):
            self._take_command(t_s, event.command)
        elif isinstance(event, ButtonStuck):
            self._button_stuck = event.stuck
        elif isinstance(event, SensorLost | SensorBack):
            self._cells_gone = isinstance(event, SensorLost)
        elif isinstance(event, StopAdvised):
            self._stop_advised = True
            self._advise(t_s)
        elif isinstance(event, Discomfort):
            self._pacer = Pacer(t_s + self._table.event[AcknowledgedMoment.DISCOMFORT].visible_s)
            if self._stop_advised:
                self._advise(t_s)
        elif isinstance(event, Eased):
            self._stop_advised = False

    def _take_command(self, t_s: float, command: Command) -> None:
        if command is Command.CARRY_ON:
            self._stop_advised = False
        elif command is Command.SILENT:
            otherwise = SoundMode.NORMAL if self._set.mode is SoundMode.SILENT else self._set.mode
            self.mode = otherwise if self.mode is SoundMode.SILENT else SoundMode.SILENT
            self._offer(
                t_s, AcknowledgedMoment.SILENT_ON if self.mode is SoundMode.SILENT else AcknowledgedMoment.SILENT_OFF
            )
        elif command in MOMENT_OF_COMMAND:
            self._offer(t_s, MOMENT_OF_COMMAND[command])

    # --- sound and touch -----------------------------------------------------------------------
    def _advise(self, t_s: float) -> None:
        """Sound the advice to stop, and let it be felt; it must reach a person in every mode and profile."""
        self._touch = VibrationTrain(t_s + LEAD_S, self._table.condition[ShownCondition.STOP_ADVISED].touch)
        if self._voice.start(t_s, Chime.STOP_ADVISED, self._loudest(Chime.STOP_ADVISED, 0)):
            self.started += (f"sound.{Chime.STOP_ADVISED}",)

    def _sound(self, t_s: float, view: SessionView) -> None:
        chime = CHIME_OF_STATE.get(view.state)
        if chime is Chime.DONE and view.stop_advised:
            chime = None
        age_s = t_s - self._since[view.state]
        turn = None if chime is None else self._table.sound[chime].due_repeat(age_s)
        limit = 0 if chime is None or turn is None else self._loudest(chime, turn)
        if self._voice.follow(t_s, chime, age_s, limit):
            self.started += (f"sound.{chime}",)

    def _loudest(self, chime: Chime, turn: int) -> int:
        """Return the highest volume step a chime may have now, 0 for none."""
        night = self._profile is NightProfile.NIGHT
        if self.mode is SoundMode.SILENT:
            return 1 if chime is Chime.STOP_ADVISED and not self._set.touch else 0
        late = chime is Chime.DONE and self._profile is NightProfile.UNKNOWN and turn >= QUIET_TURNS
        if late or (night and chime in (Chime.DONE, Chime.CHOICE)):
            return 0
        return STEPS if self._profile is NightProfile.DAY and self.mode is SoundMode.NORMAL else 1

    # --- light -----------------------------------------------------------------------------------
    def _offer(self, t_s: float, moment: AcknowledgedMoment) -> None:
        """Show a moment, unless it comes too soon after the last, in another state, or under a weightier one."""
        cue = self._table.event[moment]
        fits = not cue.only_in or self._state in cue.only_in
        weightier = self._moment is not None and self._table.event[self._moment.moment].priority > cue.priority
        if fits and not weightier and self._rates.allow(t_s, f"event.{moment}", cue):
            self._moment = OfferedMoment(moment, t_s)

    def _conditions(self, t_s: float) -> Iterator[ShownCondition]:
        if self._stop_advised:
            yield ShownCondition.STOP_ADVISED
        if self._cells_gone or self._button_stuck or ShownCondition.FAULT in self._outside:
            yield ShownCondition.FAULT
        if ShownCondition.DEGRADED in self._outside or self._rates.faulty(t_s):
            yield ShownCondition.DEGRADED
        if ShownCondition.OFFLINE in self._outside:
            yield ShownCondition.OFFLINE

    def _choose(self, t_s: float, view: SessionView) -> None:
        """Find the weightiest cue and let it take over."""
        state = view.state
        if state is not self._base and self._rates.allow(t_s, f"state.{state}", self._table.state[state]):
            self._base = state
        # After advice to stop the light of the way out takes the place of the light of the goal.
        base = State.LEAVING if self._base is State.DONE and view.stop_advised else self._base
        name, cue, since_s = f"state.{base}", self._table.state[base], self._since.get(self._base, t_s)
        for condition in self._conditions(t_s):
            rival_name, rival = f"condition.{condition}", self._table.condition[condition]
            shown = rival_name == self._lamp.name
            fits = not rival.only_in or state in rival.only_in
            if fits and rival.priority > cue.priority and (shown or self._rates.allow(t_s, rival_name, rival)):
                name, cue, since_s = rival_name, rival, self._rates.begun_s(rival_name) if shown else t_s
        moment = self._moment
        if moment is not None:
            rival = self._table.event[moment.moment]
            if self._over(t_s, moment, rival):
                self._moment = None
            elif rival.priority > cue.priority:
                name, cue = f"event.{moment.moment}", rival
                since_s = t_s if moment.since_s is None else moment.since_s
        if self._lamp.take_over(t_s, name, cue, since_s, pacer=self._pacer, cap=BRIGHTEST[self._profile]):
            self._begin(t_s, name, cue)

    @staticmethod
    def _over(t_s: float, moment: OfferedMoment, cue: LightCue) -> bool:
        """Return whether a moment has been shown, or has waited so long that it means nothing any more."""
        if moment.since_s is None:
            return t_s - moment.offered_s > WAIT_S
        return t_s - moment.since_s >= cue.visible_s

    def _begin(self, t_s: float, name: str, cue: LightCue) -> None:
        self.started += (name,)
        self._rates.note(t_s, name)
        if self._moment is not None and name == f"event.{self._moment.moment}":
            self._moment.since_s = t_s
        if cue.touch and name != f"condition.{ShownCondition.STOP_ADVISED}":
            self._touch = VibrationTrain(t_s + LEAD_S, cue.touch)
