"""What the live view remembers of the ticks: the newest lines, the session so far, and how the last one ended.

Everything that is kept is bounded.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from firmware import events as t
from firmware.enums import HintKind, State
from firmware.session.machine import SessionSettings
from firmware.session.transitions import STAGES
from firmware.terminal.scene import ShownEvent
from firmware.words import event_lines
from firmware.words.event_lines import EventLine, SentenceContext
from firmware.words.guidance import BREATH_VALID_S, HINT_SHOWN_S
from firmware.words.quantities import clock_text

if TYPE_CHECKING:
    from firmware.frames import Signals
    from firmware.view import SessionView, Tick
    from hardware.board import Board

LINES_KEPT: Final = 8
EVENT_TIMES_MAX: Final = 40
MOVEMENT_BUCKET_S: Final = 5.0
MOVEMENT_BUCKETS: Final = 59  # five minutes
LYING_STATES: Final = event_lines.LYING


def _arrives(tick: "Tick") -> bool:
    """Return whether somebody comes to the mat in this tick."""
    return any(isinstance(event, t.StageChanged) and event.state in event_lines.ARRIVING for event in tick.events)


@dataclass(slots=True)
class MeanLoad:
    """The mean load of the cells while a state lasted."""

    ticks: int = 0
    sums_n: list[float] = field(default_factory=list)

    def add(self, cells_n: tuple[float, ...]) -> None:
        """Add a hop."""
        self.sums_n = list(cells_n) if not self.ticks else [a + b for a, b in zip(self.sums_n, cells_n, strict=True)]
        self.ticks += 1

    @property
    def cells_n(self) -> tuple[float, ...] | None:
        """Newtons (cells,); None before the first hop."""
        return tuple(total / self.ticks for total in self.sums_n) if self.ticks else None


@dataclass(slots=True)
class SessionTally:
    """What is remembered of a session. Times are lying seconds; the lists keep the first EVENT_TIMES_MAX."""

    hurt_s: list[float] = field(default_factory=list)
    moved_s: list[float] = field(default_factory=list)
    moves: int = 0
    presses: int = 0
    eased_s: float | None = None
    lowering_s: float | None = None
    breaths_per_min: float | None = None
    resting: MeanLoad = field(default_factory=MeanLoad)
    lying: MeanLoad = field(default_factory=MeanLoad)


@dataclass(frozen=True, slots=True)
class EndedSession:
    """A closed session and what is remembered of it."""

    summary: t.SessionSummary
    session: SessionTally


class LiveViewMemory:
    """Takes every tick; the picture is made from what it remembers."""

    def __init__(self, board: "Board") -> None:
        self._names = tuple(cell.name for cell in board.cells)
        self._resume_s = SessionSettings().resume_s
        self.lines: deque[ShownEvent] = deque(maxlen=LINES_KEPT)
        self.session = SessionTally()
        self.ended: EndedSession | None = None
        self.counted = 0  # sessions that were closed
        self.hint: tuple[HintKind, float] | None = None
        self.movement: deque[float] = deque([0.0] * MOVEMENT_BUCKETS, maxlen=MOVEMENT_BUCKETS)
        self.marks: deque[int] = deque(maxlen=MOVEMENT_BUCKETS)  # numbers of the buckets with a mark
        self.bucket = 0
        self.too_few = False
        self.state = State.IDLE
        self.state_since_s = 0.0
        self._paused_at_s: float | None = None
        self._breath_at_s: float | None = None
        self._newest_lying_s = 0.0
        self._lost = 0
        self._faults: frozenset[str] = frozenset()
        self._silent = False

    def offer(self, tick: "Tick") -> list[tuple[float, EventLine]]:
        """Take a tick; return its lines with their times, which never go back."""
        lines: list[tuple[float, EventLine]] = []
        if tick.mode != "silent":
            self._silent = False
        for event in tick.events:
            self._note(event, tick)
            if (line := self._line(event, tick)) is not None:
                lines.append((event.t_s, line))
        lines += [(tick.t_s, line) for line in (*self._cells(tick), *self._program(tick))]
        self._silent = tick.mode == "silent"
        if tick.signals is not None:
            self._measure(tick, tick.signals)
        if self.ended is not None and _arrives(tick):
            self.ended = None
        return lines

    def breath(self, t_s: float) -> float | None:
        """Return the breaths a minute, None when they are not known or older than BREATH_VALID_S."""
        if self._breath_at_s is None or t_s - self._breath_at_s > BREATH_VALID_S:
            return None
        return self.session.breaths_per_min

    def hint_now(self, t_s: float) -> HintKind | None:
        """Return the hint that stands in the place of the sentence."""
        return self.hint[0] if self.hint is not None and t_s - self.hint[1] < HINT_SHOWN_S else None

    def paused_s(self, t_s: float) -> float:
        """Return how long the present pause lasts."""
        return 0.0 if self._paused_at_s is None else max(0.0, t_s - self._paused_at_s)

    @property
    def resume_s(self) -> float:
        """Seconds to lie back in."""
        return self._resume_s

    # --- events --------------------------------------------------------------------------------
    def _note(self, event: t.Event, tick: "Tick") -> None:
        session, lying_s = self.session, self._lying_s(event, tick.view)
        match event:
            case t.LieDown() if tick.view.elapsed_s < self._newest_lying_s or self.ended or not session.lying.ticks:
                self.session = SessionTally(lowering_s=session.lowering_s)
            case t.Lowered(lowering_s=seconds):
                session.lowering_s = seconds
            case t.Wiggle() | t.Repositioned():
                session.moves += 1
                session.moved_s += [lying_s] if len(session.moved_s) < EVENT_TIMES_MAX else []
                self.marks.append(self.bucket)
            case t.Discomfort():
                session.presses += 1
                session.hurt_s += [lying_s] if len(session.hurt_s) < EVENT_TIMES_MAX else []
            case t.Eased():
                session.presses += 1
                session.eased_s = lying_s if session.eased_s is None else session.eased_s
            case t.Hint(kind=kind):
                self.hint = kind, event.t_s
            case t.SensorLost() | t.SensorBack():
                self.too_few = isinstance(event, t.SensorLost)
            case t.SessionEnded(summary=summary):
                if summary.confirmed:  # laundry and cats have no summary
                    self.ended = EndedSession(summary, session)
                    self.counted += 1
                self.session, self.hint = SessionTally(), None
            case _:
                pass

    def _line(self, event: t.Event, tick: "Tick") -> EventLine | None:
        lying_s = self._lying_s(event, tick.view)
        paused_s = 0.0 if self._paused_at_s is None else event.t_s - self._paused_at_s
        context = SentenceContext(
            self._names,
            tick.view.goal_s,
            lying_s,
            self._resume_s,
            self.state,
            max(paused_s, 0.0),
            self.session.presses,
            silent=tick.mode == "silent",
        )
        line = event_lines.event_line(event, context)
        if isinstance(event, t.StageChanged):
            self._enter(event)
        if line is None:
            return None
        pauses = isinstance(event, t.GetUp) and tick.view.state is State.PAUSED
        if line.live and not pauses:
            self._add(line, lying_s if tick.view.start_s is not None or self.ended else None)
        return line

    def _enter(self, event: t.StageChanged) -> None:
        if event.state is State.PAUSED:
            self._paused_at_s = event.t_s
        elif event.state in LYING_STATES:
            self._paused_at_s = None
        self.state, self.state_since_s = event.state, event.t_s

    def _add(self, line: EventLine, lying_s: float | None) -> None:
        at = "" if lying_s is None else clock_text(lying_s)
        happened = ShownEvent(at, line.mark, line.text)
        if not self.lines or self.lines[-1] != happened:
            self.lines.append(happened)

    def _lying_s(self, event: t.Event, view: "SessionView") -> float:
        """Return the lying time of an event; never below that of an earlier one of the session."""
        if isinstance(event, t.SessionEnded):
            at_s = event.summary.lying_s
        elif isinstance(event, t.Discomfort | t.Eased):
            at_s = event.lying_s
        elif view.start_s is None:
            at_s = 0.0 if self.ended is None else self.ended.summary.lying_s
        else:
            at_s = min(view.elapsed_s, max(0.0, event.t_s - view.start_s))
        if isinstance(event, t.LieDown) or view.start_s is None:
            self._newest_lying_s = at_s
        self._newest_lying_s = max(self._newest_lying_s, at_s)
        return self._newest_lying_s

    def _cells(self, tick: "Tick") -> list[EventLine]:
        """Return lines for cells that fell silent or answer again while the mat works on."""
        before, self._lost = self._lost, tick.view.lost
        if self.too_few or before == self._lost:
            return []
        lines = []
        for mask, back in ((self._lost & ~before, False), (before & ~self._lost, True)):
            cells = tuple(self._names[number] for number in event_lines.set_bits(mask))
            if cells:
                line = event_lines.cells_line(cells, back=back)
                self._add(line, tick.view.elapsed_s if tick.view.start_s is not None else None)
                lines.append(line)
        return lines

    def _program(self, tick: "Tick") -> list[EventLine]:
        """Return lines for parts of the program that have a fault now, or are in order again; for the log."""
        before, self._faults = self._faults, frozenset(fault.name for fault in tick.faults)
        new = [event_lines.fault_line(fault.name, fault.text) for fault in tick.faults if fault.name not in before]
        return new + [event_lines.fault_line(name, None) for name in sorted(before - self._faults)]

    # --- measures ------------------------------------------------------------------------------
    def _measure(self, tick: "Tick", signals: "Signals") -> None:
        state = tick.view.state
        bucket = int(tick.t_s / MOVEMENT_BUCKET_S)
        while self.bucket < bucket:
            self.bucket += 1
            self.movement.append(0.0)
        if state in LYING_STATES:
            self.movement[-1] = max(self.movement[-1], signals.motion)
        if state in STAGES:
            self.session.lying.add(signals.cells_n)
            if state is State.RESTING:
                self.session.resting.add(signals.cells_n)
        if signals.breaths_per_min is not None and state in LYING_STATES:
            self.session.breaths_per_min, self._breath_at_s = signals.breaths_per_min, tick.t_s
