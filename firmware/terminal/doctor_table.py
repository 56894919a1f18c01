"""The rows of `acumat doctor` as a table."""

from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from firmware.diagnosis.checks import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firmware.diagnosis.checks import CheckResult

STYLES: Final = {Severity.FINE: "", Severity.NOTE: "yellow", Severity.FAIL: "bold reverse"}


def doctor_table(rows: "Sequence[CheckResult]") -> Table:
    """Return the table; rows that are not fine have their remedy."""
    table = Table(show_header=False, box=None, pad_edge=False)
    for row in rows:
        fact = Text(row.finding.fact)
        if row.finding.severity is not Severity.FINE:
            fact.append(f"\n-> {row.remedy}", "italic")
        table.add_row(row.name, Text(row.finding.severity, STYLES[row.finding.severity]), fact)
    return table
