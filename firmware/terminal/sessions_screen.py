"""The screen of `acumat sessions`: newest first, minutes of those planned, a sentence where a session ended early."""

from typing import TYPE_CHECKING, Final

from rich.text import Text

from firmware import words
from firmware.terminal.screen import BAR_STYLE, TITLE_STYLE, bulleted, screen_header, time_text
from firmware.words import journal as journal_words
from firmware.words.quantities import clock_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firmware.storage.history import Session

BAR_COLUMNS_MAX: Final = 20  # one a minute
WHOLE: Final = ("goal_reached", "")


def sessions_screen(found: "Sequence[Session]", head: str) -> list[Text]:
    """Return the lines of the screen; head is the sentence below its name."""
    if not found:
        first_time = bulleted(words.FIRST_TIME)
        more = Text("More: acumat programme acknowledge   acumat doctor")
        return [
            *screen_header("acumat sessions", simulated=False),
            Text(journal_words.NO_SESSIONS_YET),
            *first_time,
            Text(),
            more,
        ]
    lines = screen_header("acumat sessions", simulated=any(one.simulated for one in found), line=head)
    lines.append(Text(f"{'No':>4}  {'When':<16}  {'Minutes, of those planned':<28} Moved  Hurt  Got up", TITLE_STYLE))
    for one in found:
        lines.append(_row(one))
        if one.reason not in WHOLE:
            lines.append(Text(" " * 6 + words.ENDED.get(one.reason, "")))
    lines += [Text(), Text("Moved: slid while lying. Hurt: presses of the key. Lifting is not counted.")]
    newest = found[0].id
    lines.append(Text(f"More: acumat session {newest}   acumat sessions --all   acumat sessions --json"))
    return lines


def _row(one: "Session") -> Text:
    planned = round(one.goal_s / 60)
    done, width = round(one.lying_s / 60), min(max(planned, 1), BAR_COLUMNS_MAX)
    filled = min(done, width)
    line = Text(f"{one.id:>4}  {time_text(one.start_s):<16}  {clock_text(one.lying_s):>5} ")
    line.append("━" * filled, BAR_STYLE)
    line.append("─" * (width - filled))
    line.append(f" {planned}".ljust(BAR_COLUMNS_MAX - width + 3))
    got_up = "–" if one.exit == "unknown" else words.EXIT_SHORT.get(one.exit, "–")
    line.append(f"{one.wiggles or '–':>5}  {one.discomforts or '–':>4}  {got_up}")
    return line
