"""What a person can do in a story. An act is a TOML table: the key `do` names it, the others are its fields."""

from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from sim.bounds import check_bounds
from sim.people.scene import KeyPress

if TYPE_CHECKING:
    from sim.people.script import VisitScript


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag=str.lower):
    """One thing a person does; seconds is how long it takes."""

    def play(self, script: "VisitScript") -> None:
        """Add the act to the script."""
        raise NotImplementedError


class Wait(Act, frozen=True):
    """Keep the posture: off the mat, seated or lying."""

    seconds: float

    def play(self, script: "VisitScript") -> None:
        """Keep the pose."""
        script.stay(self.seconds)


class Sit(Act, frozen=True):
    """Sit down on the base and stay seated."""

    seconds: float
    arrive_s: float = 1.2

    def play(self, script: "VisitScript") -> None:
        """Come down with a small knock, then sway a little."""
        begin_s = script.now_s
        script.move(self.arrive_s, script.poses.seated())
        script.land(0.04)
        script.stay(self.seconds - self.arrive_s)
        script.sway(begin_s + self.arrive_s, script.now_s, 6.0, 0.8)


class Lower(Act, frozen=True):
    """Lie down from sitting: onto the elbows, vertebra by vertebra, shoulders last."""

    seconds: float

    def play(self, script: "VisitScript") -> None:
        """Go through the poses; the faster, the harder the landing."""
        poses = script.poses
        script.lie(lambda: script.move(self.seconds, poses.propped(), poses.half_down(), script.lying_pose()))
        script.land(min(0.3, 0.15 / self.seconds))


class Fall(Act, frozen=True):
    """Fall back without using the hands."""

    seconds: float = 0.8

    def play(self, script: "VisitScript") -> None:
        """Go straight to lying and ring."""
        script.lie(lambda: script.move(self.seconds, script.lying_pose()))
        script.land(0.3)


class Lie(Act, frozen=True):
    """Lie and breathe; dropped there if not lying yet, and lying already when it is the first act.

    Random wiggles come as often as the person's vitals say.
    """

    seconds: float

    def play(self, script: "VisitScript") -> None:
        """Stay, with wiggles, each of which leads to a place a little further."""
        if not script.lying and not script.now_s:
            script.wake_lying()
        if not script.lying:
            script.lie(lambda: script.move(0.3, script.lying_pose()))
        end_s = script.now_s + self.seconds
        per_s = script.vitals.wiggles_per_min / 60
        while per_s > 0:
            next_s = script.now_s + float(script.rng.exponential(1 / per_s)) + 1.0
            if next_s > end_s - 4:
                break
            script.stay(next_s - script.now_s)
            moved_n = float(np.exp(script.rng.uniform(np.log(0.3), np.log(60.0))))
            seconds = float(script.rng.uniform(0.4, 2.5))
            Shake(seconds=seconds, moved_n=moved_n, step_m=float(script.rng.uniform(0, 0.006))).play(script)
        script.stay(end_s - script.now_s)


class Shake(Act, frozen=True, tag="wiggle"):
    """A wiggle: moved_n newtons move to and fro, and the body comes to rest step_m further."""

    seconds: float = 2.0
    moved_n: float = 30.0
    rate_hz: float = 0.0  # 0: drawn from 0.7 to 4
    step_m: float = 0.004

    def play(self, script: "VisitScript") -> None:
        """Shake along or across, then step."""
        rate_hz = self.rate_hz or float(script.rng.uniform(0.7, 4.0))
        along, across = script.poses.moments(script.pose)
        turn = script.rng.uniform(0, 2 * np.pi)
        script.shake(self.seconds, self.moved_n, rate_hz, np.cos(turn) * along + np.sin(turn) * across)
        script.note_wiggle(self.seconds, self.moved_n)
        Shift(seconds=self.seconds, x_m=self.step_m * np.sin(turn), y_m=self.step_m * np.cos(turn)).play(script)


class Shift(Act, frozen=True):
    """Move by x_m, y_m and stay there: one posture step, no wiggle."""

    seconds: float = 1.5
    x_m: float = 0.005
    y_m: float = 0.0

    def play(self, script: "VisitScript") -> None:
        """Slide there."""
        script.shift_m = (script.shift_m[0] + self.x_m, script.shift_m[1] + self.y_m)
        script.move(self.seconds, script.lying_pose())
        script.settle()


class Readjust(Act, frozen=True):
    """Lift the hips and lay them down again: the right way of moving on spikes."""

    seconds: float = 3.0

    def play(self, script: "VisitScript") -> None:
        """Up, a moment in the air, down."""
        lying = script.pose
        script.move(self.seconds * 0.3, script.poses.hips_lifted())
        script.stay(self.seconds * 0.3)
        script.move(self.seconds * 0.4, lying)


class Key(Act, frozen=True, tag="press"):
    """Press the key in the hand: once it hurts, twice it eases, held for two seconds it is the end."""

    times: int = 1
    hold_s: float = 0.15
    gap_s: float = 0.25

    def __post_init__(self) -> None:
        check_bounds(self, {"times": (1, 10), "hold_s": (0.05, 60), "gap_s": (0.05, 10)})

    def play(self, script: "VisitScript") -> None:
        """Stay as one is, with the key down and up."""
        for _ in range(self.times):
            script.presses.append(KeyPress(script.now_s, script.now_s + self.hold_s))
            script.stay(self.hold_s + self.gap_s)


class Roll(Act, frozen=True):
    """Roll onto the side and rest there."""

    seconds: float = 2.0
    side: Literal["left", "right"] = "right"
    rest_s: float = 1.5

    def play(self, script: "VisitScript") -> None:
        """Over, and stay."""
        script.side = 1.0 if self.side == "right" else -1.0
        script.move(self.seconds, script.poses.on_side(script.side))
        script.roll_over()
        script.stay(self.rest_s)


class RollBack(Act, frozen=True, tag="roll_back"):
    """Roll from the side onto the back again."""

    seconds: float = 2.0

    def play(self, script: "VisitScript") -> None:
        """Back to the place before."""
        script.move(self.seconds, script.lying_pose())
        script.roll_back()


class SitUp(Act, frozen=True, tag="sit_up"):
    """Sit up straight and stay seated."""

    seconds: float = 4.5
    rise_s: float = 2.0

    def play(self, script: "VisitScript") -> None:
        """Shoulders first, then all on the base."""
        poses = script.poses
        rise = [poses.half_down(), poses.seated()]
        script.get_up("sat_up", lambda: script.move(self.rise_s, *rise), seated=True)
        begin_s = script.now_s
        script.stay(self.seconds - self.rise_s)
        script.sway(begin_s, script.now_s, 6.0, 0.8)


class Leave(Act, frozen=True):
    """Take all load off: 1.6 s is an ordinary way up, 0.7 s an abrupt one."""

    seconds: float = 1.6

    def play(self, script: "VisitScript") -> None:
        """From the side by a push of the hand, else straight."""
        poses = script.poses
        way = [poses.pushing_up(script.side)] if script.side else []
        script.get_up("abrupt", lambda: script.move(self.seconds, *way, poses.nobody()))
        script.side, script.shift_m = 0.0, (0.0, 0.0)


class Cough(Act, frozen=True):
    """Cough: short knocks of the chest."""

    seconds: float = 1.5
    moved_n: float = 40.0

    def play(self, script: "VisitScript") -> None:
        """Shake along the body at 3 Hz; the posture stays."""
        along, _ = script.poses.moments(script.pose)
        script.shake(self.seconds, self.moved_n, 3.0, along)
        script.stay(self.seconds)


class Stand(Act, frozen=True):
    """Step onto the mat and stand on both feet, swaying."""

    seconds: float
    apart_m: float = 0.18
    arrive_s: float = 1.5

    def play(self, script: "VisitScript") -> None:
        """One foot after the other, then balance."""
        script.move(self.arrive_s, script.poses.standing(self.apart_m))
        script.land(0.08)
        begin_s = script.now_s
        script.stay(self.seconds - self.arrive_s)
        script.sway(begin_s, script.now_s, 12.0, 0.7)


class Knees(Act, frozen=True):
    """Draw the knees up, or lay the legs down flat again."""

    up: bool = True
    seconds: float = 3.0

    def play(self, script: "VisitScript") -> None:
        """Slide into the other pose."""
        script.knees_up = self.up
        script.move(self.seconds, script.lying_pose())
        script.settle()


AnyAct = (
    Stand
    | Knees
    | Wait
    | Sit
    | Lower
    | Fall
    | Lie
    | Shake
    | Shift
    | Readjust
    | Roll
    | RollBack
    | SitUp
    | Leave
    | Cough
    | Key
)
