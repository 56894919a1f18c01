"""The record of the open session, and the summary it becomes."""

from dataclasses import dataclass
from typing import Final

from firmware.enums import Command, Exit, Reason, StopReason
from firmware.events import (
    CommandAccepted,
    Confirmed,
    Discomfort,
    Eased,
    EndCorrected,
    Event,
    SessionSummary,
    StartCorrected,
    StopAdvised,
    Wiggle,
)
from firmware.session.stages import Stage

MIN_SESSION_S: Final = 60.0  # of lying; shorter is an attempt


@dataclass(slots=True)
class OpenSession:
    """One session. Times in seconds of frame time.

    part_s is when the present part of lying began, banked_s the lying time of the parts before it, end_s when lying
    last ended. A press after ease_s of lying is late. reason is set once the person has requested the end; lies_on:
    they have, and still lie. found_again: in the present part the cells were away, or the program started again, so
    what is detected as lying down since then is no start.
    """

    number: int
    start_s: float
    part_s: float
    goal_s: float
    ease_s: float
    stages: tuple[Stage, ...]
    banked_s: float = 0.0
    end_s: float = 0.0
    paused_s: float = 0.0
    exit: Exit = Exit.UNKNOWN
    reason: Reason | None = None
    lies_on: bool = False
    found_again: bool = False
    goal_reached: bool = False
    confirmed: bool = False
    overlong: bool = False
    wiggles: int = 0
    discomforts: int = 0
    pressed_late: bool = False
    eased_s: float | None = None
    stop_advised: bool = False
    advice: StopReason | None = None  # to stop, not answered yet

    def lying_s(self, t_s: float) -> float:
        """Return the lying time at a time of the present part."""
        return self.banked_s + max(0.0, t_s - self.part_s)

    def when(self, lying_s: float) -> float:
        """Return when a lying time is reached if nothing comes between."""
        return self.part_s + lying_s - self.banked_s

    def bank(self, t_s: float) -> None:
        """End the present part of lying."""
        self.banked_s = self.lying_s(t_s)
        self.end_s = self.part_s = t_s

    def resume(self, t_s: float) -> None:
        """Start a new part."""
        self.part_s = max(t_s, self.end_s)
        self.found_again = False
        self.paused_s += self.part_s - self.end_s

    def correct_start(self, start_s: float) -> None:
        """The present part of lying started at start_s."""
        if self.start_s == self.part_s:
            self.start_s = start_s
        else:
            start_s = max(start_s, self.end_s)
            self.paused_s += start_s - self.part_s
        self.part_s = start_s

    def correct_end(self, end_s: float) -> None:
        """The last part of lying ended at end_s."""
        self.banked_s += end_s - self.end_s
        self.end_s = self.part_s = end_s

    def note(self, event: Event, *, lying: bool) -> None:
        """Record an event that moves no state."""
        match event:
            case StartCorrected(start_s=start_s) if lying and not self.found_again:
                self.correct_start(start_s)
            case EndCorrected(end_s=end_s) if not lying and self.reason is None:
                self.correct_end(end_s)
            case Wiggle():
                self.wiggles += lying
            case Confirmed():
                self.confirmed = True
            case Discomfort(lying_s=lying_s):
                self.confirmed = True
                self.discomforts += 1
                self.pressed_late |= lying_s > self.ease_s
            case Eased(lying_s=lying_s):
                self.confirmed = True
                self.eased_s = lying_s if self.eased_s is None else self.eased_s
                self.advice = None
            case CommandAccepted(command=Command.CARRY_ON):
                self.advice = None
            case StopAdvised(reason=reason):
                self.stop_advised, self.advice = True, reason
            case _:
                pass  # no part of the record

    def summary(self, reason: Reason, min_session_s: float) -> SessionSummary:
        """Return the summary; reason applies only where the person gave none."""
        long_enough = self.banked_s >= min_session_s
        return SessionSummary(
            number=self.number,
            start_s=self.start_s,
            end_s=self.end_s,
            lying_s=self.banked_s,
            goal_s=self.goal_s,
            reason=self._why(reason, long_enough=long_enough),
            exit=self.exit,
            wiggles=self.wiggles,
            counted=long_enough and self.confirmed,
            confirmed=self.confirmed,
            paused_s=self.paused_s,
            discomforts=self.discomforts,
            pressed_late=self.pressed_late,
            eased_s=self.eased_s,
            stop_advised=self.stop_advised,
        )

    def _why(self, reason: Reason, *, long_enough: bool) -> Reason:
        """Return the reason of the end; after advice to stop a reached goal is no success."""
        found = self._ended_by(reason, long_enough=long_enough)
        return Reason.DISCOMFORT if found is Reason.GOAL_REACHED and self.stop_advised else found

    def _ended_by(self, reason: Reason, *, long_enough: bool) -> Reason:
        if self.reason is not None:
            return self.reason
        if reason is not Reason.LEFT_EARLY:
            return reason
        if not long_enough:
            return Reason.TOO_SHORT
        if not self.confirmed:
            return Reason.NOT_CONFIRMED
        return Reason.GOAL_REACHED if self.goal_reached else Reason.LEFT_EARLY
