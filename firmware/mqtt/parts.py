"""What the publisher gets from the rest of the mat."""

from collections.abc import Callable
from dataclasses import dataclass, field

from firmware.commands import Control, Request
from firmware.mqtt.diagnostics import MachineFigures
from firmware.mqtt.event_store import EventStore
from firmware.mqtt.notes import Notebook
from firmware.mqtt.snapshot import WeekSoFar
from firmware.view import Fault


def _nothing() -> None:
    """Have nothing."""


@dataclass(frozen=True, slots=True)
class MatParts:
    """Without them the publisher shows what ticks hold and takes no commands.

    store keeps events over power-off. submit receives each command, in the thread of the publisher. settle makes the
    dispatcher answer what is pending, at the end. faults are asked for here and not taken from the ticks, because
    without frames there are no ticks. control is what can be used now. week, notebook and machine may read files: they
    are called in the thread of the publisher.
    """

    store: EventStore | None = None
    submit: Callable[[Request], None] | None = None
    settle: Callable[[], None] = _nothing
    faults: Callable[[], tuple[Fault, ...]] = tuple
    control: Callable[[], Control | None] = _nothing
    week: Callable[[], WeekSoFar | None] = _nothing
    notebook: Notebook | None = None
    machine: Callable[[], MachineFigures] = field(default=MachineFigures)
