"""MatCore: frames in, ticks out. Composes signal, posture, session and cues; no clock, file, pin or network."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from firmware.cues.player import CuePlayer
from firmware.cues.settings import CueSettings
from firmware.enums import Command
from firmware.events import CommandAccepted, Event, FramesLost, Zeroed
from firmware.frames import ButtonEdge, Signals
from firmware.posture.detectors import Detectors, DetectorSettings
from firmware.session import snapshot as snapshots
from firmware.session.button import KeyEdge, PressDecoder, PressSettings, TimedCommand
from firmware.session.coaching import Coach, CoachSettings
from firmware.session.command_processor import CommandProcessor, CommandSettings
from firmware.session.machine import SessionMachine, SessionSettings
from firmware.session.transitions import NOBODY
from firmware.signal.chain import SignalChain
from firmware.view import DARK, Tick

if TYPE_CHECKING:
    from firmware.cues.night import NightProfile
    from firmware.cues.rendering import Rendering
    from firmware.cues.settings import OutputLevels, SoundMode
    from firmware.cues.table import CueTable, ShownCondition
    from firmware.frames import Frames
    from firmware.signal.calibration import Calibration
    from firmware.signal.health import CellFault
    from firmware.signal.zero_tracker import Refusal
    from hardware.board import Board


EDGES_MOST: Final = 64
COMMANDS_MOST: Final = 16


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """The settings of every stage, each defined beside its stage."""

    machine: SessionSettings = field(default_factory=SessionSettings)
    detectors: DetectorSettings = field(default_factory=DetectorSettings)
    button: PressSettings = field(default_factory=PressSettings)
    commands: CommandSettings = field(default_factory=CommandSettings)
    coach: CoachSettings | None = None  # None: no lumbar hint, and the lumbar rows of the board
    cues: CueSettings = field(default_factory=CueSettings)


class MatCore:
    """One mat. The ticks are bit-identical for every division of the frames into blocks."""

    def __init__(self, board: "Board", calibration: "Calibration", settings: CoreSettings | None = None) -> None:
        chosen = settings or CoreSettings()
        self._chain = SignalChain(board, calibration)
        self._detectors = Detectors(board, chosen.detectors)
        self._machine = SessionMachine(chosen.machine)
        self._button = PressDecoder(chosen.button)
        self._commands = CommandProcessor(chosen.commands)
        self._coach = Coach(chosen.coach or CoachSettings(lumbar_rows=tuple(board.lumbar_rows)))
        self._player = CuePlayer(chosen.cues)
        self._edges: deque[ButtonEdge] = deque(maxlen=EDGES_MOST)
        self._submitted: deque[Command] = deque(maxlen=COMMANDS_MOST)
        self._t_s = 0.0
        self._restoring: tuple[snapshots.Snapshot, int] | None = None

    @property
    def calibration(self) -> "Calibration":
        """The scale and the zero in use; the zero is None before the first taring."""
        return self._chain.calibration

    @property
    def zero_refusal(self) -> "Refusal | None":
        """Why the zero stays as it is; None when there is nothing to correct."""
        return self._chain.zero_refusal

    @property
    def cell_faults(self) -> "tuple[CellFault | None, ...]":
        """What is wrong with each cell, None for a sound one."""
        return self._chain.faults

    def ask_zero(self) -> None:
        """Take the zero of an empty mat: a Zeroed event follows within ten seconds, or zero_refusal has a reason."""
        self._chain.ask_zero()

    @property
    def started(self) -> tuple[str, ...]:
        """Names of the cues that began in the last hop, as in event.wiggle or sound.done."""
        return self._player.started

    @property
    def pacer_s(self) -> float | None:
        """Seconds since the present breath of the pacer began: in until 4, out until 10. None without a pacer."""
        return self._player.pacer_s(self._t_s)

    def press(self, edge: ButtonEdge) -> None:
        """Queue an edge of the key for the hop of its time, or the next one."""
        self._edges.append(edge)

    def submit(self, command: Command) -> None:
        """Queue a command from MQTT or the page for the next hop; where it is not legal it is dropped."""
        self._submitted.append(command)

    def set_goal(self, goal_s: float) -> None:
        """Set seconds of lying for the next session. Raises ValueError out of bounds."""
        self._machine.set_goal(goal_s)

    def set_ease(self, ease_s: float) -> None:
        """Set the lying time by which the sharp feeling should have eased, from the next session on."""
        self._machine.set_ease(ease_s)

    def set_lumbar_usual(self, share: float | None) -> None:
        """Set the usual share over the lumbar rows, of those above the base; None for no lumbar hint."""
        self._coach.set_lumbar_usual(share)

    def set_profile(self, profile: "NightProfile") -> None:
        """Set how light and sound are limited by the time of day."""
        self._player.set_profile(profile)

    def set_mode(self, mode: "SoundMode") -> None:
        """Set how much may sound."""
        self._player.set_mode(mode)

    def set_brightness(self, factor: float) -> None:
        """Set the factor on all light, 0 to 1."""
        self._player.set_brightness(factor)

    def set_volume(self, factor: float) -> None:
        """Set the factor on all sound, 0 to 1."""
        self._player.set_volume(factor)

    @property
    def output_levels(self) -> "OutputLevels":
        """How light and sound are set now."""
        return self._player.levels

    def next_mode(self) -> int:
        """Go on to the next sound mode; return its number: 1 normal, 2 quiet, 3 silent."""
        return self._player.next_mode()

    def turn_night(self) -> int:
        """Keep the light of the night whatever the clock says, or no longer; return 2 for night, 1 for the clock."""
        return self._player.turn_night()

    def show_choice(self, number: int) -> None:
        """Show the number of a choice in the next hop."""
        self._player.show_choice(number)

    def set_condition(self, condition: "ShownCondition", *, on: bool) -> None:
        """Set a condition that only the outside knows, such as a missing broker."""
        self._player.set_condition(condition, on=on)

    def use_cues(self, table: "CueTable") -> None:
        """Use another cue table from the next hop on."""
        self._player.use(table)

    def push(self, frames: "Frames") -> Iterator[Tick]:
        """Yield a tick for each hop of 100 ms that the block completes; iterate to the end before the next block."""
        for t_s, signals in self._chain.push(frames):
            yield self._tick(t_s, signals)

    def rendering(self, t_ns: int) -> "Rendering":
        """Return light, sound and touch from a frame time (CLOCK_BOOTTIME, ns) on, until the next rendering."""
        return self._player.rendering(max(self._t_s, self._chain.seconds(t_ns)), t_ns)

    def origin_ns(self) -> int:
        """Return the moment of frame time 0, in ns of CLOCK_BOOTTIME; 0 before the first frame."""
        return -round(self._chain.seconds(0) * 1e9)

    def snapshot(self) -> bytes | None:
        """Return the open session as bytes for restore; None without one."""
        snapshot = self._machine.snapshot(self._t_s)
        return None if snapshot is None else snapshots.encode_snapshot(snapshot)

    def restore(self, data: bytes, at_ns: int) -> None:
        """Continue, from the first hop on, the session of a snapshot taken at at_ns (CLOCK_BOOTTIME; may be negative).

        Raises ValueError when the bytes are no snapshot.
        """
        self._restoring = snapshots.decode_snapshot(data), at_ns

    def finish(self) -> Iterator[Tick]:
        """Yield the unfinished hop and a last tick that closes an open session. Nothing may be pushed afterwards."""
        for t_s, signals in self._chain.flush():
            yield self._tick(t_s, signals)
        closing = tuple(self._machine.finish(self._t_s))
        if closing:
            yield Tick(
                self._t_s,
                None,
                closing,
                self._machine.view(self._t_s, occupied=self._detectors.occupied),
                DARK,
                self._player.mode.value,
            )

    def _tick(self, t_s: float, signals: Signals | None) -> Tick:
        self._t_s = t_s
        if self._restoring is not None:
            (snapshot, at_ns), self._restoring = self._restoring, None
            self._machine.restore(snapshot, self._chain.seconds(at_ns))
        zeroed = self._rezero(t_s)
        happened: list[Event] = []
        happened += self._requests(t_s)
        if signals is not None:
            happened += self._detectors.step(signals)
        happened += tuple(self._machine.step(t_s, happened))
        self._chain.note_vacant(vacant=self._detectors.vacant and self._machine.state in NOBODY)
        lost = 0 if signals is None else signals.lost
        view = self._machine.view(t_s, lost, occupied=self._detectors.occupied)
        happened += tuple(self._coach.step(t_s, signals, happened, view))
        loss = self._chain.take_frame_loss()
        if loss is not None:
            happened.append(FramesLost(t_s, loss.lost_s, loss.gaps))
        events = (*zeroed, *happened)
        output = self._player.step(t_s, view, events, self._breath(signals))
        return Tick(t_s, signals, events, view, output, self._player.mode.value)

    def _requests(self, t_s: float) -> Iterator[Event]:
        """Yield the events of the key and of submitted commands."""
        edges: list[KeyEdge] = []
        while self._edges and (at_s := self._chain.seconds(self._edges[0].t_ns)) <= t_s:
            edges.append(KeyEdge(at_s, self._edges.popleft().down))
        commands: list[TimedCommand] = []
        for result in self._button.step(t_s, edges, self._machine.state):
            if isinstance(result, TimedCommand):
                commands.append(result)
            else:
                yield result
        while self._submitted:
            commands.append(TimedCommand(t_s, self._submitted.popleft()))
        if not commands:
            return
        for event in self._commands.step(t_s, commands, self._machine.view(t_s), self._machine.ease_s):
            if isinstance(event, CommandAccepted) and event.command is Command.ZERO:
                self._chain.ask_zero()
            yield event

    @staticmethod
    def _breath(signals: Signals | None) -> tuple[float, float] | None:
        """Return the breathing rate a minute with its quality, None while it is not known."""
        if signals is None or signals.breaths_per_min is None:
            return None
        return signals.breaths_per_min, signals.breath_quality

    def _rezero(self, t_s: float) -> tuple[Zeroed, ...]:
        taken = self._chain.take_zero()
        if taken is None:
            return ()
        self._detectors.rezero(taken.offset_n)
        return (Zeroed(t_s, sum(taken.offset_n), taken.why.value),)
