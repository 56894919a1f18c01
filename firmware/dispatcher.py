"""The dispatcher between the loop and its users: key, commands, programme, quiet hours and files reach the core here.

Everything happens between two blocks of frames and takes microseconds: what has to be read or written waits in a queue
of somebody else's thread.
"""

import datetime as dt
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from firmware import words
from firmware.clock import Clock, wall_clock_is_set
from firmware.cues.player import Mode
from firmware.cues.quiet_hours import QuietHours
from firmware.enums import Command, State
from firmware.events import CommandAccepted, SessionEnded
from firmware.frames import ButtonEdge
from firmware.programme.plan import Plan, Today
from firmware.requests import Request
from firmware.session import commands
from firmware.view import Tick

if TYPE_CHECKING:
    from firmware.core import MatCore
    from firmware.programme.advice import SessionRecord
    from firmware.programme.levels import Programme
    from firmware.programme.people import People

LOOK_NS: Final = 10_000_000_000  # how often the wall clock is looked at
WAITING_MOST: Final = 32
EPOCH: Final = dt.date(1970, 1, 1)

log = logging.getLogger(__name__)


class Button(Protocol):
    """The key of the pod."""

    def edges(self) -> Sequence[ButtonEdge]:
        """Take the edges since the last call."""
        ...


class PlanStore(Protocol):
    """Where the plan is kept. Nothing here may block."""

    def save_people(self, people: "People") -> None:
        """Keep who there is, and their levels."""
        ...

    def save_record(self, name: str, past: "SessionRecord") -> None:
        """Keep what the programme needs of the newest session of a person, in place of what was kept of it before."""
        ...


class CommandDispatcher:
    """attend is called before each block, offer with each tick: it is a Sink as well."""

    def __init__(
        self,
        core: "MatCore",
        plan: Plan,
        clock: Clock,
        *,
        button: Button | None = None,
        quiet: QuietHours | None = None,
        keeper: PlanStore | None = None,
        wall_is_set: Callable[[], bool] = wall_clock_is_set,
        shutdown: Callable[[], None] | None = None,
    ) -> None:
        self._core, self.plan, self._clock = core, plan, clock
        self._button, self._quiet, self._keeper = button, quiet or QuietHours(), keeper
        self._wall_is_set, self._shutdown = wall_is_set, shutdown
        self._waiting: deque[Request] = deque()
        self._soon: deque[Callable[[], None]] = deque(maxlen=WAITING_MOST)
        self._looked_ns: int | None = None
        self._today: Today | None = None
        self._state = State.IDLE
        self._session: int | None = None
        core.set_goal(plan.goal_s)

    def submit(self, request: Request) -> None:
        """Leave a request; any thread may. One too many is refused at once."""
        if len(self._waiting) >= WAITING_MOST:
            request.answer("too many at once: wait a moment")
        else:
            self._waiting.append(request)

    def call_soon(self, act: Callable[[], None]) -> None:
        """Have something done between two blocks, such as taking a new cue table; any thread may ask."""
        self._soon.append(act)

    def go_by(self, programme: "Programme") -> None:
        """Take another programme."""
        self.plan.programme = programme
        self._core.set_goal(self.plan.goal_s)

    def process_pending(self) -> None:
        """Bring to the core what has come since the last block."""
        for edge in () if self._button is None else self._button.edges():
            self._core.press(edge)
        now_ns = self._clock.boottime_ns()
        if self._looked_ns is None or now_ns - self._looked_ns >= LOOK_NS:
            self._looked_ns = now_ns
            self._look()
        while self._soon:
            self._soon.popleft()()
        while self._waiting:
            request = self._waiting.popleft()
            request.answer(self._serve(request))

    def offer(self, tick: Tick) -> None:
        """Follow the session."""
        self._state = tick.view.state
        session = tick.view.number if tick.view.start_s is not None else None
        for event in tick.events:
            if isinstance(event, SessionEnded):
                self._note(event)
            elif (
                isinstance(event, CommandAccepted) and event.command is Command.SHUTDOWN and self._shutdown is not None
            ):
                self._shutdown()
        if session is not None and session != self._session:
            self.plan.session_started()
            self._core.set_goal(self.plan.goal_s)
        self._session = session

    def close(self) -> None:
        """Refuse what nobody will serve any more."""
        while self._waiting:
            self._waiting.popleft().answer("the mat is switching off")

    def _look(self) -> None:
        """See what time it is on the wall; without a set clock it is neither night nor any day."""
        self._today = None
        if self._wall_is_set():
            local = dt.datetime.fromtimestamp(self._clock.wall_s()).astimezone()
            self._core.set_night(night=self._quiet.at(local.hour * 60 + local.minute))
            self._today = Today(self._clock.wall_s(), (local.date() - EPOCH).days, local.date().isoformat())
        else:
            self._core.set_night(night=False)

    def _serve(self, request: Request) -> str | None:
        try:
            if self.plan.apply(request.name, request.value, self._today):
                self._core.set_goal(self.plan.goal_s)
                self._keep(request.name)
            elif request.name == "mode":
                self._core.set_mode(Mode(str(request.value)))
            else:
                command = Command(request.name)
                refused = commands.refusal(command, self._state)
                if refused is not None:
                    return words.REFUSED[refused]
                self._core.ask(command)
        except ValueError as error:
            return str(error)
        return None

    def _keep(self, name: str) -> None:
        if self._keeper is None:
            return
        self._keeper.save_people(self.plan.people)
        past = self.plan.past(self.plan.people.who.name)
        if name in ("marks", "hurt") and past:
            self._keeper.save_record(self.plan.people.who.name, past[-1])

    def _note(self, event: SessionEnded) -> None:
        past = self.plan.session_ended(event.summary, self._today)
        if past is not None and self._keeper is not None:
            self._keeper.save_record(self.plan.people.who.name, past)
