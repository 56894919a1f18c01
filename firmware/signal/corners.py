"""The corner test: a known mass over each sensor of a tile finds a sensor that is wired the wrong way round.

A ring of four half bridges with one sensor turned still answers to a load in the middle of the tile, with half of its
scale, and its resistances are those of a sound ring. Only its own corner shows it: that one reads less under load.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CORNER_SPREAD: Final = 0.2  # of the mean of the four corners; sensors of one batch differ by a few percent


def corner_faults(tile: str, readings_n: "Mapping[str, float]") -> str:
    """Return what is wrong with a tile by the readings of its corners under one mass, or nothing.

    readings_n are changes in newtons by the nominal scale, by the name of the corner. The text names the tile, the
    corner and the remedy.
    """
    turned = [corner for corner, reading_n in readings_n.items() if reading_n < 0]
    if len(turned) == len(readings_n):
        return f"{tile} reads less under load at every corner: swap its wires A+ and A-"
    if turned:
        at = " and ".join(f"the sensor at the {corner}" for corner in turned)
        return f"{tile}: {at} is wired the wrong way round (less under load): swap its two end wires, white and black"
    mean_n = sum(readings_n.values()) / len(readings_n)
    worst = max(readings_n, key=lambda corner: abs(readings_n[corner] - mean_n))
    ratio = readings_n[worst] / mean_n
    if abs(ratio - 1) <= CORNER_SPREAD:
        return ""
    return (
        f"{tile}: the corner at the {worst} reads {ratio:.2f} times the mean of the four: does its foot rest on its "
        "sensor, are its wires whole, are all four sensors alike?"
    )
