"""Events that only MQTT has, and the table that sorts all events: group, and whether they are about pain.

A group is one event entity of Home Assistant; events of the group "log" belong to none.
"""

from dataclasses import dataclass
from typing import Final, get_args

from firmware import words
from firmware.events import Event, event_type
from firmware.words.event_lines import SentenceContext, cells_line, event_line


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """A session has started; goal_s is its goal."""

    t_s: float
    goal_s: float


@dataclass(frozen=True, slots=True)
class GoalReached:
    """The goal of the session is reached; emitted once each session."""

    t_s: float
    lying_s: float


@dataclass(frozen=True, slots=True)
class CellsSilent:
    """These cells have no readings any more, by their names."""

    t_s: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellsBack:
    """These cells answer again, by their names."""

    t_s: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """A command was refused; error is the reason."""

    t_s: float
    name: str
    error: str


OwnEvent = SessionStarted | GoalReached | CellsSilent | CellsBack | CommandRefused
SentEvent = Event | OwnEvent
EVENT_CLASSES: Final = (*get_args(Event), *get_args(OwnEvent))
EVENT_TYPES: Final = tuple(event_type(kind) for kind in EVENT_CLASSES)

LOG: Final = "log"
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "session": ("session_started", "goal_reached", "session_ended", "overlong_session", "end_requested"),
    "posture": (
        "mat_occupied", "object_detected", "seated", "lie_down", "settled", "wiggle", "repositioned", "lying_reversed",
        "rolled_aside", "rolled_back", "get_up", "mat_emptied", "standing_started", "standing_ended",
    ),
    "advice": ("stop_advised", "hint", "discomfort", "eased"),
    "system": (
        "cells_silent", "cells_back", "sensor_lost", "sensor_back", "frames_lost", "button_stuck", "zeroed",
        "command_accepted", "command_refused",
    ),
    LOG: (
        "start_corrected", "end_corrected", "lowering", "lying_suspected", "lowered", "confirmed", "stage_changed",
        "button_held",
    ),
}  # fmt: skip
GROUP_OF: Final = {name: group for group, names in GROUPS.items() for name in names}
PAIN: Final = ("discomfort", "eased", "stop_advised")
LASTING: Final = ("session_started", "session_ended")  # dropped last when the outbox is full


def sentence(event: SentEvent, context: SentenceContext) -> str:
    """Return the sentence of an event, empty where it has none."""
    match event:
        case SessionStarted():
            return words.SESSION_STARTED
        case GoalReached():
            return words.GOAL_REACHED
        case CellsSilent() | CellsBack():
            return cells_line(event.cells, back=isinstance(event, CellsBack)).text
        case CommandRefused():
            return words.COMMAND_REFUSED.format(name=event.name, why=event.error)
        case _:
            line = event_line(event, context)
            return "" if line is None else line.text
