"""The oscillators of the chips: none runs at its nominal rate, and no two at the same one."""

import msgspec
import numpy as np
import numpy.typing as npt

from sim.bounds import check_bounds

Times = npt.NDArray[np.int64]

UNREAD_CONVERSIONS = 7  # four to settle after power-up (HX711 data sheet), two to learn the period, one of grace


class OscillatorModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the oscillators are off.

    The data sheet gives no tolerance; 77.7 to 92.8 Hz were seen for 80, 10.2 to 11.7 Hz for 10.
    """

    bias: float = 0.0  # of all, as a share of the nominal rate
    spread: float = 0.015  # of each by itself, 1 sigma

    def __post_init__(self) -> None:
        check_bounds(self, {"bias": (-0.5, 0.5), "spread": (0, 0.2)})


class Oscillators:
    """When the conversions of each cell end: phase_ns, then every period_ns (cells,), in nanoseconds of the story."""

    def __init__(self, cells: int, rate_hz: float, model: OscillatorModel, seed: int) -> None:
        self.rate_hz = rate_hz
        rng = np.random.default_rng([seed, 7])
        speeds = rate_hz * (1 + model.bias + model.spread * np.clip(rng.normal(0, 1, cells), -3, 3))
        self.period_ns = np.rint(1e9 / speeds).astype(np.int64)
        self.phase_ns = np.maximum(np.rint(self.period_ns * rng.random(cells)), 1).astype(np.int64)
        self._slowest = int(np.argmax(self.period_ns))

    def frames(self, first: int, count: int) -> "tuple[Times, Times]":
        """Return the times (n, cells) of the conversions in frames first, first + 1, ... and their stamps (n,).

        The slowest chip sets the pace; of the others the newest conversion counts, and some are never read.
        """
        slowest = self._slowest
        numbers = np.arange(first, first + count, dtype=np.int64) + UNREAD_CONVERSIONS
        stamps = self.phase_ns[slowest] + numbers * self.period_ns[slowest]
        turns = (stamps[:, None] - self.phase_ns) // self.period_ns
        return self.phase_ns + turns * self.period_ns, stamps
