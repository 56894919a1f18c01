"""The screen of `acumat doctor`: a verdict in one sentence, what is at fault, what to know, and what is fine."""

from typing import TYPE_CHECKING, Final

from rich.text import Text

from firmware.diagnosis.checks import Severity
from firmware.terminal.screen import BADGE_STYLE, SCREEN_WIDTH, SIMULATED_MAT, TITLE_STYLE, screen_header, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firmware.diagnosis.checks import CheckResult
    from hardware.board import Board

MARKS: Final = {Severity.FAIL: "✗ FAULT", Severity.NOTE: "! NOTE", Severity.FINE: "✓ fine"}
NAME_COLUMN: Final = 9
FACT_COLUMN: Final = 23
CELL_WIDTH: Final = 10
QUESTION: Final = "Is this mat in order?"
PRIVATE: Final = "No password and no note of yours is shown here. --json for programs."


def doctor_screen(rows: "Sequence[CheckResult]", board: "Board", *, simulated: bool) -> list[Text]:
    """Return the lines of the screen; rows that are not fine come first, with what to do."""
    lines = screen_header("acumat doctor", simulated=simulated, badge=SIMULATED_MAT)
    lines.insert(1, Text(verdict(rows), TITLE_STYLE))
    for severity in MARKS:
        chosen = [row for row in rows if row.finding.severity is severity]
        for row in chosen:
            lines += _row(row, board)
        lines += [Text()] if chosen and lines[-1].plain else []
    return [*lines, Text(PRIVATE)]


def verdict(rows: "Sequence[CheckResult]") -> str:
    """Return the whole in one sentence."""
    faults, notes = (
        sum(row.finding.severity is severity for row in rows) for severity in (Severity.FAIL, Severity.NOTE)
    )
    known = f"{notes} {'thing' if notes == 1 else 'things'} to know about."
    if faults:
        found = "1 fault" if faults == 1 else f"{faults} faults"
        return f"{QUESTION} Not quite: {found}, {known}" if notes else f"{QUESTION} Not quite: {found}."
    return f"{QUESTION} Yes, with {known}" if notes else f"{QUESTION} Yes."


def _row(row: "CheckResult", board: "Board") -> list[Text]:
    finding, room = row.finding, SCREEN_WIDTH - FACT_COLUMN
    fact = finding.fact[:1].upper() + finding.fact[1:] if finding.severity is not Severity.FINE else finding.fact
    facts = [line for part in fact.splitlines() for line in wrapped(part, room)]
    first = Text(f"{MARKS[finding.severity]:<{NAME_COLUMN}}", TITLE_STYLE if finding.severity is Severity.FAIL else "")
    head = Text()
    head.append_text(first)
    head.append(f"{row.name.capitalize():<{FACT_COLUMN - NAME_COLUMN}}", TITLE_STYLE)
    head.append(facts[0])
    lines = [head, *(Text(" " * FACT_COLUMN + line) for line in facts[1:])]
    if finding.severity is Severity.FINE:
        return lines
    remedies = [line for part in row.remedy.splitlines() for line in wrapped(part[:1].upper() + part[1:], room)]
    lines += [
        Text(" " * (FACT_COLUMN - 2) + ("→ " if not number else "  ") + line) for number, line in enumerate(remedies)
    ]
    return [*lines, *(_cells(finding.cells, board) if finding.cells else [])]


def _cells(texts: "Sequence[str]", board: "Board") -> list[Text]:
    """Return the cells where they lie, head on top, the left hand on the right; a word in place of grams stands out."""
    indent, width = " " * FACT_COLUMN, (CELL_WIDTH + 2) * board.cols
    lines = [Text(), Text(indent + "Head end".center(width).rstrip())]
    for row in reversed(range(board.rows)):
        line = Text(indent)
        for col in reversed(range(board.cols)):
            index = row * board.cols + col
            line.append(f"{board.cells[index].name} ", TITLE_STYLE)
            grams = texts[index].endswith(" g")
            line.append(f"{texts[index]:>{CELL_WIDTH - 3}}", "" if grams else BADGE_STYLE)
            line.append("  ")
        lines.append(line)
    sides = "Your right" + "Your left".rjust(width - 12)
    return [*lines, Text(indent + sides), Text(indent + "Grams: the flicker of the empty cell."), Text()]
