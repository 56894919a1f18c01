"""A tape: the codes of a story, one row for each conversion, for a sampler that must not import numpy.

All chips of a tape convert together. Before its first row and after its last one the tape stands still. Its rows are
those of sim.frames, so what the core makes of it can be worked out beforehand.
"""

import sys
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = "<rate_hz> <cells>"


@dataclass(frozen=True, slots=True)
class Tape:
    """codes has cells values for each conversion, the first at time 0."""

    rate_hz: float
    cells: int
    codes: "array[int]"

    @property
    def rows(self) -> int:
        """Number of conversions."""
        return len(self.codes) // self.cells

    def row(self, number: int) -> "Sequence[int]":
        """Return the codes of a conversion."""
        number = min(max(number, 0), self.rows - 1)
        return self.codes[number * self.cells : (number + 1) * self.cells]


def write(path: Path, tape: Tape) -> None:
    """Write a tape: one line with rate and cells, then the codes."""
    with path.open("wb") as file:
        file.write(f"{tape.rate_hz} {tape.cells}\n".encode())
        tape.codes.tofile(file)


def read(path: Path) -> Tape:
    """Read a tape."""
    with path.open("rb") as file:
        rate_hz, cells = file.readline().split()
        codes = array("i")
        codes.frombytes(file.read())
    assert codes.itemsize == 4, sys.platform
    return Tape(float(rate_hz), int(cells), codes)
