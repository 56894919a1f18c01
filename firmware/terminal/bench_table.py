"""The figures of `acumat bench` as a table."""

from typing import TYPE_CHECKING, Final

from rich.table import Table

if TYPE_CHECKING:
    from firmware.diagnosis.bench import BenchReport

WHOLE_NUMBER_FROM: Final = 1000.0  # from here on without decimals


def bench_table(report: "BenchReport") -> Table:
    """Return the table; the title is the computer."""
    title = ", ".join(f"{value}" if key == "model" else f"{key} {value}" for key, value in report.machine.items())
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("n", justify="right")
    table.add_column("conditions", overflow="fold")
    for one in report.measures:
        digits = ".3g" if one.value is not None and one.value < WHOLE_NUMBER_FROM else ",.0f"
        table.add_row(one.name, "-" if one.value is None else f"{one.value:{digits}}", one.unit, str(one.n), one.note)
    return table
