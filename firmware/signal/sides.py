"""How the load is shared between the sides of the mat."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firmware.frames import Signals
    from hardware.board import Board


def right_share(board: "Board", signals: "Signals") -> float | None:
    """Return the share of the load on the right hand's side, the middle column left out; None without load."""
    right = left = 0.0
    for cell in board.cells:
        if 2 * cell.col != board.cols - 1:
            if 2 * cell.col > board.cols - 1:
                right += signals.cells_n[cell.index]
            else:
                left += signals.cells_n[cell.index]
    total = right + left
    return None if signals.cop_m is None or total <= 0 else min(max(right / total, 0.0), 1.0)
