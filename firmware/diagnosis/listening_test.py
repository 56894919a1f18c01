"""The listening test of `acumat outputs-test --listen`: which loudness a person just hears, and which is enough.

Two notes come again and again, each time a little louder. The person lies as on the mat, eyes closed, the pod where it
will be, and presses the key twice: at the first notes that are heard, and where louder would be too loud. Between the
two lie the steps of loudness, equally far from each other to the ear.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from firmware.cues.cue import STEPS
from firmware.drivers.pins import DUTY_MAX, SOUND_DUTY_LEAST
from firmware.view import DARK, Output

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.diagnosis.outputs_test import Pod
    from firmware.diagnosis.prompt import ProcedurePrompt

NOTES_HZ: Final = (440.0, 523.25)  # as at the goal
NOTE_S: Final = 0.25
PAUSE_S: Final = 1.5  # time to press
POLL_S: Final = 0.05
RUNGS: Final = 12  # from the quietest that a piezo gives to the loudest: 2.4 dB each
QUIETEST: Final = SOUND_DUTY_LEAST / DUTY_MAX
FIRST: Final = "Close your eyes, the pod where it will lie. Press the key at the first notes that you hear."
THEN: Final = "Press again when louder would be too loud."


def ladder(volume: float) -> tuple[float, ...]:
    """Return the loudnesses that are tried, 0..1, at a volume 0..1; each is as many times the one before."""
    least = min(QUIETEST / volume, 1.0)
    return tuple(round(least ** (1 - rung / (RUNGS - 1)), 3) for rung in range(RUNGS))


def steps_between(heard: float, enough: float) -> tuple[float, ...]:
    """Return the steps of loudness from the first that was heard to the one that is enough."""
    return tuple(round(heard * (enough / heard) ** (step / (STEPS - 1)), 3) for step in range(STEPS))


def find_loudness(
    pod: "Pod", prompt: "ProcedurePrompt", clock: "Clock", stop: Callable[[], bool], *, volume: float
) -> tuple[float, ...] | None:
    """Return the four steps of loudness, or None when nothing was heard or it was stopped. All off at the end.

    volume is the factor of the settings, above 0: it applies here as it will in a session.
    """
    heard: float | None = None
    pod.edges()
    try:
        for number, loudness in enumerate(rungs := ladder(volume)):
            prompt.show(FIRST if heard is None else THEN, "", number / len(rungs))
            if stop():
                return None
            if not _pressed(pod, clock, loudness * volume):
                continue
            if heard is not None:
                return steps_between(heard, loudness)
            heard = loudness
    finally:
        pod.set(DARK)
    return None if heard is None else steps_between(heard, 1.0)


def _pressed(pod: "Pod", clock: "Clock", volume: float) -> bool:
    """Sound the notes and wait; return whether the key was pressed meanwhile."""
    for note_hz in NOTES_HZ:
        pod.set(Output(tone_hz=note_hz, volume=volume))
        clock.sleep_s(NOTE_S)
    pod.set(DARK)
    pressed = False
    for _ in range(round(PAUSE_S / POLL_S)):
        pressed |= any(edge.down for edge in pod.edges())
        clock.sleep_s(POLL_S)
    return pressed
