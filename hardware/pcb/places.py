"""Where the pads of a placed part are."""

from collections.abc import Iterator
from math import cos, radians, sin

from hardware.pcb.circuit import CircuitPart
from hardware.pcb.library import Pad


def rotated(x_mm: float, y_mm: float, degrees: float) -> tuple[float, float]:
    """Turn a point against the clock, y downwards, as KiCad does."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return round(x_mm * c + y_mm * s, 4), round(-x_mm * s + y_mm * c, 4)


def pad_places(part: CircuitPart) -> Iterator[tuple[Pad, float, float]]:
    """Return every pad of a placed part with its place on the board."""
    x_mm, y_mm, degrees = part.place
    for pad in part.footprint.pads:
        dx, dy = rotated(pad.x_mm, pad.y_mm, degrees)
        yield pad, x_mm + dx, y_mm + dy
