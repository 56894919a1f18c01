"""Words of a command line that several commands of the simulator take."""

from typing import TYPE_CHECKING

import click

from hardware import toml_text
from sim.sensors.faults import CellFaultCommand, FaultKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.board import Board


def _parts(value: str) -> tuple[str, float, FaultKind]:
    """Return cell, seconds and kind of a fault. Raises BadParameter with what was meant."""
    cell, seconds, kind = (*value.split(":"), "", "")[:3]
    if kind not in list(FaultKind) or value.count(":") != 2:  # noqa: PLR2004 - two colons between three words
        hint = toml_text.did_you_mean(kind, list(FaultKind))
        raise click.BadParameter(f"{value!r}: {hint} Write it as C2:120:unplugged")
    try:
        return cell, float(seconds), FaultKind(kind)
    except ValueError as error:
        raise click.BadParameter(f"{value!r}: {seconds} is not a number of seconds") from error


def faults_of(values: "Sequence[str]", board: "Board") -> tuple[CellFaultCommand, ...]:
    """Read faults, each CELL:SECONDS:KIND with the name of the cell on this board."""
    cells = {cell.name: cell.index for cell in board.cells}
    faults = []
    for cell, seconds, kind in map(_parts, values):
        if cell.upper() not in cells:
            first, last = board.cells[0].name, board.cells[-1].name
            raise click.BadParameter(f"there is no cell {cell!r}; this board has {first} to {last}")
        faults.append(CellFaultCommand(cells[cell.upper()], round(seconds * 1e9), kind))
    return tuple(faults)
