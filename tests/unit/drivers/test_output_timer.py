"""The timer of the pod: it renders between frames, and ends what frames no longer carry."""

import threading

import pytest

from firmware.clock import SystemClock
from firmware.cues.cue import LightCue, SoundCue
from firmware.cues.lamp import RunningLight
from firmware.cues.rendering import Rendering, VibrationTrain
from firmware.cues.table import Chime
from firmware.cues.voice import PlayingMelody
from firmware.drivers.output_timer import OutputTimer
from firmware.view import DARK, Output

STEADY = RunningLight("state.seated", LightCue("steady", high=34), -9.0, None, 100.0, -9.0, (0.0, 0.0, 0.0), 0.0)
LONG = PlayingMelody(Chime.OVERTIME, SoundCue((440.0,) * 12, note_s=2.0), 0.0, 0.25)


class Kept:
    """Pins that keep what was set; enough is set after so many."""

    def __init__(self, number: int) -> None:
        self.outputs: list[Output] = []
        self.enough = threading.Event()
        self.closed = 0
        self._number = number

    def set(self, output: Output) -> None:
        """Keep it."""
        self.outputs.append(output)
        if len(self.outputs) >= self._number:
            self.enough.set()

    def close(self) -> None:
        """Remember it."""
        self.closed += 1


def test_the_light_goes_on_without_frames_and_everything_is_off_at_the_end() -> None:
    """One rendering, no further frame: the timer shows it again and again; closing ends the thread and the pins."""
    pins = Kept(5)
    timer = OutputTimer(pins, SystemClock())
    timer.show(Rendering(STEADY, None, None, 1.0, 5.0, SystemClock().boottime_ns()))
    assert pins.enough.wait(30)
    timer.close()
    assert pins.closed == 1
    assert pins.outputs[0].red > 0


def test_when_frames_stop_the_tone_ends_at_once_and_the_light_follows() -> None:
    """The last frame at 5 s: the tone sounds until 5.4 s, the light is full until 6 s and dark at 6.8 s."""
    rendering = Rendering(STEADY, LONG, VibrationTrain(4.9, (1.0,)), 1.0, 5.0, 1_000)
    at = {age: rendering.at(1_000 + round(age * 1e9)) for age in (-1.0, 0.0, 0.39, 0.41, 0.9, 1.4, 1.81, 600.0)}
    assert at[-1.0] == at[0.0]
    assert [age for age, output in at.items() if output.tone_hz is not None] == [-1.0, 0.0, 0.39]
    assert [age for age, output in at.items() if output.touch] == [-1.0, 0.0, 0.39]
    assert at[0.9].red == pytest.approx(at[0.0].red)
    assert 0 < at[1.4].red < at[0.9].red
    assert at[1.81] == at[600.0] == DARK
