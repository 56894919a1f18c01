"""All that the state topic is made of, at one moment."""

from typing import NamedTuple

from firmware.commands import Control
from firmware.mqtt.commands import LastCommand
from firmware.mqtt.notes import Notes
from firmware.view import Tick
from hardware.board import Board


class WeekSoFar(NamedTuple):
    """Sessions that counted, of all people and guests: today, and in the last seven days with their minutes."""

    sessions_today: int
    sessions_week: int
    minutes_week: int


class Snapshot(NamedTuple):
    """The present. Times are seconds since 1970; what is not known is None.

    accepts_commands: false with a broker that takes commands from nobody or cannot limit their size.
    """

    tick: Tick
    board: Board
    session_id: str | None = None
    started_s: float | None = None
    goal_reached_s: float | None = None
    control: Control | None = None
    week: WeekSoFar | None = None
    notes: Notes | None = None
    last_command: LastCommand | None = None
    accepts_commands: bool = True
