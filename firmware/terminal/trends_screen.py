"""The screen of `acumat trends`: minutes a week, pain before and after, until it felt easier, getting up."""

import statistics
from math import ceil
from typing import TYPE_CHECKING, Final

from rich.text import Text

from firmware import words
from firmware.storage.history import LENGTHS_MIN, changes_by_length
from firmware.terminal.screen import (
    BAR_STYLE,
    TITLE_STYLE,
    beside,
    day_text,
    screen_header,
    tall_sparkline,
    value_bar,
    week_text,
    wrapped,
)
from firmware.words import journal as journal_words
from firmware.words.quantities import duration_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firmware.storage.history import Trends

MORE: Final = Text("More: acumat sessions   acumat doctor")
RIGHT_COLUMN: Final = 40
SCREEN_TEXT: Final = 78
WEEKS_SHOWN: Final = 12
WEEK_BAR: Final = 18
EXIT_BAR: Final = 18
CURVE_SHOWN: Final = 28  # the newest sessions
STEP: Final = 2  # characters a point of pain


def trends_screen(found: "Trends", target: int, towel: tuple[float, float] | None = None) -> list[Text]:
    """Return the lines of the screen. target is how many sessions a week are aimed at.

    towel is the share of the load on the lumbar rows with a towel under the mat and without.
    """
    if not found.sessions:
        none = journal_words.NO_DATED_SESSIONS if found.undated else journal_words.NO_SESSIONS_YET
        return [*screen_header("acumat trends", simulated=False), *map(Text, wrapped(none, SCREEN_TEXT)), Text(), MORE]
    several = "One session" if found.sessions == 1 else f"{found.sessions} sessions"
    head = f"{several} in {len(found.weeks)} weeks. {week_text(found.weeks[-1].sessions, target)}"
    lines = screen_header("acumat trends", simulated=found.simulated, line=head)
    lines += [*beside(_weeks(found), _pain(found), RIGHT_COLUMN), Text()]
    lines += [*beside(_curve("Until it felt easier", found.eased), _exits(found), RIGHT_COLUMN), Text()]
    settled, changes = _curve("Until you lay still", found.settled), _changes(found)
    lines += [*beside(settled, changes, RIGHT_COLUMN), Text()] if settled or changes else []
    lines += [Text(line) for text in _sentences(found, towel) for line in wrapped(text, SCREEN_TEXT)]
    how = wrapped(journal_words.TRENDS, SCREEN_TEXT)
    lines += [Text(), Text("How to read this", TITLE_STYLE), *map(Text, how)]
    return [*lines, Text(), Text("More: acumat trends --weeks 52   acumat trends --json   acumat export")]


def _weeks(found: "Trends") -> list[Text]:
    most = max(week.minutes for week in found.weeks)
    lines = [Text("Minutes a week, in sessions", TITLE_STYLE)]
    shown = found.weeks[-WEEKS_SHOWN:]
    for number, week in enumerate(shown, start=1):
        newest = number == len(shown)
        line = Text(f"{'this week' if newest else day_text(week.start_s)[4:]:>9}  ")
        line.append_text(value_bar(week.minutes, most, WEEK_BAR))
        line.append(f" {week.minutes:.0f} in {week.sessions}" if week.sessions else "", TITLE_STYLE if newest else "")
        lines.append(line)
    return lines


def _pain(found: "Trends") -> list[Text]:
    if not found.pain:
        return [Text("Back pain, before and after", TITLE_STYLE), Text("not noted yet: acumat journal")]
    lines = [Text("Back pain, before ○ and after ●, 0-10", TITLE_STYLE)]
    for one in found.pain[-WEEKS_SHOWN:]:
        places = [" "] * (10 * STEP + 1)
        low, high = sorted((one.before, one.after))
        for place in range(low * STEP, high * STEP + 1):
            places[place] = "─"
        places[one.before * STEP] = "○"
        places[one.after * STEP] = "●"
        line = Text(f"{day_text(one.start_s)[4:]:>7}  ")
        line.append("".join(places), BAR_STYLE)
        line.append(" as before" if one.before == one.after else "")
        lines.append(line)
    return [*lines, Text(" " * 9 + "0".ljust(5 * STEP) + "5".ljust(5 * STEP) + "10")]


def _curve(title: str, values: "Sequence[tuple[float, float]]") -> list[Text]:
    """Return the newest times as bars, oldest first, with the middle of all of them; nothing without any."""
    if not values:
        return []
    shown = [seconds for _, seconds in values[-CURVE_SHOWN:]]
    top_min = ceil(max(shown) / 60)
    lines = [Text(title, TITLE_STYLE)]
    for label, row in zip((f"{top_min} min", "0"), tall_sparkline([*shown], 60.0 * top_min), strict=True):
        line = Text(f"{label:>7}  ")
        line.append_text(row)
        lines.append(line)
    middle = statistics.median(seconds for _, seconds in values)
    return [*lines, Text(f"         middle value {duration_text(middle)}")]


def _changes(found: "Trends") -> list[Text]:
    """Return the middle change for each length: no claim and no percent."""
    if not found.pain:
        return []
    lines = [Text("Change of back pain, by minutes lain", TITLE_STYLE)]
    for one in changes_by_length(found.pain):
        name = f"under {one.to_min}" if not one.from_min else f"{one.from_min} to {one.to_min - 1}"
        name = f"{one.from_min} and more" if one.to_min == LENGTHS_MIN[-1] else name
        change = "as before" if not one.change else f"{abs(one.change):g} {'lower' if one.change < 0 else 'higher'}"
        times = "one session" if one.sessions == 1 else f"{one.sessions} sessions"
        lines.append(Text(f"{name:>11}  {change:<10} {times}"))
    return lines


def _exits(found: "Trends") -> list[Text]:
    most = max(found.exits.values())
    lines = [Text("Getting up", TITLE_STYLE)]
    for kind, name in words.EXIT_SHORT.items():
        count = found.exits.get(kind, 0)
        if count:
            line = Text(f"{name:>9}  ")
            line.append_text(value_bar(count, most, EXIT_BAR))
            line.append(f" {count}")
            lines.append(line)
    return [*lines, Text(words.ROLLING_FIRST)]


def _sentences(found: "Trends", towel: tuple[float, float] | None) -> list[str]:
    sentences = []
    if found.wiggles_a_session is not None:
        sentences.append(f"Moved {found.wiggles_a_session:.1f} times a session.")
    if found.breaths_start is not None and found.breaths_end is not None:
        breaths = f"{found.breaths_start:.0f} a minute at first, {found.breaths_end:.0f} at the end."
        sentences.append(f"Breaths: about {breaths}")
    both = [" ".join(sentences)] if sentences else []
    if towel is not None:
        with_it, without = towel
        both.append(journal_words.LUMBAR.format(with_it=with_it, without=without))
    return both
