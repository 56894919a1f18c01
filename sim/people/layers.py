"""The parts of a load: a track of poses and, on top of it, breath, pulse, wiggles, sway and landings.

Every layer is a pure function of time: add(t_s, out) adds its newtons (n, cells) at the times (n,) to out, with the
same bits however the times are split into calls. Outside start_s..end_s a layer is zero.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sim.sensors.noise import smooth_noise

if TYPE_CHECKING:
    from sim.sensors.noise import Floats
    from sim.sensors.tiles import Newtons

INSPIRATION_SHARE = 0.4  # share of a breath that is drawn in, BedScales 2021 figure 4
EXPIRATION_DECAY_SHARE = 0.16  # of the breath's length; the fall is exponential
BCG_HZ, BCG_DECAY_S = 5.0, 0.12  # ringing of the body after a heart beat
LANDING_HZ, LANDING_DECAY_S = 4.0, 0.15
WIGGLE_PEAK = 1.101  # highest value of sin x + 0.25 sin 2x
FADE_S = 1.5


class LoadLayer(Protocol):
    """One contribution to the load."""

    @property
    def start_s(self) -> float:
        """First moment that matters."""
        ...

    @property
    def end_s(self) -> float:
        """Last moment that matters."""
        ...

    def add(self, t_s: "Floats", out: "Newtons") -> None:
        """Add newtons (n, cells) at times (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class PoseTrack:
    """Poses in time: knots_s (k,) rising, newtons (k, cells); straight lines between them, the ends are held."""

    knots_s: "Floats"
    newtons: "Newtons"

    @property
    def start_s(self) -> float:
        """Minus infinity, unless it starts without load."""
        return -np.inf if self.newtons[0].any() else float(self.knots_s[0])

    @property
    def end_s(self) -> float:
        """Infinity, unless it ends without load."""
        return np.inf if self.newtons[-1].any() else float(self.knots_s[-1])

    def add(self, t_s: "Floats", out: "Newtons") -> None:
        """Add the pose of each moment."""
        last = len(self.knots_s) - 1
        if not last:
            out += self.newtons[0]
            return
        before = np.clip(np.searchsorted(self.knots_s, t_s, side="right") - 1, 0, last - 1)
        low, high = before[0], before[-1]
        start_s = self.knots_s[before]
        part = np.clip((t_s - start_s) / (self.knots_s[before + 1] - start_s), 0, 1)[:, None]
        if low == high:
            first, second = self.newtons[low], self.newtons[low + 1]
            out += first + (second - first) * part
        else:
            first, second = self.newtons[before], self.newtons[before + 1]
            out += first + (second - first) * part


@dataclass(frozen=True, slots=True)
class Breathing:
    """Breaths that shift load along the body: onsets_s (m,), depths (m,) in newtons, times pattern (cells,)."""

    onsets_s: "Floats"
    depths: "Floats"
    pattern: "Newtons"
    start_s: float
    end_s: float

    def add(self, t_s: "Floats", out: "Newtons") -> None:
        """Add the breath of each moment: linear inspiration, exponential expiration."""
        index = np.clip(np.searchsorted(self.onsets_s, t_s, side="right") - 1, 0, len(self.onsets_s) - 2)
        onset_s = self.onsets_s[index]
        phase = (t_s - onset_s) / (self.onsets_s[index + 1] - onset_s)
        floor = np.exp(-(1 - INSPIRATION_SHARE) / EXPIRATION_DECAY_SHARE)
        falling = (np.exp(-np.maximum(phase - INSPIRATION_SHARE, 0) / EXPIRATION_DECAY_SHARE) - floor) / (1 - floor)
        drawn = np.where(phase < INSPIRATION_SHARE, phase / INSPIRATION_SHARE, falling) - 0.4
        out += (drawn * self.depths[index] * _inside(t_s, self.start_s, self.end_s))[:, None] * self.pattern


@dataclass(frozen=True, slots=True)
class HeartBeats:
    """Heart beats as the mat measures them: at each of beats_s (m,) a short ringing times pattern (cells,)."""

    beats_s: "Floats"
    pattern: "Newtons"
    start_s: float
    end_s: float

    def add(self, t_s: "Floats", out: "Newtons") -> None:
        """Add the ringing of the last beat."""
        index = np.maximum(np.searchsorted(self.beats_s, t_s, side="right") - 1, 0)
        since_s = np.maximum(t_s - self.beats_s[index], 0)
        ringing = np.sin(2 * np.pi * BCG_HZ * since_s) * np.exp(-since_s / BCG_DECAY_S)
        out += (ringing * _inside(t_s, self.start_s, self.end_s))[:, None] * self.pattern


@dataclass(frozen=True, slots=True)
class Oscillation:
    """A burst to and fro with its second harmonic; pattern (cells,) is in newtons and sums to zero."""

    start_s: float
    end_s: float
    rate_hz: float
    pattern: "Newtons"

    def add(self, t_s: "Floats", out: "Newtons") -> None:
        """Add the burst inside its time."""
        since_s = t_s - self.start_s
        length_s = self.end_s - self.start_s
        inside = (since_s >= 0) & (since_s <= length_s)
        envelope = np.where(inside, np.sin(np.pi * since_s / length_s), 0.0)
        turn = 2 * np.pi * self.rate_hz * since_s
        out += (envelope * (np.sin(turn) + 0.25 * np.sin(2 * turn)) / WIGGLE_PEAK)[:, None] * self.pattern


@dataclass(frozen=True, slots=True)
class Sway:
    """Small movement that never stops, one smooth random line for each of patterns (m, cells)."""

    start_s: float
    end_s: float
    step_s: float
    key: int
    patterns: "Newtons"

    def add(self, t_s: "Floats", out: "Newtons") -> None:
        """Add the lines of the moment."""
        inside = _inside(t_s, self.start_s, self.end_s)
        for number, pattern in enumerate(self.patterns):
            out += (smooth_noise(t_s, self.step_s, self.key + (number << 40)) * inside)[:, None] * pattern


@dataclass(frozen=True, slots=True)
class Landing:
    """The knock of something that comes down: a ringing of pattern (cells,) newtons that dies away within a second."""

    start_s: float
    pattern: "Newtons"

    @property
    def end_s(self) -> float:
        """Seven decay times later nothing is left of it."""
        return self.start_s + 7 * LANDING_DECAY_S

    def add(self, t_s: "Floats", out: "Newtons") -> None:
        """Add the ringing after the knock."""
        since_s = t_s - self.start_s
        after = np.maximum(since_s, 0)
        ringing = np.sin(2 * np.pi * LANDING_HZ * after) * np.exp(-after / LANDING_DECAY_S)
        out += np.where((since_s > 0) & (t_s <= self.end_s), ringing, 0.0)[:, None] * self.pattern


def _inside(t_s: "Floats", start_s: float, end_s: float) -> "Floats":
    """Fade in after start_s and out before end_s; 0 outside."""
    return np.clip(np.minimum(t_s - start_s, end_s - t_s) / FADE_S, 0, 1)
