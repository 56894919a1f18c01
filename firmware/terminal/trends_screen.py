"""The screen of `acumat trends`: minutes a week, pain before and after, until it felt easier, getting up."""

import statistics
from typing import TYPE_CHECKING, Final

from rich.text import Text

from firmware import words
from firmware.storage.history import LENGTHS_MIN, changes_by_length
from firmware.terminal.screen import BAR_STYLE, TITLE_STYLE, day_text, screen_header, sparkline, value_bar
from firmware.words import journal as journal_words
from firmware.words.quantities import duration_text

if TYPE_CHECKING:
    from firmware.storage.history import Trends

WEEKS_SHOWN: Final = 12
TREND_BAR_WIDTH: Final = 22
STEP: Final = 2  # characters a point of pain


def trends_screen(found: "Trends", target: int, towel: tuple[float, float] | None = None) -> list[Text]:
    """Return the lines of the screen. target is how many sessions a week are aimed at.

    towel is the share of the load on the lumbar rows with a towel under the mat and without.
    """
    if not found.sessions:
        none = journal_words.NO_DATED_SESSIONS if found.undated else journal_words.NO_SESSIONS_YET
        return [*screen_header("acumat trends", simulated=False), Text(none)]
    this_week = words.WEEK.format(done=found.weeks[-1].sessions, target=target)
    lines = screen_header("acumat trends", simulated=found.simulated, line=f"{found.sessions} sessions. {this_week}")
    lines += [Text("Minutes a week", TITLE_STYLE), *_weeks(found), Text()]
    if found.pain:
        lines += [Text("Back pain, before ○ and after ●, 0-10", TITLE_STYLE), *_pain(found), Text()]
        lines += [Text("Change of back pain, by the length of a session", TITLE_STYLE), *_changes(found), Text()]
    for title, values in (("Until it felt easier", found.eased), ("Until you lay still", found.settled)):
        if values:
            middle = statistics.median(seconds for _, seconds in values)
            curve = sparkline([seconds for _, seconds in values[-40:]], max(seconds for _, seconds in values))
            lines += [Text(title, TITLE_STYLE), curve, Text(f"middle value {duration_text(middle)}"), Text()]
    lines += [Text("Getting up", TITLE_STYLE), *_exits(found)]
    if found.wiggles_a_session is not None:
        lines.append(Text(f"You moved {found.wiggles_a_session:.1f} times a session on average."))
    if found.breaths_start is not None and found.breaths_end is not None:
        text = f"Breaths a minute, about: {found.breaths_start:.0f} at the start, {found.breaths_end:.0f} at the end."
        lines.append(Text(text))
    if towel is not None:
        with_it, without = towel
        lines += map(Text, _wrapped(journal_words.LUMBAR.format(with_it=with_it, without=without)))
    lines += [Text(), Text("How to read this", TITLE_STYLE), *(Text(line) for line in _wrapped(journal_words.TRENDS))]
    return [*lines, Text(), Text("More: acumat trends --weeks 52   acumat trends --json   acumat export")]


def _weeks(found: "Trends") -> list[Text]:
    most = max(week.minutes for week in found.weeks)
    lines = []
    for week in found.weeks[-WEEKS_SHOWN:]:
        line = Text(f"{day_text(week.start_s)[4:]:>8}  ")
        line.append_text(value_bar(week.minutes, most, TREND_BAR_WIDTH))
        line.append(f" {week.minutes:.0f}" if week.sessions else "")
        lines.append(line)
    return lines


def _pain(found: "Trends") -> list[Text]:
    lines = []
    for one in found.pain[-WEEKS_SHOWN:]:
        places = [" "] * (10 * STEP + 1)
        low, high = sorted((one.before, one.after))
        for place in range(low * STEP, high * STEP + 1):
            places[place] = "─"
        places[one.before * STEP] = "○"
        places[one.after * STEP] = "●"
        line = Text(f"{day_text(one.start_s)[4:]:>8}  ")
        line.append("".join(places), BAR_STYLE)
        line.append("  as before" if one.before == one.after else "")
        lines.append(line)
    return [*lines, Text(" " * 10 + "0".ljust(5 * STEP) + "5".ljust(5 * STEP) + "10")]


def _changes(found: "Trends") -> list[Text]:
    """Return the middle change for each length: the same marks as above, no claim and no percent."""
    lines = []
    for one in changes_by_length(found.pain):
        name = f"under {one.to_min} min" if not one.from_min else f"{one.from_min} to {one.to_min - 1} min"
        name = f"{one.from_min} min and more" if one.to_min == LENGTHS_MIN[-1] else name
        change = "as before" if not one.change else f"{abs(one.change):g} {'lower' if one.change < 0 else 'higher'}"
        times = "once" if one.sessions == 1 else f"{one.sessions} sessions"
        lines.append(Text(f"{name:>18}  {change:<12} {times}"))
    return lines


def _exits(found: "Trends") -> list[Text]:
    most = max(found.exits.values())
    lines = []
    for kind, name in words.EXIT_SHORT.items():
        count = found.exits.get(kind, 0)
        if count:
            line = Text(f"{name:>9}  ")
            line.append_text(value_bar(count, most, TREND_BAR_WIDTH))
            line.append(f" {count}")
            lines.append(line)
    return lines


def _wrapped(text: str, width: int = 78) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
