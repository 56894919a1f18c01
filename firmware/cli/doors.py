"""The ways by which the verbs reach cells, wires and pins; another program can run the same verbs through its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import click

from firmware.drivers.factory import BackendChoice, OpenLines, choose_backend, open_lines
from firmware.drivers.pins import open_pod
from firmware.frames import ButtonEdge
from firmware.mat import Mat
from firmware.ports import Source
from firmware.terminal.origin import FrameOrigin
from firmware.view import Output
from hardware.board import Board


class MatSource(Source, Protocol):
    """Frames of a mat; fault: what is wrong with the way to its cells, None if nothing is."""

    @property
    def fault(self) -> str | None:
        """What is wrong, in one line."""
        ...

    @property
    def frames_dropped(self) -> int | None:
        """Frames that were read and lost on the way since the start; None where that is not counted."""
        ...


class Pod(Protocol):
    """Light, buzzer, motor and key. fault is why they failed."""

    fault: str | None

    def set(self, output: Output) -> None:
        """Set light, buzzer and motor."""
        ...

    def edges(self) -> tuple[ButtonEdge, ...]:
        """Return the edges of the key since the last call."""
        ...

    def close(self) -> None:
        """Everything off."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """How a verb opens the frames of a mat, the lines of a board by the name of a backend, and the pod.

    pod takes the option outputs.hardware_pwm besides the board. origin: whether a person and cells are there; it is
    shown and stored with everything that comes through.
    """

    source: Callable[[Mat], MatSource] = Mat.source
    lines: Callable[[Board, str], OpenLines] = open_lines
    choose: Callable[[str], BackendChoice] = choose_backend
    pod: Callable[[Board, str], Pod] = open_pod
    origin: FrameOrigin = FrameOrigin()  # noqa: RUF009 - frozen

    @property
    def label(self) -> str:
        """The label of what is recorded: real or simulated."""
        return "simulated" if self.origin.simulated else "real"


def doors() -> Doors:
    """Return the doors of the command that runs now: those that the caller has put into its context, else the real."""
    context = click.get_current_context(silent=True)
    return (None if context is None else context.find_object(Doors)) or Doors()
