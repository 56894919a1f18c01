"""The parts that printed screens share: header with badge, bars, dates, rows."""

import datetime as dt
from typing import Final

from rich.text import Text

SCREEN_WIDTH: Final = 80
TITLE_STYLE: Final = "bold"
BAR_STYLE: Final = "#7c86cf"  # at least 3:1 on black, white and the usual dark grounds
BADGE_STYLE: Final = "bold black on #7c86cf"
SIMULATED_BADGE: Final = " SIMULATED HISTORY "
BAR_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"


def screen_header(command: str, *, simulated: bool, line: str = "") -> list[Text]:
    """Return the command in bold with the badge at the right end, one sentence below, and a blank line."""
    first = Text(command, TITLE_STYLE)
    if simulated:
        first.append(" " * (SCREEN_WIDTH - len(command) - len(SIMULATED_BADGE)))
        first.append(SIMULATED_BADGE, BADGE_STYLE)
    return [first, *([Text(line)] if line else []), Text()]


def day_text(start_s: float | None) -> str:
    """Return Thu 19 Nov, or "no date yet" before the clock was set."""
    if start_s is None:
        return "no date yet"
    local = dt.datetime.fromtimestamp(start_s).astimezone()
    return f"{local:%a} {local.day:>2} {local:%b}"


def time_text(start_s: float | None) -> str:
    """Return Thu 19 Nov 21:04."""
    if start_s is None:
        return day_text(None)
    return f"{day_text(start_s)} {dt.datetime.fromtimestamp(start_s).astimezone():%H:%M}"


def value_bar(value: float, largest: float, width: int) -> Text:
    """Return a bar of blocks as long as the share of the largest value."""
    return Text("█" * round(width * value / largest) if largest > 0 else "", BAR_STYLE)


def sparkline(values: "list[float | None]", largest: float) -> Text:
    """Return one character a value, 0 to the largest; unknown values are blank."""
    steps = len(BAR_EIGHTHS) - 1
    letters = [
        " " if value is None or largest <= 0 else BAR_EIGHTHS[max(0, min(steps, round(steps * value / largest)))]
        for value in values
    ]
    return Text("".join(letters), BAR_STYLE)
