"""The pacer of the breath: it starts at the person's own rate and glides to a slow one. Never scored, never corrected.

Six breaths a minute with the longer exhale lowered heat pain more than with the longer inhale (n = 48,
10.1016/j.jpain.2019.12.010); attentive corrective breathing did not raise pain thresholds (n = 16).
"""

from typing import Final, NamedTuple

SLOW_PER_MIN: Final = 6.0
GLIDE_S: Final = 120.0
FASTEST_PER_MIN: Final = 20.0  # above this a rate is not taken for a breath to follow


class Pacer(NamedTuple):
    """A pacer that began a breath at start_s, at from_per_min; after GLIDE_S it has reached to_per_min."""

    start_s: float
    from_per_min: float = SLOW_PER_MIN
    to_per_min: float = SLOW_PER_MIN

    def breaths(self, t_s: float) -> float:
        """Return the breaths since the start, with their fraction; 0 before it."""
        age_s = max(0.0, t_s - self.start_s)
        gliding_s = min(age_s, GLIDE_S)
        slower = (self.to_per_min - self.from_per_min) / GLIDE_S
        glided = gliding_s * (self.from_per_min + slower * gliding_s / 2)
        return (glided + (age_s - gliding_s) * self.to_per_min) / 60.0

    def phase(self, t_s: float) -> float:
        """Return where the present breath is, 0..1."""
        return self.breaths(t_s) % 1.0


def pacer_from_measured_rate(t_s: float, measured_per_min: float) -> Pacer:
    """Return a pacer that meets a measured rate and glides to the slow one; never faster than measured."""
    start = min(measured_per_min, FASTEST_PER_MIN)
    return Pacer(t_s, start, min(start, SLOW_PER_MIN))
