"""The dispatcher between the loop and its users: key, commands, programme, night hours and files reach the core here.

Everything happens between two blocks of frames and takes microseconds: reading and writing files is left to the threads
of the sinks.
"""

import datetime as dt
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from firmware.clock import Clock, wall_clock_is_set
from firmware.commands import COMMANDS, MENU_COMMANDS, CommandContext, Control, Request, refusal_now, request_refusal
from firmware.cues.night import NightHours, NightProfile
from firmware.enums import Command, State, StopReason
from firmware.events import CommandAccepted, SessionEnded
from firmware.frames import ButtonEdge
from firmware.programme.plan import Plan, Today
from firmware.view import SessionView, Tick

if TYPE_CHECKING:
    from firmware.core import MatCore
    from firmware.programme.advice import SessionRecord
    from firmware.programme.levels import Programme
    from firmware.programme.people import People
    from firmware.programme.plan_view import PlanView

WALL_EVERY_NS: Final = 10_000_000_000  # how often the wall clock is read
PENDING_MOST: Final = 32
EPOCH: Final = dt.date(1970, 1, 1)
DAY_S: Final = 86_400.0
NO_SESSION: Final = SessionView(State.IDLE, occupied=False, number=0, start_s=None, elapsed_s=0, goal_s=0, wiggles=0)

log = logging.getLogger(__name__)


def today_at(wall_s: float) -> Today:
    """Return the local day of a wall time in seconds since 1970."""
    date = dt.datetime.fromtimestamp(wall_s).astimezone().date()
    return Today(wall_s, (date - EPOCH).days, date.isoformat())


class EdgeSource(Protocol):
    """The key of the pod."""

    def edges(self) -> Sequence[ButtonEdge]:
        """Return the edges since the last call."""
        ...


class PlanStore(Protocol):
    """Where the plan is stored. Nothing here may block."""

    def save_people(self, people: "People") -> None:
        """Store the people and their levels."""
        ...

    def save_record(self, name: str, past: "SessionRecord") -> None:
        """Store the record of a person's newest session, in place of an older version of it."""
        ...


class CommandDispatcher:
    """The loop calls process_pending before each block; as a Sink it gets every tick."""

    def __init__(
        self,
        core: "MatCore",
        plan: Plan,
        clock: Clock,
        *,
        button: EdgeSource | None = None,
        night: NightHours | None = None,
        store: PlanStore | None = None,
        wall_is_set: Callable[[], bool] = wall_clock_is_set,
        shutdown: Callable[[], None] | None = None,
        lumbar: Mapping[str, float] | None = None,
    ) -> None:
        """Take the parts of the mat. lumbar is the usual lumbar share of people who asked for the hint, by name."""
        self._core, self.plan, self._clock = core, plan, clock
        self._button, self._night, self._store = button, night or NightHours(), store
        self._wall_is_set, self._shutdown = wall_is_set, shutdown
        self.lumbar = lumbar or {}
        self._pending: deque[Request] = deque()
        self._soon: deque[Callable[[], None]] = deque(maxlen=PENDING_MOST)
        self._wall_read_ns: int | None = None
        self._today: Today | None = None  # None while the wall clock is not set
        self._started_s = clock.boottime_ns() / 1e9
        self._calendar_s = plan.newest_s + DAY_S  # the programme's own calendar, without a clock
        self._undated: list[tuple[str, SessionRecord, float]] = []
        self._view = NO_SESSION
        self._session: int | None = None
        self._plan_view = plan.view
        self.control = Control.of(self._view, self._plan_view)
        self._shown: tuple[State, StopReason | None, PlanView] | None = None
        self._follow_plan()

    def submit(self, request: Request) -> None:
        """Queue a request, from any thread. One too many is rejected at once."""
        if len(self._pending) >= PENDING_MOST:
            request.answer("too many at once: wait a moment")
        else:
            self._pending.append(request)

    def call_soon(self, act: Callable[[], None]) -> None:
        """Run a function between two blocks, such as the use of a new cue table; from any thread."""
        self._soon.append(act)

    @property
    def today(self) -> Today:
        """Today; read it between two blocks, as call_soon does."""
        return self._known_today()

    def use_people(self, people: "People", past: "Mapping[str, Sequence[SessionRecord]]") -> None:
        """Use people of a database that could not be read at the start."""
        self.plan.use_people(people, past)
        self._follow_plan()

    def replace_programme(self, programme: "Programme") -> None:
        """Use another programme from the next session on."""
        self.plan.programme = programme
        self._follow_plan()

    def process_pending(self) -> None:
        """Pass to the core what has come since the last block."""
        for edge in () if self._button is None else self._button.edges():
            self._core.press(edge)
        now_ns = self._clock.boottime_ns()
        if self._wall_read_ns is None or now_ns - self._wall_read_ns >= WALL_EVERY_NS:
            self._wall_read_ns = now_ns
            self._read_wall()
        while self._soon:
            self._soon.popleft()()
        while self._pending:
            request = self._pending.popleft()
            request.answer(self._serve(request))

    def offer(self, tick: Tick) -> None:
        """Follow the session by its events."""
        self._view = tick.view
        session = tick.view.number if tick.view.start_s is not None else None
        for event in tick.events:
            if isinstance(event, SessionEnded):
                self._record(event)
            elif (
                isinstance(event, CommandAccepted) and event.command is Command.SHUTDOWN and self._shutdown is not None
            ):
                self._shutdown()
            elif isinstance(event, CommandAccepted) and event.command in MENU_COMMANDS:
                self._serve(Request(event.command))
        if session is not None and session != self._session:
            self.plan.session_started()
            self._follow_plan()
        self._session = session
        self._update_control(plan_changed=bool(tick.events))

    def close(self) -> None:
        """Reject what is still pending."""
        while self._pending:
            self._pending.popleft().answer("the mat is switching off")

    def _read_wall(self) -> None:
        """Update profile and date; without a set clock there is no date, and the profile is cautious."""
        self._today = None
        if self._wall_is_set():
            local = dt.datetime.fromtimestamp(self._clock.wall_s()).astimezone()
            night = self._night.at(local.hour * 60 + local.minute)
            self._core.set_profile(NightProfile.NIGHT if night else NightProfile.DAY)
            self._today = today_at(self._clock.wall_s())
            self._date_sessions()
        else:
            self._core.set_profile(NightProfile.UNKNOWN)

    def _follow_plan(self) -> None:
        """Pass goal and rules of the plan to the core; they apply from the next session on."""
        self._core.set_goal(self.plan.goal_s)
        self._core.set_ease(self.plan.programme.rules.eased_by_s)
        self._core.set_lumbar_usual(self.lumbar.get(self.plan.people.who.name))
        self._update_control(plan_changed=True)

    def _update_control(self, *, plan_changed: bool) -> None:
        """Replace control, which other threads read, after a change of what it depends on."""
        if plan_changed:
            self._plan_view = self.plan.view
        shown = self._view.state, self._view.advice, self._plan_view
        if shown != self._shown:
            self._shown, self.control = shown, Control.of(self._view, shown[2])

    def _known_today(self) -> Today:
        """Return today, by the programme's own calendar while the wall clock is not set."""
        if self._today is not None:
            return self._today
        now_s = self._calendar_s + self._clock.boottime_ns() / 1e9 - self._started_s
        return Today(now_s, int(now_s // DAY_S), "")

    def _date_sessions(self) -> None:
        """Set the true day of sessions that ended before the clock was set."""
        undated, self._undated = self._undated, []
        for name, record, ended_s in undated:
            end_s = self._clock.wall_s() - (self._clock.boottime_ns() / 1e9 - ended_s)
            dated = self.plan.redate(name, record, end_s, today_at(end_s).day)
            if dated is not None and self._store is not None:
                self._store.save_record(name, dated)

    def _serve(self, request: Request) -> str | None:
        """Run a command; return why it was rejected, None when it was not."""
        if (reason := request_refusal(request.name, request.value)) is not None:
            return reason
        if (reason := refusal_now(request.name, self._view, self.plan.view)) is not None:
            return reason
        row = COMMANDS[request.name]
        people, last = self.plan.people, self._last_record()
        try:
            row.run(CommandContext(self._core, self.plan, self._known_today()), row.value.parse(request.value))
        except ValueError as error:
            return str(error)
        self._follow_plan()
        if self._store is not None:
            if self.plan.people is not people:
                self._store.save_people(self.plan.people)
            elif (record := self._last_record()) is not None and record is not last:
                self._store.save_record(self.plan.people.who.name, record)
        return None

    def _last_record(self) -> "SessionRecord | None":
        past = self.plan.past(self.plan.people.who.name)
        return past[-1] if past else None

    def _record(self, event: SessionEnded) -> None:
        people = self.plan.people
        record = self.plan.session_ended(event.summary, self._known_today())
        if record is not None and self._today is None:
            self._undated.append((self.plan.people.who.name, record, self._clock.boottime_ns() / 1e9))
        if record is not None and self._store is not None:
            self._store.save_record(self.plan.people.who.name, record)
            if self.plan.people is not people:
                self._store.save_people(self.plan.people)
