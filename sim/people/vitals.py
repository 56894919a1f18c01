"""Involuntary movement of a body: breath, heart beat, restlessness."""

import msgspec
import numpy as np
import numpy.typing as npt

from sim.bounds import Bounds, check_bounds

Floats = npt.NDArray[np.float64]

BOUNDS: Bounds = {
    "breaths_per_min": (2, 60),
    "breath_n": (0, 50),
    "breath_spread": (0, 0.3),
    "sighs_per_hour": (0, 120),
    "pulse_per_min": (20, 220),
    "pulse_n": (0, 20),
    "pulse_spread": (0, 0.3),
    "restless_n": (0, 20),
    "wiggles_per_min": (0, 20),
}


class Vitals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person's own movement. All newtons are load that moves; the sum on the mat stays the same.

    breath_n: from the deepest point of a median breath to its top, 0.25 to 6 N were seen on beds. pulse_n: peak of the
    ringing after a heart beat, 0.02 to 0.5 N. restless_n: spread of the slow shifting of a person who lies still.
    """

    breaths_per_min: float = 10.0
    breath_n: float = 3.0
    breath_spread: float = 0.08  # of the length and of the depth, from breath to breath
    sighs_per_hour: float = 6.0  # a sigh is two and a half breaths deep
    pulse_per_min: float = 66.0
    pulse_n: float = 0.15
    pulse_spread: float = 0.05
    restless_n: float = 0.5
    wiggles_per_min: float = 0.0

    def __post_init__(self) -> None:
        check_bounds(self, BOUNDS)

    def breaths(self, start_s: float, end_s: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw the onsets (m,) of the breaths from start_s to past end_s and the newtons (m,) each of them shifts."""
        onsets_s = _beats(start_s, end_s, 60 / self.breaths_per_min, self.breath_spread, rng)
        depths = self.breath_n * np.clip(rng.normal(1, 2 * self.breath_spread, len(onsets_s)), 0.3, 2)
        sighing = rng.random(len(onsets_s)) < self.sighs_per_hour / 60 / self.breaths_per_min
        return onsets_s, np.where(sighing, 2.5 * depths, depths)

    def beats(self, start_s: float, end_s: float, rng: np.random.Generator) -> Floats:
        """Draw the moments (m,) of the heart beats from start_s to past end_s."""
        return _beats(start_s, end_s, 60 / self.pulse_per_min, self.pulse_spread, rng)


def _beats(start_s: float, end_s: float, every_s: float, spread: float, rng: np.random.Generator) -> Floats:
    """Draw moments about every_s apart; the lengths wander slowly as well as from one to the next."""
    count = int((end_s - start_s) / every_s * 1.3) + 8
    wander = np.convolve(rng.normal(0, 1, count + 20), np.ones(21) / 21**0.5, "valid")
    lengths_s = every_s * np.clip(1 + spread * (0.7 * rng.normal(0, 1, count) + 0.7 * wander), 0.5, 1.8)
    moments_s = start_s + np.concatenate([[0.0], np.cumsum(lengths_s)])
    while moments_s[-1] <= end_s:
        moments_s = np.append(moments_s, moments_s[-1] + every_s)
    return moments_s[: int(np.searchsorted(moments_s, end_s)) + 2]
