"""The session machine. Everything that affects the state of a session lives in this file.

- Lying starts a session; its start is the back-dated one. Sitting or standing alone never does.
- Stages run on lying time: a pause moves none of them. A goal holds from the next session on.
- Who gets up before the goal pauses; lying again within resume_s carries the session on, else it is closed
  with the time of getting up as its end. After the goal, getting up leaves; an empty mat closes the session.
- Rolling aside is no getting up: time runs on, and lying again leads to the stage that the time says. Who rests there
  for rolling_s lies there.
- Overtime begins at a cap. Nobody is woken or sent away: at the absolute cap one Attention is told, for others to see.
- Who asks for the end has ended there and then, with their reason. They may lie on for ended_s and are then forgotten,
  or get up, and how they do is told. Getting up and lying down again is a new session.
- When too few cells answer the timer runs on; after uncertain_s without an answer the session is closed
  with the last certain time as its end.
- A session shorter than min_session_s is an attempt, one without evidence of a person is provisional: both are
  told, not counted. Who presses the key is a person.
- What the table does not have cannot happen: a TransitionError.
All durations are frame time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from firmware.enums import Reason, State
from firmware.errors import TransitionError
from firmware.events import (
    EndRequested,
    Event,
    GetUp,
    LieDown,
    Lowering,
    MatEmptied,
    OverlongSession,
    RolledAside,
    RolledBack,
    Seated,
    SensorBack,
    SensorLost,
    SessionEnded,
    StageChanged,
    StandingEnded,
    StandingStarted,
)
from firmware.session import stages
from firmware.session.open_session import OpenSession
from firmware.session.stages import Stage, StageSettings
from firmware.signal.frontend import HOP_S
from firmware.view import SessionView


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Seconds of frame time."""

    stages: StageSettings = field(default_factory=StageSettings)
    resume_s: float = 45.0
    rolling_s: float = 30.0
    ended_s: float = 300.0
    uncertain_s: float = 60.0
    aftercare_s: float = 120.0
    min_session_s: float = 60.0
    overlong_s: float = 3600.0  # of lying; an hour is the longest that was tried in a published trial


class Input(StrEnum):
    """What can move the machine."""

    SEATED = "seated"
    LOWERING = "lowering"
    LIE_DOWN = "lie_down"
    ROLLED_ASIDE = "rolled_aside"
    ROLLED_BACK = "rolled_back"
    GET_UP = "get_up"
    MAT_EMPTIED = "mat_emptied"
    STANDING_STARTED = "standing_started"
    STANDING_ENDED = "standing_ended"
    LOST = "sensor_lost"
    BACK = "sensor_back"
    END = "end_requested"
    DUE = "due"  # the lying time of the next stage has come
    LATE = "late"  # the lying time of the absolute cap has come
    EXPIRED = "expired"  # the time a state may last is over


STAGE: Final = "the stage the lying time says"
NEXT: Final = "the stage that follows"
UP: Final = "paused before the goal, leaving after it"
STAGES: Final = (State.SETTLING, State.EASING, State.RESTING, State.CLOSING)
AFTER_GOAL: Final = (State.DONE, State.OVERTIME)
LYING: Final = (*STAGES, *AFTER_GOAL, State.ROLLING)
AWAY: Final = (State.PAUSED, State.LEAVING)
NOBODY: Final = (State.IDLE, State.AFTERCARE)
ARRIVING: Final = (State.SEATED, State.LOWERING, State.STANDING)
OCCUPIED: Final = (*LYING, *ARRIVING, State.UNCERTAIN)
NEVER_S: Final = float("inf")

_INPUTS: dict[type, Input] = {
    Seated: Input.SEATED,
    Lowering: Input.LOWERING,
    LieDown: Input.LIE_DOWN,
    RolledAside: Input.ROLLED_ASIDE,
    RolledBack: Input.ROLLED_BACK,
    GetUp: Input.GET_UP,
    MatEmptied: Input.MAT_EMPTIED,
    StandingStarted: Input.STANDING_STARTED,
    StandingEnded: Input.STANDING_ENDED,
    SensorLost: Input.LOST,
    SensorBack: Input.BACK,
    EndRequested: Input.END,
}


def _table() -> dict[tuple[State, Input], State | str]:
    on = Input
    rows: list[tuple[Sequence[State], Input, State | str | None]] = [
        # from                                       on                to (None: stays as it is)
        ((*NOBODY, *ARRIVING), on.SEATED, State.SEATED),
        ((*NOBODY, *ARRIVING), on.LOWERING, State.LOWERING),
        ((*NOBODY, *ARRIVING, *AWAY, State.UNCERTAIN), on.LIE_DOWN, STAGE),
        (ARRIVING, on.MAT_EMPTIED, State.IDLE),
        (NOBODY, on.MAT_EMPTIED, None),
        ((*NOBODY, State.SEATED, State.LOWERING), on.STANDING_STARTED, State.STANDING),
        ((State.STANDING,), on.STANDING_ENDED, State.IDLE),
        ((*AWAY, State.UNCERTAIN), on.STANDING_STARTED, None),
        ((*AWAY, State.UNCERTAIN, *NOBODY), on.STANDING_ENDED, None),
        ((*STAGES, State.DONE), on.DUE, NEXT),
        ((State.OVERTIME,), on.LATE, None),
        ((*STAGES, *AFTER_GOAL), on.ROLLED_ASIDE, State.ROLLING),
        ((State.ROLLING,), on.ROLLED_BACK, STAGE),
        ((State.ROLLING,), on.EXPIRED, STAGE),
        ((*STAGES, *AFTER_GOAL), on.ROLLED_BACK, None),  # after resting on the side
        (LYING, on.GET_UP, UP),
        (LYING, on.END, State.LEAVING),
        ((State.PAUSED, State.UNCERTAIN), on.END, State.AFTERCARE),
        ((State.LEAVING, *NOBODY), on.END, None),  # asked twice
        # Who asked for the end and lies on has left the session, not the mat.
        ((State.LEAVING, *NOBODY), on.ROLLED_ASIDE, None),
        ((State.LEAVING, *NOBODY), on.ROLLED_BACK, None),
        ((State.LEAVING, *NOBODY), on.GET_UP, None),
        ((*AWAY, State.UNCERTAIN), on.SEATED, None),
        ((*AWAY, State.UNCERTAIN), on.LOWERING, None),
        ((State.PAUSED,), on.MAT_EMPTIED, None),
        ((State.LEAVING, State.UNCERTAIN), on.MAT_EMPTIED, State.AFTERCARE),
        ((*AWAY, State.UNCERTAIN), on.EXPIRED, State.AFTERCARE),
        ((State.AFTERCARE,), on.EXPIRED, State.IDLE),
        (LYING, on.LOST, State.UNCERTAIN),
        ((*NOBODY, *AWAY, State.UNCERTAIN), on.LOST, None),
        (ARRIVING, on.LOST, State.IDLE),
        ((*NOBODY, *AWAY, State.UNCERTAIN), on.BACK, None),
    ]
    return {(state, what): to or state for states, what, to in rows for state in states}


TABLE: Final = _table()


class SessionMachine:
    """Posture events and what the person asks for in, session events out."""

    def __init__(self, settings: SessionSettings | None = None) -> None:
        self._set = settings or SessionSettings()
        self._session: OpenSession | None = None
        self._sessions = 0
        self._expires_s = NEVER_S
        self._following: Stage | None = None  # the stage that is due next
        self._next_s = NEVER_S  # the first moment at which time alone moves anything
        self.state = State.IDLE

    @property
    def session(self) -> OpenSession | None:
        """The open session, to be looked at only."""
        return self._session

    def set_goal(self, goal_s: float) -> None:
        """Take seconds of lying for the next session; an open one keeps its own. Raises ValueError out of bounds."""
        self._set = with_goal(goal_s, self._set)

    def step(self, t_s: float, happened: Sequence[Event]) -> Iterable[Event]:
        """Take what happened in a hop that ends at t_s, what the person asked for first; give what follows."""
        now_s = t_s + HOP_S / 2  # the nearest hop, so that a stage is never told more than half a hop late
        return self._move(t_s, now_s, happened) if happened or now_s >= self._next_s else ()

    def _move(self, t_s: float, now_s: float, happened: Sequence[Event]) -> Iterator[Event]:
        for event in happened:
            on = _INPUTS.get(type(event))
            if on is not None:
                yield from self._take(t_s, on, event)
            elif self._session is not None:
                self._session.note(event, lying=self.state in LYING)
        yield from self._take_time(now_s)
        self._next_s = min(self._expires_s, self._due_s(), self._late_s())

    def finish(self, t_s: float) -> Iterator[Event]:
        """Close an open session, because no more frames will come."""
        session = self._session
        if session is not None:
            if self.state in (*LYING, State.UNCERTAIN):
                session.bank(session.end_s if self.state is State.UNCERTAIN else t_s)
            yield from self._close(t_s, Reason.END_OF_RECORDING)

    def view(self, t_s: float, lost: int = 0) -> SessionView:
        """Give what there is to show; lost is the mask of the cells that do not answer."""
        session = self._session
        occupied = self.state in OCCUPIED or (session is not None and session.lies_on)
        if session is None:
            goal_s = self._set.stages.goal_s
            return SessionView(self.state, occupied, self._sessions, None, 0.0, goal_s, 0, lost)
        away = self.state in AWAY
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
        )

    # --- moves ---------------------------------------------------------------------------------
    def _take(self, t_s: float, on: Input, event: Event | None = None) -> Iterator[Event]:
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
        elif isinstance(event, GetUp):
            self._rise(event)
        elif isinstance(event, EndRequested):
            self._end(at_s, event.reason)
        elif on is Input.LOST and self._session is not None and self.state in LYING:
            self._session.end_s = at_s
        elif on is Input.LATE and self._session is not None:
            self._session.overlong = True
            yield OverlongSession(at_s, self._session.lying_s(at_s))
        if (state := self._aim(to, at_s)) is not self.state:
            yield from self._enter(at_s, state)

    def _aim(self, to: State | str, at_s: float) -> State:
        """Give the state that an entry of the table means."""
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
        return stages.at(session.stages, session.lying_s(at_s)).state

    def _enter(self, t_s: float, state: State) -> Iterator[Event]:
        left, self.state = self.state, state
        session = self._session
        self._following = None if session is None else stages.after(session.stages, state)
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
        if state is State.AFTERCARE and session is not None:
            if left is State.UNCERTAIN:
                session.bank(session.end_s)
            yield from self._close(t_s, Reason.SENSOR_LOST if left is State.UNCERTAIN else Reason.LEFT_EARLY)

    def _take_time(self, now_s: float) -> Iterator[Event]:
        if now_s >= self._expires_s:
            yield from self._take(self._expires_s, Input.EXPIRED)
        while now_s >= (due_s := self._due_s()):
            yield from self._take(due_s, Input.DUE)
        if now_s >= (late_s := self._late_s()):
            yield from self._take(late_s, Input.LATE)

    def _due_s(self) -> float:
        """When the next stage begins."""
        session, following = self._session, self._following
        return NEVER_S if session is None or following is None else session.when(following.start_s)

    def _late_s(self) -> float:
        """When the absolute cap is reached, which is told once."""
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
            self._session = OpenSession(self._sessions, t_s, t_s, plan.goal_s, stages.schedule(plan))
        elif self.state in AWAY:
            session.resume(t_s)

    def _rise(self, event: GetUp) -> None:
        session = self._session
        if session is None:  # who was let lie on, long after the end
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
        session, self._session = self._session, None
        assert session is not None  # noqa: S101 - asked for by every caller
        yield SessionEnded(t_s, session.summary(reason, self._set.min_session_s))


def with_goal(goal_s: float, settings: SessionSettings | None = None) -> SessionSettings:
    """Give the same settings with another goal in seconds of lying."""
    chosen = settings or SessionSettings()
    return replace(chosen, stages=replace(chosen.stages, goal_s=goal_s))
