"""The light: one cue at a time, each fading in from what was seen before."""

from typing import NamedTuple

from firmware.cues import patterns
from firmware.cues.cue import BLINK_APART_S, EDGE_S, NIGHT_LEVEL, Light
from firmware.cues.patterns import Rgb

DARK: Rgb = (0.0, 0.0, 0.0)
A_TOUCH_S = 1e-6  # hop times are sums of floats


class Scene(NamedTuple):
    """A cue that took over at start_s from the colour before.

    Its age counts lag_s later than since_s: a blink that follows a light begins when that light is out, or its rise
    would be seen late, and too close to the next. Its breath counts from breath_s.
    """

    name: str
    cue: Light
    since_s: float
    breath_s: float
    night: bool
    start_s: float
    before: Rgb
    lag_s: float

    def at(self, t_s: float) -> Rgb:
        """Return the colour at a time."""
        age_s = t_s - self.since_s - self.lag_s
        level = self.cue.level(age_s, t_s - self.breath_s)
        if self.night and self.cue.high > NIGHT_LEVEL:
            level *= NIGHT_LEVEL / self.cue.high
        red, green, blue = self.cue.tint(age_s)
        target = (red * level, green * level, blue * level)
        share = (t_s - self.start_s) / self.cue.take_over_s
        return target if share >= 1.0 else patterns.mix(self.before, target, patterns.smooth(share))

    def onset_s(self, t_s: float) -> float:
        """When the last blink of this cue began, or was first seen if that was later."""
        begin_s = self.since_s + self.lag_s
        return max(begin_s + self.cue.onset_s(t_s - begin_s), self.start_s)


class Lamp:
    """The light of the pod. brightness is a factor from 0 to 1 on all of it."""

    def __init__(self, brightness: float) -> None:
        self._brightness = brightness
        self._scene: Scene | None = None
        self._onset_s: float | None = None  # when a blink last began

    @property
    def name(self) -> str:
        """Name of the cue that is shown, empty before the first."""
        return "" if self._scene is None else self._scene.name

    def at(self, t_s: float) -> Rgb:
        """Return the colour at a time not before the last change."""
        if self._scene is None:
            return DARK
        red, green, blue = self._scene.at(t_s)
        return red * self._brightness, green * self._brightness, blue * self._brightness

    def take_over(self, t_s: float, name: str, cue: Light, since_s: float, breath_s: float, *, night: bool) -> bool:
        """Show a cue; return whether it began now. A blink too soon after another has to be offered again."""
        scene = self._scene
        paced_s = breath_s if cue.pattern == "breathe" else 0.0
        if scene is not None and scene.cue is cue and scene[2:5] == (since_s, paced_s, night):
            return False
        if scene is not None and scene.cue.pattern == "blink":
            onset_s = scene.onset_s(t_s)
            self._onset_s = onset_s if self._onset_s is None else max(onset_s, self._onset_s)
        if cue.pattern == "blink" and self._onset_s is not None and t_s - self._onset_s < BLINK_APART_S - A_TOUCH_S:
            return False
        before = DARK if scene is None else scene.at(t_s)
        begins = scene is None or (scene.name, scene.since_s) != (name, since_s)
        lag_s = EDGE_S if cue.pattern == "blink" and before != DARK else 0.0
        if scene is not None and not begins:
            lag_s = scene.lag_s
        self._scene = Scene(name, cue, since_s, paced_s, night, t_s, before, lag_s)
        return begins
