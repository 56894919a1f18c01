"""What `acumat probe` shows: a row for each chip, the clock pulses and the verdict."""

from itertools import pairwise
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from firmware.diagnosis.probe import PULSE_BIN_EDGES_US, ProbeReport

if TYPE_CHECKING:
    from rich.console import RenderableType

PROGRESS_WIDTH = 30


def probe_report_view(report: ProbeReport) -> "RenderableType":
    """Return the whole report."""
    table = Table(title=f"{report.frames} frames in {report.seconds:.0f} s, {report.good_frames} of them good")
    for name in ("cell", "rate", "reads", "good", "silent", "long clock", "collided", "desynced", "resets", "noise"):
        table.add_column(name, justify="left" if name == "cell" else "right")
    for one in report.cells:
        rate = "-" if one.rate_hz is None else f"{one.rate_hz:.2f} Hz"
        noise = "-" if one.spread_counts is None else f"{one.spread_counts:.0f}"
        mishaps = (one.silent, one.stretched, one.collided, one.desynced, one.resets)
        table.add_row(one.name, rate, str(one.reads), str(one.good), *(str(number or "") for number in mishaps), noise)
    verdict = [Text(("fault: " if not report.ok else "fine: ") + line) for line in report.verdict]
    read = f"reading a bank takes {report.read_us:.0f} us; longest clock pulse {report.longest_high_us:.1f} us"
    return Group(table, Text(read), pulse_histogram(report), *verdict)


def pulse_histogram(report: ProbeReport) -> Table:
    """Return the clock pulses by how long they were high; a chip may switch off above 60 us."""
    table = Table.grid(padding=(0, 2))
    edges = [0, *PULSE_BIN_EDGES_US]
    names = [*(f"{low} to {high} us" for low, high in pairwise(edges)), f"{edges[-1]} us and more"]
    most = max(*report.high_pulses, 1)
    for name, pulses in zip(names, report.high_pulses, strict=True):
        table.add_row(f"clock high {name}", f"{pulses}", "#" * -(-PROGRESS_WIDTH * pulses // most))
    return table
