"""What a person sees and receives, hop by hop."""

import itertools
from collections.abc import Iterator, Sequence
from importlib.resources import files

import pytest

from firmware.cues.lightness import duty_of_lightness
from firmware.cues.night import NightProfile
from firmware.cues.pacer import Pacer, pacer_from_measured_rate
from firmware.cues.player import CuePlayer
from firmware.cues.settings import CueSettings, SoundMode
from firmware.cues.table import ShownCondition, parse_cue_table
from firmware.cues.voice import LEAD_S, LOUDNESS, WAVE_HZ
from firmware.enums import Command, HintKind, Reason, State, StopReason
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

SESSION, DONE, SEATED, DIM, NIGHT, LOW = (duty_of_lightness(level) for level in (51, 69, 34, 37, 26, 15))
IN_SESSION = set(State) - {State.IDLE, State.SEATED, State.LOWERING, State.STANDING, State.AFTERCARE}


class Rig:
    """A mat whose state is set by hand; hops of 100 ms, light looked at 50 times a second."""

    def __init__(self, settings: CueSettings | None = None) -> None:
        self.player = CuePlayer(settings)
        self.hop = 0
        self.number = 1
        self.state = State.IDLE
        self.lost = 0
        self.stop_advised = False
        self.seen: list[tuple[float, Output]] = []
        self.begun: list[tuple[float, str]] = []

    @property
    def t_s(self) -> float:
        """Time of the last hop."""
        return self.hop / 10

    def stay(self, state: State, seconds: float, *events: Event) -> "Rig":
        """Stay in a state; the events come with the first hop."""
        if state in IN_SESSION and self.state not in IN_SESSION:
            self.number += 1
        self.state = state
        for turn in range(round(seconds * 10)):
            self.hop += 1
            start_s = 0.0 if state in IN_SESSION else None
            view = SessionView(state, True, self.number, start_s, self.t_s, 600.0, 0, self.lost)  # noqa: FBT003
            view = view._replace(stop_advised=self.stop_advised)
            output = self.player.step(self.t_s, view, events if turn == 0 else ())
            self.begun += [(self.t_s, name) for name in self.player.started]
            assert self.player.output_at(self.t_s) == output
            self.seen += [(self.t_s + part / 50, self.player.output_at(self.t_s + part / 50)) for part in range(5)]
        return self

    def since(self, t_s: float) -> Iterator[tuple[float, Output]]:
        """Return what was seen from a time on."""
        return ((at_s, output) for at_s, output in self.seen if at_s >= t_s - 1e-9)

    def times(self, name: str) -> list[float]:
        """Return the times at which a cue began."""
        return [at_s for at_s, begun in self.begun if begun == name]


def level(output: Output) -> float:
    """Return the brightest part of a light."""
    return max(output.red, output.green, output.blue)


def colour(output: Output) -> str:
    """Return the colour of a light that is lit."""
    light = (output.red, output.green, output.blue)
    return {0: "white" if output.blue > 0.5 * output.red else "amber", 2: "blue"}[light.index(max(light))]


def flashes(seen: Sequence[tuple[float, Output]]) -> list[float]:
    """Return the times at which light went up fast: more than a slow ramp of a second could."""
    ups = [
        after_s
        for (_, before), (after_s, after) in itertools.pairwise(seen)
        if level(after) - level(before) > 0.4 * 3.15 / 2 / 50 * 1.2
    ]
    return [up_s for n, up_s in enumerate(ups) if n == 0 or up_s - ups[n - 1] > 0.1]


def press(lying_s: float = 30.0) -> Discomfort:
    """Press: it hurts."""
    return Discomfort(0.0, State.SETTLING, lying_s)


def test_an_idle_mat_ticks_every_ten_seconds() -> None:
    """Nobody is there for half a minute: three short dim ticks show that it lives."""
    mat = Rig().stay(State.IDLE, 31)
    lit = [at_s for at_s, output in mat.seen if level(output) > 0.03]
    starts = [at_s for n, at_s in enumerate(lit) if n == 0 or at_s - lit[n - 1] > 1]
    assert [after - before for before, after in itertools.pairwise(starts)] == pytest.approx([10.0, 10.0], abs=0.05)
    assert max(level(output) for _, output in mat.seen) <= 0.05


@pytest.mark.requirement("D10", "D17", "D18", "D27")
def test_a_whole_session_looks_as_the_cue_language_says() -> None:
    """Sit, lower, lie to the goal, get up: each stage has its own light, and only the end makes a sound."""
    mat = Rig().stay(State.SEATED, 8).stay(State.LOWERING, 5)
    begin_s = mat.t_s
    mat.stay(State.SETTLING, 60).stay(State.EASING, 240).stay(State.RESTING, 240).stay(State.CLOSING, 60)
    done_s = mat.t_s
    mat.stay(State.DONE, 60).stay(State.ROLLING, 5).stay(State.LEAVING, 3).stay(State.AFTERCARE, 20)
    by_time = dict(mat.seen)
    at = {round(at_s, 2): output for at_s, output in by_time.items()}
    first = round(begin_s + 0.1, 2)
    assert colour(at[5.0]) == "blue"
    assert level(at[5.0]) == pytest.approx(SEATED)
    assert colour(at[round(first + 4, 2)]) == "amber"
    assert level(at[round(first + 4, 2)]) == pytest.approx(SESSION)
    assert level(at[round(first + 10, 2)]) == pytest.approx(LOW)
    assert colour(at[round(first + 294, 2)]) == "blue"
    assert duty_of_lightness(22) < level(at[round(first + 364, 2)]) < duty_of_lightness(24)
    assert all(level(output) == 0.0 for at_s, output in mat.seen if begin_s + 421 < at_s < begin_s + 539)
    closing = [output for at_s, output in mat.seen if done_s - 50 < at_s < done_s]
    assert (min(map(level, closing)), max(map(level, closing))) == pytest.approx((0.0, SESSION), abs=1e-3)
    assert {colour(output) for output in closing if level(output) > LOW} == {"white"}
    assert level(at[round(done_s + 31, 2)]) == pytest.approx(DONE)
    assert NIGHT <= level(at[round(done_s + 64, 2)]) <= DIM
    tones = [at_s for at_s, output in mat.seen if output.tone_hz is not None]
    assert min(tones) == pytest.approx(done_s + 15 + LEAD_S, abs=0.15)
    assert max(tones) < done_s + 16
    assert {output.tone_hz for _, output in mat.seen} == {None, 440.0, 523.25}


@pytest.mark.parametrize("phase_hops", [0, 13, 57])
def test_every_stage_is_shown_with_the_hop_that_reports_of_it(phase_hops: int) -> None:
    """A stage begins: the light starts to turn to it with that very hop, whatever the pacer was doing."""
    for before, after in itertools.pairwise([State.SETTLING, State.EASING, State.RESTING, State.CLOSING, State.DONE]):
        mat = Rig().stay(before, 20 + phase_hops / 10)
        reported_s = mat.t_s + 0.1
        mat.stay(after, 1)
        assert mat.times(f"state.{after}") == [pytest.approx(reported_s)]


@pytest.mark.requirement("D18")
def test_the_pacer_keeps_its_rhythm_from_stage_to_stage() -> None:
    """Easing begins in the middle of a breath: the breath is finished, not begun again."""
    mat = Rig().stay(State.SETTLING, 63).stay(State.EASING, 30)
    at = {round(at_s, 2): output for at_s, output in mat.seen}
    assert level(at[64.1]) == pytest.approx(SESSION, abs=1e-3)
    assert level(at[70.1]) == pytest.approx(duty_of_lightness(30), abs=1e-3)
    assert mat.player.pacer_s(mat.t_s) == pytest.approx(2.9, abs=0.01)


def test_the_pacer_is_reported_only_where_there_is_one() -> None:
    """The page may breathe along from settling to resting, even when the light has gone out; not elsewhere."""
    mat = Rig().stay(State.RESTING, 200.1)
    assert mat.player.pacer_s(mat.t_s) == pytest.approx(0.0, abs=0.01)
    mat.stay(State.CLOSING, 5)
    assert mat.player.pacer_s(mat.t_s) is None
    assert CuePlayer().pacer_s(0.0) is None
    mat = Rig().stay(State.SETTLING, 0.1)
    assert mat.player.pacer_s(mat.t_s) == 0.0


def test_saying_that_it_hurts_is_seen_and_the_pacer_restarts() -> None:
    """A press in the first minute: one long amber light, then a breath from its beginning."""
    mat = Rig().stay(State.SETTLING, 27)
    mat.stay(State.SETTLING, 1, press())
    pressed_s = 27.1
    assert mat.player.pacer_s(mat.t_s) is None
    mat.stay(State.SETTLING, 6)
    at = {round(at_s, 2): output for at_s, output in mat.seen}
    assert level(at[round(pressed_s + 0.8, 2)]) == pytest.approx(SESSION)
    assert level(at[round(pressed_s + 1.7, 2)]) == pytest.approx(0.0)
    shown_s = 1.95
    assert level(at[round(pressed_s + shown_s + 4.05, 2)]) == pytest.approx(SESSION, abs=1e-3)
    assert all(output.tone_hz is None for _, output in mat.seen)


@pytest.mark.requirement("D14")
def test_wiggling_gives_two_short_dim_lights_at_most_twice_a_minute() -> None:
    """A person moves every five seconds for two minutes: a hint each half minute, no sound at all."""
    mat = Rig().stay(State.RESTING, 130)
    for _ in range(24):
        mat.stay(State.RESTING, 5, Wiggle(0.0, 30.0))
    times = mat.times("event.wiggle")
    assert len(times) == 4
    assert all(after - before >= 30 for before, after in itertools.pairwise(times))
    train = [output for at_s, output in mat.seen if times[1] <= at_s < times[1] + 1.4]
    assert len(flashes([(n / 50, output) for n, output in enumerate(train)])) == 2
    assert max(map(level, train)) <= DIM
    assert all(output.tone_hz is None for _, output in mat.seen)


def test_a_wiggle_after_the_goal_is_not_pointed_out() -> None:
    """A person gets ready to rise: nothing to report."""
    mat = Rig().stay(State.DONE, 5, Wiggle(0.0, 30.0))
    assert mat.times("event.wiggle") == []


def test_a_new_stage_takes_the_place_of_a_hint() -> None:
    """A hint has just begun when easing begins: the stage follows half a second after its rise, the rest is dropped."""
    mat = Rig().stay(State.SETTLING, 20).stay(State.SETTLING, 0.3, Wiggle(0.0, 30.0)).stay(State.EASING, 5)
    assert mat.times("event.wiggle") == [pytest.approx(20.1)]
    assert mat.times("state.easing") == [pytest.approx(20.7)]
    assert [name for _, name in mat.begun] == ["state.settling", "event.wiggle", "state.easing"]


def test_the_weightier_moment_stays_and_the_lighter_waits_or_is_dropped() -> None:
    """A wiggle during the answer to a press is not shown; an answer to a press takes the place of a wiggle."""
    mat = Rig().stay(State.SETTLING, 9).stay(State.SETTLING, 0.5, press()).stay(State.SETTLING, 8, Wiggle(0.0, 9.0))
    assert mat.times("event.wiggle") == []
    mat.stay(State.SETTLING, 0.2, Wiggle(0.0, 9.0)).stay(State.SETTLING, 5, press())
    assert len(mat.times("event.wiggle")) == 1
    assert len(mat.times("event.discomfort")) == 2


def test_pressing_again_and_again_never_flashes_fast() -> None:
    """A person hammers on the button ten times a second: the answers come at most twice a second."""
    mat = Rig().stay(State.SETTLING, 9)
    for _ in range(40):
        mat.stay(State.SETTLING, 0.1, press())
    times = mat.times("event.discomfort")
    assert len(times) >= 6
    assert all(after - before >= 0.5 - 1e-6 for before, after in itertools.pairwise(times))


def test_a_moment_that_waits_too_long_means_nothing_any_more() -> None:
    """Advice to stop is being shown, which weighs more than a hint: the hint waits five seconds and is gone."""
    mat = Rig().stay(State.SETTLING, 9).stay(State.SETTLING, 0.1, StopAdvised(0.0, StopReason.GROWING))
    mat.stay(State.SETTLING, 4.9, Wiggle(0.0, 9.0)).stay(State.SETTLING, 3, CommandAccepted(0.0, Command.CARRY_ON))
    assert mat.times("event.wiggle") == [pytest.approx(14.1, abs=0.01)]
    mat.stay(State.SETTLING, 60).stay(State.SETTLING, 0.1, StopAdvised(0.0, StopReason.GROWING))
    mat.stay(State.SETTLING, 5.3, Wiggle(0.0, 9.0)).stay(State.SETTLING, 3, CommandAccepted(0.0, Command.CARRY_ON))
    assert len(mat.times("event.wiggle")) == 1


@pytest.mark.parametrize("answer", [CommandAccepted(0.0, Command.CARRY_ON), Eased(0.0, State.RESTING, 400.0)])
def test_advice_to_stop_is_seen_until_it_is_answered(answer: Event) -> None:
    """Two falling notes once, long-short-short every four seconds, until the person says otherwise."""
    mat = Rig().stay(State.RESTING, 150).stay(State.RESTING, 60, StopAdvised(0.0, StopReason.PERSISTENT))
    assert mat.times("sound.stop_advised") == [pytest.approx(150.1)]
    tones = [(at_s, output.tone_hz) for at_s, output in mat.seen if output.tone_hz is not None]
    assert [tone for tone, _ in itertools.groupby(hz for _, hz in tones)] == [523.25, 392.0]
    assert max(at_s for at_s, _ in tones) < 151 + LEAD_S
    minute = [(at_s, output) for at_s, output in mat.seen if 152 < at_s < 208]
    assert len(flashes(minute)) == pytest.approx(42, abs=2)
    mat.stay(State.RESTING, 30, answer)
    assert all(level(output) == 0.0 for _, output in mat.since(mat.t_s - 25))


def test_advice_to_stop_ends_with_the_session() -> None:
    """The person got up: the next session begins without yesterday's advice."""
    mat = Rig().stay(State.RESTING, 50, StopAdvised(0.0, StopReason.GROWING)).stay(State.AFTERCARE, 5)
    assert mat.begun[-1][1] == "state.aftercare"
    mat.stay(State.IDLE, 2).stay(State.SETTLING, 20)
    assert mat.begun[-1][1] == "state.settling"


@pytest.mark.requirement("D27")
def test_chimes_at_the_goal_grow_gently_and_stop_when_the_person_moves() -> None:
    """Nobody gets up for eight minutes: a chime each two minutes, never above the third step; rolling ends it."""
    mat = Rig().stay(State.DONE, 500)
    times = mat.times("sound.done")
    assert times == pytest.approx([15.1, 135.1, 255.1, 375.1, 495.1], abs=0.11)
    loudest = [max(output.volume for at_s, output in mat.seen if 0 <= at_s - time_s < 1.2) for time_s in times]
    assert loudest == pytest.approx([0.25, 0.4, 0.63, 0.63, 0.63])
    mat = Rig().stay(State.DONE, 15.1).stay(State.ROLLING, 1)
    assert mat.times("sound.done") != []
    assert all(output.tone_hz is None for _, output in mat.since(15.2))


def test_coming_back_to_the_goal_does_not_begin_its_chimes_again() -> None:
    """A person rolls to the side and back, again and again: no more than one chime in two minutes."""
    mat = Rig()
    for _ in range(60):
        mat.stay(State.DONE, 3).stay(State.ROLLING, 1)
    assert len(mat.times("sound.done")) <= 2


@pytest.mark.requirement("D25")
def test_overtime_chimes_five_times_and_then_lets_sleep() -> None:
    """Fast asleep: five double chimes a minute apart, then only light."""
    mat = Rig().stay(State.OVERTIME, 900)
    assert mat.times("sound.overtime") == pytest.approx([0.1, 60.1, 120.1, 180.1, 240.1], abs=0.11)
    assert mat.begun[:2] == [(0.1, "state.overtime"), (0.1, "sound.overtime")]


@pytest.mark.requirement("D26")
@pytest.mark.parametrize(
    ("mode", "profile", "heard", "loudest"),
    [
        (SoundMode.NORMAL, NightProfile.DAY, {"done", "overtime", "stop_advised"}, 0.63),
        (SoundMode.QUIET, NightProfile.DAY, {"done", "overtime", "stop_advised"}, 0.25),
        (SoundMode.SILENT, NightProfile.DAY, {"stop_advised"}, 0.25),
        (SoundMode.NORMAL, NightProfile.NIGHT, {"overtime", "stop_advised"}, 0.25),
        (SoundMode.QUIET, NightProfile.NIGHT, {"overtime", "stop_advised"}, 0.25),
        (SoundMode.SILENT, NightProfile.NIGHT, {"stop_advised"}, 0.25),
        (SoundMode.NORMAL, NightProfile.UNKNOWN, {"done", "overtime", "stop_advised"}, 0.25),
    ],
)
def test_quiet_silent_and_night_make_less_sound(
    mode: SoundMode, profile: NightProfile, heard: set[str], loudest: float
) -> None:
    """The same long session in each mode and profile: what sounds, and how loud at most; advice to stop always."""
    mat = Rig(CueSettings(mode=mode))
    mat.player.set_profile(profile)
    mat.stay(State.RESTING, 20, StopAdvised(0.0, StopReason.GROWING)).stay(State.DONE, 400).stay(State.OVERTIME, 200)
    assert {name.removeprefix("sound.") for _, name in mat.begun if name.startswith("sound.")} == heard
    assert max(output.volume for _, output in mat.seen) == pytest.approx(loudest)


def test_a_chime_that_was_due_in_silence_is_not_caught_up() -> None:
    """Silent until a minute after the goal, then normal: the next chime is the one of the next turn."""
    mat = Rig(CueSettings(mode=SoundMode.SILENT)).stay(State.DONE, 60)
    mat.player.set_mode(SoundMode.QUIET)
    mat.stay(State.DONE, 100)
    assert mat.player.mode is SoundMode.QUIET
    assert mat.times("sound.done") == [pytest.approx(135.1, abs=0.11)]
    mat = Rig().stay(State.DONE, 10).stay(State.ROLLING, 20).stay(State.DONE, 60)
    assert mat.times("sound.done") == []


@pytest.mark.requirement("D26", "D27")
def test_at_night_no_light_is_brighter_than_a_twentieth() -> None:
    """The night begins in the middle of a session: the light sinks within a second and keeps its shape."""
    mat = Rig().stay(State.SETTLING, 14)
    mat.player.set_profile(NightProfile.NIGHT)
    mat.stay(State.SETTLING, 20, press()).stay(State.DONE, 40)
    late = [(at_s, output) for at_s, output in mat.since(15.2)]
    assert max(level(output) for _, output in late) == pytest.approx(NIGHT)
    breath = [level(output) for at_s, output in late if 20 < at_s < 30]
    assert min(breath) == pytest.approx(duty_of_lightness(15 * 26 / 51), abs=1e-4)


def test_brightness_and_volume_are_factors_and_never_more_than_one() -> None:
    """A person likes half the light and half the sound."""
    half = Rig(CueSettings(brightness=0.5, volume=0.5)).stay(State.DONE, 60)
    assert max(level(output) for _, output in half.seen) == pytest.approx(DONE / 2)
    assert max(output.volume for _, output in half.seen) == pytest.approx(0.125)
    for wrong in ({"brightness": 1.1}, {"volume": -0.1}):
        with pytest.raises(ValueError, match=r"must be 0\.\.1"):
            CueSettings(**wrong)  # type: ignore[arg-type]


def test_brightness_and_volume_are_changed_while_it_plays() -> None:
    """A person turns both down to half: light follows at once, sound with the next melody."""
    rig = Rig()
    rig.player.set_brightness(0.5)
    rig.player.set_volume(0.5)
    assert rig.player.levels == (SoundMode.NORMAL, 0.5, 0.5)
    half = rig.stay(State.DONE, 60)
    assert max(level(output) for _, output in half.seen) == pytest.approx(DONE / 2)
    assert max(output.volume for _, output in half.seen) == pytest.approx(0.125)


def test_back_after_a_longer_pause_the_first_breaths_are_guided_again() -> None:
    """Up for twenty seconds in resting, when the light had gone out: half a minute of pacer. After ten: nothing."""
    mat = Rig().stay(State.RESTING, 150).stay(State.PAUSED, 20)
    back_s = mat.t_s + 0.1
    mat.stay(State.RESTING, 60)
    assert mat.times("event.resumed") == [pytest.approx(back_s)]
    at = {round(at_s, 2): output for at_s, output in mat.seen}
    assert colour(at[round(back_s + 4, 2)]) == "amber"
    assert level(at[round(back_s + 4, 2)]) == pytest.approx(SESSION, abs=1e-3)
    assert level(at[round(back_s + 33, 2)]) == 0.0
    mat = Rig().stay(State.RESTING, 150).stay(State.PAUSED, 15).stay(State.RESTING, 5).stay(State.ROLLING, 20)
    assert mat.stay(State.RESTING, 10).times("event.resumed") == []
    mat = Rig().stay(State.CLOSING, 10).stay(State.PAUSED, 20).stay(State.CLOSING, 5)
    assert len(mat.times("event.resumed")) == 1


def test_a_shift_to_the_side_and_back_does_not_light_the_room_again() -> None:
    """Resting had gone dark; rolling lights the way; back on the back it goes dark again."""
    mat = Rig().stay(State.RESTING, 150).stay(State.ROLLING, 6).stay(State.RESTING, 10)
    assert all(level(output) == 0.0 for _, output in mat.since(mat.t_s - 8))


@pytest.mark.parametrize(
    ("event", "name", "hue", "number"),
    [
        (Zeroed(0.0, 12.0, "placed"), "zeroed", "blue", 3),
        (CommandAccepted(0.0, Command.SHOW_STATE), "show_state", "white", 1),
        (CommandAccepted(0.0, Command.SILENT), "silent_on", "blue", 1),
        (ButtonHeld(0.0, 2.0), "button_held", "white", 1),
        (EndRequested(0.0, Reason.USER), "end_requested", "white", 3),
        (Eased(0.0, State.RESTING, 400.0), "eased", "blue", 2),
    ],
)
def test_each_moment_has_its_own_light(event: Event, name: str, hue: str, number: int) -> None:
    """Each thing that is acknowledged gives its number of lights in its colour."""
    mat = Rig().stay(State.IDLE, 2).stay(State.IDLE, 4, event)
    assert mat.times(f"event.{name}") == [pytest.approx(2.1)]
    lit = [(at_s, output) for at_s, output in mat.seen if 2.1 <= at_s < 5.0]
    assert len(flashes(lit)) == number
    assert {colour(output) for _, output in lit if level(output) > 0.03} == {hue}


def test_hints_are_shown_only_where_they_help() -> None:
    """Uneven is shown while settling, at most every 15 s; what is reported after the session is not shown at all."""
    mat = Rig().stay(State.SETTLING, 10).stay(State.SETTLING, 5, Hint(0.0, HintKind.UNEVEN))
    mat.stay(State.SETTLING, 5, Hint(0.0, HintKind.UNEVEN)).stay(State.SETTLING, 10)
    mat.stay(State.SETTLING, 5, Hint(0.0, HintKind.UNEVEN)).stay(State.RESTING, 5, Hint(0.0, HintKind.UNEVEN))
    assert mat.times("event.uneven") == pytest.approx([10.1, 30.1])
    mat.stay(State.AFTERCARE, 5, Hint(0.0, HintKind.WATER), Hint(0.0, HintKind.SAT_UP))
    assert [name for _, name in mat.begun if name.startswith("event.")] == ["event.uneven"] * 2


def test_silent_is_toggled_and_goes_back_to_what_was_chosen() -> None:
    """Held for two seconds at rest: silent; again: as before. A mat that is silent by choice becomes normal."""
    mat = Rig(CueSettings(mode=SoundMode.QUIET)).stay(State.IDLE, 3, CommandAccepted(0.0, Command.SILENT))
    modes = [mat.player.mode]
    mat.stay(State.IDLE, 3, CommandAccepted(0.0, Command.SILENT))
    assert [*modes, mat.player.mode] == [SoundMode.SILENT, SoundMode.QUIET]
    assert mat.times("event.silent_off") == [pytest.approx(3.1)]
    mat = Rig(CueSettings(mode=SoundMode.SILENT)).stay(State.IDLE, 3, CommandAccepted(0.0, Command.SILENT))
    assert mat.player.mode is SoundMode.NORMAL


def test_switching_off_fades_away_and_stays_dark() -> None:
    """Ten seconds on the button: the light says goodbye in four seconds. A zero asked for is answered by Zeroed."""
    mat = (
        Rig()
        .stay(State.IDLE, 2)
        .stay(State.IDLE, 4.9, CommandAccepted(0.0, Command.SHUTDOWN), CommandAccepted(0.0, Command.ZERO))
    )
    at = {round(at_s, 2): output for at_s, output in mat.seen}
    assert level(at[3.1]) > 0.12
    assert level(at[6.5]) == 0.0
    assert [name for _, name in mat.begun if name.startswith("event.")] == ["event.shutdown"]


def test_faults_are_shown_only_when_nobody_lies_there() -> None:
    """Cells die, the broker goes: three short amber at rest, nothing while a person lies on the mat."""
    mat = Rig().stay(State.IDLE, 1).stay(State.IDLE, 20, SensorLost(0.0, 15))
    assert mat.times("condition.fault") == [pytest.approx(1.1)]
    lit = [(at_s, output) for at_s, output in mat.seen if 1.5 < at_s < 21]
    assert len(flashes(lit)) == pytest.approx(12, abs=2)
    mat.stay(State.IDLE, 1, SensorBack(0.0, 0))
    assert mat.begun[-1][1] == "state.idle"
    mat = Rig().stay(State.RESTING, 150, ButtonStuck(0.0, stuck=True))
    mat.player.set_condition(ShownCondition.OFFLINE, on=True)
    mat.player.set_condition(ShownCondition.DEGRADED, on=True)
    mat.player.set_condition(ShownCondition.FAULT, on=True)
    mat.stay(State.RESTING, 20)
    assert [name for _, name in mat.begun] == ["state.resting"]


def test_the_weightiest_condition_is_shown_and_the_next_when_it_is_over() -> None:
    """Stuck button, lost cell and no broker at once: the fault first; freed, the doubtful cell; then the broker."""
    mat = Rig()
    mat.player.set_condition(ShownCondition.OFFLINE, on=True)
    mat.player.set_condition(ShownCondition.DEGRADED, on=True)
    mat.stay(State.IDLE, 10, ButtonStuck(0.0, stuck=True))
    mat.stay(State.IDLE, 10, ButtonStuck(0.0, stuck=False))
    mat.player.set_condition(ShownCondition.DEGRADED, on=False)
    mat.stay(State.IDLE, 10)
    mat.player.set_condition(ShownCondition.OFFLINE, on=False)
    mat.stay(State.IDLE, 10)
    assert [name for _, name in mat.begun] == [
        "condition.fault",
        "condition.degraded",
        "condition.offline",
        "state.idle",
    ]


def test_not_knowing_is_one_slow_light_a_minute_without_sound() -> None:
    """All cells are gone in the middle of a session: one slow amber light each minute, nothing to hear."""
    mat = Rig().stay(State.RESTING, 150).stay(State.UNCERTAIN, 150, SensorLost(0.0, 4095))
    lit = [at_s for at_s, output in mat.seen if at_s > 150 and level(output) > 0.05]
    starts = [at_s for n, at_s in enumerate(lit) if n == 0 or at_s - lit[n - 1] > 5]
    assert starts == pytest.approx([150.9, 210.9, 270.9], abs=0.2)
    assert all(output.tone_hz is None for _, output in mat.seen)


def test_a_storm_of_faults_gives_at_most_one_cue_a_minute() -> None:
    """Cells come and go five times a second for ten minutes, with false wiggles: what nobody asked for stays rare."""
    mat = Rig().stay(State.RESTING, 130)
    for turn in range(600):
        mat.lost = turn % 5
        mat.stay(State.UNCERTAIN, 0.1, SensorLost(0.0, 4095)).stay(
            State.RESTING, 0.9, SensorBack(0.0, 0), Wiggle(0.0, 9)
        )
    unasked = [at_s for at_s, name in mat.begun if name in ("event.wiggle", "state.uncertain", "event.resumed")]
    assert 8 <= len(unasked) <= 11
    assert all(after - before >= 60 - 1e-6 for before, after in itertools.pairwise(unasked))
    assert not [name for _, name in mat.begun if name.startswith("sound.")]


def test_another_table_is_taken_without_a_new_start() -> None:
    """A person edits the table while the mat runs: the next hop goes by it."""
    text = files("firmware.cues").joinpath("cues.toml").read_text(encoding="utf-8")
    mat = Rig().stay(State.DONE, 5)
    mat.player.use(parse_cue_table(text.replace("high = 69", "high = 37").replace("after_s = 15.0", "after_s = 10.0")))
    mat.stay(State.DONE, 40)
    assert level(mat.seen[-1][1]) == pytest.approx(DIM)
    assert mat.times("sound.done") == [pytest.approx(10.1, abs=0.11)]


def test_nothing_was_shown_before_the_first_hop() -> None:
    """Asked before anything happened, the pod is dark."""
    assert CuePlayer().output_at(0.0) == Output()


def test_looking_between_hops_changes_nothing() -> None:
    """Two mats live the same night, one is read between hops: the hops are the same."""
    looked, alone = CuePlayer(), CuePlayer()
    for hop in range(600):
        state = (State.SETTLING, State.EASING, State.DONE)[hop // 200]
        view = SessionView(state, True, 1, 0.0, hop / 10, 600.0, 0)  # noqa: FBT003
        events = (press(),) if hop % 70 == 0 else ()
        outputs = [player.step(hop / 10, view, events) for player in (looked, alone)]
        assert outputs[0] == outputs[1]
        for part in range(4):
            looked.output_at(hop / 10 + part / 40)
    assert outputs[0] == outputs[1]


def test_light_and_sound_may_be_switched_off_altogether() -> None:
    """Both factors 0: nothing is seen or heard through a whole session, advice to stop and overtime included."""
    mat = Rig(CueSettings(brightness=0.0, volume=0.0))
    mat.stay(State.SETTLING, 20, Wiggle(0.0, 9.0)).stay(State.RESTING, 10, StopAdvised(0.0, StopReason.GROWING))
    mat.stay(State.DONE, 20).stay(State.OVERTIME, 70)
    assert {level(output) for _, output in mat.seen} == {0.0}
    assert {output.volume for _, output in mat.seen} == {0.0}


@pytest.mark.requirement("D18")
def test_the_pacer_meets_the_person_and_glides_to_six_a_minute() -> None:
    """Fifteen breaths a minute are measured at 40 s: the pacer starts there, and is at six after two minutes."""
    mat = Rig().stay(State.SETTLING, 40)
    view = SessionView(State.SETTLING, True, mat.number, 0.0, 40.0, 600.0, 0)  # noqa: FBT003
    player = mat.player
    player.step(40.1, view, (), (15.0, 0.4))
    unsure = player.rendering(40.1)
    player.step(40.2, view, (), (15.0, 0.9))
    met = player.rendering(40.2)
    assert unsure.scene is not None
    assert met.scene is not None
    assert unsure.scene.pacer == Pacer(0.1)
    assert met.scene.pacer == Pacer(40.2, 15.0, 6.0)
    player.step(41.0, view, (), (30.0, 0.9))
    assert player.rendering(41.0).scene == met.scene


def test_a_pacer_is_never_faster_than_the_person() -> None:
    """Five a minute stay five; fifteen slow down steadily, without a jump; thirty are not followed."""
    assert pacer_from_measured_rate(0.0, 5.0) == Pacer(0.0, 5.0, 5.0)
    assert pacer_from_measured_rate(0.0, 30.0).from_per_min == 20.0
    pacer = pacer_from_measured_rate(10.0, 15.0)
    assert pacer.breaths(5.0) == 0.0
    assert pacer.breaths(130.0) == pytest.approx((15 + 6) / 2 * 2)
    assert pacer.breaths(190.0) - pacer.breaths(130.0) == pytest.approx(6.0)
    onsets_s = [
        t_s / 10 for t_s in range(100, 3000) if int(pacer.breaths(t_s / 10)) > int(pacer.breaths((t_s - 1) / 10))
    ]
    lengths_s = [after - before for before, after in itertools.pairwise(onsets_s)]
    assert all(after >= before - 0.11 for before, after in itertools.pairwise(lengths_s))
    assert lengths_s[0] == pytest.approx(4.0, abs=0.2)
    assert lengths_s[-1] == pytest.approx(10.0, abs=0.11)


@pytest.mark.requirement("D40")
@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("profile", list(NightProfile))
@pytest.mark.parametrize("mode", list(SoundMode))
def test_advice_to_stop_reaches_a_person_with_closed_eyes(mode: SoundMode, profile: NightProfile, touch: bool) -> None:
    """In every mode and profile: two notes or three vibrations within two seconds, and again at the next press."""
    mat = Rig(CueSettings(mode=mode, touch=touch))
    mat.player.set_profile(profile)
    mat.stay(State.RESTING, 130).stay(State.RESTING, 20, StopAdvised(0.0, StopReason.GROWING))
    mat.stay(State.RESTING, 20, press(400.0))
    for begin_s in (130.1, 150.1):
        felt = [output for at_s, output in mat.since(begin_s) if at_s < begin_s + 2]
        assert any(output.tone_hz is not None or output.touch for output in felt)
        assert any(output.touch for output in felt) is touch


@pytest.mark.requirement("D40")
def test_after_advice_to_stop_there_is_no_praise() -> None:
    """The person stays to the goal all the same: no chime of the goal no rising light, only one to get up by."""
    mat = Rig()
    mat.stay(State.CLOSING, 10, StopAdvised(0.0, StopReason.GROWING)).stay(
        State.CLOSING, 5, Eased(0.0, State.CLOSING, 1)
    )
    mat.stop_advised = True
    mat.stay(State.DONE, 300)
    assert mat.times("sound.done") == []
    assert mat.times("state.done") == []
    assert max(level(output) for at_s, output in mat.seen if at_s > 20) <= DIM


def test_loudness_is_a_rising_table() -> None:
    """Four values from a listening test; anything else is rejected."""
    assert CueSettings(loudness=(0.1, 0.2, 0.3, 0.4)).loudness[0] == 0.1
    for wrong in ((0.1, 0.2, 0.3), (0.4, 0.3, 0.5, 0.6), (0.1, 0.2, 0.3, 1.1), (-0.1, 0.2, 0.3, 0.4)):
        with pytest.raises(ValueError, match="4 rising values"):
            CueSettings(loudness=wrong)


def waves(mat: Rig) -> list[tuple[float, float, float]]:
    """Return the tones as (start, end, loudest); one pitch."""
    found: list[tuple[float, float, float]] = []
    for at_s, output in mat.seen:
        if output.tone_hz is None:
            continue
        assert output.tone_hz == WAVE_HZ
        begins = not found or at_s - found[-1][1] > 0.05
        start_s, loudest = (at_s, 0.0) if begins else (found[-1][0], found[-1][2])
        found[-1 if not begins else len(found) :] = [(start_s, at_s, max(loudest, output.volume))]
    return found


@pytest.mark.requirement("D18")
def test_the_pacer_can_be_heard_where_it_is_wanted() -> None:
    """Half a minute of settling and of easing: a soft wave each breath, loudest after 4 s of it; silent in resting."""
    mat = Rig(CueSettings(pacer_sound=True)).stay(State.SETTLING, 30).stay(State.EASING, 30).stay(State.RESTING, 30)
    found = waves(mat)
    assert len(found) == 6
    assert all(loudest == pytest.approx(LOUDNESS[0], rel=0.01) for _, _, loudest in found)
    assert all(5 < end_s - start_s < 8 for start_s, end_s, _ in found)
    assert max(end_s for _, end_s, _ in found) < 61
    loud = [output.volume for at_s, output in mat.seen if 0.1 <= at_s < 10.1]
    assert loud.index(max(loud)) / 50 == pytest.approx(4.0, abs=0.1)


@pytest.mark.requirement("D06", "D26")
def test_the_pacer_is_silent_by_default_by_night_when_silent_and_after_advice() -> None:
    """Off by default; and nobody beside the person is woken, nobody who was advised to stop is led on."""
    assert waves(Rig().stay(State.SETTLING, 30)) == []
    night = Rig(CueSettings(pacer_sound=True))
    night.player.set_profile(NightProfile.NIGHT)
    assert waves(night.stay(State.SETTLING, 30)) == []
    assert waves(Rig(CueSettings(pacer_sound=True, mode=SoundMode.SILENT)).stay(State.SETTLING, 30)) == []
    advised = Rig(CueSettings(pacer_sound=True)).stay(State.EASING, 3, StopAdvised(0.0, StopReason.GROWING))
    assert all(output.tone_hz != WAVE_HZ for _, output in advised.stay(State.EASING, 30).seen)


def test_after_a_press_the_wave_waits_for_the_breath() -> None:
    """It hurts: the long light of the answer first, then the pacer begins again with its silence."""
    mat = Rig(CueSettings(pacer_sound=True)).stay(State.EASING, 13)
    mat.stay(State.EASING, 12, Discomfort(0.0, State.EASING, 1))
    assert [round(start_s, 1) for start_s, _, _ in waves(mat)][-1] == pytest.approx(13.1 + 1.95 + 1.5, abs=0.4)
