"""What the pod shows from one hop to the next: frozen, so that a timer of its own can render it at any rate.

It ends by itself: without a newer one a tone stops and the light fades out, so that a stalled source leaves nothing on.
"""

from typing import Final, NamedTuple

from firmware.cues import patterns
from firmware.cues.lamp import DARK, RunningLight
from firmware.cues.voice import PacerWave, PlayingMelody
from firmware.view import Output

SILENT_AFTER_S: Final = 0.4  # longer than from hop to hop at 10 samples a second
FADE_AFTER_S: Final = 1.0
FADE_S: Final = 0.8
TOUCH_GAP_S: Final = 0.3


class VibrationTrain(NamedTuple):
    """Vibrations from start_s on: their lengths, with TOUCH_GAP_S between them."""

    start_s: float
    lengths_s: tuple[float, ...]

    def at(self, t_s: float) -> bool:
        """Return whether the motor runs."""
        return patterns.beat(t_s - self.start_s, self.lengths_s, TOUCH_GAP_S, 0.0) is not None


class Rendering(NamedTuple):
    """Light, sound and touch as of frame time made_s, which was made_ns of CLOCK_BOOTTIME."""

    scene: RunningLight | None
    playing: PlayingMelody | None
    touch: VibrationTrain | None
    brightness: float
    made_s: float
    made_ns: int = 0
    wave: PacerWave | None = None

    def at(self, t_ns: int) -> Output:
        """Return the output at a time of CLOCK_BOOTTIME (ns); times before made_ns count as that."""
        return self.at_s(self.made_s + max(0, t_ns - self.made_ns) / 1e9)

    def at_s(self, t_s: float) -> Output:
        """Return the output at a frame time in seconds."""
        age_s = t_s - self.made_s
        light = DARK if self.scene is None else self.scene.at(t_s)
        if age_s > FADE_AFTER_S:
            light = patterns.blend_lights(light, DARK, patterns.raised_cosine((age_s - FADE_AFTER_S) / FADE_S))
        red, green, blue = (part * self.brightness for part in light)
        tone_hz, volume = None, 0.0
        if self.playing is not None and age_s <= SILENT_AFTER_S:
            tone_hz, volume = self.playing.at(t_s)
        if tone_hz is None and self.wave is not None and age_s <= SILENT_AFTER_S:
            tone_hz, volume = self.wave.at(t_s)
        touch = self.touch is not None and age_s <= SILENT_AFTER_S and self.touch.at(t_s)
        return Output(red, green, blue, tone_hz, volume, touch)
