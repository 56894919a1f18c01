"""The parts that printed screens share: header with badge, bars, dates, rows."""

import datetime as dt
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from rich.text import Text

from firmware import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SCREEN_WIDTH: Final = 80
TITLE_STYLE: Final = "bold"
BAR_STYLE: Final = "#7c86cf"  # at least 3:1 on black, white and the usual dark grounds
BADGE_STYLE: Final = "bold black on #7c86cf"
SIMULATED_BADGE: Final = " SIMULATED HISTORY "
SIMULATED_MAT: Final = " SIMULATED MAT "
BAR_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"


def screen_header(command: str, *, simulated: bool, line: str = "", badge: str = SIMULATED_BADGE) -> list[Text]:
    """Return the command in bold with the badge at the right end, one sentence below, and a blank line."""
    first = Text(command, TITLE_STYLE)
    if simulated:
        first.append(" " * (SCREEN_WIDTH - len(command) - len(badge)))
        first.append(badge, BADGE_STYLE)
    return [first, *([Text(line)] if line else []), Text()]


def beside(left: "Sequence[Text]", right: "Sequence[Text]", column: int) -> list[Text]:
    """Return two columns as one list of lines; the right one begins at a column."""
    lines = []
    for one, other in zip_longest(left, right, fillvalue=Text()):
        line = Text()
        line.append_text(one)
        if other.plain:
            line.append(" " * (column - line.cell_len))
            line.append_text(other)
        lines.append(line)
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most width characters, broken between words."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def bulleted(texts: "Iterable[str]", width: int = SCREEN_WIDTH) -> list[Text]:
    """Return a list of sentences, each after a dash and in as many lines as it needs."""
    lines = [(number, line) for text in texts for number, line in enumerate(wrapped(text, width - 2))]
    return [Text(f"{'  ' if number else '- '}{line}") for number, line in lines]


def labelled_fact(label: str, text: str, label_width: int, width: int) -> list[Text]:
    """Return a bold label with its text, which goes on below itself."""
    first, *others = wrapped(text, width - label_width)
    line = Text()
    line.append(f"{label:<{label_width}}", TITLE_STYLE)
    line.append(first)
    return [line, *(Text(" " * label_width + other) for other in others)]


def week_text(done: int, target: int) -> str:
    """Return how many sessions this week has, beside those that are aimed at."""
    return (words.WEEK if done <= target else words.WEEK_MORE).format(done=done, target=target)


def day_text(start_s: float | None) -> str:
    """Return Thu 19 Nov, or "no date yet" before the clock was set."""
    if start_s is None:
        return "no date yet"
    local = dt.datetime.fromtimestamp(start_s).astimezone()
    return f"{local:%a} {local.day:>2} {local:%b}"


def long_time_text(start_s: float | None) -> str:
    """Return Thursday 19 November, 21:04, as the begin of a sentence."""
    if start_s is None:
        return day_text(None).capitalize()
    local = dt.datetime.fromtimestamp(start_s).astimezone()
    return f"{local:%A} {local.day} {local:%B, %H:%M}"


def time_text(start_s: float | None) -> str:
    """Return Thu 19 Nov 21:04."""
    if start_s is None:
        return day_text(None)
    return f"{day_text(start_s)} {dt.datetime.fromtimestamp(start_s).astimezone():%H:%M}"


def value_bar(value: float, largest: float, width: int) -> Text:
    """Return a bar of blocks, low enough for a gap between two rows, as long as the share of the largest value."""
    return Text("▆" * round(width * value / largest) if largest > 0 else "", BAR_STYLE)


def sparkline(values: "list[float | None]", largest: float) -> Text:
    """Return one character a value, 0 to the largest; unknown values are blank."""
    steps = len(BAR_EIGHTHS) - 1
    letters = [
        " " if value is None or largest <= 0 else BAR_EIGHTHS[max(0, min(steps, round(steps * value / largest)))]
        for value in values
    ]
    return Text("".join(letters), BAR_STYLE)


def tall_sparkline(values: "list[float | None]", largest: float) -> tuple[Text, Text]:
    """Return two rows of one character a value, 0 to the largest; unknown values are blank."""
    half = len(BAR_EIGHTHS) - 1
    levels = [
        0 if value is None or largest <= 0 else max(0, min(2 * half, round(2 * half * value / largest)))
        for value in values
    ]
    upper = "".join(BAR_EIGHTHS[max(level - half, 0)] for level in levels)
    return Text(upper, BAR_STYLE), Text("".join(BAR_EIGHTHS[min(level, half)] for level in levels), BAR_STYLE)
