"""Calibration with known weights, step by step: what the person does next, why it does not count yet, the placements.

Known weights on one tile after the other, one second of hops at a time; the result are placements for the fit. A load
counts only if it is stable, within the range of the converter, of the right sign and on the tile that was asked for.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.enums import Status
from firmware.frames import Counts, Flags
from firmware.signal.calibration import CODE_LIMIT
from firmware.signal.corners import corner_faults
from firmware.signal.fit import Placement
from firmware.signal.seconds import Cells, Mask, Seconds, StabilityDetector
from hardware.board import CORNERS, STANDARD_GRAVITY

if TYPE_CHECKING:
    from firmware.signal.calibration import Calibration
    from hardware.board import Board

KG: Final = STANDARD_GRAVITY  # newtons
STILL_N: Final = 0.5
STILL_S: Final = 3
BACK_S: Final = 2
OCCUPIED_N: Final = 6 * KG  # above the zero that was known before
NOTICED_N: Final = 2.0  # a change of this size is shown to the person
NOTHING: Final = 0.2  # of the least change by the cell type: less is no weight at all
OTHERS: Final = 0.35  # of the load may be on other tiles; a cover passes on a part of it
RETURN: Final = 0.1  # of the load may be left when it was taken off

UPSIDE_DOWN: Final = "{} reads less under load: if it was empty before, swap its wires A+ and A-"

Newest = tuple[Counts, Flags]


class Scales:
    """The cells of a board while they are calibrated: stable or not, readable or not, and their zero."""

    def __init__(self, board: "Board", known: "Calibration | None") -> None:
        self.board = board
        self.nominal = board.counts_per_newton
        self.stable = StabilityDetector(np.full(len(board.cells), STILL_N * board.counts_per_newton))
        self.lowest, self.highest = (limit / self.nominal for limit in board.counts_per_newton_range)
        self.zero: Cells | None = None
        self._known = known

    def name(self, cell: int) -> str:
        """Name of a tile with its place on the mat."""
        one = self.board.cells[cell]
        return f"{one.name} (row {one.row + 1} from the base, {one.col + 1} from your left hand)"

    def unreadable(self, missing: Mask | None, newest: Newest) -> str:
        """Cells that cannot be read and why, or an empty text."""
        if missing is None:
            return ""
        (counts, flags), names = newest, []
        for cell in np.flatnonzero(missing).tolist():
            full = flags[cell] & Status.SATURATED or abs(int(counts[cell])) >= CODE_LIMIT
            names.append(f"{self.board.cells[cell].name} {'is at the end of its range' if full else 'does not answer'}")
        return f"{', '.join(names)}: see `acumat doctor`"

    def find_zero(self) -> str:
        """Take the empty mat as zero once it is stable; return why not, or an empty text."""
        if self.stable.for_s < STILL_S:
            return f"{self.board.cells[self.stable.worst()].name} is not still"
        if self._known is not None and self._known.zero_counts is not None:
            offset = self.stable.mean - np.array(self._known.zero_counts, dtype=float)
            above_n = float(np.maximum(offset / np.array(self._known.counts_per_newton), 0.0).sum())
            if above_n > OCCUPIED_N:
                return f"{above_n / KG:.0f} kg seem to lie on the mat; if cells were changed, give --rewired"
        self.zero = self.stable.mean.copy()
        return ""

    def change(self, counts: Cells, zero: Cells) -> Cells:
        """Change of the cells (cells,) or hops of them since a zero, in newtons by the nominal scale."""
        change: Cells = (counts - zero) / self.nominal
        return change


@dataclass(frozen=True, slots=True)
class Target:
    """A place for a mass: over one corner of a tile, or over its middle, where corner is empty."""

    mass_kg: float
    cell: int
    corner: str = ""


class Weighing:
    """Known masses, each on each tile. wanted is the next step for the person, hint why it does not count yet.

    A tile of several sensors begins with the lightest mass over each of its corners; the first tile that is wired
    wrongly ends it. placements has two loads for each weight on the middle of each tile: put on and taken off again.
    done of total are finished, in so many seconds; failed is not empty after an error that ends the calibration.
    reads_kg is what the tile that is asked for reads now by the nominal scale, None before the zero.
    """

    def __init__(
        self,
        board: "Board",
        masses_kg: tuple[float, ...],
        known: "Calibration | None" = None,
        *,
        corners: bool = True,
    ) -> None:
        self._scales = Scales(board, known)
        self._corners_n: dict[str, float] = {}
        places = (*CORNERS, "") if corners and board.sensors_per_tile > 1 else ("",)
        self._todo = [Target(masses_kg[0], cell.index, place) for cell in board.cells for place in places]
        self._todo += [Target(mass_kg, cell.index) for mass_kg in masses_kg[1:] for cell in board.cells]
        self._loaded: Cells | None = None
        self.total = len(self._todo)
        self.done = self.seconds = 0
        self.reads_kg: float | None = None
        self.hint = self.failed = ""
        self.placements: list[Placement] = []

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every place for a mass, in order; done of them are finished."""
        return tuple(self._todo)

    @property
    def share(self) -> float:
        """Progress, 0 to 1."""
        return (self.done + 0.5 * (self._loaded is not None)) / self.total

    @property
    def finished(self) -> bool:
        """Whether every weight has been on every tile."""
        return self.done == self.total

    @property
    def zero(self) -> Cells | None:
        """The counts (cells,) of the empty mat, None until it was still."""
        return self._scales.zero

    @property
    def still_s(self) -> int:
        """For how many seconds the cells have been still, up to those that it takes."""
        return min(self._scales.stable.for_s, STILL_S)

    @property
    def wanted(self) -> str:
        """The next step for the person."""
        if self._scales.zero is None:
            return "Clear the mat and do not touch it."
        if self.finished:
            return "Done."
        target = self._todo[self.done]
        if self._loaded is not None:
            return "Take the weight off."
        mass, tile = f"{target.mass_kg:g} kg", self._scales.name(target.cell)
        if target.corner:
            return f"Put {mass} over the sensor at the {target.corner} of tile {tile}."
        return f"Put {mass} on the middle of tile {tile}."

    def step(self, second: Seconds, newest: Newest) -> None:
        """Process a second."""
        scales, middle = self._scales, second.middle()
        scales.stable.step(middle, None)
        self.seconds += 1
        if scales.zero is not None and not self.finished:
            self.reads_kg = float(scales.change(middle, scales.zero)[self._todo[self.done].cell]) / KG
        self.hint = scales.unreadable(second.missing, newest)
        if self.hint:
            scales.stable.forget()
        elif scales.zero is None:
            self.hint = scales.find_zero()
        elif self.finished:
            pass
        elif self._loaded is None:
            self.hint = self._put_on(scales.change(middle, scales.zero), scales.zero)
        else:
            self.hint = self._taken_off(scales.change(middle, scales.zero), self._loaded)

    def _put_on(self, change_n: Cells, zero: Cells) -> str:
        scales, stable = self._scales, self._scales.stable
        target = self._todo[self.done]
        most_n = float(np.abs(change_n).sum())
        if most_n < NOTHING * target.mass_kg * KG * scales.lowest:
            dead = "; if all of it is on, this sensor does not carry, or its wire is off" if target.corner else ""
            return f"only {most_n / KG:.1f} kg of change so far{dead}" if most_n > NOTICED_N else ""
        if stable.for_s < STILL_S:
            return "wait until it is still"
        change_n = scales.change(stable.mean, zero)
        wrong = self._wrong(change_n, target)
        if not wrong:
            self._loaded = stable.mean.copy()
            if target.corner:
                self._corners_n[target.corner] = float(change_n[target.cell])
            else:
                self._weigh(self._loaded - zero, target.mass_kg * KG)
            stable.forget()
        return wrong

    def _wrong(self, change_n: Cells, target: Target) -> str:
        """Why a stable load is not the one on target, or an empty text."""
        cells, cell, most = self._scales.board.cells, target.cell, int(np.argmax(np.abs(change_n)))
        total_n = float(change_n.sum())
        if target.corner and most == cell:  # a wrong sign is judged when all corners of the tile are known
            total_n, change_n = abs(total_n), change_n * np.sign(change_n[cell])
        if change_n[most] < 0:
            if most == cell:
                return UPSIDE_DOWN.format(cells[cell].name)
            return f"{cells[most].name} became lighter: was something on the mat at the beginning?"
        if most != cell:
            there, here = cells[most].name, cells[cell].name
            return f"the load came on {there}: put it on {here}; if it lies there, their cables are swapped"
        if total_n - change_n[cell] > OTHERS * total_n:
            return f"a part of the load is on other tiles: put it on {cells[cell].name} alone"
        ratio = total_n / (target.mass_kg * KG)
        if not target.corner and not self._scales.lowest <= ratio <= self._scales.highest:
            return f"this reads {ratio:.2f} times what the board file says: are the mass and the cell type right?"
        return ""

    def _taken_off(self, change_n: Cells, loaded: Cells) -> str:
        scales, stable = self._scales, self._scales.stable
        target = self._todo[self.done]
        load_n = target.mass_kg * KG
        left_n = float(change_n.sum())
        if target.corner and self._corners_n[target.corner] < 0:
            left_n = -left_n
        if abs(left_n) > RETURN * load_n * scales.highest:
            if left_n > 0:
                return "the weight is still there"
            if stable.for_s >= STILL_S:
                self.failed = "the mat is lighter than at the beginning: something was on it; start again"
            return "the mat became lighter than it was"
        if stable.for_s < BACK_S:
            return "wait until it is still"
        if not target.corner:
            self._weigh(loaded - stable.mean, load_n)
        elif len(self._corners_n) == len(CORNERS):
            self.failed = corner_faults(scales.board.cells[target.cell].name, self._corners_n)
            self._corners_n.clear()
        scales.zero = stable.mean.copy()
        stable.forget()
        self._loaded = None
        self.done += 1
        return ""

    def _weigh(self, change: Cells, load_n: float) -> None:
        self.placements.append(Placement(tuple(change.tolist()), load_n))
