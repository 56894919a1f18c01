"""MatCore: frames in, ticks out. Composes signal, session and cues; knows no clock, file, pin or network."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from firmware.cues.player import CuePlayer, CueSettings
from firmware.enums import Command
from firmware.events import CommandAccepted, Event, Zeroed
from firmware.frames import ButtonEdge, Signals
from firmware.posture.detectors import Detectors, DetectorSettings
from firmware.session.button import Edge, PressDecoder, PressSettings, TimedCommand
from firmware.session.coaching import Coach, CoachSettings
from firmware.session.commands import CommandProcessor, CommandSettings
from firmware.session.machine import NOBODY, SessionMachine, SessionSettings
from firmware.signal.chain import SignalChain
from firmware.view import DARK, Output, Tick

if TYPE_CHECKING:
    from firmware.cues.player import Mode
    from firmware.cues.table import Condition, CueTable
    from firmware.frames import Frames
    from firmware.signal.calibration import Calibration
    from firmware.signal.zero_tracker import Refusal
    from hardware.board import Board


EDGES_KEPT: Final = 64
ASKED_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """The settings of every stage, each defined beside its stage."""

    machine: SessionSettings = field(default_factory=SessionSettings)
    watches: DetectorSettings = field(default_factory=DetectorSettings)
    button: PressSettings = field(default_factory=PressSettings)
    commands: CommandSettings = field(default_factory=CommandSettings)
    coach: CoachSettings | None = None  # None: no lumbar hint, and the lumbar rows of the board
    cues: CueSettings = field(default_factory=CueSettings)


class MatCore:
    """One mat. The ticks are the same, bit for bit, however the frames are cut into blocks."""

    def __init__(self, board: "Board", calibration: "Calibration", settings: CoreSettings | None = None) -> None:
        chosen = settings or CoreSettings()
        self._chain = SignalChain(board, calibration)
        self._watches = Detectors(board, chosen.watches)
        self._machine = SessionMachine(chosen.machine)
        self._button = PressDecoder(chosen.button)
        self._commands = CommandProcessor(chosen.commands)
        self._coach = Coach(chosen.coach or CoachSettings(lumbar_rows=tuple(board.lumbar_rows)))
        self._player = CuePlayer(chosen.cues)
        self._edges: deque[ButtonEdge] = deque(maxlen=EDGES_KEPT)
        self._asked: deque[Command] = deque(maxlen=ASKED_KEPT)
        self._t_s = 0.0

    @property
    def calibration(self) -> "Calibration":
        """The scale and the zero in use; the zero is None until a person has said that the mat is empty."""
        return self._chain.calibration

    @property
    def zero_refusal(self) -> "Refusal | None":
        """Why the zero stays as it is; None when there is nothing to correct."""
        return self._chain.zero_refusal

    def ask_zero(self) -> None:
        """A person says that the mat is empty. A Zeroed event follows within ten seconds, or zero_refusal says why."""
        self._chain.ask_zero()

    @property
    def started(self) -> tuple[str, ...]:
        """Names of the cues that began in the last hop, as in event.wiggle or sound.done."""
        return self._player.started

    def press(self, edge: ButtonEdge) -> None:
        """Take an edge of the key; it belongs to the hop of its own time, or to the next one."""
        self._edges.append(edge)

    def ask(self, command: Command) -> None:
        """Take a command from MQTT or the page; it comes into the next hop, and is dropped where it does not fit."""
        self._asked.append(command)

    def set_goal(self, goal_s: float) -> None:
        """Take seconds of lying for the next session. Raises ValueError out of bounds."""
        self._machine.set_goal(goal_s)

    def set_night(self, *, night: bool) -> None:
        """Say whether it is night by the wall clock."""
        self._player.set_night(night=night)

    def set_mode(self, mode: "Mode") -> None:
        """Choose how much may sound."""
        self._player.set_mode(mode)

    def set_condition(self, condition: "Condition", *, on: bool) -> None:
        """Say what only the outside knows, such as that the broker is away."""
        self._player.set_condition(condition, on=on)

    def use_cues(self, table: "CueTable") -> None:
        """Go by another cue table from the next hop on."""
        self._player.use(table)

    def push(self, frames: "Frames") -> Iterable[Tick]:
        """Take a block of any length; give a tick for each hop of 100 ms that it completes.

        A block is taken as its ticks are: iterate to the end before the next one.
        """
        return () if self._chain.absorb(frames) else self._ticks(frames)

    def _ticks(self, frames: "Frames") -> Iterator[Tick]:
        for t_s, signals in self._chain.feed(frames):
            yield self._tick(t_s, signals)

    def output_at(self, t_ns: int) -> Output:
        """Light and sound at a frame time (CLOCK_BOOTTIME, ns) since the last tick: ramps stay smooth between hops."""
        return self._player.output_at(max(self._t_s, self._chain.seconds(t_ns)))

    def finish(self) -> Iterator[Tick]:
        """Yield the unfinished hop and a last tick that closes an open session. Nothing may be pushed afterwards."""
        for t_s, signals in self._chain.flush():
            yield self._tick(t_s, signals)
        closing = tuple(self._machine.finish(self._t_s))
        if closing:
            yield Tick(self._t_s, None, closing, self._machine.view(self._t_s), DARK, self._player.mode.value)

    def _tick(self, t_s: float, signals: Signals | None) -> Tick:
        self._t_s = t_s
        zeroed = self._rezero(t_s)
        happened: list[Event] = []
        if self._edges or self._asked or not self._button.idle:
            happened += self._hear(t_s)
        if signals is not None:
            happened += self._watches.step(signals)
        happened += tuple(self._machine.step(t_s, happened))
        self._chain.note_vacant(vacant=self._watches.nobody and self._machine.state in NOBODY)
        view = self._machine.view(t_s, 0 if signals is None else signals.lost)
        happened += tuple(self._coach.step(t_s, signals, happened, view))
        events = (*zeroed, *happened)
        output = self._player.step(t_s, view, events)
        return Tick(t_s, signals, events, view, output, self._player.mode.value)

    def _hear(self, t_s: float) -> Iterator[Event]:
        """What the person asks for, by the key and by other ways."""
        edges: list[Edge] = []
        while self._edges and (at_s := self._chain.seconds(self._edges[0].t_ns)) <= t_s:
            edges.append(Edge(at_s, self._edges.popleft().down))
        asked: list[TimedCommand] = []
        for said in self._button.step(t_s, edges, self._machine.state):
            if isinstance(said, TimedCommand):
                asked.append(said)
            else:
                yield said
        while self._asked:
            asked.append(TimedCommand(t_s, self._asked.popleft()))
        if asked:
            for event in self._commands.step(t_s, asked, self._machine.view(t_s)):
                if isinstance(event, CommandAccepted) and event.command is Command.ZERO:
                    self._chain.ask_zero()
                yield event

    def _rezero(self, t_s: float) -> tuple[Zeroed, ...]:
        taken = self._chain.take_zero()
        if taken is None:
            return ()
        self._watches.rezero(taken.offset_n)
        return (Zeroed(t_s, sum(taken.offset_n), taken.why.value),)
