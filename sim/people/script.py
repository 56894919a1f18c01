"""The script of one person's visit: acts add poses and movements to it, in order; it also records the ground truth."""

from typing import TYPE_CHECKING

import numpy as np

from sim.people.layers import Breathing, HeartBeats, Landing, LoadLayer, Oscillation, PoseTrack, Sway
from sim.people.scene import GroundTruth, KeyPress, TrueLying, TrueWiggle
from sim.sensors.noise import fold_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.people.body import Poses
    from sim.people.vitals import Vitals
    from sim.sensors.tiles import Newtons

KNOT_STEP_S = 0.05  # a movement is cut into straight pieces of this length


class VisitScript:
    """The pose (cells,) in newtons at now_s; acts advance both."""

    def __init__(self, poses: "Poses", vitals: "Vitals", seed: int) -> None:
        self.poses = poses
        self.vitals = vitals
        self.rng = np.random.default_rng([seed, 1])
        self.truth = GroundTruth()
        self.now_s = 0.0
        self.pose: Newtons = poses.nobody()
        self.side = 0.0
        self.shift_m = (0.0, 0.0)
        self.knees_up = poses.knees_up
        self.layers: list[LoadLayer] = []
        self.presses: list[KeyPress] = []
        self._key = fold_key(seed, 2)
        self._knots_s = [0.0]
        self._knots: list[Newtons] = [self.pose]
        self._alive_since_s: float | None = None
        self._resting: Newtons | None = None
        self._start_s = 0.0
        self._rolled = False

    @property
    def lying(self) -> bool:
        """Whether the person lies, on the back or on the side."""
        return self._resting is not None

    def lying_pose(self) -> "Newtons":
        """Return the pose on the back at the present place."""
        return self.poses.lying(*self.shift_m, knees_up=self.knees_up)

    def stay(self, seconds: float) -> None:
        """Keep the pose."""
        if seconds > 0:
            self._put(self.now_s + seconds, self.pose)

    def move(self, seconds: float, *poses: "Newtons", even: bool = False) -> None:
        """Go through poses, starting and ending softly, or at an even speed."""
        stops = np.stack([self.pose, *poses])
        start_s = self.now_s
        for part in np.linspace(0, 1, max(2, round(seconds / KNOT_STEP_S)) + 1)[1:]:
            place = (part if even else part * part * (3 - 2 * part)) * (len(stops) - 1)
            before = min(int(place), len(stops) - 2)
            self._put(
                start_s + float(part) * seconds, stops[before] + (stops[before + 1] - stops[before]) * (place - before)
            )

    def land(self, share: float) -> None:
        """Knock: the pose that was just reached rings with a share of its load."""
        self.layers.append(Landing(self.now_s, share * self.pose))

    def lie(self, start: "Callable[[], None]") -> None:
        """Lie down by the movement start; the true moment is when 90 % of the load has moved over."""
        before, begin_s = self.pose, self.now_s
        start()
        if self._resting is None:
            self._start_s = self._crossing(begin_s, before, self.pose, 0.9)
            self._resting, self._rolled = self.pose, False
            self._alive_since_s = begin_s

    def wake_lying(self) -> None:
        """Lie from before the start of the story."""
        self.pose = self._resting = self.lying_pose()
        self._knots[0] = self.pose
        self._alive_since_s = self.now_s

    def get_up(self, style: str, start: "Callable[[], None]", *, seated: bool = False) -> None:
        """Get up by the movement start; the true exit is style, or "rolled" after a roll onto the side."""
        begin_s, resting = self.now_s, self._resting
        self.fall_silent()
        start()
        if resting is None:
            return
        target = self.pose if seated else np.zeros_like(self.pose)
        end_s = self._crossing(begin_s, resting, target, 0.5) if seated else self._halved(begin_s, float(resting.sum()))
        exit_ = "rolled" if self._rolled else style
        self.truth.lyings.append(TrueLying(self._start_s, end_s, exit_, float(resting.sum())))
        self._resting = None

    def roll_over(self) -> None:
        """Note that the person lies on the side now."""
        self._rolled = True

    def roll_back(self) -> None:
        """Note that the person lies on the back again."""
        self._rolled = False

    def settle(self) -> None:
        """Take the present pose as the one from which getting up is judged."""
        if self._resting is not None:
            self._resting = self.pose

    def shake(self, seconds: float, moved_n: float, rate_hz: float, pattern: "Newtons") -> None:
        """Put a burst on top of the pose: moved_n newtons move along pattern (cells,) at its height."""
        scale = moved_n / max(float(np.abs(pattern).sum()) / 2, 1e-9)
        self.layers.append(Oscillation(self.now_s, self.now_s + seconds, rate_hz, scale * pattern))

    def note_wiggle(self, seconds: float, moved_n: float) -> None:
        """Add a wiggle that starts now to the ground truth."""
        self.truth.wiggles.append(TrueWiggle(float(self.now_s), float(self.now_s + seconds), moved_n))

    def sway(self, start_s: float, end_s: float, spread_n: float, step_s: float) -> None:
        """Let the pose shift slowly about itself, along and across."""
        if spread_n > 0 and end_s > start_s:
            along, across = self.poses.moments(self.pose)
            self._key += 1
            self.layers.append(Sway(start_s, end_s, step_s, self._key, spread_n * np.stack([along, across])))

    def fall_silent(self) -> None:
        """End the breathing, the pulse and the restlessness of lying, and add them to the ground truth."""
        start_s, end_s = self._alive_since_s, self.now_s
        self._alive_since_s = None
        if start_s is None or end_s <= start_s:
            return
        vitals, pattern = self.vitals, self.poses.breath()
        onsets_s, depths = vitals.breaths(start_s, end_s, self.rng)
        beats_s = vitals.beats(start_s, end_s, self.rng)
        self.layers.append(Breathing(onsets_s, depths, pattern, start_s, end_s))
        self.layers.append(HeartBeats(beats_s, vitals.pulse_n * pattern, start_s, end_s))
        self.truth.breaths_s += [float(onset) for onset in onsets_s if onset < end_s]
        self.truth.beats_s += [float(beat) for beat in beats_s if beat < end_s]
        self.sway(start_s, end_s, vitals.restless_n, 1.5)

    def finish(self) -> list[LoadLayer]:
        """Return all layers, the track first. The exit of a person who still lies there is unknown."""
        self.fall_silent()
        if self._resting is not None:
            self.truth.lyings.append(TrueLying(self._start_s, self.now_s, "unknown", float(self._resting.sum())))
        return [PoseTrack(np.array(self._knots_s), np.stack(self._knots)), *self.layers]

    def _put(self, at_s: float, pose: "Newtons") -> None:
        """Append a knot."""
        self._knots_s.append(at_s)
        self._knots.append(pose)
        self.now_s, self.pose = at_s, pose

    def _since(self, begin_s: float) -> tuple["Newtons", "Newtons"]:
        """Return times (m,) 5 ms apart and the poses (m, cells) since begin_s."""
        times_s = np.arange(begin_s, self.now_s + 0.005, 0.005)
        out = np.zeros((len(times_s), len(self.pose)))
        PoseTrack(np.array(self._knots_s), np.stack(self._knots)).add(times_s, out)
        return times_s, out

    def _crossing(self, begin_s: float, first: "Newtons", last: "Newtons", level: float) -> float:
        """Find the last moment at which the load passed level on its way from the first pose to the last."""
        times_s, loads = self._since(begin_s)
        way = last - first
        done = (loads - first) @ way / max(float(way @ way), 1e-9)
        below = np.flatnonzero(done < level)
        return float(times_s[min(below[-1] + 1, len(times_s) - 1)]) if len(below) else begin_s

    def _halved(self, begin_s: float, load_n: float) -> float:
        """Find the first moment at which half of load_n has left the mat."""
        times_s, loads = self._since(begin_s)
        gone = np.flatnonzero(loads.sum(axis=1) <= load_n / 2)
        return float(times_s[gone[0]]) if len(gone) else self.now_s
