"""The steady pose: the run of seconds in which the load stays where it is, and its mean."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firmware.posture.history import Loads

MEMORY_S = 10  # the mean of a run follows the load with this time constant


def moved(one: "Loads", other: "Loads") -> float:
    """Return half the summed difference of the shares of two loads (cells,): the part that is elsewhere."""
    return 0.5 * float(np.abs(one / max(one.sum(), 1e-9) - other / max(other.sum(), 1e-9)).sum())


def calm(loads: "Loads", moved_share: float) -> bool:
    """Return whether nothing rocks: at most this share of the loads (n, cells) has moved to and fro."""
    shares = loads / loads.sum(axis=1, keepdims=True)
    return 0.5 * float(np.ptp(shares, axis=0).sum()) <= moved_share


class SteadyRun:
    """One `step` a second with its mean loads (cells,)."""

    def __init__(self, moved_share: float, load_change: float) -> None:
        self._moved, self._change = moved_share, load_change
        self.reset()

    def reset(self) -> None:
        """Forget the run."""
        self.pose: Loads = np.zeros(1)  # mean of the run
        self.seconds = 0  # so far

    def step(self, second: "Loads") -> None:
        """Take the mean loads of a second: it continues the run or starts one."""
        pose = self.pose
        if (
            self.seconds
            and moved(second, pose) <= self._moved
            and abs(float(second.sum() - pose.sum())) <= self._change * float(pose.sum())
        ):
            self.seconds += 1
            self.pose = pose + (second - pose) / min(self.seconds, MEMORY_S)
        else:
            self.pose, self.seconds = second, 1
