"""Commands in, events out, whether they come by key, MQTT or page; and the rules of the advice to stop.

- One discomfort press is expected and only recorded. Two of them after ease_s of lying, apart_s apart: stopping is
  advised (persistent). Three at ever shorter distances, at any time: stopping is advised (growing).
- Advice ends nothing. It stays until the person presses easing or carries on, or the session is over; after such an
  answer only new presses count.
- An end within the first minute, or after a discomfort press, is for discomfort unless the person says otherwise.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from firmware.enums import Command, Reason, State, StopReason
from firmware.events import CommandAccepted, Discomfort, Eased, EndRequested, Event, StopAdvised
from firmware.session.button import TimedCommand
from firmware.session.legality import refusal_in_state
from firmware.view import SessionView


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """Seconds of lying time, or between presses."""

    apart_s: float = 30.0
    first_s: float = 60.0


class CommandProcessor:
    """Commands in, events out, one `step` a hop."""

    def __init__(self, settings: CommandSettings | None = None) -> None:
        self._set = settings or CommandSettings()
        self._session: int | None = None
        self._pressed = False
        self._advised = False
        self._last: deque[float] = deque(maxlen=3)
        self._first_late_s: float | None = None

    def step(self, t_s: float, commands: Sequence[TimedCommand], view: SessionView, ease_s: float) -> Iterator[Event]:
        """Yield the events of a hop's commands; view is the session before it. Illegal commands are dropped."""
        if view.number != self._session:
            self._session, self._pressed = view.number, False
            self._forget()
        for sent_s, command in commands:
            if refusal_in_state(command, view.state) is None:
                lying_s = max(0.0, view.elapsed_s - max(0.0, t_s - sent_s))
                yield from self._take(sent_s, command, view.state, lying_s, late=lying_s > ease_s)

    def _take(self, t_s: float, command: Command, state: State, lying_s: float, *, late: bool) -> Iterator[Event]:
        if command is Command.DISCOMFORT:
            self._pressed = True
            yield Discomfort(t_s, state, lying_s)
            why = self._advise(t_s, late=late)
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

    def _advise(self, t_s: float, *, late: bool) -> StopReason | None:
        self._last.append(t_s)
        if len(self._last) == self._last.maxlen and self._last[2] - self._last[1] < self._last[1] - self._last[0]:
            return StopReason.GROWING
        if not late:
            return None
        if self._first_late_s is None:
            self._first_late_s = t_s
        return StopReason.PERSISTENT if t_s - self._first_late_s >= self._set.apart_s else None

    def _forget(self) -> None:
        self._advised, self._first_late_s = False, None
        self._last.clear()
