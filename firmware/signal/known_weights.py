"""Calibration with known weights, step by step: what the person does next, why it does not count yet, the placements.

Known weights on one tile after the other, one second of hops at a time; the result are placements for the fit. A load
counts only if it is stable, within the range of the converter, of the right sign and on the tile that was asked for.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.enums import Status
from firmware.frames import Counts, Flags
from firmware.signal.calibration import CODE_LIMIT
from firmware.signal.fit import Placement
from firmware.signal.seconds import Cells, Mask, Seconds, StabilityDetector
from hardware.board import STANDARD_GRAVITY

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


class Weighing:
    """Known masses, each on each tile. wanted is the next step for the person, hint why it does not count yet.

    placements has two loads for each weight on each tile: put on and taken off again. done of total are finished;
    failed is not empty after an error that ends the calibration.
    """

    def __init__(self, board: "Board", masses_kg: tuple[float, ...], known: "Calibration | None" = None) -> None:
        self._scales = Scales(board, known)
        self._todo = [(mass_kg, cell.index) for mass_kg in masses_kg for cell in board.cells]
        self._loaded: Cells | None = None
        self.total = len(self._todo)
        self.done = 0
        self.hint = self.failed = ""
        self.placements: list[Placement] = []

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
    def wanted(self) -> str:
        """The next step for the person."""
        if self._scales.zero is None:
            return "Clear the mat and do not touch it."
        if self.finished:
            return "Done."
        mass_kg, cell = self._todo[self.done]
        if self._loaded is not None:
            return "Take the weight off."
        return f"Put {mass_kg:g} kg on the middle of tile {self._scales.name(cell)}."

    def step(self, second: Seconds, newest: Newest) -> None:
        """Process a second."""
        scales, middle = self._scales, second.middle()
        scales.stable.step(middle, None)
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
        mass_kg, cell = self._todo[self.done]
        most_n = float(np.abs(change_n).sum())
        if most_n < NOTHING * mass_kg * KG * scales.lowest:
            return f"only {most_n / KG:.1f} kg of change so far" if most_n > NOTICED_N else ""
        if stable.for_s < STILL_S:
            return "wait until it is still"
        wrong = self._wrong(scales.change(stable.mean, zero), cell, mass_kg * KG)
        if not wrong:
            self._loaded = stable.mean.copy()
            self._weigh(self._loaded - zero, mass_kg * KG)
            stable.forget()
        return wrong

    def _wrong(self, change_n: Cells, cell: int, load_n: float) -> str:
        """Why a stable load is not the one that was asked for, or an empty text."""
        cells, most = self._scales.board.cells, int(np.argmax(np.abs(change_n)))
        total_n = float(change_n.sum())
        if change_n[most] < 0:
            if most == cell:
                return UPSIDE_DOWN.format(cells[cell].name)
            return f"{cells[most].name} became lighter: was something on the mat at the beginning?"
        if most != cell:
            there, here = cells[most].name, cells[cell].name
            return f"the load came on {there}: put it on {here}; if it lies there, their cables are swapped"
        if total_n - change_n[cell] > OTHERS * total_n:
            return "a part of the load is on other tiles: put it on the middle of this one, and nothing else"
        ratio = total_n / load_n
        if not self._scales.lowest <= ratio <= self._scales.highest:
            return f"this reads {ratio:.2f} times what the board file says: are the mass and the cell type right?"
        return ""

    def _taken_off(self, change_n: Cells, loaded: Cells) -> str:
        scales, stable = self._scales, self._scales.stable
        load_n = self._todo[self.done][0] * KG
        left_n = float(change_n.sum())
        if abs(left_n) > RETURN * load_n * scales.highest:
            if left_n > 0:
                return "the weight is still there"
            if stable.for_s >= STILL_S:
                self.failed = "the mat is lighter than at the beginning: something was on it; start again"
            return "the mat became lighter than it was"
        if stable.for_s < BACK_S:
            return "wait until it is still"
        self._weigh(loaded - stable.mean, load_n)
        scales.zero = stable.mean.copy()
        stable.forget()
        self._loaded = None
        self.done += 1
        return ""

    def _weigh(self, change: Cells, load_n: float) -> None:
        self.placements.append(Placement(tuple(change.tolist()), load_n))
