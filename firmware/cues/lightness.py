"""CIE 1976 lightness: levels of light as they are perceived, and the duty that shows them. The one place that converts.

Equal steps of L* (0 to 100) look equally large; equal steps of duty do not: half of what is perceived lies below 18 %.
"""

from typing import Final

LINEAR_L: Final = 8.0  # below it the scale is linear (CIE 15:2004)
SLOPE: Final = 903.3


def duty_of_lightness(lightness: float) -> float:
    """Return the duty 0..1 of a light that looks as light as L* 0..100, relative to its full duty."""
    return ((lightness + 16.0) / 116.0) ** 3 if lightness > LINEAR_L else lightness / SLOPE


def lightness_of_duty(duty_: float) -> float:
    """Return the L* 0..100 of a duty 0..1."""
    return 116.0 * duty_ ** (1 / 3) - 16.0 if duty_ > LINEAR_L / SLOPE else duty_ * SLOPE
