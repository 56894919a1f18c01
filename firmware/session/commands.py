"""What a person asks for, by key, MQTT or page: whether it fits, what it notes, and when stopping is advised.

- It hurts once: expected, only noted. Twice, half a minute apart and after five minutes: stopping is advised
  (persistent). Three times at ever shorter distances, at any time: stopping is advised (growing).
- Advice ends nothing. It stands until the person says that it eases, or carries on, or the session is over; after
  such an answer only new presses count.
- Who ends within the first minute, or after saying that it hurts, ended for discomfort unless they say otherwise.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from firmware.enums import Command, Reason, State, StopReason
from firmware.events import CommandAccepted, Discomfort, Eased, EndRequested, Event, StopAdvised
from firmware.session.button import WHERE, TimedCommand, Where
from firmware.view import SessionView


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """Seconds of lying time, or between presses."""

    late_s: float = 300.0  # most people report that the sharp feeling has gone by then
    apart_s: float = 30.0
    first_s: float = 60.0


OF_SESSION: Final = (Command.DISCOMFORT, Command.EASING, Command.END, Command.CARRY_ON)
_REFUSALS: Final[dict[tuple[Command, Where], str]] = {
    **{(command, where): "no_session" for command in OF_SESSION for where in (Where.REST, Where.AROUND)},
    (Command.ZERO, Where.SESSION): "session",
    (Command.ZERO, Where.AROUND): "not_empty",
    (Command.SHUTDOWN, Where.SESSION): "session",
}


def refusal(command: Command, state: State) -> str | None:
    """Why a command does not fit a state, as a key of words.REFUSED; None when it does."""
    return _REFUSALS.get((command, WHERE.get(state, Where.SESSION)))


class CommandProcessor:
    """Commands in, events out, one `step` a hop."""

    def __init__(self, settings: CommandSettings | None = None) -> None:
        self._set = settings or CommandSettings()
        self._session: int | None = None
        self._pressed = False
        self._advised = False
        self._last: deque[float] = deque(maxlen=3)
        self._first_late_s: float | None = None

    def step(self, t_s: float, commands: Sequence[TimedCommand], view: SessionView) -> Iterator[Event]:
        """Take the commands of a hop and the view of the session before it; those that do not fit are dropped."""
        if view.number != self._session:
            self._session, self._pressed = view.number, False
            self._forget()
        for asked_s, command in commands:
            if refusal(command, view.state) is None:
                lying_s = max(0.0, view.elapsed_s - max(0.0, t_s - asked_s))
                yield from self._take(asked_s, command, view.state, lying_s)

    def _take(self, t_s: float, command: Command, state: State, lying_s: float) -> Iterator[Event]:
        if command is Command.DISCOMFORT:
            self._pressed = True
            yield Discomfort(t_s, state, lying_s)
            why = self._advise(t_s, lying_s)
            if why is not None and not self._advised:
                self._advised = True
                yield StopAdvised(t_s, why)
        elif command is Command.END:
            hurt = self._pressed or lying_s < self._set.first_s
            yield EndRequested(t_s, Reason.DISCOMFORT if hurt else Reason.USER)
        else:
            if command in (Command.EASING, Command.CARRY_ON) and self._advised:
                self._forget()
            yield Eased(t_s, state, lying_s) if command is Command.EASING else CommandAccepted(t_s, command)

    def _advise(self, t_s: float, lying_s: float) -> StopReason | None:
        self._last.append(t_s)
        if len(self._last) == self._last.maxlen and self._last[2] - self._last[1] < self._last[1] - self._last[0]:
            return StopReason.GROWING
        if lying_s <= self._set.late_s:
            return None
        if self._first_late_s is None:
            self._first_late_s = t_s
        return StopReason.PERSISTENT if t_s - self._first_late_s >= self._set.apart_s else None

    def _forget(self) -> None:
        self._advised, self._first_late_s = False, None
        self._last.clear()
