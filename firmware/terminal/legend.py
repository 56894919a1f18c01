"""The body of a scene: what the map shows, and the sentences below it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from firmware.terminal.body_map import LEAST_SHOWN_KG
from firmware.terminal.scene import ShownBody
from firmware.words.quantities import kilograms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.board import Board

GUESS_LABEL: Final = "the colour between: a guess"


class LegendKind(StrEnum):
    """What a map is of."""

    LOAD = "load"
    EMPTY = "empty"  # no cell has a load worth a digit
    GAPS = "gaps"  # some cells do not answer
    TOO_FEW = "too few"
    NO_ZERO = "no zero"
    RESTED = "rested"  # averages
    LAY = "lay"
    NOTHING = "nothing"  # no session was timed


@dataclass(frozen=True, slots=True)
class Legend:
    """Lines below the map at 80 columns, the sentence at 100, lines at 60. {n} cells, {known} of them answer."""

    lines: tuple[str, ...]
    wide: str
    narrow: tuple[str, ...]
    scale: bool = False


LEGENDS: Final = {
    LegendKind.LOAD: Legend(
        ("{n} numbers measured, in kg;", GUESS_LABEL),
        "The {n} numbers are measured, in kilograms. The colour between them is a guess.",
        ("Numbers measured, in kg; the colour between is a guess.",),
        scale=True,
    ),
    LegendKind.EMPTY: Legend(
        ("Seen from above. Each dot", "is a cell without load."),
        "Seen from above. Each dot is a cell without load.",
        ("Seen from above. Each dot is a cell without load.",),
    ),
    LegendKind.GAPS: Legend(
        ("{known} of {n} cells answer. The", "colour between numbers is", "a guess; gaps stay gaps."),
        "{known} of {n} cells answer. The colour between numbers is a guess; gaps stay gaps.",
        ("{known} of {n} cells answer; gaps stay gaps.",),
    ),
    LegendKind.TOO_FEW: Legend(
        ("No session can be timed", "like this. Nothing ends by", "itself; nothing is lost."),
        "No session can be timed like this. Nothing ends by itself; nothing is lost.",
        ("No session can be timed like this.",),
    ),
    LegendKind.NO_ZERO: Legend(
        ("No kilograms before the", "zero is found."),
        "No kilograms before the zero is found.",
        ("No kilograms before the zero is found.",),
    ),
    LegendKind.RESTED: Legend(
        ("Average while you rested.", "{n} numbers measured, in kg;", GUESS_LABEL),
        "Average while you rested. The {n} numbers are measured, in kilograms. The colour between them is a guess.",
        ("Average while resting.", "Numbers measured, kg;", "colour: a guess."),
    ),
    LegendKind.LAY: Legend(
        ("Average while you lay.", "{n} numbers measured, in kg;", GUESS_LABEL),
        "Average while you lay. The {n} numbers are measured, in kilograms. The colour between them is a guess.",
        ("Average while lying.", "Numbers measured, kg;", "colour: a guess."),
    ),
    LegendKind.NOTHING: Legend(("Seen from above.",), "Seen from above.", ("Seen from above.",)),
}


def body_with_legend(
    board: "Board",
    cells_n: "Sequence[float] | None",
    lost: int = 0,
    cop_m: tuple[float, float] | None = None,
    kind: LegendKind | None = None,
) -> ShownBody:
    """Return the map of loads in newtons (cells,), None before the zero. Without a kind it follows from the loads."""
    loads_kg = None if cells_n is None else tuple(kilograms(load_n) for load_n in cells_n)
    if kind is None:
        kind = LegendKind.LOAD if loads_kg and max(loads_kg) >= LEAST_SHOWN_KG else LegendKind.EMPTY
        kind = LegendKind.GAPS if lost else kind
    legend, cells = LEGENDS[kind], len(board.cells)
    counts = {"n": cells, "known": cells - lost.bit_count()}
    return ShownBody(
        loads_kg,
        lost,
        None if cop_m is None or lost else (cop_m[0] / board.width_m, cop_m[1] / board.length_m),
        tuple(line.format(**counts) for line in legend.lines),
        legend.wide.format(**counts),
        tuple(line.format(**counts) for line in legend.narrow),
        legend.scale,
    )
