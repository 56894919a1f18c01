"""The session machine. Everything that affects the state of a session is here and in transitions.py.

- Lying starts a session; its start is back-dated. Sitting or standing alone never does.
- Stages run on lying time: a pause moves none of them. A new goal applies from the next session on.
- Getting up before the goal pauses; lying again within resume_s resumes the session, else it is closed with the time
  of getting up as its end. Aftercare starts with the empty mat. After the goal an empty mat closes the session.
- Rolling aside is not getting up: time runs on, and lying again leads to the stage of the lying time. After rolling_s
  on the side the person lies there.
- Overtime begins at a cap. Nobody is woken or sent away: at the absolute cap one OverlongSession is emitted.
- A requested end ends the session there and then, with its reason. The person may lie on for ended_s, or get up, and
  the exit is still recorded. Getting up and lying down again is a new session.
- When too few cells answer the timer runs on; after uncertain_s without an answer the session is closed with the last
  certain time as its end.
- A session shorter than min_session_s is an attempt, one without evidence of a person is provisional: both are
  emitted, not counted. A press of the key is evidence of a person.
- After a restart the session waits, uncertain, for the person: lying seen again continues it, and the gap is lying;
  else it is closed as interrupted with the last certain time as its end.
- What the table does not have cannot happen: a TransitionError.
All durations are frame time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from firmware.enums import Reason, State
from firmware.errors import TransitionError
from firmware.events import EndRequested, Event, GetUp, LieDown, OverlongSession, SessionEnded, StageChanged
from firmware.session import stages
from firmware.session.open_session import MIN_SESSION_S, OpenSession
from firmware.session.snapshot import Snapshot, shift_snapshot
from firmware.session.stages import LONGEST_GOAL_S, Stage, StageSettings
from firmware.session.transitions import (
    AFTER_GOAL,
    INPUTS,
    LYING,
    NEXT,
    TABLE,
    UP,
    MachineInput,
)
from firmware.signal.frontend import HOP_S
from firmware.view import SessionView

NEVER_S: Final = float("inf")


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Seconds of frame time."""

    stages: StageSettings = field(default_factory=StageSettings)
    resume_s: float = 45.0
    rolling_s: float = 30.0
    ended_s: float = 300.0
    uncertain_s: float = 60.0
    aftercare_s: float = 120.0
    min_session_s: float = MIN_SESSION_S
    overlong_s: float = LONGEST_GOAL_S  # of lying


class SessionMachine:
    """Posture events and requests of the person in, session events out."""

    def __init__(self, settings: SessionSettings | None = None) -> None:
        self._set = settings or SessionSettings()
        self._session: OpenSession | None = None
        self._sessions = 0
        self._expires_s = NEVER_S
        self._closes_s = NEVER_S  # when a session that was left can no longer be resumed
        self._following: Stage | None = None  # the stage that is due next
        self._restored = False  # and the person was not seen again yet
        self.state = State.IDLE

    @property
    def session(self) -> OpenSession | None:
        """The open session, read only."""
        return self._session

    @property
    def ease_s(self) -> float:
        """Lying time after which a press counts as late: of the open session, else of the next one."""
        return self._set.stages.ease_s if self._session is None else self._session.ease_s

    def set_goal(self, goal_s: float) -> None:
        """Set seconds of lying for the next session; an open one keeps its own. Raises ValueError out of bounds."""
        self._set = with_goal(goal_s, self._set)

    def set_ease(self, ease_s: float) -> None:
        """Set the lying time by which the sharp feeling should have eased; an open session keeps its own."""
        self._set = replace(self._set, stages=replace(self._set.stages, ease_s=ease_s))

    def snapshot(self, t_s: float) -> Snapshot | None:
        """Return what restore needs to continue the open session; None without one."""
        if self._session is None:
            return None
        expires_s, closes_s = (None if at_s == NEVER_S else at_s for at_s in (self._expires_s, self._closes_s))
        return Snapshot(t_s, self.state, expires_s, closes_s, replace(self._session))

    def restore(self, snapshot: Snapshot, at_s: float) -> None:
        """Continue the session of a snapshot that was taken at at_s in the frame time of this run."""
        shift_snapshot(snapshot, at_s - snapshot.at_s)
        session = self._session = snapshot.session
        self._sessions = session.number
        self._closes_s = NEVER_S if snapshot.closes_s is None else snapshot.closes_s
        if snapshot.state in (*LYING, State.UNCERTAIN):
            if snapshot.state is not State.UNCERTAIN:
                session.end_s = at_s
            self.state, self._restored = State.UNCERTAIN, True
            self._expires_s = max(at_s, 0.0) + self._set.uncertain_s
        else:
            self.state = snapshot.state
            self._expires_s = NEVER_S if snapshot.expires_s is None else snapshot.expires_s

    def step(self, t_s: float, happened: Sequence[Event]) -> Iterator[Event]:
        """Yield what follows from the events of a hop that ends at t_s; requests of the person come first in them."""
        for event in happened:
            on = INPUTS.get(type(event))
            if on is not None:
                yield from self._take(t_s, on, event)
            elif self._session is not None:
                self._session.note(event, lying=self.state in LYING)
        yield from self._take_time(t_s + HOP_S / 2)  # the nearest hop: a stage is never more than half a hop late

    def finish(self, t_s: float) -> Iterator[Event]:
        """Close an open session: no more frames will come."""
        session = self._session
        if session is not None:
            if self.state in (*LYING, State.UNCERTAIN):
                session.bank(session.end_s if self.state is State.UNCERTAIN else t_s)
            yield from self._close(t_s, Reason.END_OF_RECORDING)

    def view(self, t_s: float, lost: int = 0, *, occupied: bool = False) -> SessionView:
        """Return what there is to show; occupied and lost (the mask of the cells that do not answer) go into it."""
        session = self._session
        if session is None:
            goal_s = self._set.stages.goal_s
            return SessionView(self.state, occupied, self._sessions, None, 0.0, goal_s, 0, lost)
        away = self.state not in (*LYING, State.UNCERTAIN)
        return SessionView(
            self.state,
            occupied,
            session.number,
            session.start_s,
            session.banked_s if away else session.lying_s(t_s),
            session.goal_s,
            session.wiggles,
            lost,
            session.overlong and not away,
            session.stop_advised,
            session.advice,
        )

    # --- moves ---------------------------------------------------------------------------------
    def _take(self, t_s: float, on: MachineInput, event: Event | None = None) -> Iterator[Event]:
        to = TABLE.get((self.state, on))
        if to is None:
            raise TransitionError(
                f"{on.value} cannot happen while {self.state.value}: the detector and the table disagree"
            )
        at_s = t_s if event is None else event.t_s
        if isinstance(event, LieDown):
            if self._session is not None and self._session.lies_on:
                return  # found again after the cells were away
            yield from self._lie(at_s)
            self._restored = False
        elif isinstance(event, GetUp):
            self._rise(event)
        elif isinstance(event, EndRequested):
            self._end(at_s, event.reason)
        elif on is MachineInput.LOST and self._session is not None and self.state in LYING:
            self._session.end_s = at_s
        elif on is MachineInput.LATE and self._session is not None:
            self._session.overlong = True
            yield OverlongSession(at_s, self._session.lying_s(at_s))
        if (state := self._aim(to, at_s)) is not self.state:
            yield from self._enter(at_s, state)

    def _aim(self, to: State | str, at_s: float) -> State:
        """Return the state that a target of the table means."""
        if isinstance(to, State):
            return to
        session = self._session
        assert session is not None  # noqa: S101 - only rows that lying has opened have such a target
        if to == UP:
            return State.LEAVING if session.goal_reached else State.PAUSED
        if to == NEXT:
            following = self._following
            assert following is not None  # noqa: S101 - only stages are ever due, and the last one is none of them
            return following.state
        return stages.stage_at(session.stages, session.lying_s(at_s)).state

    def _enter(self, t_s: float, state: State) -> Iterator[Event]:
        left, self.state = self.state, state
        session = self._session
        self._following = None if session is None else stages.stage_after(session.stages, state)
        ended = session is not None and session.reason is not None
        lasts_s = {
            State.ROLLING: self._set.rolling_s,
            State.PAUSED: self._set.resume_s,
            State.LEAVING: self._set.ended_s if ended else self._set.resume_s,
            State.UNCERTAIN: self._set.uncertain_s,
            State.AFTERCARE: self._set.aftercare_s,
        }.get(state, NEVER_S)
        self._expires_s = t_s + lasts_s
        if state in AFTER_GOAL and session is not None:
            session.goal_reached = True
        yield StageChanged(t_s, state)
        if state is State.PAUSED:
            self._closes_s = self._expires_s
        elif state in LYING:
            self._closes_s = NEVER_S
        resumable = left is State.PAUSED and t_s < self._closes_s and not ended
        if state is State.AFTERCARE and session is not None and not resumable:
            if left is State.UNCERTAIN:
                session.bank(session.end_s)
            lost = Reason.INTERRUPTED if self._restored else Reason.SENSOR_LOST
            yield from self._close(t_s, lost if left is State.UNCERTAIN else Reason.LEFT_EARLY)

    def _take_time(self, now_s: float) -> Iterator[Event]:
        if now_s >= self._expires_s:
            yield from self._take(self._expires_s, MachineInput.EXPIRED)
        if now_s >= self._closes_s and self._session is not None:
            yield from self._close(self._closes_s, Reason.LEFT_EARLY)
        while now_s >= (due_s := self._due_s()):
            yield from self._take(due_s, MachineInput.DUE)
        if now_s >= (late_s := self._late_s()):
            yield from self._take(late_s, MachineInput.LATE)

    def _due_s(self) -> float:
        """When the next stage begins."""
        session, following = self._session, self._following
        return NEVER_S if session is None or following is None else session.when(following.start_s)

    def _late_s(self) -> float:
        """When the absolute cap is reached; emitted once a session."""
        session = self._session
        if session is None or session.overlong or self.state is not State.OVERTIME:
            return NEVER_S
        return session.when(self._set.overlong_s)

    # --- the open session ----------------------------------------------------------------------
    def _lie(self, t_s: float) -> Iterator[Event]:
        session = self._session
        if session is not None and session.reason is not None:
            yield from self._close(t_s, session.reason)
            session = None
        if session is None:
            self._sessions += 1
            plan = self._set.stages
            self._session = OpenSession(self._sessions, t_s, t_s, plan.goal_s, plan.ease_s, stages.stage_schedule(plan))
        elif self.state is State.UNCERTAIN:
            session.found_again = True
        else:
            session.resume(t_s)

    def _rise(self, event: GetUp) -> None:
        session = self._session
        if session is None:  # lay on, long after the end
            return
        if self.state in LYING:
            session.bank(event.t_s)
            session.goal_reached |= session.banked_s >= session.goal_s
        session.lies_on, session.exit = False, event.exit

    def _end(self, t_s: float, reason: Reason) -> None:
        session = self._session
        if session is None or session.reason is not None:
            return
        session.confirmed = True
        session.goal_reached |= self.state in LYING and session.lying_s(t_s) >= session.goal_s
        session.reason = Reason.GOAL_REACHED if reason is Reason.USER and session.goal_reached else reason
        if self.state in LYING:
            session.bank(t_s)
            session.lies_on = True

    def _close(self, t_s: float, reason: Reason) -> Iterator[Event]:
        session, self._session, self._closes_s = self._session, None, NEVER_S
        self._restored = False
        assert session is not None  # noqa: S101 - checked by every caller
        yield SessionEnded(t_s, session.summary(reason, self._set.min_session_s))


def with_goal(goal_s: float, settings: SessionSettings | None = None) -> SessionSettings:
    """Return the same settings with another goal in seconds of lying."""
    chosen = settings or SessionSettings()
    return replace(chosen, stages=replace(chosen.stages, goal_s=goal_s))
