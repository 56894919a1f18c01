"""A load in newtons as a pure function of time."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.people.layers import LoadLayer
    from sim.sensors.noise import Floats
    from sim.sensors.tiles import Newtons


@dataclass(frozen=True, slots=True)
class TrueLying:
    """One time on the mat. start_s: 90 % of the load has moved over; end_s: half of it has left its place."""

    start_s: float
    end_s: float
    exit: str
    load_n: float


@dataclass(frozen=True, slots=True)
class TrueWiggle:
    """One true wiggle."""

    start_s: float
    end_s: float
    moved_n: float


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One press of the key in the hand."""

    down_s: float
    up_s: float


@dataclass(slots=True)
class GroundTruth:
    """Ground truth of a story. For tests only: no frame, file or message of the product may carry it."""

    lyings: list[TrueLying] = field(default_factory=list)
    wiggles: list[TrueWiggle] = field(default_factory=list)
    breaths_s: list[float] = field(default_factory=list)
    beats_s: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LoadScene:
    """A finished story: length_s seconds of load on a number of cells."""

    length_s: float
    cells: int
    layers: tuple["LoadLayer", ...]
    starts_s: "Floats"
    ends_s: "Floats"
    truth: GroundTruth
    compliance_hz: float  # of the bed below, 0 on a floor
    presses: tuple[KeyPress, ...] = ()
    least_n: float = 0.0  # of a tile: loads push down, only a sensor that is wired wrongly turns them

    def load_n(self, t_s: "Floats") -> "Newtons":
        """Return newtons (n, cells) at rising times (n,); the same bits however the times are split into calls."""
        out = np.zeros((len(t_s), self.cells))
        if not len(t_s):
            return out
        for index in np.flatnonzero((self.starts_s <= t_s[-1]) & (self.ends_s >= t_s[0])):
            self.layers[index].add(t_s, out)
        return np.maximum(out, self.least_n, out=out)


def build_scene(
    length_s: float,
    cells: int,
    layers: "list[LoadLayer]",
    truth: GroundTruth,
    compliance_hz: float = 0.0,
    *,
    presses: tuple[KeyPress, ...] = (),
) -> LoadScene:
    """Combine layers into a scene."""
    starts_s = np.array([layer.start_s for layer in layers])
    ends_s = np.array([layer.end_s for layer in layers])
    return LoadScene(length_s, cells, tuple(layers), starts_s, ends_s, truth, compliance_hz, presses)
