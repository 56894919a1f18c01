"""The light: one cue at a time, each fading in from what was shown before."""

from typing import NamedTuple

from firmware.cues import patterns
from firmware.cues.cue import APART_S, EDGE_S, RAMP_S, LightCue
from firmware.cues.lightness import duty_of_lightness
from firmware.cues.pacer import Pacer
from firmware.cues.patterns import Rgb

DARK: Rgb = (0.0, 0.0, 0.0)
A_TOUCH_S = 1e-6  # hop times are sums of floats
SEEN = 0.03  # duty; what is dimmer has not risen yet
PAIR_S = 1.05  # from a rise to the second one after it


class RunningLight(NamedTuple):
    """A cue that took over at start_s from the colour before, no lighter than the lightness cap.

    Its age counts lag_s later than since_s: a blink that follows a light begins when that light is out, or its rise
    would be seen late, and too close to the next. Scenes never change, so any thread may render one.
    """

    name: str
    cue: LightCue
    since_s: float
    pacer: Pacer | None
    cap: float
    start_s: float
    before: Rgb
    lag_s: float

    def at(self, t_s: float) -> Rgb:
        """Return the duties of red, green and blue at a time."""
        age_s = t_s - self.since_s - self.lag_s
        level = self.cue.level(age_s, 0.0 if self.pacer is None else self.pacer.phase(t_s))
        if self.cue.high > self.cap:
            level *= self.cap / self.cue.high
        light = duty_of_lightness(level)
        red, green, blue = self.cue.tint(age_s)
        target = (red * light, green * light, blue * light)
        share = (t_s - self.start_s) / self.cue.take_over_s
        return target if share >= 1.0 else patterns.blend_lights(self.before, target, patterns.raised_cosine(share))

    def rise_s(self, t_s: float) -> float | None:
        """When this cue last rose: its last blink, or now where a lit light grows, or the end of its ramp."""
        if self.cue.pattern == "blink":
            begin_s = self.since_s + self.lag_s
            return max(begin_s + self.cue.onset_s(t_s - begin_s), self.start_s)
        if max(self.at(t_s)) <= SEEN:
            return None
        return t_s if self.grows(t_s) else self.start_s + RAMP_S

    def grows(self, t_s: float) -> bool:
        """Return whether a light that does not blink is lit and becomes lighter."""
        now = max(self.at(t_s))
        ramp = t_s < self.start_s + RAMP_S
        return self.cue.pattern != "blink" and now > SEEN and (ramp or now > max(self.at(t_s - EDGE_S)))


class Lamp:
    """The light of the pod. brightness is a factor from 0 to 1 on all of its duty."""

    def __init__(self, brightness: float) -> None:
        self.brightness = brightness
        self.scene: RunningLight | None = None
        self._rises_s: list[float] = []  # when the light last rose, at most twice

    @property
    def name(self) -> str:
        """Name of the cue that is shown, empty before the first."""
        return "" if self.scene is None else self.scene.name

    def at(self, t_s: float) -> Rgb:
        """Return the duties at a time not before the last change."""
        if self.scene is None:
            return DARK
        red, green, blue = self.scene.at(t_s)
        return red * self.brightness, green * self.brightness, blue * self.brightness

    def take_over(self, t_s: float, name: str, cue: LightCue, since_s: float, *, pacer: Pacer, cap: float) -> bool:
        """Show a cue; return whether it began now. One that comes too soon after others has to be offered again."""
        scene = self.scene
        paced = pacer if cue.pattern == "breathe" else None
        if scene is not None and (scene.cue, scene.since_s, scene.pacer, scene.cap) == (cue, since_s, paced, cap):
            return False
        begins = scene is None or (scene.name, scene.since_s) != (name, since_s)
        if scene is not None and begins:
            rise_s = scene.rise_s(t_s)
            rises_s = (self._rises_s if rise_s is None else [*self._rises_s, rise_s])[-2:]
            if "blink" in (cue.pattern, scene.cue.pattern) and _too_soon(t_s, rises_s, cue, grows=scene.grows(t_s)):
                return False
            self._rises_s = rises_s
        before = DARK if scene is None else scene.at(t_s)
        lag_s = EDGE_S if cue.pattern == "blink" and before != DARK else 0.0
        if scene is not None and not begins:
            lag_s = scene.lag_s
        self.scene = RunningLight(name, cue, since_s, paced, cap, t_s, before, lag_s)
        return begins


def _too_soon(t_s: float, rises_s: list[float], cue: LightCue, *, grows: bool) -> bool:
    """Return whether a rise now would be the second within APART_S, or one of three within PAIR_S.

    A light that grows now is cut short by the new cue, so it only counts towards the three.
    """
    if grows and cue.pattern == "blink" and len(cue.on_s) > 1 and min(cue.on_s) + cue.gap_s < PAIR_S:
        return True
    apart = bool(rises_s) and not grows and t_s - rises_s[-1] < APART_S - A_TOUCH_S
    return apart or (len(rises_s) > 1 and t_s - rises_s[0] < PAIR_S)
