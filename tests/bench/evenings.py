"""What a person with closed eyes perceives: `make evenings`. Light, sound and touch as sent, on five evenings."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import click
import numpy as np

from firmware.cues.acknowledgements import CHOICES
from firmware.cues.lightness import duty_of_lightness
from firmware.cues.night import NightProfile
from firmware.cues.player import CuePlayer
from firmware.cues.settings import CueSettings, SoundMode
from firmware.drivers.output_timer import PERIOD_S
from firmware.enums import Command, Reason, State
from firmware.events import ButtonHeld, CommandAccepted, Discomfort, Eased, EndRequested, Event, StopAdvised
from firmware.view import SessionView
from sim.people.acts import Leave, Lie, Lower, Roll, Sit, Wait
from tests.bench import sixty_days
from tests.bench.evening import LUMINANCE, Evening, Perceived, perceive
from tests.bench.evening_picture import draw
from tests.bench.report import ROOT, Row, publish, row

WORDS: Final = """Light, sound and touch as the pins get them: simulated people, the real core, the real timer at
100 Hz in simulated time, and gpiozero's own factory of lgpio pins over recorded calls. Nothing here was seen or heard
on a real pod.

![five evenings](evenings.png)

Lightness L* is that of the strongest colour. A rise of light counts when the relative luminance (WCAG 2) grows by more
than a tenth of the brightest light that the pod ever shows."""

COME: Final = (Wait(seconds=5), Sit(seconds=8), Lower(seconds=5))
GO: Final = (Roll(seconds=2.5), Leave(seconds=1.6), Wait(seconds=60))
PRESS_S: Final = 0.2
LIES_S: Final = 18.0  # when the person lies
FIRST_DAY: Final = Evening(
    "First day, 10 minutes: it hurts once, it eases, rolls off",
    (*COME, Lie(seconds=640), *GO),
    presses=((60, PRESS_S), (200, PRESS_S), (200.4, PRESS_S)),
)
LUNCH: Final = Evening("Quick lunch, 5 minutes: up early at 80 s, back after 15 s", (
    *COME, Lie(seconds=80), *GO[:2], Wait(seconds=12), Sit(seconds=4), Lower(seconds=4), Lie(seconds=250), *GO,
), goal_min=5)  # fmt: skip
PAIN_PRESSES: Final = ((130, PRESS_S), (230, PRESS_S), (290, PRESS_S), (400, PRESS_S))
PAIN: Final = Evening(
    "Growing pain: four presses, stays to the goal all the same",
    (*COME, Lie(seconds=660), *GO), presses=PAIN_PRESSES,
)  # fmt: skip
ASLEEP: Final = Evening(
    "Asleep at 22:30, motor in the pod", (*COME, Lie(seconds=2760), *GO),
    profile=NightProfile.NIGHT, cues=CueSettings(touch=True),
)  # fmt: skip
NO_CLOCK: Final = Evening(
    "The same without a set clock and without a motor", (*COME, Lie(seconds=2760), *GO), profile=NightProfile.UNKNOWN
)
EVENINGS: Final = (FIRST_DAY, LUNCH, PAIN, ASLEEP, NO_CLOCK)
STILL: Final = (State.SETTLING, State.EASING, State.RESTING, State.CLOSING, State.DONE)
BRIGHTEST: Final = float(np.array([1.0, 0.85, 0.7]) @ np.array(LUMINANCE)) * duty_of_lightness(69)
RISE: Final = 0.1 * BRIGHTEST
SHORT_GOAL_MIN: Final = 1.0
CHIME_S: Final = 15.25


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is run."""

    seeds: int
    hammered_h: float
    evenings: Sequence[Evening]
    kills: int


FULL: Final = Effort(20, 100.0, EVENINGS, 5)
SMALL: Final = Effort(1, 0.05, (), 1)


# --- light -----------------------------------------------------------------------------------------------------
def lights(_: Effort) -> Iterator[Row]:
    """Settling at night, ramps by day, calls."""
    how = "80 s of lying, 80 samples/s, updates at 100 Hz; the pin's own duties"
    night = perceive(Evening("night", (*COME, Lie(seconds=80), *GO), profile=NightProfile.NIGHT))
    inside = night.duties[night.within(State.SETTLING)]
    levels = len(np.unique(inside[:, 0]))
    yield row("levels of light, settling at night", levels, "", ">= 20", n=len(inside), label="simulated", how=how)
    dark = float((inside.max(axis=1) == 0).mean())
    yield row("dark, settling at night", 100 * dark, "%", "< 5", n=len(inside), label="simulated", how=how)
    hue = float((inside[:, 1] / inside[:, 0]).min())
    yield row("green against red of amber, settling at night, least", hue, "", ">= 0.35", n=len(inside),
              label="simulated", how=how)  # fmt: skip
    day = perceive(Evening("day", (*COME, Lie(seconds=200), *GO), goal_min=2))
    step = float(np.abs(np.diff(day.strongest))[day.within(*STILL)[1:]].max())
    yield row("largest step of a ramp by day", step, "L*", "<= 1.5", n=len(day.t_s), label="simulated",
              how="a session of two minutes without presses, from settling to done")  # fmt: skip
    idle = night.idle_calls + day.idle_calls
    yield row("light calls that change nothing", idle, "", "== 0", n=night.light_calls + day.light_calls,
              label="simulated", how="calls of lgpio in both sessions")  # fmt: skip


# --- sound -----------------------------------------------------------------------------------------------------
def chimes(effort: Effort) -> Iterator[Row]:
    """The notes of the goal as the buzzer's pin gets them."""
    for rate_hz in (80.0, 10.0):
        lengths: list[float] = []
        for seed in range(1, effort.seeds + 1):
            acts = (*COME, Lie(seconds=60 + CHIME_S + 8), *GO[:2])
            heard = perceive(Evening("chime", acts, goal_min=SHORT_GOAL_MIN), seed, rate_hz=rate_hz)
            lengths += [end_s - start_s for start_s, end_s, _ in heard.tones[:2]]
        how = f"{effort.seeds} seeds at {rate_hz:g} samples/s; two notes of 250 ms at the goal"
        yield row(f"notes of the chime, {rate_hz:g} samples/s", len(lengths), "", f"== {2 * effort.seeds}",
                  n=effort.seeds, label="simulated", how=how)  # fmt: skip
        off = max(abs(length_s / 0.25 - 1) for length_s in lengths)
        yield row(f"length of a note off by, {rate_hz:g} samples/s", 100 * off, "%", "<= 10", n=len(lengths),
                  label="simulated", how=how)  # fmt: skip


# --- what ends by itself ----------------------------------------------------------------------------------------
def ends(effort: Effort) -> Iterator[Row]:
    """Frames stop in the middle of a note; the process is killed."""
    acts = (*COME, Lie(seconds=60 + CHIME_S + 8), *GO[:2])
    chime = Evening("stall", acts, goal_min=SHORT_GOAL_MIN)
    stall_s = perceive(chime).tones[0][0] + 0.1
    stalled = perceive(chime, stops_s=stall_s)
    tone_s = max(end_s for _, end_s, _ in stalled.tones) - stalled.stopped_s
    how = "the source falls silent in the middle of a note of the goal; times from the last frame"
    yield row("tone off after the last frame", tone_s, "s", "<= 0.5", n=1, label="simulated", how=how)
    lit_s = float(stalled.t_s[stalled.duties.max(axis=1) > 0].max()) + PERIOD_S - stalled.stopped_s
    yield row("light off after the last frame", lit_s, "s", "<= 2", n=1, label="simulated", how=how)
    program = "from firmware.drivers.pins import all_off; from hardware import board; all_off(board.load_board())"
    slowest_s = 0.0
    for _ in range(effort.kills):
        begin_s = time.perf_counter()
        environment = os.environ | {"GPIOZERO_PIN_FACTORY": "mock", "GPIOZERO_MOCK_PIN_CLASS": "mockpwmpin"}
        subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, env=environment)
        slowest_s = max(slowest_s, time.perf_counter() - begin_s)
    yield row("all off after a kill", slowest_s, "s", "<= 3", n=effort.kills, label="measured",
              how="a new process switches mock pins off, as ExecStopPost does, on a PC")  # fmt: skip


# --- advice to stop -----------------------------------------------------------------------------------------------
def advice(_: Effort) -> Iterator[Row]:
    """Pain, in every mode and profile: how soon the advice is perceptible, and that no praise follows."""
    slowest_s, praise, runs = 0.0, 0, 0
    for profile in NightProfile:
        for mode in SoundMode:
            for touch in (False, True):
                found = perceive(_pain(profile, CueSettings(mode=mode, touch=touch)))
                [advised] = found.events(StopAdvised)
                decided_s = next(tick.t_s for tick in found.ticks if advised in tick.events)
                signs = [start_s for start_s, _, _ in found.tones] + [start_s for start_s, _ in found.touches]
                slowest_s = max(slowest_s, min((one for one in signs if one >= decided_s), default=1e3) - decided_s)
                after = [hertz for start_s, _, hertz in found.tones if start_s > decided_s]
                praise += len([hertz for hertz in after if 440.0 <= hertz < 523.0])  # A4 belongs to the goal alone
                runs += 1
    how = f"{runs} evenings: 3 modes, 3 profiles, with and without a motor; advised before a goal of 3 minutes"
    yield row("advice to stop perceptible after", slowest_s, "s", "<= 2", n=runs, label="simulated", how=how)
    yield row("notes of the goal after advice to stop", praise, "", "== 0", n=runs, label="simulated", how=how)


def _pain(profile: NightProfile, cues: CueSettings) -> Evening:
    presses = ((40, PRESS_S), (80, PRESS_S), (100, PRESS_S))
    return Evening("pain", (*COME, Lie(seconds=240), *GO[:2]), presses, goal_min=3, profile=profile, cues=cues)


# --- hammering ------------------------------------------------------------------------------------------------------
SOME: Final[tuple[Event, ...]] = (
    Discomfort(0.0, State.RESTING, 9.0),
    Eased(0.0, State.RESTING, 9.0),
    EndRequested(0.0, Reason.USER),
    ButtonHeld(0.0, 2.0),
    CommandAccepted(0.0, Command.SHOW_STATE),
    CommandAccepted(0.0, Command.SILENT),
    CommandAccepted(0.0, Command.CARRY_ON),
)
SAMPLES: Final = 4  # of a hop


def hammering(effort: Effort) -> Iterator[Row]:
    """Random keys and commands at any pace in any state: rises of light in any second."""
    rng = np.random.default_rng(7)
    player, most = CuePlayer(), 0
    low, high, rising, rises = 1.0, 0.0, False, [-9.0]
    state, until_s, rate = State.SETTLING, 0.0, 0.1
    hops = round(effort.hammered_h * 36_000)
    for hop in range(hops):
        t_s = hop / 10
        if t_s >= until_s:
            state = State(rng.choice(list(State)))
            until_s, rate = t_s + float(rng.exponential(20.0)), float(rng.choice([0.02, 0.2, 0.9]))
        start_s = None if state in (State.IDLE, State.SEATED, State.STANDING, State.AFTERCARE) else 0.0
        view = SessionView(state, occupied=True, number=1, start_s=start_s, elapsed_s=t_s, goal_s=600.0, wiggles=0)
        pressed = rng.random() < rate
        which = int(rng.integers(len(SOME) + len(CHOICES))) if pressed else 0
        if which >= len(SOME):
            player.show_choice(which - len(SOME) + 1)
        player.step(t_s, view, (SOME[which],) if pressed and which < len(SOME) else ())
        rendering = player.rendering(t_s)
        for part in range(SAMPLES):
            at_s = t_s + part / (10 * SAMPLES)
            output = rendering.at_s(at_s)
            light = output.red * LUMINANCE[0] + output.green * LUMINANCE[1] + output.blue * LUMINANCE[2]
            if rising:
                high = max(high, light)
                if light < high - RISE:
                    rising, low = False, light
            elif light > low + RISE:
                rising, high = True, light
                rises = [one for one in rises if at_s - one < 1.0] + [at_s]
                most = max(most, len(rises))
            low = min(low, light)
    how = (
        f"{effort.hammered_h:g} h, key, its menu of choices and commands at random in random states, light sampled at "
        "40 Hz, seed 7"
    )
    yield row("rises of light in any second, most", most, "", "<= 2", n=hops * SAMPLES, label="simulated", how=how)


def people(_: Effort) -> Iterator[Row]:
    """Sixty days of the programme."""
    yield from sixty_days.rows()


PARTS: Final = (lights, chimes, ends, advice, hammering, people)


def rows(effort: Effort) -> list[Row]:
    """Return every row."""
    return [one for part in PARTS for one in part(effort)]


@click.command()
@click.option("--small", is_flag=True, help="A small part, without the picture and the page.")
def main(*, small: bool) -> None:
    """Measure, draw and publish."""
    effort = SMALL if small else FULL
    if not small:
        draw([(one, perceived(one)) for one in effort.evenings], ROOT / "docs" / "evenings.png")
    code = publish("evenings", "What a person perceives", WORDS, rows(effort), docs=not small)
    raise SystemExit(code)


def perceived(evening: Evening) -> Perceived:
    """Return an evening as perceived; long ones at 10 samples a second."""
    return perceive(evening, rate_hz=None if evening.profile is NightProfile.DAY else 10.0)


if __name__ == "__main__":
    main()
