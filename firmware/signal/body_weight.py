"""Calibration with a person of known weight, who stands in many places on the mat.

Each place is one equation: all cells together carry the whole person. It counts while the sum is calm; sway moves load
between cells and does no harm. With a foot beside the mat the sum is too low, and the fit drops that place.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.signal.fit import WALK_NOISE, Floats, Placement, expected_error
from firmware.signal.known_weights import KG, NOTHING, UPSIDE_DOWN, Newest, Scales
from firmware.signal.seconds import Cells, Seconds

if TYPE_CHECKING:
    from firmware.signal.calibration import Calibration
    from hardware.board import Board

CALM: Final = 0.03  # of the load: its largest change within a second
SAME_PLACE: Final = 0.15  # of the load on other tiles is another place
PLACES_PER_CELL: Final = 2
GOOD: Final = 0.06  # expected error of a scale that is known well enough
PULLED: Final = 0.1  # of the load below zero on one cell: nothing can pull it
PULLED_S: Final = 5
MOST_PLACES: Final = 400


class BodyWeightCalibration:
    """A person of known mass. wanted is the next step, hint why it does not count yet, needy the tiles that need more.

    placements has one load for each place. finished is true when every cell is known well enough.
    """

    def __init__(self, board: "Board", mass_kg: float, known: "Calibration | None" = None) -> None:
        self._scales = Scales(board, known)
        self._load_n = mass_kg * KG
        self._rows: list[Cells] = []  # change (cells,) in newtons by the nominal scale, one for each place
        self._calm_s = 0
        self._pulled_s = 0
        self._errors: Floats = np.ones(len(board.cells))
        self.hint = self.failed = ""

    @property
    def zero(self) -> Cells | None:
        """The counts (cells,) of the empty mat, None until it was still."""
        return self._scales.zero

    @property
    def placements(self) -> list[Placement]:
        """The loads so far."""
        return [Placement(tuple((row * self._scales.nominal).tolist()), self._load_n) for row in self._rows]

    @property
    def share(self) -> float:
        """Progress, 0 to 1."""
        enough = PLACES_PER_CELL * len(self._errors)
        good = float(np.minimum(GOOD / self._errors, 1.0).mean())
        return min(good, len(self._rows) / enough)

    @property
    def finished(self) -> bool:
        """Whether every cell is known well enough."""
        return self.share >= 1.0 or len(self._rows) >= MOST_PLACES

    @property
    def needy(self) -> tuple[str, ...]:
        """The tiles that are not known well enough, the worst first."""
        order = np.argsort(-self._errors)
        return tuple(self._scales.board.cells[cell].name for cell in order if self._errors[cell] > GOOD)

    @property
    def wanted(self) -> str:
        """The next step for the person."""
        if self._scales.zero is None:
            return "Clear the mat and do not touch it."
        if self.finished:
            return "Done: step off."
        where = f" Tiles that still need you: {', '.join(self.needy[:4])}." if self._rows and self.needy else ""
        return f"Stand on the tiles with both feet, three seconds in each place, all over the mat.{where}"

    def step(self, second: Seconds, newest: Newest) -> None:
        """Process a second."""
        scales = self._scales
        self.hint = scales.unreadable(second.missing, newest)
        if self.hint:
            scales.stable.forget()
        elif scales.zero is None:
            scales.stable.step(second.middle(), None)
            self.hint = scales.find_zero()
        elif not self.finished:
            self.hint = self._stand(scales.change(second.hops, scales.zero))

    def _stand(self, hops_n: Floats) -> str:
        sums_n = hops_n.sum(axis=1)
        mean_n = float(sums_n.mean())
        lowest, highest = self._scales.lowest, self._scales.highest
        change_n = hops_n.mean(axis=0)
        if float(change_n.min()) < -PULLED * self._load_n * lowest:
            self._pulled_s += 1
            reason = UPSIDE_DOWN.format(self._scales.board.cells[int(change_n.argmin())].name)
            self.failed = reason if self._pulled_s >= PULLED_S else ""
            return reason
        if mean_n < NOTHING * self._load_n * lowest:
            self._calm_s = 0
            return ""
        if float(sums_n.max() - sums_n.min()) > CALM * mean_n:
            self._calm_s = 0
            return "hold still for three seconds"
        if not lowest <= mean_n / self._load_n <= highest:
            ratio = mean_n / self._load_n
            return (
                f"this reads {ratio:.2f} times what the board file says: both feet on it? the right mass and cell type?"
            )
        self._calm_s += 1
        if self._calm_s > 1:  # the first calm second has the end of a step in it
            self._note(change_n)
        return ""

    def _note(self, change_n: Cells) -> None:
        """Add a second to the place the person stands in, or start a new place."""
        if self._calm_s > 2:  # noqa: PLR2004 - the second one of a stay begins a place
            here = self._rows[-1]
            if 0.5 * float(np.abs(change_n / change_n.sum() - here / here.sum()).sum()) < SAME_PLACE:
                here += (change_n - here) / (self._calm_s - 1)
                return
            self._calm_s = 2
        self._rows.append(change_n.copy())
        rows = np.array(self._rows)
        self._errors = expected_error(rows / rows.sum(axis=1, keepdims=True), WALK_NOISE)
