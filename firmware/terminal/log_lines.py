"""Events as plain lines, for a pipe, a log or a terminal that cannot move its cursor."""

from typing import TYPE_CHECKING, Final

from firmware import words

if TYPE_CHECKING:
    from firmware.words.event_lines import EventLine

TYPE_WIDTH: Final = 16


def head_line(*, simulated: bool) -> str:
    """Return the first line: what this is, and that it is simulated."""
    note = " SIMULATED: nobody lies here." if simulated else ""
    return f"acumat {words.WHAT_THIS_IS}.{note}"


def log_line(t_s: float, line: "EventLine") -> str:
    """Return one event: HH:MM:SS of mat time, type, sentence and values."""
    whole = int(t_s)
    time = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    values = "".join(f" {name}={value}" for name, value in line.values.items())
    return f"{time}  {line.type:{TYPE_WIDTH}} {line.text}{values}"
