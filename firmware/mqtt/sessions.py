"""Follows the sessions in the ticks: their ids, unique for ever, and the events that only MQTT has."""

import datetime as dt
from collections.abc import Callable, Iterator

from firmware.enums import State
from firmware.events import SessionEnded
from firmware.mqtt.own_events import CellsBack, CellsSilent, GoalReached, SentEvent, SessionStarted
from firmware.view import Tick
from firmware.words.event_lines import SentenceContext, set_bits


class SessionFollower:
    """id is that of the open session, or None. resumed: the id of a session that a restart interrupted."""

    def __init__(
        self, run_id: str, cells: tuple[str, ...], resumed: str | None, note: Callable[[str | None], None]
    ) -> None:
        self._run_id, self._cells, self._resumed, self._note = run_id, cells, resumed, note
        self.id: str | None = None
        self._goal_reached = False
        self._lost = 0
        self._state = State.IDLE
        self._first = True

    def events(self, tick: Tick, wall_s: float | None) -> Iterator[SentEvent]:
        """Yield the events of a tick in order, with those that only MQTT has; id follows."""
        view = tick.view
        ended = [event.summary.number for event in tick.events if isinstance(event, SessionEnded)]
        number = view.number if view.start_s is not None else ended[0] if ended else None
        if self.id is None and number is not None:
            if self._resumed is None or not self._first:
                self._open(number, wall_s)
                yield SessionStarted(tick.t_s, view.goal_s)
            else:
                self.id = self._resumed  # started before the restart
                self._goal_reached = view.state in (State.DONE, State.OVERTIME)
        elif number is None and self._first and self._resumed is not None:
            self._note(None)
        self._first = False
        yield from self._silent_cells(tick)
        for event in tick.events:
            yield event
            if isinstance(event, SessionEnded):
                self.id = None
                self._note(None)
        if self.id is not None and view.state is State.DONE and not self._goal_reached:
            self._goal_reached = True
            yield GoalReached(tick.t_s, view.elapsed_s)
        self._state = view.state

    def context(self, tick: Tick) -> SentenceContext:
        """Return what the sentences of a tick's events need."""
        view = tick.view
        return SentenceContext(
            cells=self._cells,
            goal_s=view.goal_s,
            lying_s=view.elapsed_s,
            before=self._state,
            silent=tick.mode == "silent",
        )

    def _open(self, number: int, wall_s: float | None) -> None:
        unique = f"{self._run_id}-{number}"
        start = "" if wall_s is None else f"{dt.datetime.fromtimestamp(wall_s, dt.UTC):%Y%m%dT%H%M%SZ}-"
        self.id, self._goal_reached = start + unique, False
        self._note(self.id)

    def _silent_cells(self, tick: Tick) -> Iterator[SentEvent]:
        lost = tick.view.lost
        if lost == self._lost:
            return
        for kind, mask in ((CellsSilent, lost & ~self._lost), (CellsBack, self._lost & ~lost)):
            if mask:
                yield kind(tick.t_s, tuple(self._cells[bit] for bit in set_bits(mask)))
        self._lost = lost
